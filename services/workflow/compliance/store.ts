/** What is known of runs, and where is kept what was told of them later. */
import type { Db } from "@praxis/shared/postgres";
import type { CareEvent, CareEventInput } from "./model.ts";

export type RunFacts = {
  id: string;
  key: string;
  patientId: string | null;
  requestId: string;
  definitionId: string;
  createdAt: Date;
  endedAt: Date | null;
  status: string;
};

export async function findRun(
  db: Db,
  organizationId: string,
  id: string,
): Promise<RunFacts | undefined> {
  const [row] = await db<RunFacts[]>`
    select id, key, patient_id, request_id, definition_id, created_at, ended_at, status from runs
    where organization_id = ${organizationId} and id = ${id} and not is_shadow`;
  return row;
}

/** Who did what the finding says came late, as far as it was a task. */
export async function findDoer(
  db: Db,
  organizationId: string,
  { runId, targetAt }: { runId: string; targetAt: Date | null },
): Promise<string | undefined> {
  const [row] = await db<{ completedBy: string }[]>`
    select t.completed_by from tasks t
    where t.organization_id = ${organizationId} and t.run_id = ${runId}
      and t.state = 'completed' and t.step_id in (
        select s.id from run_steps s
        where s.organization_id = ${organizationId} and s.run_id = ${runId}
          and s.ended_at = ${targetAt})
    limit 1`;
  return row?.completedBy;
}

/** False when what it corrects is not of this run, or was corrected before. */
export async function insertCareEvent(
  db: Db,
  organizationId: string,
  { id, runId, recordedBy, recordedAt, ...given }: CareEventInput & {
    id: string;
    runId: string;
    recordedBy: string;
    recordedAt: Date;
  },
): Promise<boolean> {
  const { count } = await db`
    insert into care_events (id, organization_id, run_id, activity, at, recorded_at, data,
                             corrects_id, is_retraction, reference, note, recorded_by)
    select ${id}, ${organizationId}, ${runId}, ${given.activity}, ${given.at}, ${recordedAt},
           ${db.json(given.data as never)}, ${given.corrects ?? null}, ${given.isRetraction},
           ${given.reference ?? null}, ${given.note ?? null}, ${recordedBy}
    where ${given.corrects ?? null}::uuid is null or exists (
      select 1 from activity_log l
      where l.organization_id = ${organizationId} and l.run_id = ${runId}
        and l.event_id = ${given.corrects ?? null}::uuid)
    on conflict (organization_id, corrects_id) where corrects_id is not null do nothing`;
  return count === 1;
}

/** Everything that happened in a run by when it happened, corrected things, too. */
export async function listLog(
  db: Db,
  organizationId: string,
  runId: string,
): Promise<CareEvent[]> {
  const rows = await db<(Omit<CareEvent, "at" | "recordedAt" | "supersededAt"> & {
    at: Date;
    recordedAt: Date;
    supersededAt: Date | null;
  })[]>`
    select event_id as id, activity, at, recorded_at, source, superseded_at from activity_log
    where organization_id = ${organizationId} and run_id = ${runId}
    order by at, event_id limit 5000`;
  return rows.map((row) => ({
    ...row,
    at: row.at.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
    supersededAt: row.supersededAt?.toISOString() ?? null,
  }));
}
