/** What a user is: one person who may sign in. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";

/** RFC 5321 §4.5.3.1.1. */
const LOCAL_PART_MAX = 64;

/**
 * Lower case, so that one person has one address. zod's pattern is ASCII only and so refuses what
 * merely looks like another address: the Kelvin sign would lower-case to a plain k.
 */
export const Email = z.email().max(254)
  .refine((email) => email.indexOf("@") <= LOCAL_PART_MAX, "Too much stands before the @.")
  .transform((email) => email.toLowerCase());

export type User = { id: string; email: string; fullName: string };

export const OwnOrganization = z.object({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  role: z.string(),
  current: z.boolean().openapi({ description: "The one this session is signed in to." }),
});
export type OwnOrganization = z.infer<typeof OwnOrganization>;

export const Me = z.object({
  id: z.uuid(),
  email: z.string(),
  fullName: z.string(),
  organizations: z.array(OwnOrganization),
}).openapi("Me");
export type Me = z.infer<typeof Me>;

export const SecurityEvent = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  action: z.string(),
  outcome: z.enum(["success", "refused", "failed"]),
  organizationId: z.uuid(),
  clientId: z.string().optional().openapi({
    description: "The program of others that did this for you.",
  }),
}).openapi("SecurityEvent");
export type SecurityEvent = z.infer<typeof SecurityEvent>;
export const SecurityEventPage = Page(SecurityEvent).openapi("SecurityEventPage");
export const SecurityEventQuery = PageQuery;
