/** The one name under which everything that follows from a request is found again. */

const REQUEST_ID = /^[\w-]{8,64}$/;
/** W3C Trace Context: version, trace id, span id, flags. A trace id of zeros is none. */
const TRACEPARENT = /^00-(?!0{32})([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})-/;

/**
 * The caller's request id when it is harmless to repeat; else the id of the trace that the caller
 * has begun, written as a UUID; else a new one. So a browser that sends `traceparent` finds its
 * trace id again in logs, audits, events and jobs, with dashes in it.
 */
export function requestIdOf(
  headers: { get(name: string): string | null | undefined },
): string {
  const given = headers.get("x-request-id");
  if (given && REQUEST_ID.test(given)) return given;
  const trace = headers.get("traceparent")?.match(TRACEPARENT);
  return trace ? trace.slice(1, 6).join("-") : crypto.randomUUID();
}
