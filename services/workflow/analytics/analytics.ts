/** What the log of runs says of a clinic's work: counted, and never of so few that they are known. */
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read, type Sql } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { type ExportFormat, exportLog } from "./export.ts";
import {
  type Bottlenecks,
  CELL_MIN,
  chiSquareOf,
  type CycleTimes,
  type Drift,
  type Filter,
  type ProcessMap,
  type Rework,
  type ServiceLevels,
  type StaffWorkload,
  type Variants,
  withoutSmall,
  type Workload,
} from "./model.ts";
import * as store from "./store.ts";

const VARIANTS_MAX = 200;
/** Variants beyond these are taken together when two periods are compared. */
const COMPARED_MAX = 1_000;

function whichOf({ organizationId }: { organizationId: string }, filter: Filter) {
  const { from, to, ...rest } = filter;
  return {
    ...rest,
    organizationId,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

const reading = <T>(deps: Deps, { organizationId }: UserActor, ask: (tx: Db) => Promise<T>) =>
  read(deps.sql, { organizationId }, ask);

/** The map of a log from elsewhere, every edge of it. It is read, and kept nowhere. */
export const mapOfLog = (
  sql: Sql,
  events: Parameters<typeof store.logOfEvents>[0],
): Promise<Omit<ProcessMap, "suppressed">> =>
  read(sql, "system", (tx) => store.processMap(tx, store.logOfEvents(events)));

export async function processMap(
  deps: Deps,
  actor: UserActor,
  filter: Filter,
): Promise<ProcessMap> {
  const source = store.logOfRuns(whichOf(actor, filter));
  const map = await reading(deps, actor, (tx) => store.processMap(tx, source));
  const activities = withoutSmall(map.activities, ({ cases }) => cases);
  const edges = withoutSmall(map.edges, ({ cases }) => cases);
  const isShown = map.cases >= CELL_MIN;
  return {
    cases: isShown ? map.cases : 0,
    events: isShown ? map.events : 0,
    ties: isShown ? map.ties : 0,
    // How many began or ended with it may be fewer than those that have it at all.
    activities: activities.items.map((one) => ({
      ...one,
      starts: one.starts >= CELL_MIN ? one.starts : 0,
      ends: one.ends >= CELL_MIN ? one.ends : 0,
    })),
    edges: edges.items,
    suppressed: { activities: activities.suppressed, edges: edges.suppressed },
  };
}

export async function variants(
  deps: Deps,
  actor: UserActor,
  filter: Filter,
): Promise<Variants> {
  const source = store.logOfRuns(whichOf(actor, filter));
  const limits = { casesMin: CELL_MIN, limit: VARIANTS_MAX };
  const { items, cases, rare } = await reading(
    deps,
    actor,
    (tx) => store.variants(tx, source, limits),
  );
  return {
    cases: cases >= CELL_MIN ? cases : 0,
    items: items.map((one) => ({ ...one, share: one.cases / cases })),
    suppressed: rare,
  };
}

export async function bottlenecks(
  deps: Deps,
  actor: UserActor,
  filter: Filter,
): Promise<Bottlenecks> {
  const source = store.logOfRuns(whichOf(actor, filter));
  const found = await reading(deps, actor, (tx) => store.bottlenecks(tx, source));
  const { items, suppressed } = withoutSmall(found.items, ({ cases }) => cases);
  return { cases: found.cases >= CELL_MIN ? found.cases : 0, items, suppressed };
}

export async function rework(deps: Deps, actor: UserActor, filter: Filter): Promise<Rework> {
  const source = store.logOfRuns(whichOf(actor, filter));
  const found = await reading(deps, actor, (tx) => store.rework(tx, source));
  const repeated = found.items.filter(({ repeats }) => repeats > 0);
  const { items, suppressed } = withoutSmall(repeated, (one) => one.repeatedCases);
  const isShown = found.cases >= CELL_MIN;
  return {
    cases: isShown ? found.cases : 0,
    firstTimeRight: isShown ? (found.cases - found.repeatedCases) / found.cases : null,
    items,
    suppressed,
  };
}

export async function cycleTimes(
  deps: Deps,
  actor: UserActor,
  { by, ...filter }: Filter & { by: "week" | "month" },
): Promise<CycleTimes> {
  const which = whichOf(actor, filter);
  const rows = await reading(deps, actor, (tx) => store.cycleTimes(tx, which, by));
  const { items, suppressed } = withoutSmall(rows, ({ begun }) => begun);
  return {
    items: items.map((one) => ({
      ...one,
      // Times of those few that have ended are known to whoever was there.
      ...(one.ended >= CELL_MIN ? {} : { ended: 0, medianMs: null, p90Ms: null }),
    })),
    suppressed,
  };
}

export async function serviceLevels(
  deps: Deps,
  actor: UserActor,
  filter: Filter,
): Promise<ServiceLevels> {
  const which = whichOf(actor, filter);
  const rows = await reading(deps, actor, (tx) => store.serviceLevels(tx, which, deps.now()));
  const { items, suppressed } = withoutSmall(rows, ({ tasks }) => tasks);
  return {
    items: items.map((one) => {
      const decided = one.onTime + one.late + one.overdue;
      return { ...one, onTimeShare: decided === 0 ? null : one.onTime / decided };
    }),
    suppressed,
  };
}

/** By role, never by person. */
export async function workload(
  deps: Deps,
  actor: UserActor,
  filter: Filter,
): Promise<Workload> {
  const which = whichOf(actor, filter);
  const { rows, hours } = await reading(deps, actor, async (tx) => ({
    rows: await store.workload(tx, which, deps.now()),
    hours: await store.hours(tx, which),
  }));
  const roles = withoutSmall(rows, ({ opened }) => opened);
  const shown = withoutSmall(hours, ({ completed }) => completed);
  return {
    items: roles.items,
    hours: shown.items,
    suppressed: roles.suppressed + shown.suppressed,
  };
}

/** By person: for those who may, and never unseen. */
export async function staffWorkload(
  deps: Deps,
  actor: UserActor,
  { requestId, ...filter }: Filter & { requestId: string },
): Promise<StaffWorkload> {
  const which = whichOf(actor, filter);
  const rows = await reading(deps, actor, (tx) => store.staffWorkload(tx, which));
  const { items, suppressed } = withoutSmall(rows, (one) => one.completed + one.open);
  await deps.auditRead({
    actor,
    organizationId: actor.organizationId,
    action: "analytics.staff_read",
    subject: { type: "organization", id: actor.organizationId },
    requestId,
    details: { ...filter, people: items.length },
  });
  return { items, suppressed };
}

/** Whether runs that began from `split` on go other ways than those before. */
export async function drift(
  deps: Deps,
  actor: UserActor,
  { split, ...filter }: Filter & { split: string },
): Promise<Drift> {
  const whole = whichOf(actor, filter);
  const at = new Date(split);
  const outside = (whole.from && at <= whole.from) || (whole.to && at >= whole.to);
  if (outside) {
    throw common("invalid-request", {
      errors: [{ pointer: "/split", detail: "It lies between from and to." }],
    });
  }
  const limits = { casesMin: 1, limit: COMPARED_MAX };
  const [before, after] = await reading(deps, actor, async (tx) => [
    await store.variants(tx, store.logOfRuns({ ...whole, to: at }), limits),
    await store.variants(tx, store.logOfRuns({ ...whole, from: at }), limits),
  ]);
  const counts = new Map<string, { activities: string[]; before: number; after: number }>();
  const add = (rows: readonly store.VariantRow[], period: "before" | "after") => {
    for (const { activities, cases } of rows) {
      const name = JSON.stringify(activities);
      const one = counts.get(name) ?? { activities, before: 0, after: 0 };
      one[period] += cases;
      counts.set(name, one);
    }
  };
  add(before!.items, "before");
  add(after!.items, "after");
  const [casesBefore, casesAfter] = [before!.cases, after!.cases];
  if (casesBefore < CELL_MIN || casesAfter < CELL_MIN) {
    return { casesBefore: 0, casesAfter: 0, chiSquare: null, degreesOfFreedom: 0, items: [] };
  }
  const shown = [...counts.values()].filter((one) => one.before + one.after >= CELL_MIN)
    .map((one) => ({
      activities: one.activities,
      shareBefore: one.before / casesBefore,
      shareAfter: one.after / casesAfter,
    }));
  const change = (one: typeof shown[number]) => Math.abs(one.shareAfter - one.shareBefore);
  return {
    casesBefore,
    casesAfter,
    ...chiSquareOf([...counts.values()]),
    items: shown.toSorted((a, b) => change(b) - change(a)).slice(0, VARIANTS_MAX),
  };
}

/** The log without anybody's name, as it is written: bytes of XES or CSV. */
export async function download(
  deps: Deps,
  actor: UserActor,
  { format, requestId, ...filter }: Filter & { format: ExportFormat; requestId: string },
): Promise<ReadableStream<Uint8Array>> {
  const which = whichOf(actor, filter);
  const { organizationId } = actor;
  const { map, cases } = await reading(deps, actor, async (tx) => ({
    map: await store.processMap(tx, store.logOfRuns(which)),
    cases: await store.countCases(tx, which),
  }));
  await deps.auditRead({
    actor,
    organizationId,
    action: "analytics.exported",
    subject: { type: "organization", id: organizationId },
    requestId,
    details: { ...filter, format, cases },
  });
  const frequent = map.activities.filter((one) => one.cases >= CELL_MIN);
  return exportLog(format, {
    // Nothing is said of a handful of cases, even without names.
    isEmpty: cases < CELL_MIN,
    frequent: new Set(frequent.map(({ activity }) => activity)),
    next: (after, limit) =>
      read(deps.sql, { organizationId }, (tx) => store.listCases(tx, which, { after, limit })),
  });
}
