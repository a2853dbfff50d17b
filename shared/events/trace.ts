/** One correlation from the browser's click to the last event: the request id, as a W3C trace. */
import { createHash } from "node:crypto";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The trace id of everything that follows from a request. A request id that is a UUID is read as
 * the trace id's 16 bytes, so that whoever holds one of the two can find the other.
 */
export function traceIdOf(requestId: string): string {
  if (UUID.test(requestId)) return requestId.replaceAll("-", "").toLowerCase();
  return createHash("sha256").update(requestId).digest("hex").slice(0, 32);
}

/** `traceparent` (W3C Trace Context) of one call or fact, called `spanOf`, within that trace. */
export function traceparentOf(requestId: string, spanOf: string): string {
  const span = createHash("sha256").update(spanOf).digest("hex").slice(0, 16);
  return `00-${traceIdOf(requestId)}-${span}-01`;
}
