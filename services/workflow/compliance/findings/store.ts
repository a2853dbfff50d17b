/** Where findings, their verdicts and the times to look again are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Verdict } from "../declare/templates.ts";
import type { Finding, FindingState } from "../model.ts";

/** Runs that are under way, or began since the protocol counts, are looked at soon. */
export async function watchRuns(
  db: Db,
  organizationId: string,
  definition: string,
  since: Date,
): Promise<void> {
  await db`
    insert into compliance_watch (organization_id, run_id, due_at)
    select organization_id, id, '-infinity' from runs
    where organization_id = ${organizationId} and key = ${definition} and not is_shadow
      and (ended_at is null or created_at >= ${since})
    on conflict (organization_id, run_id) do update set due_at = '-infinity'`;
}

export type Watched = { organizationId: string; runId: string };

/** Runs that are due, the organizations in turn. Nothing is locked: `lockWatched` is for that. */
export async function listDue(db: Db, at: Date, limit: number): Promise<Watched[]> {
  return await db<Watched[]>`
    select organization_id, run_id from (
      select organization_id, run_id, due_at,
             row_number() over (partition by organization_id order by due_at) as turn
      from compliance_watch where due_at <= ${at}
    ) due
    order by turn, due_at limit ${limit}`;
}

/** False when another worker has it, or has seen to it. Whoever tells of the run then waits. */
export async function lockWatched(
  db: Db,
  { organizationId, runId }: Watched,
  at: Date,
): Promise<boolean> {
  const rows = await db`
    select run_id from compliance_watch
    where organization_id = ${organizationId} and run_id = ${runId} and due_at <= ${at}
    for update skip locked`;
  return rows.length === 1;
}

/** When to look again; never, when nothing of it changes by itself. */
export async function watchAgain(
  db: Db,
  { organizationId, runId }: Watched,
  at: Date | undefined,
): Promise<void> {
  if (at === undefined) {
    await db`
      delete from compliance_watch where organization_id = ${organizationId} and run_id = ${runId}`;
  } else {
    await db`
      update compliance_watch set due_at = ${at}
      where organization_id = ${organizationId} and run_id = ${runId}`;
  }
}

type FindingRow =
  & Pick<Finding, "id" | "runId" | "patientId" | "state" | "isAtRisk" | "why" | "activity">
  & {
    protocolKey: string;
    version: number;
    title: string;
    name: string;
    severity: Finding["constraint"]["severity"];
    activatedAt: Date | null;
    targetAt: Date | null;
    dueAt: Date | null;
    foundAt: Date;
    changedAt: Date;
    excusedBy: string | null;
    excusedAt: Date | null;
    excuse: string | null;
    constraintId: string;
    part: number;
    eventId: string;
  };
export type KeptFinding = FindingRow;

const findings = (db: Db, organizationId: string) =>
  db`
    select f.id, f.run_id, r.patient_id, f.state, f.is_at_risk, f.why, f.activity, f.activated_at,
           f.target_at, f.due_at, f.found_at, f.changed_at, f.excused_by, f.excused_at, f.excuse,
           f.constraint_id, f.part, f.event_id, p.key as protocol_key, p.version, p.title, c.name,
           c.severity
    from compliance_findings f
    join protocol_constraints c on c.id = f.constraint_id
    join protocols p on p.id = f.protocol_id
    join runs r on r.id = f.run_id
    where f.organization_id = ${organizationId}`;

export type FindingFilter = {
  state?: FindingState;
  isAtRisk?: boolean;
  key?: string;
  runId?: string;
  patientId?: string;
  severity?: Finding["constraint"]["severity"];
};

/** Newest first; `before` is the last id of the page before. */
export async function listFindings(
  db: Db,
  organizationId: string,
  { state, isAtRisk, key, runId, patientId, severity }: FindingFilter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<KeptFinding[]> {
  return await db<FindingRow[]>`
    ${findings(db, organizationId)}
      ${state === undefined ? db`` : db`and f.state = ${state}`}
      ${isAtRisk === undefined ? db`` : db`and f.is_at_risk = ${isAtRisk}`}
      ${key === undefined ? db`` : db`and p.key = ${key}`}
      ${runId === undefined ? db`` : db`and f.run_id = ${runId}`}
      ${patientId === undefined ? db`` : db`and r.patient_id = ${patientId}`}
      ${severity === undefined ? db`` : db`and c.severity = ${severity}`}
      ${before === undefined ? db`` : db`and f.id < ${before}`}
    order by f.id desc limit ${limit}`;
}

export async function findFinding(
  db: Db,
  organizationId: string,
  id: string,
  mode: "read" | "lock" = "read",
): Promise<KeptFinding | undefined> {
  const [row] = await db<FindingRow[]>`
    ${findings(db, organizationId)} and f.id = ${id}
    ${mode === "lock" ? db`for update of f` : db``}`;
  return row;
}

/** What was found about a run under one protocol so far. */
export async function listOfRun(
  db: Db,
  organizationId: string,
  runId: string,
  protocolId: string,
): Promise<KeptFinding[]> {
  return await db<FindingRow[]>`
    ${findings(db, organizationId)} and f.run_id = ${runId} and f.protocol_id = ${protocolId}
    for update of f`;
}

export async function insertFinding(
  db: Db,
  organizationId: string,
  { id, protocolId, at, verdict }: { id: string; protocolId: string; at: Date; verdict: Verdict },
): Promise<void> {
  await db`
    insert into compliance_findings (id, organization_id, protocol_id, constraint_id, run_id, part,
      event_id, state, is_at_risk, why, activity, activated_at, target_at, due_at, found_at,
      changed_at)
    values (${id}, ${organizationId}, ${protocolId}, ${verdict.constraintId}, ${verdict.runId},
            ${verdict.part}, ${verdict.eventId}, ${verdict.state}, ${verdict.isAtRisk},
            ${verdict.why}, ${verdict.activity}, ${verdict.activatedAt}, ${verdict.targetAt},
            ${verdict.dueAt}, ${at}, ${at})`;
}

export async function updateFinding(
  db: Db,
  organizationId: string,
  id: string,
  { at, ...found }: Pick<Verdict, "isAtRisk" | "why" | "targetAt" | "dueAt"> & {
    state: FindingState;
    at: Date;
  },
): Promise<void> {
  await db`
    update compliance_findings
    set state = ${found.state}, is_at_risk = ${found.isAtRisk}, why = ${found.why},
        target_at = ${found.targetAt}, due_at = ${found.dueAt}, changed_at = ${at},
        excused_by = null, excused_at = null, excuse = null
    where organization_id = ${organizationId} and id = ${id}`;
}

export async function excuse(
  db: Db,
  organizationId: string,
  id: string,
  { by, at, reason }: { by: string; at: Date; reason: string },
): Promise<void> {
  await db`
    update compliance_findings
    set state = 'excused', excused_by = ${by}, excused_at = ${at}, excuse = ${reason},
        changed_at = ${at}
    where organization_id = ${organizationId} and id = ${id}`;
}

/** Nobody waits any more for what a protocol asked for that is not in force any more. */
export async function closePending(
  db: Db,
  organizationId: string,
  protocolId: string,
  at: Date,
): Promise<void> {
  await db`
    with closed as (
      update compliance_findings
      set state = 'not_applicable', is_at_risk = false, why = 'retired', changed_at = ${at}
      where organization_id = ${organizationId} and protocol_id = ${protocolId}
        and state = 'pending'
      returning id
    )
    insert into compliance_verdicts (organization_id, finding_id, at, state, why)
    select ${organizationId}, id, ${at}, 'not_applicable', 'retired' from closed`;
}

export async function insertVerdict(
  db: Db,
  organizationId: string,
  one: {
    findingId: string;
    at: Date;
    state: FindingState;
    why: string;
    targetAt: string | null;
    actorId: string | null;
  },
): Promise<void> {
  await db`
    insert into compliance_verdicts (organization_id, finding_id, at, state, why, target_at,
                                     actor_id)
    values (${organizationId}, ${one.findingId}, ${one.at}, ${one.state}, ${one.why},
            ${one.targetAt}, ${one.actorId})`;
}

export async function listVerdicts(
  db: Db,
  organizationId: string,
  findingId: string,
): Promise<
  { at: Date; state: FindingState; why: string; targetAt: Date | null; actorId: string | null }[]
> {
  return await db`
    select at, state, why, target_at, actor_id from compliance_verdicts
    where organization_id = ${organizationId} and finding_id = ${findingId}
    order by seq limit 500`;
}
