/** Workflow follows merges: tasks move with their patient, and move back. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, openWorkflow, type TestWorkflow } from "../testing.ts";

describe("merges in workflow", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
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
  async function tasksOf(organizationId: string, patientId: string): Promise<string[]> {
    const call = t.as(newId(), organizationId);
    const { items } = await (await call("GET", `/api/workflow/tasks?patientId=${patientId}`))
      .json();
    return items.map(({ id }: { id: string }) => id).sort();
  }

  it("move tasks, with those that follow late, and move exactly these back", async () => {
    const [organizationId, from, into] = [newId(), newId(), newId()];
    const theirs = await t.openTask({ organizationId, patientId: from });
    const own = await t.openTask({ organizationId, patientId: into });
    const data = merge(from, into);
    equal(await tell(organizationId, "patient.merged", data), 204);
    deepEqual(await tasksOf(organizationId, into), [theirs.id, own.id].sort());
    // The fact of the document was on its way while the patients were merged.
    const late = await t.openTask({ organizationId, patientId: from });
    equal(late.patientId, into);
    const later = await t.openTask({ organizationId, patientId: into });
    equal(await tell(organizationId, "patient.unmerged", data), 204);
    deepEqual(await tasksOf(organizationId, from), [theirs.id, late.id].sort());
    deepEqual(await tasksOf(organizationId, into), [own.id, later.id].sort());
    // Whoever looks at a task must see that it has changed.
    const call = t.as(newId(), organizationId);
    const seen = await call("POST", `/api/workflow/tasks/${theirs.id}/claim`, {
      headers: { "if-match": `"${theirs.version}"` },
    });
    equal(seen.status, 412);
    await seen.body?.cancel();
    const audit = await t.service.owner`
      select action, details from audit_events
      where organization_id = ${organizationId} and action like 'patient.merge%' order by seq`;
    deepEqual(audit.map(({ action, details }) => [action, details.moved]), [
      ["patient.merge_followed", 1],
      ["patient.merge_undone", 2],
    ]);
  });

  it("happen once, in whatever order they are told, and to nobody else", async () => {
    const [organizationId, other, from, into] = [newId(), newId(), newId(), newId()];
    const task = await t.openTask({ organizationId, patientId: from });
    const theirs = await t.openTask({ organizationId: other, patientId: from });
    const data = merge(from, into);
    const event = told(organizationId, "patient.merged", data);
    for (let n = 0; n < 2; n++) equal((await t.tell(event, "practice")).status, 204);
    deepEqual(await tasksOf(organizationId, into), [task.id]);
    deepEqual(await tasksOf(other, from), [theirs.id]);
    await tell(organizationId, "patient.unmerged", data);
    await tell(organizationId, "patient.merged", data);
    deepEqual(await tasksOf(organizationId, from), [task.id]);
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

  it("move runs and enrolments, late ones too, and put nobody on a pathway twice", async () => {
    const [organizationId, from, into, definitionId] = [newId(), newId(), newId(), newId()];
    await t.service.owner`
      insert into definitions (id, organization_id, kind, key, version, title, document, source,
                               sha256, created_by, created_at)
      values (${definitionId}, ${organizationId}, 'pathway', 'walks', 1, 'Walks', '{}', '', '',
              ${newId()}, now())`;
    const start = async (patientId: string, key: string): Promise<string> => {
      const id = newId();
      await t.service.owner`
        insert into runs (id, organization_id, definition_id, key, version, state, patient_id,
                          started_by_kind, started_by_id, request_id, start_key, created_at)
        values (${id}, ${organizationId}, ${definitionId}, 'walks', 1, '{}', ${patientId}, 'user',
                ${newId()}, 'r', ${id}, now())`;
      await t.service.owner`
        insert into enrolments (id, organization_id, patient_id, definition_id, key, version,
                                run_id, eligibility, index_on, enrolled_by, created_at)
        select id, organization_id, ${patientId}::uuid, definition_id, ${key}, version, id, '{}',
               current_date, ${newId()}, now()
        from runs where id = ${id}`;
      return id;
    };
    const enrolledOf = async (patientId: string) => {
      const rows = await t.service.owner`
        select id from enrolments
        where organization_id = ${organizationId} and patient_id = ${patientId} order by id`;
      return rows.map(({ id }) => id);
    };
    const runsOf = async (patientId: string) => {
      const rows = await t.service.owner`
        select id from runs
        where organization_id = ${organizationId} and patient_id = ${patientId} order by id`;
      return rows.map(({ id }) => id);
    };
    const [theirs, own] = [await start(from, "walks"), await start(into, "diet")];
    const twice = await start(from, "diet");
    const data = merge(from, into);
    equal(await tell(organizationId, "patient.merged", data), 204);
    const late = await start(from, "sleep");
    deepEqual(await runsOf(into), [theirs, own, twice, late].sort());
    deepEqual(await enrolledOf(into), [theirs, own, late].sort());
    deepEqual(await enrolledOf(from), [twice]);
    equal(await tell(organizationId, "patient.unmerged", data), 204);
    deepEqual(await runsOf(from), [theirs, twice, late].sort());
    deepEqual(await enrolledOf(from), [theirs, twice, late].sort());
    deepEqual(await runsOf(into), [own]);
    const query = new URLSearchParams({ organizationId, userId: newId() });
    const summary = await t.app.request(`/internal/patients/${into}/summary?${query}`, {
      headers: asService("practice"),
    });
    deepEqual((await summary.json()).pathways, [{ id: own, title: "Walks", state: "active" }]);
  });

  it("move alerts of our own patients, and what assistants were asked, drafted and made", async () => {
    const [organizationId, from, into, ruleId] = [newId(), newId(), newId(), newId()];
    const { owner } = t.service;
    await owner`
      insert into decision_rules (id, organization_id, key, version, state, title, hooks, document,
                                  sha256, created_by, created_at)
      values (${ruleId}, ${organizationId}, 'r', 1, 'draft', 'R', '{}', '{}', '', ${newId()}, now())`;
    const raise = async (clientId: string | null): Promise<string> => {
      const id = newId();
      await owner`
        insert into alerts (id, organization_id, rule_id, key, version, indicator, summary,
                            patient_id, client_id, disposition, is_demoted, fact_hash, inputs,
                            override_reasons, suggestions, created_at)
        values (${id}, ${organizationId}, ${ruleId}, 'r', 1, 'info', '', ${from}, ${clientId},
                'shown', false, '', '{}', '[]', '[]', now())`;
      return id;
    };
    const draft = async (): Promise<string> => {
      const id = newId();
      await owner`
        insert into assistance_calls (id, organization_id, user_id, task, patient_id,
                                      prompt_version, prompt_sha256, provider, model, fingerprint,
                                      request_id, started_at)
        values (${id}, ${organizationId}, ${newId()}, 't', ${from}, 1, '', '', '', '', '', now())`;
      await owner`
        insert into assistance_proposals (id, organization_id, call_id, task, patient_id, provider,
                                          material, output, warnings, created_by, created_at,
                                          expires_at)
        values (${id}, ${organizationId}, ${id}, 't', ${from}, '', '{}', '{}', '[]', ${newId()},
                now(), now())`;
      await owner`
        insert into assistance_papers (id, organization_id, proposal_id, patient_id, task, title,
                                       text, sha256, signed_by, signed_at)
        values (${id}, ${organizationId}, ${id}, ${from}, 't', '', '', '', ${newId()}, now())`;
      return id;
    };
    const of = async (patientId: string) => {
      const rows = await owner`
        select id from alerts
        where organization_id = ${organizationId} and patient_id = ${patientId}
        union all select id from assistance_calls where patient_id = ${patientId}::uuid
        union all select id from assistance_proposals where patient_id = ${patientId}::uuid
        union all select id from assistance_papers where patient_id = ${patientId}::uuid`;
      return rows.map(({ id }) => id).sort();
    };
    const thrice = (id: string) => [id, id, id];
    const [alert, drafted] = [await raise(null), await draft()];
    // What a client calls its patient says nothing about ours, even in the same letters.
    const theirs = await raise(newId());
    const data = merge(from, into);
    equal(await tell(organizationId, "patient.merged", data), 204);
    const [lateAlert, lateDraft] = [await raise(null), await draft()];
    const moved = [alert, lateAlert, ...thrice(drafted), ...thrice(lateDraft)].sort();
    deepEqual([await of(into), await of(from)], [moved, [theirs]]);
    equal(await tell(organizationId, "patient.unmerged", data), 204);
    deepEqual([await of(into), await of(from)], [[], [...moved, theirs].sort()]);
  });

  it("know every table whose rows belong to a patient", async () => {
    const tables = await t.service.owner`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'patient_id' and c.relkind in ('r', 'p') and not c.relispartition
      order by 1`;
    // A new one belongs into merges/merges.ts, and needs `call follow_patients('…')`.
    const followed = [
      "alerts",
      "assistance_calls",
      "assistance_papers",
      "assistance_proposals",
      "enrolments",
      "runs",
      "tasks",
    ];
    const staying = [
      // What was known at one moment, under the id that was asked about: replays judge it as it was.
      "hook_calls",
      "patient_merges",
    ];
    deepEqual(tables.map(({ relname }) => relname), [...followed, ...staying].sort());
  });
});
