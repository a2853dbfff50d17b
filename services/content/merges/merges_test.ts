/** Content follows merges: documents, search and what is known of a patient move, and move back. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

type Fact = { type: "patient.merged" | "patient.unmerged"; id?: string; source?: string };
type Merge = { mergeId: string; patientId: string; intoPatientId: string };

const merge = (patientId: string, intoPatientId: string): Merge => ({
  mergeId: newId(),
  patientId,
  intoPatientId,
});

describe("merges in content", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function tell(user: User, { type, id = newId(), source = "practice" }: Fact, data: Merge) {
    const response = await content.app.request("/internal/events", {
      method: "POST",
      headers: { "content-type": "application/json", ...asService(source) },
      body: JSON.stringify({
        specversion: "1.0",
        id,
        source: `/${source}`,
        type,
        subject: user.organizationId,
        time: "2026-01-05T12:00:00Z",
        datacontenttype: "application/json",
        dataversion: 1,
        organizationid: user.organizationId,
        data,
      }),
    });
    await response.body?.cancel();
    return response.status;
  }
  const tellMerged = (user: User, data: Merge) => tell(user, { type: "patient.merged" }, data);
  const tellUnmerged = (user: User, data: Merge) => tell(user, { type: "patient.unmerged" }, data);

  /** What a chart lists, and what a search in it finds. */
  async function charted(user: User, patientId: string): Promise<[string[], string[]]> {
    const answer = async (path: string) => await (await get(content, user, path)).json();
    const list = await answer(`/api/content/documents?patientId=${patientId}`);
    const search = await answer(`/api/content/search?patientId=${patientId}`);
    return [
      list.items.map(({ id }: { id: string }) => id).sort(),
      search.items.map(({ document }: { document: { id: string } }) => document.id).sort(),
    ];
  }
  async function filed(user: User, patientId: string, family: string): Promise<string> {
    const bytes = fixtures.hl7Oru({ family, given: family });
    const { id } = await file(content, user, bytes, { fields: { patientId } });
    await content.ingestAll();
    return id;
  }
  const knownOf = async (user: User) => {
    const rows = await content.service.owner`
      select patient_id, source_id from patient_identities
      where organization_id = ${user.organizationId} order by source_id`;
    return rows.map(({ patientId, sourceId }) => [sourceId, patientId]);
  };
  const twice = (ids: string[]): [string[], string[]] => [ids.toSorted(), ids.toSorted()];

  it("move everything, with what comes late, and move exactly that back", async () => {
    const [user, from, into] = [testUser(), newId(), newId()];
    const theirs = await filed(user, from, "Lindqvist");
    const quarantined = await filed(user, from, "Okonkwo");
    const own = await filed(user, into, "Berg");
    const known = await knownOf(user);
    const data = merge(from, into);
    equal(await tellMerged(user, data), 204);
    deepEqual(await charted(user, into), twice([theirs, own]));
    deepEqual(await charted(user, from), twice([]));
    deepEqual(new Set((await knownOf(user)).map(([, patientId]) => patientId)), new Set([into]));

    const late = await filed(user, from, "Lindqvist");
    const later = await filed(user, into, "Berg");
    deepEqual(await charted(user, into), twice([theirs, own, late, later]));
    equal(await tellUnmerged(user, data), 204);
    deepEqual(await charted(user, from), twice([theirs, late]));
    deepEqual(await charted(user, into), twice([own, later]));
    const held = await (await get(content, user, `/api/content/documents/${quarantined}`)).json();
    deepEqual([held.patientId, held.quarantined], [from, true]);
    const after = await knownOf(user);
    for (const row of known) equal(after.some((one) => `${one}` === `${row}`), true, `${row}`);
    const audit = await content.service.owner`
      select action, subject_id, actor_id, details from audit_events
      where organization_id = ${user.organizationId} and action like 'patient.merge%'
      order by seq`;
    deepEqual(audit.map(({ action, details }) => [action, details.moved]), [
      ["patient.merge_followed", 2],
      ["patient.merge_undone", 3],
    ]);
    deepEqual([audit[0]!.subjectId, audit[0]!.actorId], [from, "practice"]);
  });

  it("end, when they are undone, what was released while two were taken for one", async () => {
    const [physician, from, into] = [testUser(), newId(), newId()];
    const { organizationId } = physician;
    const reader = testUser({ organizationId, permissions: [] });
    const release = async (id: string, patientId: string) => {
      const response = await content.app.request(`/internal/documents/${id}/release`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": newId(),
          ...asService("workflow"),
        },
        body: JSON.stringify({
          organizationId,
          patientId,
          userIds: [reader.userId],
          releasedBy: physician.userId,
        }),
      });
      equal(response.status, 204, await response.text());
    };
    const reads = async (id: string) => {
      const response = await get(content, reader, `/api/content/me/documents/${id}/content`);
      await response.body?.cancel();
      return response.status;
    };
    const before = await filed(physician, from, "Lindqvist");
    const meanwhile = await filed(physician, into, "Berg");
    await release(before, from);
    await content.service.owner`
      update document_shares set created_at = created_at - interval '2 minutes'
      where document_id = ${before}`;
    const data = merge(from, into);
    await tellMerged(physician, data);
    await release(meanwhile, into);
    deepEqual([await reads(before), await reads(meanwhile)], [200, 200]);
    await tellUnmerged(physician, data);
    deepEqual([await reads(before), await reads(meanwhile)], [200, 404]);
    const audit = await content.service.owner`
      select subject_id from audit_events
      where organization_id = ${organizationId} and action = 'document.share_revoked'`;
    deepEqual(audit.map(({ subjectId }) => subjectId), [meanwhile]);
    await release(meanwhile, into);
    equal(await reads(meanwhile), 200);
  });

  it("go back step by step when merges stand on each other", async () => {
    const [user, a, b, c] = [testUser(), newId(), newId(), newId()];
    const [ofA, ofB] = [await filed(user, a, "Lindqvist"), await filed(user, b, "Berg")];
    const [first, second] = [merge(a, b), merge(b, c)];
    await tellMerged(user, first);
    await tellMerged(user, second);
    const late = await filed(user, a, "Lindqvist");
    deepEqual(await charted(user, c), twice([ofA, ofB, late]));
    await tellUnmerged(user, second);
    deepEqual(await charted(user, b), twice([ofA, ofB, late]));
    await tellUnmerged(user, first);
    deepEqual(await charted(user, a), twice([ofA, late]));
    deepEqual(await charted(user, b), twice([ofB]));
  });

  it("happen once, however often and in whatever order they are told", async () => {
    const [user, from, into] = [testUser(), newId(), newId()];
    const document = await filed(user, from, "Lindqvist");
    const data = merge(from, into);
    const told = { type: "patient.merged", id: newId() } as const;
    for (let n = 0; n < 2; n++) equal(await tell(user, told, data), 204);
    equal(await tellMerged(user, data), 204);
    await tellUnmerged(user, data);
    await tellUnmerged(user, data);
    equal(await tellMerged(user, data), 204);
    deepEqual(await charted(user, from), twice([document]));
    const early = merge(from, into);
    await tellUnmerged(user, early);
    await tellMerged(user, early);
    deepEqual(await charted(user, from), twice([document]));
  });

  it("do not take back what somebody has filed elsewhere since", async () => {
    const [user, from, into, other] = [testUser(), newId(), newId(), newId()];
    const document = await filed(user, from, "Lindqvist");
    const data = merge(from, into);
    await tellMerged(user, data);
    await content.service.owner`
      update documents set patient_id = ${other} where id = ${document}`;
    await tellUnmerged(user, data);
    deepEqual((await charted(user, other))[0], [document]);
  });

  it("keep uploads that are under way from staying behind", async () => {
    const [user, from, into] = [testUser(), newId(), newId()];
    const data = merge(from, into);
    const uploads = Array.from(
      { length: 8 },
      () => file(content, user, fixtures.textNote(), { fields: { patientId: from } }),
    );
    const [status, ...documents] = await Promise.all([tellMerged(user, data), ...uploads]);
    equal(status, 204);
    await content.ingestAll();
    deepEqual(await charted(user, into), twice(documents.map(({ id }) => id)));
  });

  it("put nothing into the new chart that has not been looked into", async () => {
    const [user, from, into] = [testUser(), newId(), newId()];
    const own = await filed(user, into, "Berg");
    const { id } = await file(content, user, fixtures.hl7Oru(), { fields: { patientId: from } });
    await tellMerged(user, merge(from, into));
    deepEqual(await charted(user, into), twice([own]));
    await content.ingestAll();
    const held = await (await get(content, user, `/api/content/documents/${id}`)).json();
    deepEqual([held.patientId, held.quarantined], [into, true]);
    deepEqual(await charted(user, into), twice([own]));
  });

  it("touch no other organization, and are seen by none", async () => {
    const [user, other, from, into] = [testUser(), testUser(), newId(), newId()];
    const document = await filed(other, from, "Lindqvist");
    await filed(user, from, "Lindqvist");
    await tellMerged(user, merge(from, into));
    deepEqual(await charted(other, from), twice([document]));
    const counts = (organizationId: string) =>
      read(content.service.deps.sql, { organizationId }, async (tx) =>
        Object.values({
          ...(await tx`
          select (select count(*)::int from patient_merges) as merges,
                 (select count(*)::int from patient_merge_rows) as rows`)[0],
        }));
    deepEqual(await counts(user.organizationId), [1, 1]);
    deepEqual(await counts(other.organizationId), [0, 0]);
  });

  it("are told by practice alone", async () => {
    const user = testUser();
    const fact = { type: "patient.merged", source: "workflow" } as const;
    equal(await tell(user, fact, merge(newId(), newId())), 403);
    equal(await tellMerged(user, { ...merge(newId(), newId()), mergeId: "no id" }), 422);
  });

  it("know every table whose rows belong to a patient", async () => {
    const tables = await content.service.owner`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'patient_id' and c.relkind in ('r', 'p') and not c.relispartition
      order by 1`;
    // A new one belongs into merges/merges.ts, and needs `call follow_patients('…')`.
    deepEqual(tables.map(({ relname }) => relname), [
      "document_search",
      "documents",
      "patient_identities",
      "patient_merges",
    ]);
  });
});
