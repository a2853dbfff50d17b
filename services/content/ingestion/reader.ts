/**
 * Reads files that come over standard input, one after another, and answers each on standard
 * output. A program of its own, since that is the only reader that can be killed: on Deno 2.9.6 a
 * Worker in an endless loop outlives `terminate()`, and one that runs out of memory takes the whole
 * process with it. It has no rights but to load its own code. The parser runs in a Worker, so that
 * this thread sees the parent's death (the end of the input) even while the parser hangs.
 *
 * In: length (4 bytes, big endian) of the head, the head as JSON, the files. Out: length and JSON of
 * their `Reading`s.
 */
import { say, take } from "./frames.ts";
import type { Kind } from "./kinds.ts";
import { EXIT_TOO_LARGE, EXIT_TOO_SLOW } from "./reading_model.ts";

type Head = {
  kind: Kind;
  sizes: number[];
  wantsScans: boolean;
  timeoutMs: number;
  memoryMiB: number;
};

const LOOK_EVERY_MS = 50;
/** Of its memory a process may still hold so much when it begins another file. */
const KEEP_BELOW = 2 / 3;

const worker = new Worker(new URL("./parser.ts", import.meta.url), { type: "module" });
// Its own message may hold what the file holds.
worker.onerror = (event) => {
  event.preventDefault();
  Deno.exit(1);
};

let next: Promise<Uint8Array<ArrayBuffer>> | undefined;
for (;;) {
  const length = await (next ?? take(4));
  const headBytes = await take(new DataView(length.buffer).getUint32(0));
  const head: Head = JSON.parse(new TextDecoder().decode(headBytes));
  const files: Uint8Array<ArrayBuffer>[] = [];
  for (const size of head.sizes) files.push(await take(size));
  const deadline = setTimeout(() => Deno.exit(EXIT_TOO_SLOW), head.timeoutMs);
  // Buffers and native memory are not in JavaScript's heap, whose limit the engine keeps.
  const look = setInterval(() => {
    if (Deno.memoryUsage().rss > head.memoryMiB * 1024 * 1024) Deno.exit(EXIT_TOO_LARGE);
  }, LOOK_EVERY_MS);
  const answered = Promise.withResolvers<Uint8Array>();
  worker.onmessage = ({ data }) => answered.resolve(data);
  // Begins to wait for the next file at once, and so sees the end of the input.
  next = take(4);
  worker.postMessage(
    { kind: head.kind, files, wantsScans: head.wantsScans },
    files.map(({ buffer }) => buffer),
  );
  const answer = await answered.promise;
  clearTimeout(deadline);
  clearInterval(look);
  await say(answer);
  // What a large file has blown up stays with the process: the next file gets a new one.
  if (Deno.memoryUsage().rss > head.memoryMiB * KEEP_BELOW * 1024 * 1024) Deno.exit(0);
}
