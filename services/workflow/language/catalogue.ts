/** What definitions may call: nothing else is reachable from what a clinic writes. */
import type { Permission } from "@praxis/shared/auth";
import { z } from "zod";
import { durationMs } from "./durations.ts";

/** What a call is made from, beside its arguments. */
export type CallFacts = {
  organizationId: string;
  runId: string;
  /** A user's id or a service's name. */
  startedBy: string;
};

export type Request = {
  service: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
};

export type CatalogueFunction = {
  name: string;
  title: string;
  /** What the author of a definition must be allowed to do to use it. */
  permission: Permission;
  /** The arguments. Those that expressions make are checked when they are known. */
  input: z.ZodType;
  /** The call of a service. Without it the function is a part of the engine. */
  request?: (input: never, facts: CallFacts) => Request;
};

const duration = z.unknown().refine((value) => durationMs(value) !== undefined, "No duration.");

export const Due = z.union([
  z.strictObject({ after: duration, calendar: z.string().max(60).optional() }),
  z.strictObject({ businessHours: duration, calendar: z.string().max(60).optional() }),
  duration,
]);

const name = z.string().trim().min(1).max(60).regex(/^\P{Cc}*$/u);

const Escalation = z.strictObject({
  after: duration,
  to: z.array(name).max(10).optional(),
  notify: z.array(name).max(10).optional(),
  severity: z.enum(["normal", "high", "critical"]).optional(),
});

/** The arguments of `clinic.humanTask`. Roles are pools of members that the clinic names. */
export const HumanTask = z.strictObject({
  title: z.string().trim().min(1).max(200).regex(/^[^\0]*$/),
  form: z.union([z.string().max(100), z.record(z.string(), z.unknown())]).optional(),
  candidateRoles: z.array(name).max(20).optional(),
  candidatePermission: z.string().max(60).optional(),
  due: Due,
  escalate: z.array(Escalation).max(10).optional(),
  fourEyes: z.boolean().optional(),
  priority: z.enum(["low", "normal", "high", "critical"]).optional(),
  outcomes: z.array(name).max(20).optional(),
  patientId: z.uuid().nullable().optional(),
  subject: z.strictObject({ type: name, id: z.string().min(1).max(200) }).optional(),
});
export type HumanTask = z.output<typeof HumanTask>;

export const HUMAN_TASK = "clinic.humanTask";

export const catalogue: readonly CatalogueFunction[] = [
  {
    name: HUMAN_TASK,
    title: "Ask a person, and wait for what they answer",
    permission: "tasks:assign",
    input: HumanTask,
  },
  {
    name: "clinic.note",
    title: "Write something into the history of the run",
    permission: "workflows:author",
    input: z.strictObject({ text: z.string().max(500) }),
  },
  {
    name: "clinic.startSaga",
    title: "Start an undertaking across services that ends done or undone",
    permission: "sagas:operate",
    input: z.strictObject({ name: z.string().max(60), input: z.record(z.string(), z.unknown()) }),
    request: (body: { name: string; input: unknown }, { organizationId }) => ({
      service: "workflow",
      method: "POST",
      path: "/internal/sagas",
      body: { ...body, organizationId },
    }),
  },
];
