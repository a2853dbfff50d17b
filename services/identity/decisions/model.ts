/** What a decision is: whether someone may do something, and why. */
import { z } from "@hono/zod-openapi";

const Id = z.string().min(1).max(200);

/**
 * About a user, from a service. A token says in which organization, a bare user id does not: without
 * `resource.organizationId` it is the user's first.
 */
export const Question = z.strictObject({
  token: z.string().min(1).max(10_000).optional(),
  userId: z.uuid().optional(),
  permission: z.string().min(1).max(100),
  resource: z.strictObject({
    type: Id.optional(),
    id: Id.optional(),
    organizationId: z.uuid().optional(),
    patientId: Id.optional(),
    locationId: Id.optional(),
  }).optional(),
  context: z.strictObject({
    purpose: Id.optional(),
    ip: Id.optional(),
    deviceId: Id.optional(),
  }).optional(),
}).refine(({ token, userId }) => (token === undefined) !== (userId === undefined), {
  message: "Give either a token or a userId.",
  path: ["token"],
}).openapi("Question");
export type Question = z.infer<typeof Question>;

/** About oneself, from a user. */
export const OwnQuestion = z.strictObject({ user_id: z.uuid() }).openapi("OwnQuestion");

export const reasons = [
  "granted",
  "permission-not-held",
  "token-rejected",
  "not-a-member",
  "other-organization",
] as const;

export const Decision = z.object({
  allowed: z.boolean(),
  reason: z.enum(reasons),
  obligations: z.array(z.object({ type: z.string() })).openapi({
    description: "What the caller must see to when it goes ahead.",
  }),
}).openapi("Decision");
export type Decision = z.infer<typeof Decision>;

export const OwnPermissions = z.object({
  user_id: z.uuid(),
  tenant_id: z.uuid(),
  permissions: z.array(z.string()),
}).openapi("OwnPermissions");

/** Two questions and two answers on one path, told apart by who asks. */
export const AnyQuestion = z.union([Question, OwnQuestion]);
export const AnyAnswer = z.union([Decision, OwnPermissions]);

export function decide(
  held: readonly string[],
  permission: string,
): { allowed: boolean; reason: typeof reasons[number]; obligations: [] } {
  const allowed = held.includes(permission);
  return { allowed, reason: allowed ? "granted" : "permission-not-held", obligations: [] };
}
