/** Hands a request to a service and its answer back, both as streams. */
import { fetchPeer } from "@praxis/shared/mtls";
import { common, defineProblems } from "@praxis/shared/problem";
import { type HeaderList, towardsClient } from "./headers.ts";
import { watchReachable } from "./reachable.ts";
import { createWaitingRoom } from "./waiting.ts";

/** The client hung up: nobody is left to answer. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

/** No connection to the service could be made: it is down, not slow. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** The service took the request and ended the connection without an answer. */
export class BrokenOff extends Error {
  override name = "BrokenOff";
}

/** The service took longer than it may. */
export class TooLate extends Error {
  override name = "TooLate";

  /** It may as well have waited for a body that did not come. */
  constructor(readonly mayBeTheClients: boolean) {
    super();
  }
}

export type ForwardLimits = {
  bodyBytesMax: number;
  /** Until the answer begins, counted from the request's last byte. */
  answerTimeoutMs: number;
  /** The slowest upload that is waited for. */
  uploadBytesPerSecond: number;
  /** So long without an answer, and a second connection is tried, for as long again. */
  connectPatienceMs: number;
};

type Options = ForwardLimits & { url: string; headers: HeaderList };

const waitingRoom = createWaitingRoom();

/**
 * A body that says to be no longer is waited for before the service hears of it, so that a client
 * that stalls holds nobody but us.
 */
const HELD_BYTES_MAX = 64 * 1024;

const problem = defineProblems({
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
});

const brokenOff = () => common("malformed", { detail: "The body breaks off." });
const tooSlow = () => problem("request-timeout", { headers: { connection: "close" } });

/**
 * @throws Problem 413, 400 (a body that breaks off) or 408 (one that stalls); `Unreachable`,
 * `BrokenOff`, `TooLate`; `ClientGone`.
 */
export async function forward(
  request: Request,
  { url, headers, bodyBytesMax, answerTimeoutMs, uploadBytesPerSecond, connectPatienceMs }: Options,
): Promise<Response> {
  const ending = new AbortController();
  const hangUp = () => ending.abort(new ClientGone());
  const sent = request.body;
  const declared = sent === null ? null : request.headers.get("content-length");
  const isHeld = sent !== null && declared !== null && Number(declared) <= HELD_BYTES_MAX;
  /** Whose turn it is. How far a long body has come that says how long it is, we do not see. */
  let turn: "client" | "service" | "either" = sent === null || declared === null
    ? "service"
    : isHeld
    ? "client"
    : "either";
  let unwatch = () => {};
  const wait = waitingRoom.enter({
    dueInMs: answerTimeoutMs + Number(declared) / uploadBytesPerSecond * 1000,
    onDue: () => ending.abort(turn === "client" ? tooSlow() : new TooLate(turn === "either")),
    onLong() {
      if (request.signal.aborted) return hangUp();
      request.signal.addEventListener("abort", hangUp);
      unwatch = watchReachable(url, connectPatienceMs, () => ending.abort(new Unreachable()));
    },
  });
  const onTurn = (whose: typeof turn, dueInMs = answerTimeoutMs) => {
    turn = whose;
    wait.extend(dueInMs);
  };

  // A long one, handed on as it is, never enters JavaScript and keeps its Content-Length.
  let body: BodyInit | null = sent;
  try {
    if (isHeld) {
      body = await held(request, ending.signal);
      onTurn("service");
    } else if (sent && declared === null) {
      body = measured(sent, {
        bytesMax: bodyBytesMax,
        patienceMs: (bytes) => answerTimeoutMs + bytes / uploadBytesPerSecond * 1000,
        onTurn,
        onProblem: (reason) => ending.abort(reason),
      });
    }
    const answer = await fetchPeer(url, {
      method: request.method,
      headers,
      body,
      redirect: "manual",
      signal: ending.signal,
    });
    const response = new Response(answer.body, { status: answer.status });
    towardsClient(answer.headers, response.headers);
    return response;
  } catch (error) {
    if (ending.signal.aborted) throw ending.signal.reason;
    if (!(error instanceof TypeError)) throw error;
    // Deno 2.9 says only in words what went wrong, and names the address there: nothing of it leaves.
    const reason = String(error.cause);
    if (reason.includes("client error (Connect)")) throw new Unreachable();
    if (reason.includes("request body")) throw brokenOff();
    throw new BrokenOff();
  } finally {
    // From here on the answer's body is what a client gives up, and `fetch` is told by that.
    if (wait.leave()) {
      request.signal.removeEventListener("abort", hangUp);
      unwatch();
    }
  }
}

/** The whole body, unless `signal` aborts first. */
async function held(request: Request, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const ended = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => ended.reject(signal.reason));
  return await Promise.race([
    request.bytes().catch(() => {
      throw brokenOff();
    }),
    ended.promise,
  ]);
}

type Measures = {
  bytesMax: number;
  /** How long the client may keep us waiting, all waits together, until so many bytes have come. */
  patienceMs: (bytes: number) => number;
  onTurn: (whose: "client" | "service", dueInMs?: number) => void;
  onProblem: (reason: Error) => void;
};

/** Passes a body of unknown length through; says whom it waits for. */
function measured(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { bytesMax, patienceMs, onTurn, onProblem }: Measures,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let size = 0;
  let waitedMs = 0;
  const fail = (controller: ReadableStreamDefaultController, reason: Error) => {
    onProblem(reason);
    controller.error(reason);
  };
  return new ReadableStream({
    async pull(controller) {
      let chunk;
      onTurn("client", Math.min(patienceMs(0), patienceMs(size) - waitedMs));
      const since = performance.now();
      try {
        chunk = await reader.read();
      } catch {
        return fail(controller, brokenOff());
      }
      waitedMs += performance.now() - since;
      onTurn("service");
      if (chunk.done) return controller.close();
      size += chunk.value.byteLength;
      if (size > bytesMax) {
        fail(controller, common("too-large"));
        return await reader.cancel().catch(() => {});
      }
      controller.enqueue(chunk.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
