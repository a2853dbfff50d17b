/** What a service shows to get its token, and how that is refused (RFC 6749). */
import { z } from "zod";

export const SERVICE_TOKEN_SECONDS = 300;

const ServiceName = z.string().regex(/^[a-z]{2,30}$/);

export const CredentialHashes = z.record(ServiceName, z.string().regex(/^[0-9a-f]{64}$/));
export type CredentialHashes = z.infer<typeof CredentialHashes>;

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
