/** Hands a request to a service and its answer back, both as streams. */
import { common } from "@praxis/shared/problem";
import { type HeaderList, towardsClient } from "./headers.ts";

/** The client hung up: nobody is left to answer. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

/** No connection to the service could be made: it is down, not slow. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

export type ForwardLimits = {
  bodyBytesMax: number;
  /** Until the answer begins, counted from the request's last byte. */
  answerTimeoutMs: number;
  /** The slowest upload that is waited for. */
  uploadBytesPerSecond: number;
};

type Options = ForwardLimits & { url: string; headers: HeaderList };

const retryAfter = { headers: { "retry-after": "1" } };
const tooLate = () =>
  common("unavailable", { ...retryAfter, detail: "The service did not answer in time." });
const brokenOff = () => common("malformed", { detail: "The body breaks off." });

/**
 * @throws Problem 413, 400 (a body that breaks off) or 503; `Unreachable`; `ClientGone`.
 */
export async function forward(
  request: Request,
  { url, headers, bodyBytesMax, answerTimeoutMs, uploadBytesPerSecond }: Options,
): Promise<Response> {
  const ending = new AbortController();
  const hangUp = () => ending.abort(new ClientGone());
  let timer = setTimeout(() => ending.abort(tooLate()), answerTimeoutMs);
  let isAnswered = false;
  const extend = (ms: number) => {
    if (isAnswered) return;
    clearTimeout(timer);
    timer = setTimeout(() => ending.abort(tooLate()), answerTimeoutMs + ms);
  };

  let body = request.body;
  const declared = request.headers.get("content-length");
  if (body && declared !== null) {
    // Handed on as it is, the body never enters JavaScript and keeps its Content-Length.
    extend(Number(declared) / uploadBytesPerSecond * 1000);
  } else if (body) {
    body = measured(body, bodyBytesMax, () => extend(0), (reason) => ending.abort(reason));
  }

  request.signal.addEventListener("abort", hangUp);
  try {
    if (request.signal.aborted) throw new ClientGone();
    const answer = await fetch(url, {
      method: request.method,
      headers,
      body,
      redirect: "manual",
      signal: ending.signal,
    });
    return new Response(answer.body, {
      status: answer.status,
      headers: towardsClient(answer.headers),
    });
  } catch (error) {
    if (ending.signal.aborted) throw ending.signal.reason;
    if (!(error instanceof TypeError)) throw error;
    // Deno 2.9 says only in words what went wrong, and names the address there: nothing of it leaves.
    const reason = String(error.cause);
    if (reason.includes("client error (Connect)")) throw new Unreachable();
    if (reason.includes("request body")) throw brokenOff();
    throw common("unavailable", { ...retryAfter, detail: "The service broke off." });
  } finally {
    isAnswered = true;
    clearTimeout(timer);
    // From here on the answer's body is what a client gives up, and `fetch` is told by that.
    request.signal.removeEventListener("abort", hangUp);
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
