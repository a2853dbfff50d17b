/** What a service shows to get its token, and how that is refused (RFC 6749). */
import { z } from "@hono/zod-openapi";

export const SERVICE_TOKEN_SECONDS = 300;

const ServiceName = z.string().regex(/^[a-z]{2,30}$/);

export const CredentialHashes = z.record(ServiceName, z.string().regex(/^[0-9a-f]{64}$/));
export type CredentialHashes = z.infer<typeof CredentialHashes>;

/** RFC 6749 §5.1. */
export const ServiceTokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.number().int(),
}).openapi("ServiceToken");

export const oauthErrors = {
  invalid_request: 400,
  unsupported_grant_type: 400,
  invalid_client: 401,
} as const;
export type OAuthErrorCode = keyof typeof oauthErrors;

/** RFC 6749 §5.2. */
export const OAuthError = z.object({
  error: z.enum(["invalid_request", "unsupported_grant_type", "invalid_client"]),
}).openapi("OAuthError");

export type ClientCredentials = { service: string; credential: string };

const BASIC = /^Basic ([A-Za-z0-9+/]{1,1000}={0,2})$/i;

/** The two halves of an HTTP Basic header (RFC 7617), or undefined for any other header. */
export function readBasic(header: string | null): ClientCredentials | undefined {
  const encoded = header?.match(BASIC)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(encoded));
    const at = text.indexOf(":");
    return at < 0 ? undefined : { service: text.slice(0, at), credential: text.slice(at + 1) };
  } catch {
    return undefined;
  }
}

/** What a form body asks for; a parameter that comes twice is an error (RFC 6749 §3.2). */
export function grantOf(form: string): "client_credentials" | OAuthErrorCode {
  const given = new URLSearchParams(form).getAll("grant_type");
  if (given.length !== 1) return "invalid_request";
  return given[0] === "client_credentials" ? "client_credentials" : "unsupported_grant_type";
}
