/** What a session is, and the rules of its refresh tokens. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { Password } from "../credentials/model.ts";
import { Email } from "../users/model.ts";

export const ACCESS_TOKEN_SECONDS = 600;
const SESSION_MS = 12 * 3_600_000;
const IDLE_MS = 8 * 3_600_000;
/** A second tab, or an answer that was lost: the same successor is given again for this long. */
const GRACE_MS = 10_000;

/** A browser keeps its refresh token in a cookie; a program gets it in the answer. */
const clients = ["web", "api"] as const;
export type Client = typeof clients[number];

export const SignIn = z.strictObject({
  email: Email,
  password: Password,
  client: z.enum(clients).default("web"),
  organizationId: z.uuid().optional().openapi({
    description: "Where to sign in, for someone who works in several; else the first joined.",
  }),
  region: z.string().max(20).optional().openapi({
    description: "The gateway forwards by it. It must be this deployment's own.",
  }),
}).openapi("SignIn");
export type SignIn = z.output<typeof SignIn>;

/** Whatever is no token of ours is simply unknown, so only its length is a matter of shape. */
const RefreshToken = z.string().min(1).max(10_000);

export const Refresh = z.strictObject({ refreshToken: RefreshToken.optional() }).openapi("Refresh");

export const Tokens = z.object({
  accessToken: z.string(),
  tokenType: z.literal("Bearer"),
  expiresIn: z.number().int().openapi({ description: "Seconds." }),
  refreshToken: z.string().optional().openapi({ description: "For programs only." }),
}).openapi("Tokens");

export const Session = z.object({
  id: z.uuid(),
  organizationId: z.uuid(),
  client: z.enum(clients),
  userAgent: z.string(),
  authenticatedAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  current: z.boolean().openapi({ description: "The session that asks." }),
}).openapi("Session");
export type Session = z.infer<typeof Session>;

export const SessionPage = Page(Session).openapi("SessionPage");
export const SessionQuery = PageQuery;

/** What an access token says about its session. */
export type Proof = {
  id: string;
  userId: string;
  organizationId: string;
  membershipId: string;
  permissionVersion: number;
  acr: string;
  amr: string[];
  authenticatedAt: Date;
  expiresAt: Date;
};

/** A password alone; further factors will add to it. */
export const PASSWORD_ONLY = { acr: "aal1", amr: ["pwd"] };

export function expiryOf(start: Date): Date {
  return new Date(start.getTime() + SESSION_MS);
}

/** A refresh token ends with its session, or when nobody has used it for eight hours. */
export function refreshExpiryOf(session: { expiresAt: Date }, now: Date): Date {
  return new Date(Math.min(session.expiresAt.getTime(), now.getTime() + IDLE_MS));
}

export type TokenState = {
  usedAt: Date | null;
  expiresAt: Date;
  /** It has a successor, and that one has not been used. */
  isParentOfNewest: boolean;
};
export type SessionState = { revokedAt: Date | null; expiresAt: Date; isMember: boolean };

/**
 * What a refresh token is worth: `current` is exchanged; `repeated` gets its successor once more;
 * `reused` means that two hold it, so that nobody may keep it; `ended` gets nothing.
 * Only the immediate predecessor is ever repeated: an older one would let a thief catch up.
 */
export function judge(
  token: TokenState,
  session: SessionState,
  now: Date,
): "current" | "repeated" | "reused" | "ended" {
  if (session.revokedAt || now >= session.expiresAt || !session.isMember) return "ended";
  if (!token.usedAt) return now < token.expiresAt ? "current" : "ended";
  const isWithinGrace = now.getTime() - token.usedAt.getTime() <= GRACE_MS;
  return token.isParentOfNewest && isWithinGrace ? "repeated" : "reused";
}

const USER_AGENT_CHARS_MAX = 200;

/** Written into lists that people read: short, and without control characters. */
export function shortUserAgent(header: string | undefined): string {
  return (header ?? "").replace(/[^\x20-\x7e]+/g, " ").trim().slice(0, USER_AGENT_CHARS_MAX);
}
