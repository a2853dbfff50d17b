/** What it takes to get an account. */
import { z } from "@hono/zod-openapi";
import { Password } from "../credentials/model.ts";
import { LinkToken } from "../links/model.ts";
import { Email } from "../users/model.ts";

export const REGISTRATION_MS = 30 * 60_000;

/** Shown to others and written into letters: one line, without control characters. */
const Name = z.string().trim().min(1).max(100).regex(/^[^\p{Cc}\p{Cf}<>]+$/u);

export const Register = z.strictObject({
  email: Email,
  password: Password,
  fullName: Name,
  organization: z.strictObject({ name: Name }).optional().openapi({
    description: "A first clinic, of which you become the owner.",
  }),
}).openapi("Register");
export type Register = z.output<typeof Register>;

export const Verify = z.strictObject({ token: LinkToken }).openapi("VerifyEmail");
export const Resend = z.strictObject({ email: Email }).openapi("ResendVerification");

/** The same for everyone: nothing tells whether an account exists. */
export const Accepted = z.object({ accepted: z.literal(true) }).openapi("Accepted");

const SLUG_CHARS_MAX = 24;

/** The readable part of an address for a clinic; what makes it unique comes after it. */
export function slugOf(name: string): string {
  const ascii = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return ascii.replace(/^-+/, "").slice(0, SLUG_CHARS_MAX).replace(/-+$/, "") || "clinic";
}
