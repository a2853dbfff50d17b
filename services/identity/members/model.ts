/** What a member is: a user within an organization, in a role. */
import { z } from "@hono/zod-openapi";
import { permissions } from "@praxis/shared/auth";
import { Page, PageQuery } from "@praxis/shared/http";

export const Member = z.object({
  id: z.uuid().openapi({ description: "The membership, not the user." }),
  userId: z.uuid(),
  email: z.string(),
  fullName: z.string(),
  role: z.string(),
  startedAt: z.iso.datetime(),
}).openapi("Member");
export type Member = z.infer<typeof Member>;

export const MemberPage = Page(Member).openapi("MemberPage");
export const MemberQuery = PageQuery;

/** What another service may know of a member. */
export const Recipient = z.object({
  userId: z.uuid(),
  membershipId: z.uuid(),
  role: z.string(),
}).openapi("Recipient");
export type Recipient = z.infer<typeof Recipient>;

export const RECIPIENTS_MAX = 1_000;
export const RecipientPage = Page(Recipient).openapi("RecipientPage");
export const RecipientQuery = z.strictObject({
  permission: z.enum(permissions).optional().openapi({
    description: "Only members whose role grants this.",
  }),
  limit: z.coerce.number().int().min(1).max(RECIPIENTS_MAX).default(RECIPIENTS_MAX),
  cursor: z.string().max(500).optional(),
});

/** A membership as far as decisions about it need it. */
export type Membership = { id: string; role: string; permissionVersion: number };

export type NewMembership = { id: string; organizationId: string; userId: string; role: string };
