/** What is asked of the log of runs, and what is told of it: never of so few that they are known. */
import { z } from "@hono/zod-openapi";

/** Fewer cases than this might be known by what is said of them. */
export const CELL_MIN = 5;

const Key = z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/)
  .openapi({ example: "abnormal-result-follow-up", description: "Runs of this definition." });
const Period = z.strictObject({
  version: z.coerce.number().int().min(1).max(999_999).optional(),
  from: z.iso.datetime().optional().openapi({ description: "Runs that began then or later." }),
  to: z.iso.datetime().optional().openapi({ description: "Runs that began before." }),
});
export const OneDefinition = Period.extend({ key: Key });
export const AnyDefinition = Period.extend({ key: Key.optional() });
export type Filter = {
  key?: string | undefined;
  version?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

const ms = z.number().nullable().openapi({ description: "Milliseconds; null: nothing to count." });
const share = z.number().nullable().openapi({ description: "From 0 to 1; null: of nothing." });
const suppressed = z.int().openapi({
  description: `Left out because they speak of fewer than ${CELL_MIN} cases.`,
});

export const Edge = z.object({
  from: z.string(),
  to: z.string(),
  count: z.int(),
  cases: z.int(),
  medianMs: ms,
  p90Ms: ms,
  totalMs: ms,
}).openapi("ProcessMapEdge");
export type Edge = z.output<typeof Edge>;
export const ProcessMap = z.object({
  cases: z.int(),
  events: z.int(),
  ties: z.int().openapi({
    description: "Events at the very time of the one before: their order is that of writing.",
  }),
  activities: z.array(z.object({
    activity: z.string(),
    count: z.int(),
    cases: z.int(),
    starts: z.int().openapi({ description: "How often a case began with it." }),
    ends: z.int().openapi({ description: "How often it is the last of its case so far." }),
    medianMs: ms.openapi({ description: "From its beginning to its end." }),
    p90Ms: ms,
  })),
  edges: z.array(Edge).openapi({
    description: "What directly follows on what; times from the end of one to the end of the next.",
  }),
  suppressed: z.object({ activities: suppressed, edges: suppressed }),
}).openapi("ProcessMap");
export type ProcessMap = z.output<typeof ProcessMap>;

export const Variants = z.object({
  cases: z.int(),
  items: z.array(z.object({
    activities: z.array(z.string()).openapi({ description: "The first 200 of them." }),
    length: z.int(),
    cases: z.int(),
    share: z.number(),
    medianMs: ms.openapi({ description: "From the first event to the last." }),
    p90Ms: ms,
  })),
  suppressed,
}).openapi("ProcessVariants");
export type Variants = z.output<typeof Variants>;

export const Bottlenecks = z.object({
  cases: z.int(),
  items: z.array(Edge.extend({
    share: share.openapi({ description: "Of all the time between events." }),
    spread: z.number().nullable().openapi({ description: "p90 beside the median." }),
    trend: z.number().nullable().openapi({
      description: "The median of the later half of the cases beside that of the earlier half.",
    }),
  })).openapi({ description: "Where most time goes, first." }),
  suppressed,
}).openapi("ProcessBottlenecks");
export type Bottlenecks = z.output<typeof Bottlenecks>;

export const CycleTimes = z.object({
  items: z.array(z.object({
    on: z.iso.date().openapi({ description: "The first day (UTC) of the week or month." }),
    begun: z.int(),
    ended: z.int().openapi({ description: "Of those that began in it." }),
    medianMs: ms,
    p90Ms: ms,
    medianWaitingMs: ms.openapi({ description: "Of its tasks: until somebody took them." }),
    medianServiceMs: ms.openapi({ description: "Of its tasks: from then until they were done." }),
  })),
  suppressed,
}).openapi("CycleTimes");
export type CycleTimes = z.output<typeof CycleTimes>;

export const Rework = z.object({
  cases: z.int(),
  firstTimeRight: share.openapi({ description: "Cases in which nothing was done twice." }),
  items: z.array(z.object({
    activity: z.string(),
    cases: z.int(),
    repeatedCases: z.int(),
    repeats: z.int().openapi({ description: "How often it was done again." }),
    directRepeats: z.int().openapi({ description: "Of these, with nothing in between." }),
  })),
  suppressed,
}).openapi("Rework");
export type Rework = z.output<typeof Rework>;

export const ServiceLevels = z.object({
  items: z.array(z.object({
    activity: z.string(),
    tasks: z.int(),
    onTime: z.int(),
    late: z.int(),
    overdue: z.int().openapi({ description: "Not done yet, and it should have been." }),
    onTimeShare: share,
    medianLateMs: ms.openapi({ description: "Of those that were late." }),
    p90LateMs: ms,
  })),
  suppressed,
}).openapi("ServiceLevels");
export type ServiceLevels = z.output<typeof ServiceLevels>;

const load = {
  opened: z.int(),
  completed: z.int(),
  open: z.int(),
  overdue: z.int(),
  medianWaitingMs: ms,
  medianServiceMs: ms,
};
export const Workload = z.object({
  items: z.array(z.object({
    role: z.string().nullable().openapi({ description: "A pool; null: everybody's." }),
    ...load,
  })),
  hours: z.array(z.object({
    weekday: z.int().openapi({ description: "1 is Monday; by UTC." }),
    hour: z.int(),
    completed: z.int(),
  })),
  suppressed,
}).openapi("Workload");
export type Workload = z.output<typeof Workload>;
export const StaffWorkload = z.object({
  items: z.array(
    z.object({ userId: z.uuid(), completed: z.int(), open: z.int(), medianServiceMs: ms }),
  ),
  suppressed,
}).openapi("StaffWorkload");
export type StaffWorkload = z.output<typeof StaffWorkload>;

export const Drift = z.object({
  casesBefore: z.int(),
  casesAfter: z.int(),
  chiSquare: z.number().nullable().openapi({
    description: "Over variants that are not rare, the rest taken together; null: too few cases.",
  }),
  degreesOfFreedom: z.int(),
  items: z.array(z.object({
    activities: z.array(z.string()),
    shareBefore: z.number(),
    shareAfter: z.number(),
  })).openapi({ description: "The greatest change first." }),
}).openapi("ProcessDrift");
export type Drift = z.output<typeof Drift>;

/**
 * Pearson's chi-square of two rows of counts, with `rest` for everything that is rare. A variant
 * counts by itself when at least five cases of it are to be expected in each period.
 */
export function chiSquareOf(
  counts: readonly { before: number; after: number }[],
): { chiSquare: number | null; degreesOfFreedom: number } {
  const sum = (pick: (one: { before: number; after: number }) => number) =>
    counts.reduce((total, one) => total + pick(one), 0);
  const [before, after] = [sum((one) => one.before), sum((one) => one.after)];
  const all = before + after;
  if (before === 0 || after === 0) return { chiSquare: null, degreesOfFreedom: 0 };
  const isFrequent = (one: { before: number; after: number }) =>
    (one.before + one.after) * Math.min(before, after) / all >= CELL_MIN;
  const cells = counts.filter(isFrequent);
  const rare = counts.filter((one) => !isFrequent(one));
  if (rare.length > 0) {
    cells.push({
      before: rare.reduce((total, one) => total + one.before, 0),
      after: rare.reduce((total, one) => total + one.after, 0),
    });
  }
  if (cells.length < 2) return { chiSquare: null, degreesOfFreedom: 0 };
  const chiSquare = cells.reduce((total, one) => {
    const row = one.before + one.after;
    const [expectedBefore, expectedAfter] = [row * before / all, row * after / all];
    return total + (one.before - expectedBefore) ** 2 / expectedBefore +
      (one.after - expectedAfter) ** 2 / expectedAfter;
  }, 0);
  return { chiSquare, degreesOfFreedom: cells.length - 1 };
}

/** Leaves out what speaks of too few cases, and says how much that was. */
export function withoutSmall<T>(
  rows: readonly T[],
  casesOf: (row: T) => number,
): { items: T[]; suppressed: number } {
  const items = rows.filter((row) => casesOf(row) >= CELL_MIN);
  return { items, suppressed: rows.length - items.length };
}
