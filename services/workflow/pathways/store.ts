/** Where enrolments are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Eligibility } from "./apply.ts";
import type { Enrolment, EnrolmentStatus, GoalProgress, Variance } from "./model.ts";

type Row = Omit<Enrolment, "createdAt" | "endedAt"> & { createdAt: Date; endedAt: Date | null };
export type Kept = Enrolment & { definitionId: string; eligibility: Eligibility };

const columns = (db: Db) =>
  db`id, patient_id, definition_id, key, version, status, reason, run_id, eligibility,
     index_on::text, enrolled_by, created_at, ended_at`;

const toEnrolment = <T extends Row>({ createdAt, endedAt, ...row }: T) => ({
  ...row,
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});

/** False when the patient is on this pathway already. */
export async function insert(
  db: Db,
  organizationId: string,
  one: Omit<Kept, "createdAt" | "endedAt" | "status" | "reason"> & { at: Date },
): Promise<boolean> {
  const { count } = await db`
    insert into enrolments (id, organization_id, patient_id, definition_id, key, version, run_id,
                            eligibility, index_on, enrolled_by, created_at)
    values (${one.id}, ${organizationId}, ${one.patientId}, ${one.definitionId}, ${one.key},
            ${one.version}, ${one.runId}, ${db.json(one.eligibility as never)},
            ${one.indexOn}::text::date, ${one.enrolledBy}, ${one.at})
    on conflict (organization_id, patient_id, key) where status in ('active', 'on_hold') do nothing`;
  return count === 1;
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Kept | undefined> {
  const [row] = await db<(Row & Pick<Kept, "definitionId" | "eligibility">)[]>`
    select ${columns(db)} from enrolments
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toEnrolment(row);
}

export type Filter = { patientId?: string; status?: EnrolmentStatus; key?: string };

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { patientId, status, key }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Enrolment[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from enrolments
    where organization_id = ${organizationId}
      ${patientId === undefined ? db`` : db`and patient_id = ${patientId}`}
      ${status === undefined ? db`` : db`and status = ${status}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toEnrolment);
}

/** False when it is in none of the states `from` by now. */
export async function move(
  db: Db,
  organizationId: string,
  id: string,
  { from, to, reason, endedAt }: {
    from: readonly EnrolmentStatus[];
    to: EnrolmentStatus;
    reason: string | null;
    endedAt: Date | null;
  },
): Promise<boolean> {
  const { count } = await db`
    update enrolments set status = ${to}, reason = ${reason}, ended_at = ${endedAt}
    where organization_id = ${organizationId} and id = ${id}
      and status = any (${from as string[]}::text[])`;
  return count === 1;
}

/** Ends the enrolment that a run belongs to, if it is under way. Returns its id. */
export async function endOfRun(
  db: Db,
  organizationId: string,
  runId: string,
  { to, reason, at }: { to: EnrolmentStatus; reason: string | null; at: Date },
): Promise<string | undefined> {
  const [row] = await db<{ id: string }[]>`
    update enrolments set status = ${to}, reason = ${reason}, ended_at = ${at}
    where organization_id = ${organizationId} and run_id = ${runId}
      and status in ('active', 'on_hold')
    returning id`;
  return row?.id;
}

/** Withdraws a patient from every pathway that is under way. */
export async function endOfPatient(
  db: Db,
  organizationId: string,
  patientId: string,
  { reason, at }: { reason: string; at: Date },
): Promise<{ id: string; runId: string }[]> {
  return await db<{ id: string; runId: string }[]>`
    update enrolments set status = 'withdrawn', reason = ${reason}, ended_at = ${at}
    where organization_id = ${organizationId} and patient_id = ${patientId}
      and status in ('active', 'on_hold')
    returning id, run_id`;
}

export async function insertVariance(
  db: Db,
  organizationId: string,
  enrolmentId: string,
  one: Omit<Variance, "at"> & { at: Date },
): Promise<void> {
  await db`
    insert into enrolment_variances (id, organization_id, enrolment_id, step, type, cause, code,
                                     note, recorded_by, at)
    values (${one.id}, ${organizationId}, ${enrolmentId}, ${one.step}, ${one.type}, ${one.cause},
            ${one.code}, ${one.note}, ${one.recordedBy}, ${one.at})`;
}

export async function listVariances(
  db: Db,
  organizationId: string,
  enrolmentId: string,
): Promise<Variance[]> {
  const rows = await db<(Omit<Variance, "at"> & { at: Date })[]>`
    select id, step, type, cause, code, note, recorded_by, at from enrolment_variances
    where organization_id = ${organizationId} and enrolment_id = ${enrolmentId}
    order by id limit 500`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

export async function insertGoal(
  db: Db,
  organizationId: string,
  enrolmentId: string,
  one: Omit<GoalProgress, "at"> & { recordedBy: string; at: Date },
): Promise<void> {
  await db`
    insert into enrolment_goals (id, organization_id, enrolment_id, goal, value, unit, is_met,
                                 measured_on, recorded_by, at)
    values (${one.id}, ${organizationId}, ${enrolmentId}, ${one.goal}, ${one.value}, ${one.unit},
            ${one.isMet}, ${one.measuredOn}::text::date, ${one.recordedBy}, ${one.at})`;
}

export async function listGoals(
  db: Db,
  organizationId: string,
  enrolmentId: string,
): Promise<GoalProgress[]> {
  const rows = await db<(Omit<GoalProgress, "at"> & { at: Date })[]>`
    select id, goal, value, unit, is_met, measured_on::text, at from enrolment_goals
    where organization_id = ${organizationId} and enrolment_id = ${enrolmentId}
    order by id limit 500`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
