/**
 * A region is a whole deployment, and this gateway serves one. What belongs to another is handed to
 * that region's gateway as it came; nothing is looked up across regions.
 */
import { common } from "@praxis/shared/problem";
import type { Readable } from "./headers.ts";

/** The prefix of opaque tokens and of public links: `eu_…`. */
const OPAQUE = /^([a-z]{2,8})_[\w-]{16,}/;
const PUBLIC_LINK = /^\/api\/[a-z]+\/public\/(?:[\w-]+\/)*?([a-z]{2,8})_[\w-]{16,}/;
const REGION = /^[a-z]{2,8}$/;

/** Set on what one gateway hands to another: a second hop would be a loop. */
export const REGION_HOP = "x-praxis-region-hop";

/** Where a body may hold a token. Nothing else is looked at: a password may look like anything. */
const TOKEN_FIELDS = [
  "refreshToken",
  "token",
  "challengeId",
  "refresh_token",
  "code",
  "client_secret",
];
/** Whatever is larger is no sign-in. */
const BODY_BYTES_MAX = 16 * 1024;
const BODY_LIMIT_MS = 10_000;

const named = (value: unknown): string | undefined =>
  typeof value === "string" && REGION.test(value) ? value : undefined;

/** The `rgn` claim of an access token, not verified: its own region's gateway will do that. */
function claimedRegion(token: string): string | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined || payload.length > 8_192) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return named((claims as { rgn?: unknown } | null)?.rgn);
  } catch {
    return undefined;
  }
}

/** The region that a public link names, or undefined. */
export const regionOfLink = (path: string): string | undefined => PUBLIC_LINK.exec(path)?.[1];

/** The region that a request names by its token or its link, or undefined. */
export function regionOf(path: string, headers: Readable): string | undefined {
  const link = regionOfLink(path);
  if (link !== undefined) return link;
  const token = headers.get("authorization")?.match(/^Bearer ([\w.~+/=-]+)$/i)?.[1];
  if (token !== undefined) return OPAQUE.exec(token)?.[1] ?? claimedRegion(token);
  const cookies = headers.get("cookie") ?? "";
  return /(?:^|; )\w*refresh\w*=([a-z]{2,8})_[\w-]{16,}/.exec(cookies)?.[1];
}

function fieldsOf(text: string, mediaType: string): Record<string, unknown> {
  if (mediaType.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The region that a body for one of identity's doors names: outright, or by a token. */
export function regionOfBody(text: string, mediaType: string): string | undefined {
  const fields = fieldsOf(text, mediaType);
  const tokens = TOKEN_FIELDS.map((field) => OPAQUE.exec(String(fields[field] ?? ""))?.[1]);
  return named(fields.region) ?? tokens.find((region) => region !== undefined);
}

/**
 * The region that a body names, and the request to go on with, since a body is read only once.
 * Neither a large body nor one of unknown length is read.
 * @throws Problem 400 when the body breaks off or does not come.
 */
export async function readRegion(
  request: Request,
  limitMs = BODY_LIMIT_MS,
): Promise<{ request: Request; region?: string | undefined }> {
  const length = request.headers.get("content-length");
  if (!request.body || length === null || Number(length) > BODY_BYTES_MAX) return { request };
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("late")), limitMs);
  let body: ArrayBuffer;
  try {
    body = await Promise.race([request.arrayBuffer(), late.promise]);
  } catch {
    throw common("malformed", { detail: "The body breaks off." });
  } finally {
    clearTimeout(timer);
  }
  const mediaType = request.headers.get("content-type") ?? "";
  const region = regionOfBody(new TextDecoder().decode(body), mediaType);
  return { request: new Request(request, { body }), region };
}
