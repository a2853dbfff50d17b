/**
 * Draws one frame and ends: `renderer.ts <MiB> <file> <frame> [<window centre> <window width>]`.
 * Prints a line of JSON, then the picture. It may read code and that file, and load native code. A
 * Worker draws, so that this thread sees when there is more memory in use than there may be.
 */
import type { Drawn } from "./drawing.ts";

const LOOK_EVERY_MS = 50;

const [memoryMiB, path, frame, center, width] = Deno.args;
setInterval(() => {
  if (Deno.memoryUsage().rss > Number(memoryMiB) * 1024 * 1024) Deno.exit(1);
}, LOOK_EVERY_MS);
const worker = new Worker(new URL("./drawing.ts", import.meta.url), { type: "module" });
worker.onerror = (event) => {
  event.preventDefault();
  Deno.exit(1);
};
worker.onmessage = ({ data: { head, bytes } }: MessageEvent<Drawn>) => {
  for (const part of [new TextEncoder().encode(JSON.stringify(head) + "\n"), bytes]) {
    for (let at = 0; at < part.byteLength;) at += Deno.stdout.writeSync(part.subarray(at));
  }
  Deno.exit(0);
};
worker.postMessage({
  path,
  frame: Number(frame),
  ...(center === undefined ? {} : { windowCenter: Number(center), windowWidth: Number(width) }),
});
