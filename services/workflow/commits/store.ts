/** Where transitions of runs are written: many runs in one statement. */
import type { Db } from "@praxis/shared/postgres";
import { isLive, isOver } from "../runs/model.ts";
import type { Commit } from "./model.ts";

const isStill = (status: string) => status !== "running" && status !== "compensating";

const toRun = ({ run, by, actorId, leaseSeconds }: Commit) => ({
  id: run.id,
  revision: run.revision,
  byId: by?.id ?? null,
  fence: by?.fence ?? null,
  status: run.status,
  state: run.state,
  output: run.output,
  reason: run.reason,
  isOver: isOver(run.status),
  isHeld: isStill(run.status),
  definitionId: run.definitionId,
  version: run.version,
  actorId,
  leaseSeconds,
});

const toSteps = ({ run, steps, nextId }: Commit) =>
  steps.map((step) => ({
    ...step,
    runId: run.id,
    isOver: !isLive(step),
    isNext: step.id === nextId,
  }));

/**
 * Writes those of `commits`, one per run, that nobody was quicker than: the run still has the
 * revision that it was read with, and the step its fence. Returns the ids of the runs written.
 */
export async function write(
  db: Db,
  organizationId: string,
  commits: readonly Commit[],
  at: Date,
): Promise<Set<string>> {
  const json = (rows: unknown[]) => db.json(rows as never);
  const history = commits.flatMap(({ run, history }) =>
    history.map((line) => ({ ...line, runId: run.id }))
  );
  const signals = commits.flatMap(({ run, signals }) =>
    signals.map((signal) => ({ ...signal, runId: run.id }))
  );
  const ids = commits.map(({ run }) => run.id);
  const stepIds = signals.map(({ stepId }) => stepId);
  // Runs are locked in the order of their ids, so that two batches never wait for each other.
  const rows = await db<{ id: string }[]>`
    with given as materialized (
      select id, revision, "byId", fence, status, state, output, reason, "isOver", "isHeld",
             "definitionId", version, "actorId", "leaseSeconds"
      from jsonb_to_recordset(${json(commits.map(toRun))}) as given (
        id uuid, revision bigint, "byId" uuid, fence bigint, status text, state jsonb,
        output jsonb, reason text, "isOver" boolean, "isHeld" boolean, "definitionId" uuid,
        version int, "actorId" text, "leaseSeconds" int)
    ), mine as materialized (
      select given.id, given.status, given.state, given.output, given.reason, given."isOver",
             given."isHeld", given."definitionId", given.version, given."actorId",
             given."leaseSeconds"
      from given join runs r on r.id = given.id
      where r.organization_id = ${organizationId} and r.id = any (${ids}::uuid[])
        and r.revision = given.revision
        and (given."byId" is null or given.fence = (
          select fence from run_steps s
          where s.id = given."byId" and s.organization_id = ${organizationId}))
      order by r.id for update of r
    ), updated as (
      update runs r
      set status = m.status, state = m.state, output = m.output, reason = m.reason,
          revision = r.revision + 1, definition_id = m."definitionId", version = m.version,
          ended_at = case when m."isOver" then ${at}::timestamptz end
      from mine m
      where r.id = m.id and r.organization_id = ${organizationId} and r.id = any (${ids}::uuid[])
    ), stepped as (
      insert into run_steps as s (id, run_id, organization_id, parent_id, node, visit, kind, state,
        is_undo, is_held, is_begun, due_at, leased_until, fence, attempts, crashes, event_types,
        event_subject, input, data, output, error, ended_at)
      select r.id, r."runId", ${organizationId}, r."parentId", r.node, r.visit, r.kind, r.state,
        r."isUndo", m."isHeld", r."isBegun" or r."isNext", r."dueAt",
        case when r."isNext" then now() + make_interval(secs => m."leaseSeconds") end, 1,
        r.attempts, r.crashes, r."eventTypes", r."eventSubject", r.input, r.data, r.output, r.error,
        case when r."isOver" then ${at}::timestamptz end
      from jsonb_to_recordset(${json(commits.flatMap(toSteps))}) as r (
        id uuid, "runId" uuid, "parentId" uuid, node text, visit int, kind text, state text,
        "isUndo" boolean, "isBegun" boolean, "dueAt" timestamptz, attempts int, crashes int,
        "eventTypes" text[], "eventSubject" text, input jsonb, data jsonb, output jsonb,
        error jsonb, "isOver" boolean, "isNext" boolean)
      join mine m on m.id = r."runId"
      order by r.id
      on conflict (id) do update
      set node = excluded.node, visit = excluded.visit, state = excluded.state,
          is_held = excluded.is_held, is_begun = excluded.is_begun, due_at = excluded.due_at,
          leased_until = excluded.leased_until, attempts = excluded.attempts,
          crashes = excluded.crashes, event_types = excluded.event_types,
          event_subject = excluded.event_subject, data = excluded.data, output = excluded.output,
          error = excluded.error, ended_at = excluded.ended_at
    ), told as (
      insert into run_history (run_id, organization_id, at, step_id, node, event, detail, late_ms,
                               actor_id)
      select h."runId", ${organizationId}, ${at}, h."stepId", h.node, h.event, h.detail, h."lateMs",
             m."actorId"
      from rows from (jsonb_to_recordset(${json(history)}) as (
        "runId" uuid, "stepId" uuid, node text, event text, detail text, "lateMs" bigint))
        with ordinality as h ("runId", "stepId", node, event, detail, "lateMs", n)
      join mine m on m.id = h."runId"
      order by h.n
    ), taken as (
      delete from run_signals s
      using jsonb_to_recordset(${json(signals)}) as t ("runId" uuid, "stepId" uuid, id text),
            mine m
      where s.organization_id = ${organizationId} and s.step_id = any (${stepIds}::uuid[])
        and s.step_id = t."stepId" and s.id = t.id and m.id = t."runId"
    )
    select id from mine`;
  return new Set(rows.map(({ id }) => id));
}
