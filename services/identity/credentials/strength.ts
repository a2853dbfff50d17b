/**
 * How hard a password is to guess, estimated offline with a list of common ones: in a thread of its
 * own, one after the other, since what strangers make up can take long, and others wait meanwhile.
 */
import { common } from "@praxis/shared/problem";
import type { StrengthOf } from "./model.ts";
import type { Judged, Judgement } from "./strength_worker.ts";

/** 64 made-up characters take four times as long; what follows can only help. */
const CHARS_JUDGED = 32;
/** Many times what the dearest known password takes (32 ms), also on a busy machine. */
const TIME_MS = 2_000;
/** Until the list is loaded; a busy machine takes its time. */
const START_MS = 20_000;
const WAITING_MAX = 20;
const RETRY_AFTER_SECONDS = 2;

export type Strength = {
  /** @throws Problem `unavailable` when it cannot be judged in time, or too many wait. */
  strengthOf: StrengthOf;
  /** Ends the thread; the next password starts another. */
  close(): void;
};

type Options = { url?: URL; timeMs?: number; waitingMax?: number };

/**
 * The thread starts with the first password, and takes a third of a second to. Without it, or its
 * list, no password is taken (503): letting all through would be the opposite of a check.
 */
export function createStrength(
  {
    url = new URL("./strength_worker.ts", import.meta.url),
    timeMs = TIME_MS,
    waitingMax = WAITING_MAX,
  }: Options = {},
): Strength {
  let worker: Worker | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const unavailable = () =>
    common("unavailable", { headers: { "retry-after": String(RETRY_AFTER_SECONDS) } });

  function close(): void {
    worker?.terminate();
    worker = undefined;
  }

  /** The next message. @throws Problem `unavailable` when there is none in time: the thread is ended. */
  function listen<T>(to: Worker, ms: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const giveUp = (cause: unknown) => {
      to.terminate();
      if (worker === to) worker = undefined;
      reject(Object.assign(unavailable(), { cause }));
    };
    const timer = setTimeout(() => giveUp(new Error("no judgement in time")), ms);
    to.onmessage = ({ data }: MessageEvent<T>) => resolve(data);
    to.onerror = (event) => {
      event.preventDefault();
      giveUp(new Error("the judge has failed"));
    };
    return promise.finally(() => clearTimeout(timer));
  }

  async function judge(judgement: Judgement): Promise<number> {
    if (!worker) {
      worker = new Worker(url, { type: "module" });
      await listen(worker, START_MS);
    }
    // Ended by `close` while it started.
    if (!worker) throw unavailable();
    const answer = listen<Judged>(worker, timeMs);
    worker.postMessage(judgement);
    const judged = await answer;
    if (judged === "failed") throw unavailable();
    return judged;
  }

  return {
    async strengthOf(password, context) {
      if (waiting >= waitingMax) throw unavailable();
      waiting++;
      const judgement = { password: password.slice(0, CHARS_JUDGED), context };
      const turn = queue.then(() => judge(judgement));
      queue = turn.catch(() => {});
      try {
        return await turn;
      } finally {
        waiting--;
      }
    },
    close,
  };
}
