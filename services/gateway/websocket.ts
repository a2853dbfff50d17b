/** Passes a WebSocket through: what one side says, the other hears. */
import { common } from "@praxis/shared/problem";
import type { HeaderList } from "./headers.ts";

/** A side that does not read is cut off before its messages fill our memory. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
const OPEN_TIMEOUT_MS = 10_000;
/** Deno pings a silent client, and closes the socket when no pong comes. */
const IDLE_TIMEOUT_SECONDS = 60;
const RECHECK_MS = 1_000;

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

export const isWebSocket = (request: Request): boolean =>
  request.headers.get("upgrade")?.toLowerCase() === "websocket";

/**
 * Opens the service's side first, so that a refusal is still an answer.
 * @throws Problem 400 for a broken handshake, 503 when the service does not open.
 */
export async function passWebSocket(
  request: Request,
  { url, headers, client, isStillAllowed }: Options,
): Promise<Response> {
  const { headers: asked } = request;
  if (asked.get("sec-websocket-version") !== "13" || !asked.has("sec-websocket-key")) {
    throw common("malformed", { detail: "This is not the handshake of a WebSocket." });
  }
  const protocols = (request.headers.get("sec-websocket-protocol") ?? "").split(",")
    .map((name) => name.trim()).filter(Boolean);
  const inner = new WebSocket(url, {
    protocols,
    headers: headers.filter(([name]) => !isHandshake(name)),
    ...(client ? { client } : {}),
  });
  inner.binaryType = "arraybuffer";
  // A service may speak first.
  const early: MessageEvent["data"][] = [];
  inner.onmessage = ({ data }) => void early.push(data);
  await opened(inner);

  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, {
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      ...(inner.protocol ? { protocol: inner.protocol } : {}),
    });
  } catch {
    inner.close();
    throw common("malformed", { detail: "This is not the handshake of a WebSocket." });
  }
  const outer = upgraded.socket;
  outer.binaryType = "arraybuffer";
  let recheck: ReturnType<typeof setInterval> | undefined;
  outer.onopen = () => {
    for (const data of early) outer.send(data);
    connect(inner, outer);
    connect(outer, inner);
  };
  if (isStillAllowed) {
    recheck = setInterval(async () => {
      if (!await isStillAllowed().catch(() => true)) outer.close(4401, "not signed in");
    }, RECHECK_MS);
  }
  outer.addEventListener("close", () => clearInterval(recheck));
  return upgraded.response;
}

/** Whatever `from` says goes to `to`, the end included. */
function connect(from: WebSocket, to: WebSocket): void {
  from.onmessage = ({ data }) => {
    if (to.readyState !== WebSocket.OPEN) return;
    if (to.bufferedAmount > WAITING_BYTES_MAX) return to.close(4408, "too slow");
    to.send(data);
  };
  // A close follows every error.
  from.onerror = (event) => event.preventDefault();
  from.onclose = ({ code, reason }) => {
    if (to.readyState > WebSocket.OPEN) return;
    if (sendable(code)) to.close(code, reason);
    else to.close();
  };
}

function opened(socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refuse = (event: Event) => {
    event.preventDefault();
    reject(common("unavailable", { headers: { "retry-after": "1" } }));
  };
  const timer = setTimeout(() => {
    socket.close();
    reject(common("unavailable", { headers: { "retry-after": "1" } }));
  }, OPEN_TIMEOUT_MS);
  socket.onopen = () => resolve();
  socket.onerror = refuse;
  socket.onclose = refuse;
  return promise.finally(() => clearTimeout(timer));
}
