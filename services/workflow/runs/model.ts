/** What is said of runs outside. */
import { z } from "@hono/zod-openapi";
import { isWithin } from "@praxis/shared/http";
import { defineQueue } from "@praxis/shared/jobs";
import { GraphEdge, graphNodeShape } from "../definitions/model.ts";
import { runStatuses, stepStates } from "./state.ts";

export * from "./state.ts";

/** Says that a step or a fact may be due; which, its row says. */
export const runTick = defineQueue({ name: "run-tick", data: z.strictObject({}) });

export const RunSchema = z.object({
  id: z.uuid(),
  key: z.string(),
  version: z.int(),
  status: z.enum(runStatuses),
  isShadow: z.boolean(),
  reason: z.string().nullable().openapi({ description: "Why it failed, turned back or ended." }),
  subject: z.object({ type: z.string(), id: z.string() }).nullable(),
  patientId: z.uuid().nullable(),
  startedBy: z.object({ kind: z.string(), id: z.string() }),
  createdAt: z.iso.datetime(),
}).openapi("Run");

export const StepSchema = z.object({
  id: z.uuid(),
  parentId: z.uuid().nullable(),
  node: z.string().openapi({ example: "/do/0/assess", description: "Its place in the document." }),
  visit: z.int(),
  kind: z.string(),
  state: z.enum(stepStates),
  isUndo: z.boolean(),
  attempts: z.int(),
  crashes: z.int(),
  error: z.unknown(),
  output: z.unknown(),
  dueAt: z.iso.datetime().nullable(),
  begunAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
}).openapi("RunStep");

export const RunDetail = RunSchema.extend({
  input: z.unknown(),
  output: z.unknown(),
  context: z.unknown(),
  steps: z.array(StepSchema),
}).openapi("RunDetail");

/** Where a run is, task by task. */
export const RunGraph = z.object({
  status: z.enum(runStatuses),
  nodes: z.array(z.object({
    ...graphNodeShape,
    state: z.enum(stepStates).nullable().openapi({
      description: "Of the last time that it was begun; null: it was not yet.",
    }),
    visits: z.int(),
    begunAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    dueAt: z.iso.datetime().nullable(),
  })),
  edges: z.array(GraphEdge),
}).openapi("RunGraph");

export const RunHistoryEntry = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  node: z.string().nullable(),
  event: z.string().openapi({ example: "done" }),
  detail: z.string().nullable(),
  lateMs: z.int().nullable().openapi({ description: "How late a timer was, when it was." }),
  actorId: z.string().nullable(),
}).openapi("RunHistoryEntry");

const INPUT_CHARS_MAX = 128 * 1024;
const DEPTH_MAX = 40;

/** What Postgres and JSON take back as it came. */
export const RunInput = z.record(z.string().max(200), z.unknown())
  .refine((value) => isWithin(value, DEPTH_MAX), "Too deep.")
  .refine((value) => {
    const text = JSON.stringify(value);
    return text.length <= INPUT_CHARS_MAX && !text.includes("\\u0000") &&
      !/\\ud[89ab]|\\ud[c-f]/i.test(text);
  }, "Too large, or with characters that cannot be kept.");

export const NewRun = z.strictObject({
  key: z.string().max(63),
  version: z.int().min(1).optional().openapi({ description: "The active one unless given." }),
  input: RunInput,
  patientId: z.uuid().optional(),
}).openapi("NewRun");

const reason = z.string().trim().min(3).max(500).regex(/^[^\0]*$/);
export const Reason = z.strictObject({ reason }).openapi("RunReason");
export const Cancellation = z.strictObject({ reason, compensate: z.boolean().default(false) })
  .openapi("RunCancellation");
export const SkippedStep = z.strictObject({
  reason,
  stepId: z.uuid(),
  output: RunInput.optional(),
}).openapi("RunSkip");

const SimulatedAnswer = z.strictObject({
  outcome: z.string().max(60).optional(),
  data: RunInput.optional(),
});

export const SimulationInput = z.strictObject({
  input: RunInput.default({}),
  startAt: z.iso.datetime().optional(),
  answers: z.record(z.string().max(200), SimulatedAnswer).default({}).openapi({
    description: "What people answer, by the name of the task.",
  }),
  results: RunInput.default({}).openapi({
    description: "What services answer, by the name of the task.",
  }),
  minutes: z.record(z.string().max(200), z.number().min(0).max(100_000)).default({}).openapi({
    description: "How long people take, by the name of the task; 30 minutes unless given.",
  }),
  events: z.array(z.strictObject({
    afterMinutes: z.number().min(0).max(10_000_000),
    type: z.string().max(100),
    subject: z.string().max(200).default(""),
    data: RunInput.default({}),
  })).max(50).default([]),
  runs: z.int().min(1).max(200).default(1).openapi({
    description: "With more than one, people's times and outcomes are drawn by chance.",
  }),
  seed: z.int().min(0).max(2 ** 31).default(1),
}).openapi("SimulationInput");
export type SimulationInput = z.output<typeof SimulationInput>;

export const Simulation = z.object({
  status: z.enum(runStatuses).or(z.literal("waiting")).openapi({
    description: "`waiting`: for something that was not said to happen.",
  }),
  output: z.unknown(),
  reason: z.string().nullable(),
  tookMinutes: z.number(),
  trace: z.array(z.object({
    at: z.iso.datetime(),
    node: z.string().nullable(),
    event: z.string(),
    detail: z.string().nullable(),
  })),
  tasks: z.array(z.object({
    title: z.string(),
    pools: z.array(z.string()),
    openedAt: z.iso.datetime(),
    dueAt: z.iso.datetime(),
  })),
  many: z.object({
    runs: z.int(),
    statuses: z.record(z.string(), z.int()),
    medianMinutes: z.number(),
    p90Minutes: z.number(),
    tasksPerRun: z.number(),
    tasksByPool: z.record(z.string(), z.int()),
  }).nullable(),
}).openapi("Simulation");
export type Simulation = z.input<typeof Simulation>;
