/** What a saga is, and what follows from what has happened to it. */
import { z } from "@hono/zod-openapi";
import type { Permission } from "@praxis/shared/auth";
import { defineQueue } from "@praxis/shared/jobs";

/** Says that a saga may be due; which, its row says. So there is never a job for each step. */
export const sagaTick = defineQueue({ name: "saga-tick", data: z.strictObject({}) });
/** The group of jobs that belong to no organization. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

/** What the steps of a saga may build their calls from. */
export type Facts = {
  sagaId: string;
  organizationId: string;
  /** A user's id or a service's name. */
  startedBy: string;
  input: Record<string, unknown>;
  /** The answers of the steps that are done, by the step's name. */
  results: Record<string, unknown>;
};

/** One call of another service, or of ourselves, over HTTP. */
export type Command = {
  service: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
};

/**
 * `compensatable`: can be undone. `pivot`: after it the saga only goes forward. `retryable`: comes
 * after the pivot and is tried until it succeeds. `irreversible`: a pivot that has left the
 * building: whatever goes wrong with it is for a person, and nothing is undone by itself.
 */
export const stepClasses = ["compensatable", "pivot", "retryable", "irreversible"] as const;
export type StepClass = typeof stepClasses[number];

export type StepDefinition = {
  name: string;
  class: StepClass;
  forward: (facts: Facts) => Command;
  /** Must accept that there is nothing to undo: it is also called when the outcome is unknown. */
  compensate?: (facts: Facts) => Command;
  /** A question: it changes nothing, so there is nothing to undo. */
  asksOnly?: true;
};

export type SagaDefinition = {
  name: string;
  version: number;
  title: string;
  /** What a user must be allowed to do, beside starting workflows. */
  permission: Permission;
  /** Services that may start it, beside users; none unless given. Runs start as workflow. */
  services?: readonly string[];
  input: z.ZodType<Record<string, unknown>>;
  deadlineSeconds: number;
  steps: readonly StepDefinition[];
};

const isPivot = ({ class: kind }: { class: StepClass }) =>
  kind === "pivot" || kind === "irreversible";

/** @throws when the steps could not be undone or finished in this order. */
export function defineSaga(definition: SagaDefinition): SagaDefinition {
  const { name, steps } = definition;
  const wrong = (what: string) => new TypeError(`saga ${name}: ${what}`);
  if (steps.length === 0) throw wrong("has no steps");
  if (new Set(steps.map((step) => step.name)).size !== steps.length) {
    throw wrong("two steps have one name");
  }
  const pivotAt = steps.findIndex(isPivot);
  for (const [at, step] of steps.entries()) {
    const canBeUndone = step.compensate !== undefined || step.asksOnly === true;
    if (step.class === "compensatable" && !canBeUndone) throw wrong(`${step.name} has no undo`);
    if (step.class === "irreversible" && step.compensate) {
      throw wrong(`${step.name} cannot be undone`);
    }
    const isAfterPivot = pivotAt >= 0 && at > pivotAt;
    if (step.class === "compensatable" && isAfterPivot) throw wrong(`${step.name} is too late`);
    if (step.class === "retryable" && !isAfterPivot) throw wrong(`${step.name} is too early`);
  }
  return definition;
}

export const sagaStates = [
  "running",
  "compensating",
  "completed",
  "compensated",
  "stuck",
  "abandoned",
] as const;
export type SagaState = typeof sagaStates[number];

export const stepStates = [
  "waiting",
  "running",
  "done",
  "refused",
  "unknown",
  "undoing",
  "undone",
  "undo_failed",
  "skipped",
] as const;
export type StepState = typeof stepStates[number];

export type StepRow = {
  position: number;
  name: string;
  state: StepState;
  attempts: number;
  crashes: number;
  result: unknown;
};

/** A step as it is defined and as it stands. */
export type Step = StepRow & Pick<StepDefinition, "class" | "forward" | "compensate">;

export type Outcome =
  | { kind: "done"; result: unknown }
  /** It has certainly not happened and will not. */
  | { kind: "refused"; reason: string }
  /** It may have happened, or may yet. */
  | { kind: "unclear"; reason: string };

/** Asks a service to do its part, or to undo it. Never throws: what is not known is an answer. */
export type Ask = (command: Command, facts: {
  /** The same for every try of the same thing. */
  key: string;
  requestId: string;
  traceparent: string;
}) => Promise<Outcome>;

/** Tries before a step is undone whose outcome is not clear: about a quarter of a minute. */
export const TRIES_MAX = 6;
/** A step that ends the process so often is not given another one. */
export const CRASHES_MAX = 5;
const BACKOFF_SECONDS_MAX = 60;

/** Seconds until the next try: 0.5, 1, 2 … 60. */
export const backoffSeconds = (attempts: number): number =>
  Math.min(0.5 * 2 ** Math.min(attempts, 10), BACKOFF_SECONDS_MAX);

/** The same for every try of the same thing, so that the receiver can tell. */
export const keyOf = (sagaId: string, step: string, direction: "forward" | "comp"): string =>
  `${sagaId}:${step}:${direction}`;

const MAY_HAVE_HAPPENED: ReadonlySet<StepState> = new Set(["done", "unknown", "running"]);

/** True when undoing the rest would leave half a thing: there is only forward, or a person. */
export function isPastPivot(steps: readonly Step[]): boolean {
  return steps.some((step) =>
    isPivot(step) && (step.state === "skipped" || MAY_HAVE_HAPPENED.has(step.state)) &&
    !(step.state !== "done" && step.compensate)
  );
}

export type Move =
  | { kind: "forward"; step: Step }
  | { kind: "undo"; step: Step }
  | { kind: "turn"; reason: string }
  | { kind: "end"; state: "completed" | "compensated" }
  | { kind: "stick"; reason: string };

/** What is to be done next with a saga that is running or compensating. */
export function nextMove(
  state: "running" | "compensating",
  steps: readonly Step[],
  isLate: boolean,
): Move {
  if (state === "running") {
    const step = steps.find((one) => one.state === "waiting" || one.state === "running");
    if (!step) return { kind: "end", state: "completed" };
    if (step.crashes >= CRASHES_MAX) {
      return { kind: "stick", reason: `the process ended ${step.crashes} times in ${step.name}` };
    }
    if (!isLate) return { kind: "forward", step };
    if (!isPastPivot(steps)) return { kind: "turn", reason: "the deadline has passed" };
    const reason = isPivot(step)
      ? `${step.name}: nobody knows whether it has happened`
      : `${step.name}: the deadline has passed, and there is no way back`;
    return { kind: "stick", reason };
  }
  const step = steps.findLast((one) =>
    one.compensate !== undefined && (one.state === "undoing" || MAY_HAVE_HAPPENED.has(one.state))
  );
  if (step && step.crashes >= CRASHES_MAX) {
    return {
      kind: "stick",
      reason: `the process ended ${step.crashes} times undoing ${step.name}`,
    };
  }
  if (step) return { kind: "undo", step };
  const left = steps.filter((one) => one.state === "undo_failed").map(({ name }) => name);
  return left.length === 0
    ? { kind: "end", state: "compensated" }
    : { kind: "stick", reason: `not undone: ${left.join(", ")}` };
}

/** What an outcome makes of its step, and of the saga. */
export type Settled = {
  step: StepState;
  attempts: number;
  /** Try again after so long; undefined: go on at once. */
  retryInSeconds?: number;
  turn?: string;
  stick?: string;
};

export function settleForward(step: Step, outcome: Outcome): Settled {
  const { name, class: kind, attempts } = step;
  if (outcome.kind === "done") return { step: "done", attempts };
  const said = `${name}: ${outcome.reason}`;
  if (outcome.kind === "refused") {
    if (kind === "retryable") return { step: "refused", attempts, stick: said };
    // An earlier try may have come through after all.
    const wasUnclear = attempts > 0 || step.crashes > 0;
    const isUnknown = wasUnclear && step.compensate !== undefined;
    return { step: isUnknown ? "unknown" : "refused", attempts, turn: said };
  }
  const tried = attempts + 1;
  // What cannot be undone is asked until the deadline: giving it up earlier would help nobody.
  return tried < TRIES_MAX || !step.compensate
    ? { step: "running", attempts: tried, retryInSeconds: backoffSeconds(attempts) }
    : { step: "unknown", attempts: tried, turn: said };
}

export function settleUndo(step: Step, outcome: Outcome, isLate: boolean): Settled {
  const { attempts } = step;
  if (outcome.kind === "done") return { step: "undone", attempts };
  // The others are undone all the same; then a person is asked.
  if (outcome.kind === "refused" || isLate) return { step: "undo_failed", attempts };
  return { step: "undoing", attempts: attempts + 1, retryInSeconds: backoffSeconds(attempts) };
}

export type Operation = "retry" | "skip" | "abort";

/** What an operator's word makes of a saga, or why it cannot. */
export type Operated =
  | { kind: "changed"; state: SagaState; steps: { position: number; state: StepState }[] }
  | { kind: "refused"; why: "saga-ended" | "saga-not-stuck" | "saga-past-pivot" };

/** The step that a stuck saga is stuck at, in the direction in which it was going. */
function stuckAt(steps: readonly Step[]): { step: Step; isUndo: boolean } | undefined {
  const undo = steps.findLast((one) => one.state === "undo_failed" || one.state === "undoing");
  if (undo) return { step: undo, isUndo: true };
  const step = steps.find((one) =>
    ["refused", "unknown", "running", "waiting"].includes(one.state)
  );
  return step && { step, isUndo: false };
}

export function operate(
  state: SagaState,
  steps: readonly Step[],
  operation: Operation,
): Operated {
  if (!["running", "compensating", "stuck"].includes(state)) {
    return { kind: "refused", why: "saga-ended" };
  }
  if (operation === "abort") {
    if (!isPastPivot(steps)) return { kind: "changed", state: "compensating", steps: [] };
    // Somebody has seen to what is left, and says so.
    return state === "stuck"
      ? { kind: "changed", state: "abandoned", steps: [] }
      : { kind: "refused", why: "saga-past-pivot" };
  }
  if (state !== "stuck") return { kind: "refused", why: "saga-not-stuck" };
  const at = stuckAt(steps);
  if (!at) return { kind: "refused", why: "saga-not-stuck" };
  const { step, isUndo } = at;
  const back: SagaState = isUndo ? "compensating" : "running";
  if (operation === "skip") {
    return { kind: "changed", state: back, steps: [{ position: step.position, state: "skipped" }] };
  }
  const failed = isUndo ? steps.filter((one) => one.state === "undo_failed") : [step];
  return {
    kind: "changed",
    state: back,
    steps: failed.map(({ position }) => ({ position, state: isUndo ? "undoing" : "running" })),
  };
}

export const Saga = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(sagaStates),
  reason: z.string().nullable().openapi({ description: "Why it turned back or is stuck." }),
  startedBy: z.object({ kind: z.string(), id: z.string() }),
  requestId: z.string(),
  createdAt: z.iso.datetime(),
  deadlineAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
}).openapi("Saga");
export type Saga = z.infer<typeof Saga>;

export const HistoryEntry = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  step: z.string().nullable(),
  event: z.string().openapi({ example: "done" }),
  detail: z.string().nullable(),
  actorId: z.string().nullable().openapi({ description: "The operator, or nobody." }),
}).openapi("SagaHistoryEntry");
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const SagaDetail = Saga.extend({
  steps: z.array(z.object({
    name: z.string(),
    class: z.enum(stepClasses).nullable(),
    state: z.enum(stepStates),
    attempts: z.int(),
    crashes: z.int(),
  })),
  history: z.array(HistoryEntry),
}).openapi("SagaDetail");
export type SagaDetail = z.infer<typeof SagaDetail>;

const INPUT_BYTES_MAX = 16_384;

const SagaInput = z.record(z.string().max(100), z.unknown())
  .refine((input) => JSON.stringify(input).length <= INPUT_BYTES_MAX, "Too large.");

export const NewSaga = z.strictObject({
  name: z.string().max(60).openapi({ example: "hand-over-tasks" }),
  input: SagaInput,
}).openapi("NewSaga");

export const Evidence = z.strictObject({
  evidence: z.string().trim().min(3).max(2_000).regex(/^[^\0]*$/).openapi({
    description: "What you know and how: it stands in the history and in the audit.",
  }),
}).openapi("SagaEvidence");

export const isOver = (state: SagaState): boolean =>
  state === "completed" || state === "compensated" || state === "abandoned";
