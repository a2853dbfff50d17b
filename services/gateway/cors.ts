/** Which other origins a browser lets read our answers. Same-origin pages need none of this. */

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS =
  "authorization, content-type, idempotency-key, if-match, if-none-match, range, traceparent, x-request-id";
const ANSWER_HEADERS =
  "etag, location, ratelimit, ratelimit-policy, repr-digest, retry-after, x-request-id";
const MAX_AGE_SECONDS = "600";

/** A browser that asks before it sends (Fetch standard, CORS-preflight). */
export function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("origin") &&
    request.headers.has("access-control-request-method");
}

/** The answer to a preflight. An origin that is not allowed gets the same without permission. */
export function preflight(origin: string | null, allowedOrigins: ReadonlySet<string>): Response {
  const headers = new Headers({ vary: "origin, access-control-request-method" });
  if (origin !== null && allowedOrigins.has(origin)) {
    headers.set("access-control-allow-methods", METHODS);
    headers.set("access-control-allow-headers", REQUEST_HEADERS);
    headers.set("access-control-max-age", MAX_AGE_SECONDS);
  }
  return new Response(null, { status: 204, headers });
}

/**
 * Lets `origin` read an answer, when it is one of `allowedOrigins`, compared as a whole: neither
 * `null` nor a look-alike is ever repeated.
 */
export function allowOrigin(
  headers: Headers,
  origin: string | undefined,
  allowedOrigins: ReadonlySet<string>,
): void {
  if (origin === undefined) return;
  headers.append("vary", "origin");
  if (!allowedOrigins.has(origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-allow-credentials", "true");
  headers.set("access-control-expose-headers", ANSWER_HEADERS);
}
