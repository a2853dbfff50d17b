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
  /** Who has written the definition, and answers for what it does. */
  authorId: string | null;
  /** Of the call itself: the same for every try. */
  key: string;
  /** Of the call that an undo takes back. */
  undoOf: string;
  /** Members of the pools that the arguments name. */
  members: readonly string[];
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
  /** Pools of members that the arguments name. */
  pools?: (input: never) => readonly string[];
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
export const CREATE_TASK = "clinic.createTask";

const text = (max: number) => z.string().trim().min(1).max(max).regex(/^[^\0]*$/);

const Message = z.strictObject({
  template: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  patientIds: z.array(z.uuid()).max(20).default([]),
  userIds: z.array(z.uuid()).max(50).default([]),
  pools: z.array(name).max(10).default([]),
  data: z.record(z.string().max(40), z.union([z.string().max(2_000), z.number()])).default({}),
  channels: z.array(z.enum(["email", "sms", "push", "in_app"])).min(1).max(4).optional(),
  notBefore: z.iso.datetime().optional(),
  expiresAt: z.iso.datetime().optional(),
}).refine(
  ({ patientIds, userIds, pools }) => patientIds.length + userIds.length + pools.length > 0,
  "Say who is told.",
);
type Message = z.output<typeof Message>;

const Letter = z.strictObject({
  title: text(200),
  text: text(50_000),
  category: name.optional(),
  patientId: z.uuid().optional(),
});

const DateTime = z.iso.datetime({ offset: true });
const Appointment = z.strictObject({
  patientId: z.uuid(),
  practitionerId: z.uuid(),
  locationId: z.uuid().optional(),
  startsAt: DateTime,
  endsAt: DateTime,
  reason: text(500).optional(),
});

const Nothing = z.strictObject({});
const RECIPIENTS_MAX = 100;

const post = (service: string, path: string, body: unknown): Request => ({
  service,
  method: "POST",
  path,
  body,
});

/** What a message of a run is about: its undo stops what is still on its way. */
const aboutCall = (key: string) => ({ type: "call", id: key.slice(-100) });

function messageOf(
  { patientIds, userIds, pools: _pools, ...message }: Message,
  { organizationId, key, members }: CallFacts,
): Request {
  const users = [...new Set([...userIds, ...members])].map((id) => ({ id, kind: "user" }));
  const patients = patientIds.map((id) => ({ id, kind: "patient" }));
  return post("communication", "/internal/messages", {
    ...message,
    organizationId,
    recipients: [...patients, ...users].slice(0, RECIPIENTS_MAX),
    subject: aboutCall(key),
    dedupeKey: key,
  });
}

export const catalogue: readonly CatalogueFunction[] = [
  {
    name: HUMAN_TASK,
    title: "Ask a person, and wait for what they answer",
    permission: "tasks:assign",
    input: HumanTask,
  },
  {
    name: CREATE_TASK,
    title: "Ask a person, and go on without waiting for what they answer",
    permission: "tasks:assign",
    input: HumanTask.omit({ escalate: true }),
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
    request: (body: { name: string; input: unknown }, { organizationId }) =>
      post("workflow", "/internal/sagas", { ...body, organizationId }),
  },
  {
    name: "communication.sendMessage",
    title: "Tell patients, members or pools of members something, by a published template",
    permission: "notifications:send",
    input: Message,
    pools: ({ pools }: Message) => pools,
    request: messageOf,
  },
  {
    name: "communication.stopMessage",
    title: "Stop what is still on its way of a message: the undo of sending it",
    permission: "notifications:send",
    input: Nothing,
    request: (_: unknown, { organizationId, undoOf }) =>
      post("communication", "/internal/messages/cancel", {
        organizationId,
        ...aboutCall(undoOf),
      }),
  },
  {
    name: "content.createDocument",
    title: "File a text as a document",
    permission: "documents:write",
    input: Letter,
    request: (letter: z.output<typeof Letter>, { organizationId, authorId }) =>
      post("content", "/internal/letters", { ...letter, organizationId, createdBy: authorId }),
  },
  {
    name: "practice.bookAppointment",
    title: "Book an appointment",
    permission: "appointments:write",
    input: Appointment,
    request: (appointment: z.output<typeof Appointment>, { organizationId }) =>
      post("practice", "/internal/appointments", { organizationId, appointment }),
  },
  {
    name: "practice.cancelBooking",
    title: "Call off what was booked: the undo of booking it",
    permission: "appointments:write",
    input: Nothing,
    request: (_: unknown, { organizationId, undoOf }) =>
      post("practice", "/internal/appointments/undo", { organizationId, undoOf }),
  },
];
