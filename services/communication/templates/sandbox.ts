/**
 * Words that nobody has approved are rendered in a thread of their own, one after the other: whatever
 * they do, the service goes on, and the thread is ended when its time is up.
 */
import type { Answer, Task } from "./rendering.ts";

/** For everything that one request asks for. */
const TIME_MS = 2_000;
/** Until a thread is there; a busy machine takes its time. */
const START_MS = 20_000;
const WAITING_MAX = 20;

type Reply = { result: unknown } | { isImpossible: true };

let thread: Worker | undefined;
let queue: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** One message of the thread, or undefined when there is none in time: then it is ended. */
function listen<T>(worker: Worker, timeMs: number, begin = () => {}): Promise<T | undefined> {
  return new Promise((resolve) => {
    const end = (message: T | undefined) => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = null;
      if (message === undefined) {
        worker.terminate();
        thread = undefined;
      }
      resolve(message);
    };
    const timer = setTimeout(() => end(undefined), timeMs);
    worker.onmessage = ({ data }: MessageEvent<T>) => end(data);
    worker.onerror = (event) => {
      event.preventDefault();
      end(undefined);
    };
    begin();
  });
}

async function startThread(): Promise<Worker | undefined> {
  const url = new URL("./preview_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  return await listen(worker, START_MS) === undefined ? undefined : worker;
}

async function runAlone(task: Task, timeMs: number): Promise<Reply> {
  thread ??= await startThread();
  const worker = thread;
  if (!worker) return { isImpossible: true };
  const reply = await listen<Reply>(worker, timeMs, () => worker.postMessage(task));
  return reply ?? { isImpossible: true };
}

/**
 * What `work` makes of the task, or undefined when it cannot be done within its limits or too many
 * others wait.
 */
export async function runApart<T extends Task>(
  task: T,
  timeMs = TIME_MS,
): Promise<Answer<T> | undefined> {
  if (waiting >= WAITING_MAX) return undefined;
  waiting++;
  const turn = queue.then(() => runAlone(task, timeMs));
  queue = turn;
  try {
    const reply = await turn;
    return "result" in reply ? reply.result as Answer<T> : undefined;
  } finally {
    waiting--;
  }
}

/** Ends the thread; the next task starts another. */
export async function closeSandbox(): Promise<void> {
  await queue;
  thread?.terminate();
  thread = undefined;
}
