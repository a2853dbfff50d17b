/**
 * A region is a whole deployment, and this gateway serves one. What belongs to another is handed to
 * that region's gateway as it came; nothing is looked up across regions.
 */

/** The prefix of opaque tokens and of public links: `eu_…`. */
const OPAQUE = /^([a-z]{2,8})_[\w-]{16,}/;
const PUBLIC_LINK = /^\/api\/[a-z]+\/public\/(?:[\w-]+\/)*?([a-z]{2,8})_[\w-]{16,}/;

/** Set on what one gateway hands to another: a second hop would be a loop. */
export const REGION_HOP = "x-praxis-region-hop";

/** The `rgn` claim of an access token, not verified: its own region's gateway will do that. */
function claimedRegion(token: string): string | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined || payload.length > 8_192) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const region = (claims as { rgn?: unknown } | null)?.rgn;
    return typeof region === "string" ? region : undefined;
  } catch {
    return undefined;
  }
}

/** The region that a request names by its token or its link, or undefined. */
export function regionOf(path: string, headers: Headers): string | undefined {
  const link = PUBLIC_LINK.exec(path)?.[1];
  if (link !== undefined) return link;
  const token = headers.get("authorization")?.match(/^Bearer ([\w.~+/=-]+)$/i)?.[1];
  if (token !== undefined) return OPAQUE.exec(token)?.[1] ?? claimedRegion(token);
  const cookies = headers.get("cookie") ?? "";
  return /(?:^|; )\w*refresh\w*=([a-z]{2,8})_[\w-]{16,}/.exec(cookies)?.[1];
}
