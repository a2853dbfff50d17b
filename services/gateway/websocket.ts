/** Passes a WebSocket through: what one side says, the other hears. */
import { common, type Problem } from "@praxis/shared/problem";
import { ClientGone } from "./forward.ts";
import type { HeaderList, Readable } from "./headers.ts";

/** A side that does not read is cut off before its messages fill our memory. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
const OPEN_TIMEOUT_MS = 10_000;
/** Nothing is waited for but our own answer. Deno tells nobody when it could not be written. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Deno pings a silent client, and closes the socket when no pong comes. */
const IDLE_TIMEOUT_SECONDS = 60;
/** How soon a session that has ended is noticed by what goes on for long. */
export const RECHECK_MS = 1_000;

type Options = {
  /** `ws://…` or `wss://…` */
  url: string;
  headers: HeaderList;
  client?: Deno.HttpClient;
  /** Asked every second: may this socket stay open? */
  isStillAllowed?: () => Promise<boolean>;
};

/** Headers of the handshake (RFC 6455 §4.1); each hop makes its own. */
const isHandshake = (name: string) => name.startsWith("sec-websocket-");

/** RFC 6455 §7.4: which codes a program may send. Others are about one connection. */
const sendable = (code: number) => code === 1000 || (code >= 3000 && code <= 4999);

export const isWebSocket = (headers: Readable): boolean =>
  headers.get("upgrade")?.toLowerCase() === "websocket";

const brokenHandshake = () =>
  common("malformed", { detail: "This is not the handshake of a WebSocket." });

/**
 * Opens the service's side first, so that a refusal is still an answer.
 * @throws Problem 400 for a broken handshake, the service's own refusal, 503 when it does not open;
 * `ClientGone`.
 */
export async function passWebSocket(
  request: Request,
  { url, headers, client, isStillAllowed }: Options,
): Promise<Response> {
  const { headers: asked } = request;
  if (asked.get("sec-websocket-version") !== "13" || !asked.has("sec-websocket-key")) {
    throw brokenHandshake();
  }
  const { signal } = request;
  const inner = call(url, {
    protocols: (asked.get("sec-websocket-protocol") ?? "").split(",")
      .map((name) => name.trim()).filter(Boolean),
    headers: headers.filter(([name]) => !isHandshake(name)),
    ...(client ? { client } : {}),
  });
  inner.binaryType = "arraybuffer";
  const early = gather(inner);
  await opened(inner, signal);

  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, {
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      ...(inner.protocol ? { protocol: inner.protocol } : {}),
    });
  } catch {
    inner.close();
    throw brokenHandshake();
  }
  const outer = upgraded.socket;
  outer.binaryType = "arraybuffer";
  const opening = setTimeout(() => inner.close(), ANSWER_TIMEOUT_MS);
  outer.onerror = (event) => {
    event.preventDefault();
    inner.close();
  };
  outer.onopen = () => {
    clearTimeout(opening);
    for (const data of early.messages) outer.send(data);
    connect(inner, outer);
    connect(outer, inner);
    if (early.end) passEnd(early.end, outer);
    if (isStillAllowed) recheck(isStillAllowed, inner, outer);
  };
  return upgraded.response;
}

/** @throws Problem 400 when the client asks for protocols that have no name, or for one twice. */
function call(url: string, options: WebSocketOptions): WebSocket {
  try {
    return new WebSocket(url, options);
  } catch {
    throw brokenHandshake();
  }
}

type Early = { messages: MessageEvent["data"][]; end?: CloseEvent };

/** What a service says before its client can hear it: it may speak first, and leave at once. */
function gather(inner: WebSocket): Early {
  const early: Early = { messages: [] };
  let bytes = 0;
  inner.onmessage = ({ data }) => {
    bytes += typeof data === "string" ? data.length : data.byteLength;
    if (bytes > WAITING_BYTES_MAX) return end(inner, 4408, "too slow");
    early.messages.push(data);
  };
  inner.onerror = (event) => event.preventDefault();
  inner.onclose = (event) => early.end = event;
  return early;
}

function end(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState <= WebSocket.OPEN) socket.close(code, reason);
}

function passEnd({ code, reason }: CloseEvent, to: WebSocket): void {
  if (sendable(code)) end(to, code, reason);
  else if (to.readyState <= WebSocket.OPEN) to.close();
}

/** Whatever `from` says goes to `to`, the end included. */
function connect(from: WebSocket, to: WebSocket): void {
  from.onmessage = ({ data }) => {
    if (to.readyState !== WebSocket.OPEN) return;
    if (to.bufferedAmount <= WAITING_BYTES_MAX) return to.send(data);
    // Who does not read does not hear of its end either: the other side is let go at once.
    end(to, 4408, "too slow");
    end(from, 4408, "too slow");
  };
  // A close follows every error.
  from.onerror = (event) => event.preventDefault();
  from.onclose = (event) => passEnd(event, to);
}

function recheck(isStillAllowed: () => Promise<boolean>, inner: WebSocket, outer: WebSocket): void {
  const timer = setInterval(async () => {
    if (await isStillAllowed().catch(() => true)) return;
    end(outer, 4401, "not signed in");
    // A client that does not answer would still be heard.
    end(inner, 4401, "not signed in");
  }, RECHECK_MS);
  outer.addEventListener("close", () => clearInterval(timer));
}

/** Deno 2.9 tells the status of a refused handshake only in words. */
const REFUSED = /Invalid status code: (\d{3})/;
const refusals: Record<string, () => Problem> = {
  "401": () => common("not-signed-in"),
  "403": () => common("not-permitted"),
  "404": () => common("not-found"),
  "429": () => common("too-many-requests", { headers: { "retry-after": "1" } }),
};
const unavailable = () => common("unavailable", { headers: { "retry-after": "1" } });

function refusalOf(message: string): Problem {
  const status = REFUSED.exec(message)?.[1];
  if (status === undefined) return unavailable();
  return refusals[status]?.() ?? (status.startsWith("4") ? common("malformed") : unavailable());
}

/** Resolves when the socket is open; closes it when that takes too long, or `signal` aborts. */
async function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onGone = () => reject(new ClientGone());
  const onError = (event: Event) =>
    reject(refusalOf(event instanceof ErrorEvent ? event.message : ""));
  const onClose = () => reject(unavailable());
  const timer = setTimeout(onClose, OPEN_TIMEOUT_MS);
  signal.addEventListener("abort", onGone);
  if (signal.aborted) onGone();
  socket.addEventListener("open", () => resolve(), { once: true });
  socket.addEventListener("error", onError);
  socket.addEventListener("close", onClose);
  try {
    await promise;
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onGone);
    socket.removeEventListener("error", onError);
    socket.removeEventListener("close", onClose);
  }
}
