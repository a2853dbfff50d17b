/** What sagas may order here beside the moving of tasks, and what a new clinic has to do first. */
import { z } from "@hono/zod-openapi";
import { undoOf } from "@praxis/shared/orders";
import type { NewTask } from "../tasks/model.ts";

export const Id = z.object({ id: z.uuid() });
export const Nothing = z.strictObject({}).openapi("NoDetails");
export const Undo = z.strictObject({ undoOf }).openapi("UndoOrder");

const DAY_MS = 86_400_000;
const DUE_DAYS = 14;

const FIRST_STEPS = [
  { title: "Invite the people who work in your clinic", permission: "invitations:manage" },
  { title: "Decide how your clinic signs in", permission: "policies:manage" },
  { title: "Go through your kinds of documents", permission: "organizations:manage" },
] as const;

export function firstTasksOf(organizationId: string, now: Date): NewTask[] {
  return FIRST_STEPS.map(({ title, permission }) => ({
    title,
    subject: { type: "organization", id: organizationId },
    patientId: null,
    candidatePermission: permission,
    createdAt: now,
    dueAt: new Date(now.getTime() + DUE_DAYS * DAY_MS),
  }));
}
