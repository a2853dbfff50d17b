/** The signed context: how a service knows that the gateway has checked who is calling. */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { UserActor } from "./actor.ts";
import { isPermission } from "./permissions.ts";

export const CONTEXT_SECONDS_MAX = 30;

/** Every header that speaks of identity. The gateway deletes them all from what comes in. */
export const identityHeaders = [
  "x-user-id",
  "x-tenant-id",
  "x-permissions",
  "x-session-id",
  "x-client-id",
  "x-praxis-context",
] as const;

type Facts = {
  userId: string;
  organizationId: string;
  permissions: string;
  sessionId: string;
  clientId: string | undefined;
};

/** Control characters could split a header in two, or one signed text into another. */
const PRINTABLE = /^[\x21-\x7e]*$/;

function sign(key: string, facts: Facts, audience: string, expiresAt: number): string {
  const signed = [
    "v1",
    facts.userId,
    facts.organizationId,
    facts.permissions,
    facts.sessionId,
    audience,
    expiresAt,
    ...(facts.clientId === undefined ? [] : [facts.clientId]),
  ].join("\n");
  return createHmac("sha256", key).update(signed).digest("base64url");
}

/**
 * Headers that carry `actor` to the service `audience`, valid until `expiresAt` (whole seconds
 * since 1970, at most 30 ahead).
 */
export function contextHeaders(
  key: string,
  audience: string,
  actor: UserActor,
  expiresAt: number,
): Record<string, string> {
  const permissions = actor.permissions.join(",");
  const { userId, organizationId, sessionId, clientId } = actor;
  for (const value of [userId, organizationId, sessionId, permissions, clientId ?? ""]) {
    if (!PRINTABLE.test(value)) throw new TypeError("an identity value holds a control character");
  }
  const signature = sign(
    key,
    { userId, organizationId, permissions, sessionId, clientId },
    audience,
    expiresAt,
  );
  return {
    "x-user-id": userId,
    "x-tenant-id": organizationId,
    "x-permissions": permissions,
    "x-session-id": sessionId,
    ...(clientId === undefined ? {} : { "x-client-id": clientId }),
    "x-praxis-context": `v1.${expiresAt}.${audience}.${signature}`,
  };
}

/** The user these headers speak of, or undefined when the context is missing, stale or not ours. */
export function verifyContext(
  key: string,
  audience: string,
  headers: Headers,
  now: Date,
): UserActor | undefined {
  const match = headers.get("x-praxis-context")?.match(/^v1\.(\d{1,12})\.([a-z]+)\.([\w-]{43})$/);
  if (!match || match[2] !== audience) return undefined;
  const expiresAt = Number(match[1]);
  const secondsLeft = expiresAt - now.getTime() / 1000;
  if (secondsLeft <= 0 || secondsLeft > CONTEXT_SECONDS_MAX + 1) return undefined;
  const facts: Facts = {
    userId: headers.get("x-user-id") ?? "",
    organizationId: headers.get("x-tenant-id") ?? "",
    permissions: headers.get("x-permissions") ?? "",
    sessionId: headers.get("x-session-id") ?? "",
    clientId: headers.get("x-client-id") ?? undefined,
  };
  const expected = Buffer.from(sign(key, facts, audience, expiresAt));
  if (!timingSafeEqual(expected, Buffer.from(match[3]!))) return undefined;
  return {
    kind: "user",
    userId: facts.userId,
    organizationId: facts.organizationId,
    sessionId: facts.sessionId,
    permissions: facts.permissions.split(",").filter(isPermission),
    ...(facts.clientId === undefined ? {} : { clientId: facts.clientId }),
  };
}
