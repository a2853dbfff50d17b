/** Hands a request to a service and its answer back, both as streams. */
import { fetchPeer } from "@praxis/shared/mtls";
import { common } from "@praxis/shared/problem";
import { type HeaderList, towardsClient } from "./headers.ts";
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
}

export type ForwardLimits = {
  bodyBytesMax: number;
  /** Until the answer begins, counted from the request's last byte. */
  answerTimeoutMs: number;
  /** The slowest upload that is waited for. */
  uploadBytesPerSecond: number;
};

type Options = ForwardLimits & { url: string; headers: HeaderList };

const waitingRoom = createWaitingRoom();

const brokenOff = () => common("malformed", { detail: "The body breaks off." });

/**
 * @throws Problem 413 or 400 (a body that breaks off); `Unreachable`, `BrokenOff`, `TooLate`;
 * `ClientGone`.
 */
export async function forward(
  request: Request,
  { url, headers, bodyBytesMax, answerTimeoutMs, uploadBytesPerSecond }: Options,
): Promise<Response> {
  const ending = new AbortController();
  const hangUp = () => ending.abort(new ClientGone());
  const wait = waitingRoom.enter({
    dueInMs: answerTimeoutMs,
    onDue: () => ending.abort(new TooLate()),
    onLong: () =>
      request.signal.aborted ? hangUp() : request.signal.addEventListener("abort", hangUp),
  });

  let body = request.body;
  const declared = request.headers.get("content-length");
  if (body && declared !== null) {
    // Handed on as it is, the body never enters JavaScript and keeps its Content-Length.
    wait.extend(answerTimeoutMs + Number(declared) / uploadBytesPerSecond * 1000);
  } else if (body) {
    body = measured(
      body,
      bodyBytesMax,
      () => wait.extend(answerTimeoutMs),
      (reason) => ending.abort(reason),
    );
  }

  try {
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
    if (wait.leave()) request.signal.removeEventListener("abort", hangUp);
  }
}

/** Passes a body of unknown length through, up to `bytesMax`. */
function measured(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  bytesMax: number,
  onBytes: () => void,
  onProblem: (reason: Error) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let size = 0;
  const fail = (controller: ReadableStreamDefaultController, reason: Error) => {
    onProblem(reason);
    controller.error(reason);
  };
  return new ReadableStream({
    async pull(controller) {
      let chunk;
      try {
        chunk = await reader.read();
      } catch {
        return fail(controller, brokenOff());
      }
      onBytes();
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
