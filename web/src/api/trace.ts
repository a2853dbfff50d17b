/** Where a trace begins: in the browser, with what its user does. */

const hex = (bytes: number) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * A new trace (W3C Trace Context, version 00). The services take its id for the request's, so it
 * stands in every audit, fact and job that follows.
 */
export const newTraceparent = (): string => `00-${hex(16)}-${hex(8)}-01`;
