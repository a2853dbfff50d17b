/** Maps, variants and times of a log, wherever it comes from; and the work of people. */
import type { Db } from "@praxis/shared/postgres";
import type { Bottlenecks, CycleTimes, ProcessMap, Rework, ServiceLevels } from "./model.ts";

/** Rows of `case_id, activity, begun_at, at, tie`; what happens at once is in the order of `tie`. */
export type Source = (db: Db) => ReturnType<Db>;

export type Which = {
  /** Undefined only for the platform's own work: the whole table. */
  organizationId: string | undefined;
  key?: string | undefined;
  version?: number | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
};

const runsOf = (db: Db, { organizationId, key, version, from, to }: Which) =>
  db`
    not r.is_shadow
      ${organizationId === undefined ? db`` : db`and r.organization_id = ${organizationId}`}
      ${key === undefined ? db`` : db`and r.key = ${key}`}
      ${version === undefined ? db`` : db`and r.version = ${version}`}
      ${from === undefined ? db`` : db`and r.created_at >= ${from}`}
      ${to === undefined ? db`` : db`and r.created_at < ${to}`}`;

/** What has happened in runs, as far as is known today. */
export const logOfRuns = (which: Which): Source => (db) =>
  db`
    select l.run_id as case_id, l.activity, l.begun_at, l.at, l.event_id as tie
    from activity_log l
    join runs r on r.id = l.run_id
    where l.superseded_at is null and ${runsOf(db, which)}
      ${
    which.organizationId === undefined ? db`` : db`and l.organization_id = ${which.organizationId}`
  }`;

/** A log from elsewhere, in the order of its lines. */
export const logOfEvents =
  (events: readonly { caseId: string; activity: string; at: string }[]): Source => (db) =>
    db`
    select case_id, activity, null::timestamptz as begun_at, at, tie
    from unnest(${events.map(({ caseId }) => caseId)}::text[],
                ${events.map(({ activity }) => activity)}::text[],
                ${events.map(({ at }) => at)}::text[]::timestamptz[])
      with ordinality as log (case_id, activity, at, tie)`;

type MapRow = {
  activity: string | null;
  nextActivity: string | null;
  level: number;
  count: number;
  cases: number;
  starts: number;
  ends: number;
  ties: number;
  edge: (number | null)[] | null;
  stay: (number | null)[] | null;
  totalMs: number | null;
};

const epochMs = (db: Db, span: ReturnType<Db>) => db`extract(epoch from ${span})::float8 * 1000`;

/** Every activity and every edge, the rare ones among them: the caller leaves those out. */
export async function processMap(
  db: Db,
  source: Source,
): Promise<Omit<ProcessMap, "suppressed">> {
  const rows = await db<MapRow[]>`
    with step as (
      select case_id, activity, begun_at, at, lead(activity) over line as next_activity,
             lead(at) over line as next_at, lag(at) over line as previous_at
      from (${source(db)}) log
      window line as (partition by case_id order by at, tie)
    )
    select activity, next_activity, grouping(activity, next_activity)::int as level,
           count(*)::int as count, count(distinct case_id)::int as cases,
           count(*) filter (where previous_at is null)::int as starts,
           count(*) filter (where next_at is null)::int as ends,
           count(*) filter (where at = previous_at)::int as ties,
           percentile_cont(array[0.5, 0.9]) within group (
             order by ${epochMs(db, db`next_at - at`)}) as edge,
           percentile_cont(array[0.5, 0.9]) within group (
             order by ${epochMs(db, db`at - begun_at`)}) as stay,
           sum(${epochMs(db, db`next_at - at`)}) as total_ms
    from step
    group by grouping sets ((activity, next_activity), (activity), ())`;
  const whole = rows.find(({ level }) => level === 3);
  return {
    cases: whole?.cases ?? 0,
    events: whole?.count ?? 0,
    ties: whole?.ties ?? 0,
    activities: rows.filter(({ level }) => level === 1)
      .map(({ activity, count, cases, starts, ends, stay }) => ({
        activity: activity!,
        count,
        cases,
        starts,
        ends,
        medianMs: stay?.[0] ?? null,
        p90Ms: stay?.[1] ?? null,
      }))
      .sort((a, b) => b.count - a.count || (a.activity < b.activity ? -1 : 1)),
    edges: rows.filter(({ level, nextActivity }) => level === 0 && nextActivity !== null)
      .map(({ activity, nextActivity, count, cases, edge, totalMs }) => ({
        from: activity!,
        to: nextActivity!,
        count,
        cases,
        medianMs: edge?.[0] ?? null,
        p90Ms: edge?.[1] ?? null,
        totalMs,
      }))
      .sort((a, b) => b.count - a.count || (a.from + a.to < b.from + b.to ? -1 : 1)),
  };
}

export type VariantRow = {
  activities: string[];
  length: number;
  cases: number;
  medianMs: number | null;
  p90Ms: number | null;
};
const ACTIVITIES_SHOWN = 200;

/** The most frequent ways through, and how many cases and ways there are in all. */
export async function variants(
  db: Db,
  source: Source,
  { casesMin, limit }: { casesMin: number; limit: number },
): Promise<{ items: VariantRow[]; cases: number; rare: number }> {
  const rows = await db<(VariantRow & { allCases: number; rare: number })[]>`
    with trace as (
      select case_id, array_agg(activity order by at, tie) as path, max(at) - min(at) as took
      from (${source(db)}) log group by case_id
    ), variant as (
      select path, count(*)::int as cases,
             percentile_cont(array[0.5, 0.9]) within group (
               order by ${epochMs(db, db`took`)}) as took
      from trace group by path
    ), total as (
      select coalesce(sum(cases), 0)::int as all_cases,
             count(*) filter (where cases < ${casesMin})::int as rare
      from variant
    )
    select v.path[1:${ACTIVITIES_SHOWN}] as activities, cardinality(v.path) as length, v.cases,
           v.took[1] as median_ms, v.took[2] as p90_ms, t.all_cases, t.rare
    from total t left join lateral (
      select path, cases, took from variant
      where cases >= ${casesMin} order by cases desc, path limit ${limit}
    ) v on true
    order by v.cases desc, v.path`;
  return {
    cases: rows[0]?.allCases ?? 0,
    rare: rows[0]?.rare ?? 0,
    items: rows.filter(({ activities }) => activities !== null)
      .map(({ allCases: _, rare: __, ...row }) => row),
  };
}

/** Where the time goes, and whether more of it goes there than before. */
export async function bottlenecks(
  db: Db,
  source: Source,
): Promise<{ cases: number; items: Bottlenecks["items"] }> {
  const rows = await db<
    (Omit<Bottlenecks["items"][number], "share" | "spread"> & {
      allMs: number;
      allCases: number;
    })[]
  >`
    with step as (
      select case_id, activity, at, lead(activity) over line as next_activity,
             lead(at) over line as next_at, first_value(at) over line as case_at
      from (${source(db)}) log
      window line as (partition by case_id order by at, tie)
    ), middle as (
      select percentile_disc(0.5) within group (order by case_at) as at,
             count(distinct case_id)::int as all_cases
      from step
    )
    select s.activity as "from", s.next_activity as "to", count(*)::int as count,
           count(distinct s.case_id)::int as cases,
           percentile_cont(0.5) within group (order by e.took) as median_ms,
           percentile_cont(0.9) within group (order by e.took) as p90_ms,
           sum(e.took) as total_ms, sum(sum(e.took)) over () as all_ms,
           percentile_cont(0.5) within group (order by e.took) filter (where s.case_at > m.at)
             / nullif(percentile_cont(0.5) within group (order by e.took)
                      filter (where s.case_at <= m.at), 0) as trend,
           m.all_cases
    from step s cross join middle m
    cross join lateral (select ${epochMs(db, db`s.next_at - s.at`)} as took) e
    where s.next_at is not null
    group by s.activity, s.next_activity, m.all_cases
    order by total_ms desc, 1, 2 limit 200`;
  return {
    cases: rows[0]?.allCases ?? 0,
    items: rows.map(({ allMs, allCases: _, ...row }) => ({
      ...row,
      share: allMs === 0 ? null : (row.totalMs ?? 0) / allMs,
      spread: row.medianMs && row.p90Ms !== null ? row.p90Ms / row.medianMs : null,
    })),
  };
}

export async function rework(
  db: Db,
  source: Source,
): Promise<{ cases: number; repeatedCases: number; items: Rework["items"] }> {
  const rows = await db<
    (Rework["items"][number] & { level: number; caseCount: number; repeatedOf: number })[]
  >`
    with step as (
      select case_id, activity, row_number() over (partition by case_id, activity) as nth,
             lag(activity) over (partition by case_id order by at, tie) as previous
      from (${source(db)}) log
    )
    select activity, grouping(activity)::int as level, count(distinct case_id)::int as cases,
           count(distinct case_id) filter (where nth > 1)::int as repeated_cases,
           count(*) filter (where nth > 1)::int as repeats,
           count(*) filter (where previous = activity)::int as direct_repeats
    from step group by grouping sets ((activity), ())
    order by repeats desc, activity`;
  const whole = rows.find(({ level }) => level === 1);
  return {
    cases: whole?.cases ?? 0,
    repeatedCases: whole?.repeatedCases ?? 0,
    items: rows.filter(({ level }) => level === 0),
  };
}

type CycleRow = Omit<CycleTimes["items"][number], "on"> & { on: string };

/** Runs by the week or month that they began in, and the tasks in them. */
export async function cycleTimes(
  db: Db,
  which: Which,
  by: "week" | "month",
): Promise<CycleRow[]> {
  return await db<CycleRow[]>`
    with run as (
      select r.id, date_trunc(${by}, r.created_at at time zone 'UTC')::date as first_day,
             case when r.status = 'completed' then r.ended_at - r.created_at end as took
      from runs r where ${runsOf(db, which)}
    ), work as (
      select run.first_day,
             percentile_cont(0.5) within group (
               order by ${epochMs(db, db`t.claimed_at - t.created_at`)}) as waiting,
             percentile_cont(0.5) within group (
               order by ${epochMs(db, db`t.completed_at - t.claimed_at`)}) as service
      from run join tasks t on t.run_id = run.id group by run.first_day
    ), cycle as (
      select first_day, count(*)::int as begun, count(took)::int as ended,
             percentile_cont(array[0.5, 0.9]) within group (
               order by ${epochMs(db, db`took`)}) as took
      from run group by first_day
    )
    select c.first_day::text as "on", c.begun, c.ended, c.took[1] as median_ms,
           c.took[2] as p90_ms, w.waiting as median_waiting_ms, w.service as median_service_ms
    from cycle c left join work w on w.first_day = c.first_day
    order by c.first_day desc limit 200`;
}

/** Tasks of runs by activity, others by what they are about. */
const tasksOf = (db: Db, { organizationId, key, version, from, to }: Which) =>
  db`
    from tasks t
    left join runs r on r.id = t.run_id
    left join run_steps s on s.id = t.step_id
    where t.organization_id = ${organizationId!} and coalesce(not r.is_shadow, true)
      ${key === undefined ? db`` : db`and r.key = ${key}`}
      ${version === undefined ? db`` : db`and r.version = ${version}`}
      ${from === undefined ? db`` : db`and coalesce(r.created_at, t.created_at) >= ${from}`}
      ${to === undefined ? db`` : db`and coalesce(r.created_at, t.created_at) < ${to}`}`;

export async function serviceLevels(
  db: Db,
  which: Which,
  now: Date,
): Promise<Omit<ServiceLevels["items"][number], "onTimeShare">[]> {
  return await db`
    select coalesce(s.activity, t.subject_type) as activity, count(*)::int as tasks,
           count(*) filter (where t.completed_at <= t.due_at)::int as on_time,
           count(*) filter (where t.completed_at > t.due_at)::int as late,
           count(*) filter (where t.state in ('open', 'claimed') and t.due_at < ${now})::int
             as overdue,
           percentile_cont(0.5) within group (order by ${
    epochMs(db, db`t.completed_at - t.due_at`)
  })
             filter (where t.completed_at > t.due_at) as median_late_ms,
           percentile_cont(0.9) within group (order by ${
    epochMs(db, db`t.completed_at - t.due_at`)
  })
             filter (where t.completed_at > t.due_at) as p90_late_ms
    ${tasksOf(db, which)} and t.state <> 'cancelled'
    group by 1 order by late desc, 1 limit 500`;
}

export type LoadRow = {
  opened: number;
  completed: number;
  open: number;
  overdue: number;
  medianWaitingMs: number | null;
  medianServiceMs: number | null;
};

export async function workload(
  db: Db,
  which: Which,
  now: Date,
): Promise<(LoadRow & { role: string | null })[]> {
  return await db`
    select p.role, count(*)::int as opened,
           count(*) filter (where t.state = 'completed')::int as completed,
           count(*) filter (where t.state in ('open', 'claimed'))::int as open,
           count(*) filter (where t.state in ('open', 'claimed') and t.due_at < ${now})::int
             as overdue,
           percentile_cont(0.5) within group (
             order by ${epochMs(db, db`t.claimed_at - t.created_at`)}) as median_waiting_ms,
           percentile_cont(0.5) within group (
             order by ${epochMs(db, db`t.completed_at - t.claimed_at`)}) as median_service_ms
    from (select t.id, t.state, t.due_at, t.claimed_at, t.created_at, t.completed_at, t.pools
          ${tasksOf(db, which)}) t
    left join lateral unnest(t.pools) as p (role) on true
    group by p.role order by opened desc, p.role limit 500`;
}

export async function hours(
  db: Db,
  which: Which,
): Promise<{ weekday: number; hour: number; completed: number }[]> {
  return await db`
    select extract(isodow from t.completed_at at time zone 'UTC')::int as weekday,
           extract(hour from t.completed_at at time zone 'UTC')::int as hour,
           count(*)::int as completed
    ${tasksOf(db, which)} and t.state = 'completed'
    group by 1, 2 order by 1, 2`;
}

export async function staffWorkload(
  db: Db,
  which: Which,
): Promise<{ userId: string; completed: number; open: number; medianServiceMs: number | null }[]> {
  return await db`
    select user_id, count(*) filter (where state = 'completed')::int as completed,
           count(*) filter (where state = 'claimed')::int as open,
           percentile_cont(0.5) within group (
             order by ${epochMs(db, db`completed_at - claimed_at`)}) as median_service_ms
    from (select coalesce(t.completed_by, t.claimed_by) as user_id, t.state, t.completed_at,
                 t.claimed_at ${tasksOf(db, which)}) work
    where user_id is not null
    group by user_id order by completed desc, user_id limit 500`;
}

export type ExportedEvent = {
  caseId: string;
  version: number;
  activity: string;
  begunAt: Date;
  at: Date;
  pools: string[] | null;
};

/** Runs after `after` by their ids, and everything that has happened in them. */
export async function listCases(
  db: Db,
  which: Which,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ lastId: string | undefined; events: ExportedEvent[] }> {
  const runs = await db<{ id: string }[]>`
    select r.id from runs r
    where ${runsOf(db, which)} ${after === undefined ? db`` : db`and r.id > ${after}`}
    order by r.id limit ${limit}`;
  const ids = runs.map(({ id }) => id);
  const events = ids.length === 0 ? [] : await db<ExportedEvent[]>`
    select l.run_id as case_id, r.version, l.activity, l.begun_at, l.at, t.pools
    from activity_log l
    join runs r on r.id = l.run_id
    left join tasks t on t.organization_id = l.organization_id and t.step_id = l.event_id
    where l.organization_id = ${which.organizationId!} and l.run_id = any (${ids})
      and l.superseded_at is null
    order by l.run_id, l.at, l.event_id`;
  return { lastId: ids.at(-1), events };
}

export async function countCases(db: Db, which: Which): Promise<number> {
  const [row] = await db<{ cases: number }[]>`
    select count(*)::int as cases from runs r where ${runsOf(db, which)}`;
  return row!.cases;
}
