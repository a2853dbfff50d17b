/** What a task is, how a fact becomes one, and which moves its state allows. */
import { z } from "@hono/zod-openapi";
import { isWithin } from "@praxis/shared/http";
import { undoOf } from "@praxis/shared/orders";
import { canonical } from "../language/language.ts";

/** What is used of the data of content's `document.created`. */
export const DocumentCreated = z.object({
  documentId: z.uuid(),
  title: z.string(),
  patientId: z.uuid().nullable(),
});
export type DocumentCreated = z.infer<typeof DocumentCreated>;

export const taskStates = ["open", "claimed", "completed", "cancelled"] as const;
export type TaskState = typeof taskStates[number];

export const Task = z.object({
  id: z.uuid(),
  title: z.string().openapi({ example: "Review: Discharge letter" }),
  state: z.enum(taskStates),
  subject: z.object({ type: z.string(), id: z.string() }),
  patientId: z.uuid().nullable(),
  candidatePermission: z.string().openapi({
    description: "Members who hold it may work the task.",
  }),
  createdAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  claimedBy: z.uuid().nullable(),
  completedBy: z.uuid().nullable(),
  completedAt: z.iso.datetime().nullable(),
  outcome: z.string().nullable(),
  comment: z.string().nullable(),
  version: z.number().int().openapi({ description: "Counts the changes; the ETag repeats it." }),
  runId: z.uuid().nullable().openapi({ description: "The run that has opened it." }),
  pools: z.array(z.string()).openapi({ description: "Groups of members; empty: everybody." }),
  priority: z.enum(["low", "normal", "high", "critical"]),
  form: z.unknown().openapi({ description: "A JSON schema for `data`, or a form's name." }),
  outcomes: z.array(z.string()).openapi({ description: "Those to choose from; empty: any." }),
  data: z.unknown(),
  isFourEyes: z.boolean().openapi({ description: "Two people have to come to one outcome." }),
  proposedBy: z.uuid().nullable().openapi({ description: "The first of two." }),
  snoozedUntil: z.iso.datetime().nullable(),
  escalationLevel: z.number().int(),
}).openapi("Task");
export type Task = z.infer<typeof Task>;

const OUTCOME_CHARS_MAX = 100;
const COMMENT_CHARS_MAX = 2_000;
const DATA_LEVELS_MAX = 40;

/** Postgres keeps no NUL, and no other control character has a meaning here. */
const line = z.string().trim().min(1).max(OUTCOME_CHARS_MAX).regex(/^\P{Cc}*$/u);
const prose = z.string().trim().min(1).max(COMMENT_CHARS_MAX).regex(/^[^\0]*$/);

export const Completion = z.strictObject({
  outcome: line.optional().openapi({ example: "filed" }),
  comment: prose.optional(),
  data: z.record(z.string().max(200), z.unknown())
    .refine((data) => isWithin(data, DATA_LEVELS_MAX), "Too deep.").optional().openapi({
      description: "What the form asks for.",
    }),
}).openapi("TaskCompletion");
export type Completion = z.infer<typeof Completion>;

export type NewTask = Pick<Task, "title" | "subject" | "patientId" | "candidatePermission"> & {
  createdAt: Date;
  dueAt: Date;
};

const DAY_MS = 86_400_000;
const REVIEW_DAYS = 3;
const TITLE_CHARS_MAX = 200;

/** At most 200 characters, cut between characters and never inside one. */
function shorten(text: string): string {
  const characters = [...text];
  if (characters.length <= TITLE_CHARS_MAX) return text;
  return characters.slice(0, TITLE_CHARS_MAX - 1).join("") + "…";
}

/** A new document is to be looked at within three days. */
export function reviewOf({ documentId, title, patientId }: DocumentCreated, now: Date): NewTask {
  return {
    title: shorten(`Review: ${title}`),
    subject: { type: "document", id: documentId },
    patientId,
    candidatePermission: "tasks:work",
    createdAt: now,
    dueAt: new Date(now.getTime() + REVIEW_DAYS * DAY_MS),
  };
}

export type Move =
  | { kind: "claim" }
  | { kind: "release" }
  | { kind: "complete"; completion: Completion };

/** The part of a task that moves change. */
export type Progress = Pick<
  Task,
  "state" | "claimedBy" | "completedBy" | "completedAt" | "outcome" | "comment"
>;

type Refusal = "task-claimed" | "task-not-claimed" | "task-ended";

export type Moved =
  | { kind: "moved"; progress: Progress }
  /** The task is already as the move would leave it. */
  | { kind: "unchanged" }
  | { kind: "refused"; why: Refusal };

const refused = (why: Refusal): Moved => ({ kind: "refused", why });

/**
 * open ⇄ claimed by one user → completed; open → completed as well, since whoever completes a
 * task that nobody holds has worked it. Nothing leads out of completed or cancelled.
 */
export function move(task: Progress, userId: string, step: Move, now: Date): Moved {
  if (task.state === "completed" || task.state === "cancelled") return refused("task-ended");
  const isMine = task.claimedBy === userId;
  if (task.state === "claimed" && !isMine) return refused("task-claimed");
  switch (step.kind) {
    case "claim":
      if (isMine) return { kind: "unchanged" };
      return { kind: "moved", progress: { ...task, state: "claimed", claimedBy: userId } };
    case "release":
      if (!isMine) return refused("task-not-claimed");
      return { kind: "moved", progress: { ...task, state: "open", claimedBy: null } };
    case "complete":
      return {
        kind: "moved",
        progress: {
          state: "completed",
          claimedBy: task.claimedBy,
          completedBy: userId,
          completedAt: now.toISOString(),
          outcome: step.completion.outcome ?? null,
          comment: step.completion.comment ?? null,
        },
      };
  }
}

export const etagOf = ({ version }: Pick<Task, "version">): string => `"${version}"`;

/** RFC 9110 §13.1.1: strong comparison with any of the list, or `*` for whatever there is. */
export function isCurrent(task: Pick<Task, "version">, ifMatch: string | undefined): boolean {
  if (ifMatch === undefined || ifMatch.trim() === "*") return true;
  return ifMatch.split(",").some((tag) => tag.trim() === etagOf(task));
}

export const Comment = z.object({
  id: z.uuid(),
  authorId: z.uuid(),
  text: z.string(),
  at: z.iso.datetime(),
}).openapi("TaskComment");
export type Comment = z.infer<typeof Comment>;
export const NewComment = z.strictObject({ text: prose }).openapi("NewTaskComment");

export const Snooze = z.strictObject({ until: z.iso.datetime() }).openapi("TaskSnooze");
export const Delegation = z.strictObject({ toUserId: z.uuid() }).openapi("TaskDelegation");

export const PoolName = line;
export const PoolInput = z.strictObject({ members: z.array(z.uuid()).max(500) })
  .openapi("TaskPoolInput");
export const Pool = PoolInput.extend({ name: z.string() }).openapi("TaskPool");
export type Pool = z.infer<typeof Pool>;
export const Pools = z.object({ items: z.array(Pool) }).openapi("TaskPools");

/** Who looks at tasks: a task is there only for those who may work it, or hand it out. */
export type Viewer = { userId: string; permissions: readonly string[] };

/** What two people have come to so far. */
export type Proposal = { proposedBy: string; outcome: string | null };

/**
 * With four eyes the first completion is a proposal; the second counts when it is another person's
 * with the same outcome and the same data, and is the new proposal when it is not. Who says no data
 * confirms those that there are, and has to have read them: `hasRead` when the version was named.
 */
export function secondOpinion(
  task: Pick<Task, "isFourEyes" | "proposedBy" | "outcome" | "data">,
  userId: string,
  { outcome = null, data }: Pick<Completion, "data"> & { outcome?: string | null | undefined },
  hasRead: boolean,
): "complete" | "propose" | "same-person" | "unread" {
  if (!task.isFourEyes) return "complete";
  if (task.proposedBy === userId) return "same-person";
  if (task.proposedBy === null || task.outcome !== outcome) return "propose";
  const proposed = canonical(task.data ?? {});
  if (data !== undefined) return canonical(data) === proposed ? "complete" : "propose";
  return hasRead || proposed === "{}" ? "complete" : "unread";
}

/** Only what the task offers; anything when it offers nothing. */
export const isOffered = ({ outcomes }: Pick<Task, "outcomes">, outcome: string | undefined) =>
  outcomes.length === 0 || (outcome !== undefined && outcomes.includes(outcome));

/** What a saga asks for on behalf of an organization. */
export const MemberTasks = z.strictObject({ organizationId: z.uuid(), userId: z.uuid() })
  .openapi("MemberTasks");

export const AssignTasks = MemberTasks.extend({ taskIds: z.array(z.uuid()).max(10_000) })
  .openapi("AssignTasks");

export const RestoreTasks = MemberTasks.extend({ undoOf }).openapi("RestoreTasks");

export const MovedTasks = z.object({ taskIds: z.array(z.uuid()) }).openapi("MovedTasks");
export type MovedTasks = z.infer<typeof MovedTasks>;
