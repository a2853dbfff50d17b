/**
 * Draws one frame and ends: `renderer.ts <file> <frame> [<window centre> <window width>]`. Prints a
 * line of JSON, then the picture. It may read that file and `node_modules`, and load native code.
 */
import { renderFrame } from "./reading.ts";

// Libraries print warnings; standard output belongs to the answer.
// deno-lint-ignore no-console
for (const name of ["log", "warn", "info", "error", "debug"] as const) console[name] = () => {};

const [path, frame, center, width] = Deno.args;
const rendered = await renderFrame(await Deno.readFile(path!), {
  frame: Number(frame),
  ...(center === undefined ? {} : { windowCenter: Number(center), windowWidth: Number(width) }),
});
const { bytes = new Uint8Array(0), ...head } = { bytes: undefined, ...rendered };
for (const part of [new TextEncoder().encode(JSON.stringify(head) + "\n"), bytes]) {
  for (let at = 0; at < part.byteLength;) at += Deno.stdout.writeSync(part.subarray(at));
}
Deno.exit(0);
