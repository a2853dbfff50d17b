/** The worker inside a renderer process: draws one frame. It may hang or eat its memory. */
/// <reference lib="deno.worker" />
import { renderFrame } from "./reading.ts";

type Given = { path: string; frame: number; windowCenter?: number; windowWidth?: number };
export type Drawn = { head: Record<string, unknown>; bytes: Uint8Array };

// Libraries print warnings; standard output belongs to the answer.
// deno-lint-ignore no-console
for (const name of ["log", "warn", "info", "error", "debug"] as const) console[name] = () => {};
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
scope.onmessage = async ({ data: { path, ...what } }: MessageEvent<Given>) => {
  const rendered = await renderFrame(await Deno.readFile(path), what);
  const { bytes = new Uint8Array(0), ...head } = { bytes: undefined, ...rendered };
  scope.postMessage({ head, bytes } satisfies Drawn);
};
