/** One request to somebody else's system: to the address that was looked at, whatever its name says. */
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP } from "node:net";
import type { Place } from "./network.ts";

export type Outward = {
  url: URL;
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: string;
  /** Ends the look-up, the connection and the wait for the answer's head alike. */
  signal: AbortSignal;
  placeOf: (hostname: string) => Promise<Place>;
  /** Authorities that are trusted in place of the usual ones, in PEM. */
  tlsCa?: string | undefined;
};

/**
 * The answer's head, its body not yet read, or why nobody was asked. The connection goes to the
 * address that was checked: a name that answers another one a moment later (DNS rebinding) leads
 * nowhere else. `Host` and the certificate are the name's, and no redirect is followed.
 * @throws whatever kept the answer away: a refused connection, a certificate, the signal's reason.
 */
export async function requestOutward(
  { url, method, headers, body, signal, placeOf, tlsCa }: Outward,
): Promise<IncomingMessage | { refused: "inside" | "unknown" }> {
  const { protocol, hostname, host, port, pathname, search } = url;
  const name = hostname.replace(/^\[|\]$/g, "");
  const isSecure = protocol === "https:";
  const place = await within(signal, placeOf(hostname));
  if ("refused" in place) return place;
  const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
  const length = bytes ? { "content-length": String(bytes.byteLength) } : {};
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send: typeof requestPlain = isSecure ? requestSecure : requestPlain;
  const request = send({
    host: place.address,
    port: port || (isSecure ? 443 : 80),
    path: pathname + search,
    method,
    headers: { ...headers, host, ...length },
    // A connection that is kept would serve another name as well.
    agent: false,
    signal,
    ...(isSecure
      ? { ...(isIP(name) === 0 ? { servername: name } : {}), ...(tlsCa ? { ca: tlsCa } : {}) }
      : {}),
  }, resolve);
  request.on("error", reject);
  request.end(bytes);
  const response = await within(signal, promise);
  response.on("error", () => {});
  return response;
}

/** Waits no longer than `signal` allows, also for what does not listen to it. @throws its reason. */
export async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  // Whatever becomes of it later is nobody's failure.
  work.catch(() => {});
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
