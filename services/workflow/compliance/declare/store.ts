/** Constraints held against the log of many runs at once, as it was known at a given time. */
import type { Db } from "@praxis/shared/postgres";
import { AT_RISK_SHARE } from "../model.ts";
import type { Part, Reason, Template, VerdictState } from "./templates.ts";

/** One part of a constraint, as the query takes it. */
export type Rule = {
  constraintId: string;
  name: string;
  template: Template;
  part: number;
  kind: Part["kind"];
  /** What calls for something, or is counted, or has to stand in a place. */
  activities: string[];
  seeks: string | null;
  looks: "after" | "before" | "both" | null;
  mode: "any" | "alternate" | "chain" | null;
  isNegated: boolean;
  min: number | null;
  max: number | null;
  place: "first" | "last" | null;
  withinMs: number | null;
  graceMs: number;
  hasCalendar: boolean;
  when: unknown;
  if: unknown;
  correlate: string[] | null;
  exclusion: string | null;
};

/** Which runs are judged, and what of them is known. */
export type Scope = {
  organizationId: string;
  definitionKey: string;
  /** The time by which windows are open or over. */
  asOf: Date;
  /** Only what was known by then counts; null: everything, whatever clock has written it. */
  knownAt: Date | null;
  effectiveFrom: Date | null;
  effectiveUntil: Date | null;
  runId?: string;
  patientId?: string;
  /** Runs that began in this time: from, and before. */
  from?: Date;
  to?: Date;
};
/** The end of a window in opening time, without its grace. */
export type Due = { constraintId: string; part: number; eventId: string; dueAt: string };
export type Judging = Scope & { rules: readonly Rule[]; dues: readonly Due[] };

export type VerdictRow = {
  constraintId: string;
  name: string;
  template: Template;
  part: number;
  runId: string;
  eventId: string;
  activity: string | null;
  activatedAt: Date;
  state: VerdictState;
  isAtRisk: boolean;
  why: Reason;
  targetAt: Date | null;
  dueAt: Date | null;
};

const rulesOf = (db: Db, rules: readonly Rule[]) =>
  db`
    select "constraintId" as constraint_id, name, template, part, kind, activities, seeks, looks,
           mode, "isNegated" as is_negated, min as at_least, max as at_most, place,
           make_interval(secs => "withinMs" / 1000.0) as span,
           make_interval(secs => "graceMs" / 1000.0) as grace, "hasCalendar" as has_calendar,
           "when" as activation_conditions, "if" as target_conditions, correlate, exclusion
    from jsonb_to_recordset(${db.json(rules as never)}) as given (
      "constraintId" uuid, name text, template text, part int, kind text, activities text[],
      seeks text, looks text, mode text, "isNegated" boolean, min int, max int, place text,
      "withinMs" bigint, "graceMs" bigint, "hasCalendar" boolean, "when" jsonb, "if" jsonb,
      correlate text[], exclusion text)`;

const casesOf = (db: Db, { organizationId, definitionKey, knownAt, ...scope }: Scope) =>
  db`
    select r.id as run_id, r.created_at as begun_at,
           case when r.ended_at <= coalesce(${knownAt}::timestamptz, 'infinity') then r.ended_at end
             as ended_at
    from runs r
    where r.organization_id = ${organizationId} and r.key = ${definitionKey} and not r.is_shadow
      ${knownAt === null ? db`` : db`and r.created_at <= ${knownAt}`}
      ${scope.runId === undefined ? db`` : db`and r.id = ${scope.runId}`}
      ${scope.patientId === undefined ? db`` : db`and r.patient_id = ${scope.patientId}`}
      ${scope.from === undefined ? db`` : db`and r.created_at >= ${scope.from}`}
      ${scope.to === undefined ? db`` : db`and r.created_at < ${scope.to}`}`;

const entriesOf = (db: Db, { organizationId, knownAt }: Scope) =>
  db`
    select l.run_id, k.begun_at, k.ended_at, l.event_id, l.activity, l.at, l.data,
           row_number() over (partition by l.run_id order by l.at, l.event_id) as pos,
           count(*) over (partition by l.run_id) as total
    from activity_log l join cases k on k.run_id = l.run_id
    where l.organization_id = ${organizationId} and ${
    knownAt === null
      ? db`l.superseded_at is null`
      : db`l.recorded_at <= ${knownAt} and l.at <= ${knownAt}
           and (l.superseded_at is null or l.superseded_at > ${knownAt})`
  }`;

const isEffective = (db: Db, at: ReturnType<Db>, { effectiveFrom, effectiveUntil }: Scope) =>
  db`(${effectiveFrom}::timestamptz is null or ${at} >= ${effectiveFrom}::timestamptz)
     and (${effectiveUntil}::timestamptz is null or ${at} < ${effectiveUntil}::timestamptz)`;

const holds = (db: Db, data: ReturnType<Db>, conditions: ReturnType<Db>) =>
  db`case when ${conditions} = '[]' then true else conditions_hold(${data}, ${conditions}) end`;

/** The end of a window with its grace; never, when there is none. */
const dueOf = (db: Db, { dues }: Judging, start: ReturnType<Db>, eventId: ReturnType<Db>) => {
  const known = Object.fromEntries(dues.map((one) => [
    `${one.constraintId} ${one.part} ${one.eventId}`,
    one.dueAt,
  ]));
  return db`coalesce(r.grace + case when r.has_calendar
    then (${
    db.json(known)
  }::jsonb ->> concat_ws(' ', r.constraint_id, r.part, ${eventId}))::timestamptz
    else ${start} + r.span end, 'infinity')`;
};

/**
 * What calls for something, and what answers it: one pass over the events of each case for each
 * rule. Joining events with events would take the square of their number.
 */
const relations = (db: Db, judging: Judging) =>
  db`
    relevant as (
      select r.constraint_id, r.part, r.looks, r.mode, r.is_negated, a.role, e.run_id, e.event_id,
             e.activity, e.pos, e.total, e.at, e.ended_at,
             case when r.correlate is null then '' else e.data #>> r.correlate end as correlation,
             case a.role when 'calls' then ${holds(db, db`e.data`, db`r.activation_conditions`)}
               when 'answers' then ${holds(db, db`e.data`, db`r.target_conditions`)}
             end as fits,
             case when r.looks = 'after' then e.at
               else coalesce(e.at - r.span - r.grace, '-infinity') end as earliest,
             case when r.looks = 'before' then e.at
               else ${dueOf(db, judging, db`e.at`, db`e.event_id`)} end as due_at
      from rule r cross join lateral (
        values ('calls', r.activities[1]), ('answers', r.seeks), ('excludes', r.exclusion)
      ) a (role, activity)
      join entry e on e.activity = a.activity
      where r.kind = 'relation'
    ), seen as (
      select constraint_id, part, looks, mode, is_negated, role, run_id, event_id, activity, pos,
             total, at, ended_at, earliest, due_at, correlation,
             case when correlation is null then null else fits end as fits,
             bool_or(role = 'excludes') over of_case as is_excluded,
             lead(pos) over line as next_pos, lead(role) over line as next_role,
             lead(fits) over line as next_fits, lag(pos) over line as previous_pos,
             lag(role) over line as previous_role, lag(fits) over line as previous_fits,
             lag(at) over line as previous_at, lead(at) over line as next_at,
             min(at) filter (where role = 'answers' and fits) over ahead as hit_after,
             min(at) filter (where role = 'answers' and fits is null) over ahead as maybe_after,
             min(pos) filter (where role = 'answers' and fits) over ahead as hit_pos_after,
             min(pos) filter (where role = 'calls') over ahead as call_after,
             max(at) filter (where role = 'answers' and fits) over behind as hit_before,
             max(at) filter (where role = 'answers' and fits is null) over behind as maybe_before,
             max(pos) filter (where role = 'answers' and fits) over behind as hit_pos_before,
             max(pos) filter (where role = 'calls') over behind as call_before,
             -- Of what order these are is not known, so they may be of this one.
             min(at) filter (where role = 'answers' and correlation is null and fits is not false)
               over case_ahead as stray_after,
             max(at) filter (where role = 'answers' and correlation is null and fits is not false)
               over case_behind as stray_before
      from relevant
      where not (role <> 'excludes' and fits is false)
      window of_case as (partition by constraint_id, part, run_id),
        line as (partition by constraint_id, part, run_id, correlation order by pos),
        ahead as (line rows between 1 following and unbounded following),
        behind as (line rows between unbounded preceding and 1 preceding),
        case_line as (partition by constraint_id, part, run_id order by pos),
        case_ahead as (case_line rows between 1 following and unbounded following),
        case_behind as (case_line rows between unbounded preceding and 1 preceding)
    ), answered as (
      select s.constraint_id, s.part, s.looks, s.mode, s.is_negated, s.run_id, s.event_id,
             s.activity, s.pos, s.total, s.at, s.ended_at, s.due_at, s.fits, s.call_after,
             case s.mode
               when 'chain' then case s.looks
                 when 'after' then case when s.next_pos = s.pos + 1 and s.next_role = 'answers'
                   and s.next_fits then s.next_at end
                 else case when s.previous_pos = s.pos - 1 and s.previous_role = 'answers'
                   and s.previous_fits then s.previous_at end end
               when 'alternate' then case s.looks
                 when 'after' then case when s.hit_pos_after < coalesce(s.call_after, s.total + 1)
                   then s.hit_after end
                 else case when s.hit_pos_before > coalesce(s.call_before, 0)
                   then s.hit_before end end
               else case when s.looks <> 'before' and (s.looks = 'after' or s.hit_before is null
                           or s.hit_before < s.earliest) then s.hit_after
                 else s.hit_before end
             end as hit_at,
             case when s.mode = 'chain' then
               case s.looks when 'after' then s.next_pos = s.pos + 1 and s.next_fits is null
                 else s.previous_pos = s.pos - 1 and s.previous_fits is null end
             else (s.looks <> 'before' and least(s.maybe_after, s.stray_after) <= s.due_at)
               or (s.looks <> 'after' and greatest(s.maybe_before, s.stray_before) >= s.earliest)
             end as may_hit,
             s.earliest
      from seen s
      where s.role = 'calls' and not s.is_excluded and ${isEffective(db, db`s.at`, judging)}
    ), related as (
      select a.constraint_id, a.part, a.run_id, a.event_id, a.activity, a.at as activated_at,
             a.is_negated or a.looks = 'before' as is_quiet, a.due_at, a.fits as holds,
             case when a.hit_at >= a.earliest then a.hit_at end as target_at,
             case when not a.is_negated then
               case when a.hit_at between a.earliest and a.due_at then 'fulfilled'
                 when a.may_hit then 'missing-data'
                 when a.hit_at > a.due_at then 'late'
                 when a.looks = 'before' and a.mode = 'any' then 'missing'
                 when a.looks = 'before' and a.mode = 'chain' then 'wrong-place'
                 when a.looks = 'before' then 'out-of-turn'
                 when a.mode = 'chain' and a.pos < a.total then 'wrong-place'
                 when a.mode = 'alternate' and a.call_after is not null then 'out-of-turn'
                 when a.ended_at is not null or ${judging.asOf} > a.due_at then 'missing'
                 else 'waiting' end
             else
               case when a.hit_at between a.earliest and a.due_at then 'unwanted'
                 when a.may_hit then 'missing-data'
                 when a.mode = 'chain' and a.pos < a.total then 'fulfilled'
                 when a.ended_at is not null or ${judging.asOf} > a.due_at then 'fulfilled'
                 else 'waiting' end
             end as why
      from answered a
    )`;

/** How often something happens in a case, and what stands at its ends. */
const countsAndPlaces = (db: Db, judging: Judging) =>
  db`
    sample as (
      select r.constraint_id, r.part, k.run_id, k.begun_at, k.ended_at, 'case' as role,
             null::timestamptz as at, null::boolean as fits
      from rule r cross join cases k
      where r.kind <> 'relation' and ${isEffective(db, db`k.begun_at`, judging)}
      union all
      select r.constraint_id, r.part, e.run_id, e.begun_at, e.ended_at, a.role, e.at,
             ${holds(db, db`e.data`, db`r.activation_conditions`)}
      from rule r cross join lateral (
        select 'event', unnest(r.activities) where r.kind = 'count'
        union all select 'excludes', r.exclusion
      ) a (role, activity)
      join entry e on e.activity = a.activity
      where r.kind <> 'relation'
      union all
      select r.constraint_id, r.part, e.run_id, e.begun_at, e.ended_at, 'event', e.at,
             e.activity = r.activities[1] and ${holds(db, db`e.data`, db`r.activation_conditions`)}
      from rule r join entry e on e.pos = case r.place when 'first' then 1 else e.total end
      where r.kind = 'position'
    ), tally as (
      select r.constraint_id, r.part, r.kind, r.at_least, r.at_most, r.place,
             r.activities[1] as activity, s.run_id, s.begun_at, s.ended_at, w.due_at,
             count(*) filter (where s.role = 'event') as events,
             count(*) filter (where s.role = 'event' and s.fits and s.at <= w.due_at) as sure,
             count(*) filter (where s.role = 'event' and s.fits is null and s.at <= w.due_at)
               as unsure,
             count(*) filter (where s.role = 'event' and s.fits and s.at > w.due_at) as late,
             array_agg(s.at order by s.at) filter (where s.role = 'event' and s.fits) as times,
             max(s.at) filter (where s.role = 'event') as any_at
      from sample s
      join rule r on r.constraint_id = s.constraint_id and r.part = s.part
      cross join lateral (
        select ${dueOf(db, judging, db`s.begun_at`, db`s.run_id`)} as due_at
      ) w
      group by r.constraint_id, r.part, r.kind, r.at_least, r.at_most, r.place, r.activities,
               s.run_id, s.begun_at, s.ended_at, w.due_at
      having bool_or(s.role = 'case') and not bool_or(s.role = 'excludes')
    ), tallied as (
      select constraint_id, part, run_id, run_id as event_id, activity, begun_at as activated_at,
             kind = 'count' and at_least is null as is_quiet, due_at, true as holds,
             case when kind = 'position' then any_at
               when sure > at_most then times[at_most + 1] else times[at_least] end as target_at,
             case when kind = 'position' then
               case when ended_at is null and (place = 'last' or events = 0) then 'waiting'
                 when events = 0 then 'missing' when sure = 1 then 'fulfilled'
                 when unsure = 1 then 'missing-data' else 'wrong-place' end
             else
               case when sure > at_most then 'too-many'
                 when sure + unsure > at_most then 'missing-data'
                 when sure >= at_least and at_most is null then 'fulfilled'
                 when ended_at is null and ${judging.asOf} <= due_at then 'waiting'
                 when coalesce(sure >= at_least, true) then 'fulfilled'
                 when sure + unsure >= at_least then 'missing-data'
                 when sure + late >= at_least then 'late'
                 when sure = 0 then 'missing' else 'too-few' end
             end as why
      from tally
    )`;

/** `with …` up to and including `verdict`: everything that is known of these runs. */
const verdicts = (db: Db, judging: Judging) =>
  db`
    with rule as materialized (${rulesOf(db, judging.rules)}),
    cases as materialized (${casesOf(db, judging)}),
    entry as materialized (${entriesOf(db, judging)}),
    ${relations(db, judging)},
    ${countsAndPlaces(db, judging)},
    raw as (
      select constraint_id, part, run_id, event_id, activity, activated_at, is_quiet, due_at,
             target_at, holds, why from related
      union all
      select constraint_id, part, run_id, event_id, activity, activated_at, is_quiet, due_at,
             target_at, holds, why from tallied
    ), verdict as (
      select v.constraint_id, r.name, r.template, v.part, v.run_id, v.event_id, v.activity,
             v.activated_at, v.target_at, nullif(v.due_at, 'infinity') as due_at, w.why,
             case when w.why = 'fulfilled' then 'satisfied' when w.why = 'waiting' then 'pending'
               when w.why = 'missing-data' then 'indeterminate' else 'violated' end as state,
             w.why = 'waiting' and not v.is_quiet and v.due_at <> 'infinity'
               and ${judging.asOf} >= v.activated_at
                 + (v.due_at - v.activated_at) * ${AT_RISK_SHARE}::float8 as is_at_risk
      from raw v join rule r on r.constraint_id = v.constraint_id and r.part = v.part
      cross join lateral (
        -- Whether anything was called for is not known, so nothing can have been missed.
        select case when v.holds is null and v.why not in ('fulfilled', 'waiting')
          then 'missing-data' else v.why end as why
      ) w
    )`;

/** At most `limit` of them, those of the newest runs first. */
export async function list(db: Db, judging: Judging, limit: number): Promise<VerdictRow[]> {
  return await db<VerdictRow[]>`
    ${verdicts(db, judging)}
    select constraint_id, name, template, part, run_id, event_id, activity, activated_at, state,
           is_at_risk, why, target_at, due_at
    from verdict order by run_id desc, activated_at, name, part, event_id limit ${limit}`;
}

export type CountRow = { constraintId: string; state: VerdictState | "excused"; count: number };

/** How many verdicts of each state, and of how many runs (`constraintId` null: of all). */
export async function count(
  db: Db,
  judging: Judging,
): Promise<{ counts: CountRow[]; judged: { constraintId: string | null; runs: number }[] }> {
  const rows = await db<(CountRow & { judged: number; runs: number })[]>`
    ${verdicts(db, judging)}, marked as (
      select v.constraint_id, v.run_id,
             case when f.state = 'excused' and v.state in ('violated', 'indeterminate')
               then 'excused' else v.state end as state
      from verdict v
      left join compliance_findings f on f.organization_id = ${judging.organizationId}
        and f.constraint_id = v.constraint_id and f.run_id = v.run_id and f.part = v.part
        and f.event_id = v.event_id and f.state = 'excused' and f.excused_at <= ${judging.asOf}
    ), judged as (
      select constraint_id, count(distinct run_id)::int as judged from marked group by constraint_id
    )
    select s.constraint_id, s.state, count(*)::int as count, j.judged,
           (select count(*)::int from cases) as runs
    from marked s join judged j on j.constraint_id = s.constraint_id
    group by s.constraint_id, s.state, j.judged
    union all
    select null, 'pending', 0, 0, (select count(*)::int from cases)`;
  const judged = new Map(rows.map(({ constraintId, judged }) => [constraintId, judged]));
  return {
    counts: rows.filter(({ constraintId }) => constraintId !== null),
    judged: [
      { constraintId: null, runs: rows[0]?.runs ?? 0 },
      ...[...judged].filter(([id]) => id !== null).map(([constraintId, runs]) => ({
        constraintId,
        runs,
      })),
    ],
  };
}

/** Everything from which a window in opening time begins. */
export async function listStarts(
  db: Db,
  scope: Scope,
  activities: readonly string[],
): Promise<{ runId: string; eventId: string; activity: string | null; at: Date }[]> {
  return await db`
    with cases as materialized (${casesOf(db, scope)}), entry as materialized (
      ${entriesOf(db, scope)}
    )
    select run_id, event_id, activity, at from entry
    where activity = any (${activities as string[]}::text[])
    union all
    select run_id, run_id, null, begun_at from cases`;
}
