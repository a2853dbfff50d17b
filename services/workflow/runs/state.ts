/** What a run is while it is under way: the run itself, its steps, and what has to be told. */
import { v5 } from "uuid";
import type { Json } from "../language/language.ts";

export const runStatuses = [
  "running",
  "suspended",
  "compensating",
  "completed",
  "compensated",
  "compensation_failed",
  "cancelled",
  "failed",
] as const;
export type RunStatus = typeof runStatuses[number];

export const isOver = (status: RunStatus): boolean =>
  !["running", "suspended", "compensating", "failed"].includes(status);

export const stepStates = [
  "ready",
  "waiting",
  "done",
  "skipped",
  "failed",
  "cancelled",
  "quarantined",
] as const;
export type StepState = typeof stepStates[number];

/** RFC 9457 in the standard's words; `type` is a URI of the standard or of the definition. */
export type RunError = { type: string; status: number; title?: string; detail?: string };

const ERRORS = "https://serverlessworkflow.io/spec/1.0.0/errors";
export const errorTypes = {
  communication: `${ERRORS}/communication`,
  configuration: `${ERRORS}/configuration`,
  expression: `${ERRORS}/expression`,
  runtime: `${ERRORS}/runtime`,
  timeout: `${ERRORS}/timeout`,
  validation: `${ERRORS}/validation`,
} as const;

/** What can be undone, newest last. */
export type Undo = { node: string; visit: number; state: "open" | "done" | "failed" };

/** The part of a run that its steps change. */
export type RunState = {
  input: Json;
  context: Json;
  /** The last output of every task, by its name. */
  outputs: Record<string, Json>;
  /** How often each task was begun. */
  visits: Record<string, number>;
  undo: Undo[];
  /** Something was done that must not be undone by itself. */
  isPastPivot: boolean;
  /** Ids of events that this run has taken in. */
  consumed: string[];
  /** The status that the run has once everything is undone. */
  after?: RunStatus;
};

export type Run = {
  id: string;
  organizationId: string;
  definitionId: string;
  key: string;
  version: number;
  status: RunStatus;
  state: RunState;
  output: Json;
  reason: string | null;
  subject: { type: string; id: string } | null;
  patientId: string | null;
  isShadow: boolean;
  startedBy: { kind: string; id: string };
  requestId: string;
  /** How many runs and events led to it. */
  depth: number;
  createdAt: Date;
  /** Counts the commits: whoever has read another number has read an older run. */
  revision: number;
};

/** What a waiting or containing step remembers. */
export type StepData = {
  /** The input after `input.from`. */
  data?: Json;
  timeoutAt?: string;
  /** for */
  items?: Json[];
  index?: number;
  /** fork: outputs by branch. */
  results?: Record<string, Json>;
  /** try */
  attempt?: number;
  firstFailedAt?: string;
  error?: Json;
  isRetrying?: boolean;
  /** listen */
  mode?: "one" | "any" | "all";
  filters?: Json[];
  heard?: Record<string, Json>;
  hasLookedBack?: boolean;
  /** Facts that the run had heard before. */
  ignored?: string[];
  /** clinic.humanTask */
  escalations?: { at: string; to: string[]; notify: string[]; severity: string | null }[];
  level?: number;
};

export type Step = {
  id: string;
  parentId: string | null;
  node: string;
  /** The n-th time that this task is begun in this run. */
  visit: number;
  kind: string;
  state: StepState;
  isUndo: boolean;
  dueAt: Date | null;
  input: Json;
  data: StepData;
  output: Json;
  error: RunError | null;
  /** Answers that said nothing certain. */
  attempts: number;
  /** Ends of the process in the midst of it: no failed attempts. */
  crashes: number;
  /** Somebody has begun to work on it, so it may have had its effect. */
  isBegun: boolean;
  /** What a listening step waits for. */
  eventTypes: string[];
  eventSubject: string | null;
};

export const isLive = ({ state }: Pick<Step, "state">): boolean =>
  state === "ready" || state === "waiting" || state === "failed" || state === "quarantined";

/** Something that woke a waiting step. */
export type Signal = { id: string; kind: "event" | "task" | "run"; payload: Json };

export type TaskOrder = {
  title: string;
  dueAt: Date;
  candidatePermission: string;
  pools: string[];
  form: Json;
  outcomes: string[];
  priority: string;
  isFourEyes: boolean;
  patientId: string | null;
  subject: { type: string; id: string } | null;
};

/** What a transition makes of the world outside the run's own rows, in the same transaction. */
export type Effect =
  | { kind: "open-task"; stepId: string; order: TaskOrder }
  | { kind: "cancel-task"; stepId: string; reason: string }
  | {
    kind: "escalate-task";
    stepId: string;
    level: number;
    to: string[];
    notify: string[];
    severity: string | null;
  }
  | { kind: "emit"; id: string; type: string; subject: string; data: Json }
  | {
    kind: "start-run";
    stepId: string;
    key: string;
    version: number | null;
    input: Json;
    isAwaited: boolean;
  }
  | { kind: "cancel-run"; stepId: string; reason: string };

export type HistoryLine = {
  stepId: string | null;
  node: string | null;
  event: string;
  detail: string | null;
  lateMs: number | null;
};

const KEY_CHARS_MAX = 180;
const KEYS = "0f7d3c52-64f1-5d0f-9a39-5f1f8c1f6c2a";

/** The same for every try of the same thing; as short as an idempotency key must be. */
export function keyOf(
  runId: string,
  { node, visit, isUndo }: Pick<Step, "node" | "visit" | "isUndo">,
): string {
  const rest = `${visit}:${isUndo ? "comp" : "forward"}`;
  const key = `${runId}:${node}:${rest}`;
  const isPlain = key.length <= KEY_CHARS_MAX && /^[\x21-\x7e]+$/.test(key);
  return isPlain ? key : `${runId}:${v5(node, KEYS)}:${rest}`;
}
