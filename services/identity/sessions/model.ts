/** What a session is, and the rules of its refresh tokens. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { Password } from "../credentials/model.ts";
import {
  ChallengeId,
  Code,
  type Method,
  NewPasskey,
  PasskeyAnswer,
  type Proof as FactorProof,
  RecoveryCode,
} from "../factors/model.ts";
import type { SecondFactor } from "../policies/model.ts";
import { Email } from "../users/model.ts";

export const ACCESS_TOKEN_SECONDS = 600;
const SESSION_MS = 12 * 3_600_000;
const IDLE_MS = 8 * 3_600_000;
/** Live ones of one user: with another the oldest ends, so that all of them can be ended at once. */
export const SESSIONS_MAX = 100;
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
  recoveryCodes: z.array(z.string()).optional().openapi({
    description: "When a first factor was enrolled during this sign-in; shown once.",
  }),
}).openapi("Tokens");

export const MfaRequired = z.object({
  mfaRequired: z.literal(true),
  challengeId: z.string(),
  factors: z.array(z.enum(["totp", "passkey", "recovery-code"])).openapi({
    description: "Empty when the clinic asks for a factor and you have none: enrol one now.",
  }),
  enrol: z.array(z.enum(["totp", "passkey"])).optional().openapi({
    description: "What the clinic takes and you do not have: enrol one of these to sign in, and " +
      "prove one of `factors` with it if there are any.",
  }),
}).openapi("MfaRequired");
export type MfaRequired = z.infer<typeof MfaRequired>;

export const SignedIn = z.union([Tokens, MfaRequired]).openapi("SignInAnswer");

export const Challenged = z.strictObject({ challengeId: ChallengeId }).openapi("Challenged");

/** Exactly one of the three. */
const proofs = {
  code: Code.optional(),
  recoveryCode: RecoveryCode.optional(),
  passkey: PasskeyAnswer.optional(),
};

export const MfaVerify = z.strictObject({
  challengeId: ChallengeId,
  ...proofs,
  newPasskey: NewPasskey.optional().openapi({
    description: "Made now, for `enrol`; beside a proof of the factor that one has.",
  }),
}).refine(
  ({ newPasskey, ...given }) => {
    if (proofOf(given) !== undefined) return true;
    const isNothingGiven = Object.keys(proofs).every((name) => !(name in given));
    return newPasskey !== undefined && isNothingGiven;
  },
  "Send a code, a recovery code or a passkey.",
)
  .openapi("MfaVerify");

export const PasskeySignIn = z.strictObject({
  challengeId: ChallengeId,
  passkey: PasskeyAnswer,
  client: z.enum(clients).default("web"),
  organizationId: z.uuid().optional(),
}).openapi("PasskeySignIn");

export const Reauthenticate = z.strictObject({
  password: Password.optional(),
  challengeId: ChallengeId.optional(),
  ...proofs,
  acr: z.enum(["aal1", "aal2"]).default("aal2").openapi({
    description: "`aal1`, a password alone, only for someone who has no second factor yet.",
  }),
}).openapi("Reauthenticate");
export type Reauthenticate = z.output<typeof Reauthenticate>;

export const SwitchOrganization = z.strictObject({ organizationId: z.uuid() })
  .openapi("SwitchOrganization");

type Given = { [K in keyof typeof proofs]?: z.output<typeof proofs[K]> | undefined };

/** The one proof given; undefined when there is none, or more than one. */
export function proofOf({ code, recoveryCode, passkey }: Given): FactorProof | undefined {
  const given = [
    ...code === undefined ? [] : [{ code }],
    ...recoveryCode === undefined ? [] : [{ recoveryCode }],
    ...passkey === undefined ? [] : [{ passkey }],
  ];
  return given.length === 1 ? given[0] : undefined;
}

/** How old a step-up may be. */
export const STEP_UP_SECONDS = 300;

/** What a password and a second factor prove together. A passkey verifies its user by itself. */
export const PASSWORD_AND = (method: Method) => ({ acr: "aal2", amr: ["pwd", method, "mfa"] });
export const PASSKEY_ALONE = { acr: "aal2", amr: ["hwk", "user", "mfa"] };

/** What a clinic asks of a session; `null` where it asks nothing beyond the platform. */
export type Asked = {
  secondFactor: SecondFactor | null;
  sessionMinutes: number | null;
  idleMinutes: number | null;
};

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

/** A password alone. */
export const PASSWORD_ONLY = { acr: "aal1", amr: ["pwd"] };

export function expiryOf(start: Date, sessionMinutes: number | null = null): Date {
  const ms = sessionMinutes === null ? SESSION_MS : Math.min(SESSION_MS, sessionMinutes * 60_000);
  return new Date(start.getTime() + ms);
}

/** A refresh token ends with its session, or when nobody has used it for eight hours. */
export function refreshExpiryOf(
  session: { expiresAt: Date; idleMinutes?: number | null },
  now: Date,
): Date {
  const { expiresAt, idleMinutes = null } = session;
  const idleMs = idleMinutes === null ? IDLE_MS : Math.min(IDLE_MS, idleMinutes * 60_000);
  return new Date(Math.min(expiresAt.getTime(), now.getTime() + idleMs));
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
