/** Communication follows merges: what users were told of a patient moves, and moves back. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, openCommunication, type TestCommunication } from "../testing.ts";

describe("merges in communication", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  type Merge = { mergeId: string; patientId: string; intoPatientId: string };
  const merge = (patientId: string, intoPatientId: string): Merge => ({
    mergeId: newId(),
    patientId,
    intoPatientId,
  });
  const told = (organizationId: string, type: string, data: Merge) => ({
    ...documentCreated({ organizationId }),
    source: "/practice",
    subject: organizationId,
    type,
    data,
  });
  async function tell(organizationId: string, type: string, data: Merge, teller = "practice") {
    const event = { ...told(organizationId, type, data), source: `/${teller}` };
    const response = await t.tell(event, teller);
    await response.body?.cancel();
    return response.status;
  }
  const toldOf = async (organizationId: string, patientId: string) => {
    const rows = await t.service.owner`
      select id from notifications
      where organization_id = ${organizationId} and patient_id = ${patientId} order by id`;
    return rows.map(({ id }) => id as string);
  };
  /** Tells of a document, and answers what followed from it. */
  async function notify(organizationId: string, patientId: string): Promise<string[]> {
    const event = documentCreated({ organizationId, patientId });
    equal((await t.tell(event)).status, 204);
    const rows = await t.service.owner`select id from notifications where event_id = ${event.id}`;
    return rows.map(({ id }) => id as string);
  }

  it("move what was told, with what comes late, and move exactly that back", async () => {
    const [organizationId, from, into] = [t.addOrganization(newId(), newId()), newId(), newId()];
    const theirs = await notify(organizationId, from);
    equal(theirs.length, 2);
    const own = await notify(organizationId, into);
    const data = merge(from, into);
    equal(await tell(organizationId, "patient.merged", data), 204);
    deepEqual(await toldOf(organizationId, into), [...theirs, ...own].sort());
    const late = await notify(organizationId, from);
    const later = await notify(organizationId, into);
    deepEqual(await toldOf(organizationId, from), []);
    equal(await tell(organizationId, "patient.unmerged", data), 204);
    deepEqual(await toldOf(organizationId, from), [...theirs, ...late].sort());
    deepEqual(await toldOf(organizationId, into), [...own, ...later].sort());
    const audit = await t.service.owner`
      select action, details from audit_events
      where organization_id = ${organizationId} and action like 'patient.merge%' order by seq`;
    deepEqual(audit.map(({ action, details }) => [action, details.moved]), [
      ["patient.merge_followed", 2],
      ["patient.merge_undone", 4],
    ]);
  });

  it("happen once, in whatever order they are told, and to nobody else", async () => {
    const [organizationId, other] = [t.addOrganization(newId()), t.addOrganization(newId())];
    const [from, into] = [newId(), newId()];
    const moved = await notify(organizationId, from);
    const theirs = await notify(other, from);
    const data = merge(from, into);
    const event = told(organizationId, "patient.merged", data);
    for (let n = 0; n < 2; n++) equal((await t.tell(event, "practice")).status, 204);
    deepEqual(await toldOf(organizationId, into), moved);
    deepEqual(await toldOf(other, from), theirs);
    await tell(organizationId, "patient.unmerged", data);
    await tell(organizationId, "patient.merged", data);
    deepEqual(await toldOf(organizationId, from), moved);
    equal(await tell(organizationId, "patient.merged", merge(from, into), "content"), 403);
    const counts = (organizationId: string) =>
      read(t.deps.sql, { organizationId }, async (tx) => {
        const [row] = await tx`
          select (select count(*)::int from patient_merges) as merges,
                 (select count(*)::int from patient_merge_rows) as moved`;
        return [row!.merges, row!.moved];
      });
    deepEqual(await counts(organizationId), [1, 1]);
    deepEqual(await counts(other), [0, 0]);
  });

  it("know every table whose rows belong to a patient", async () => {
    const tables = await t.service.owner`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'patient_id' and c.relkind in ('r', 'p') and not c.relispartition
      order by 1`;
    // A new one belongs into merges/merges.ts, and needs `call follow_patients('…')`.
    const names = tables.map(({ relname }) => relname).filter((name) => name !== "guardians");
    deepEqual(names, ["notifications", "patient_merges"]);
  });
});
