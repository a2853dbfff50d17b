/** Has frames drawn by processes of their own, a few at a time, each within its time. */
import { common } from "@praxis/shared/problem";

const RENDERERS_MAX = 2;
const WAITING_MAX = 32;
const RENDER_TIMEOUT_MS = 20_000;
const HEAP_MIB = 512;
const NODE_MODULES = new URL("../../../node_modules", import.meta.url).pathname;

export type Request = {
  path: string;
  frame: number;
  window?: { center: number; width: number } | undefined;
};
export type Rendering =
  | {
    status: "rendered";
    mediaType: string;
    width: number;
    height: number;
    bytes: Uint8Array<ArrayBuffer>;
  }
  | { status: "undecodable" | "broken" | "frame-missing"; reason: string };

/** Answers one request. The same one that is asked for meanwhile is drawn once. */
export function createRenderer(timeoutMs = RENDER_TIMEOUT_MS) {
  const underWay = new Map<string, Promise<Rendering>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn(request: Request): Promise<Rendering> {
    if (running >= RENDERERS_MAX) {
      if (waiting.length >= WAITING_MAX) {
        throw common("unavailable", { headers: { "retry-after": "2" } });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await draw(request, timeoutMs);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  return (request: Request): Promise<Rendering> => {
    const key = JSON.stringify(request);
    const known = underWay.get(key);
    if (known) return known;
    const made = inTurn(request).finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  };
}

async function draw({ path, frame, window }: Request, timeoutMs: number): Promise<Rendering> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--no-check",
      `--v8-flags=--max-old-space-size=${HEAP_MIB}`,
      `--allow-read=${path},${NODE_MODULES}`,
      `--allow-ffi=${NODE_MODULES}`,
      // None is passed on (clearEnv); native packages look for some.
      "--allow-env",
      "--allow-sys=cpus,hostname,networkInterfaces",
      new URL("./renderer.ts", import.meta.url).href,
      path,
      String(frame),
      ...(window ? [String(window.center), String(window.width)] : []),
    ],
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal,
  }).output();
  if (!success) return { status: "broken", reason: "The picture could not be drawn in time." };
  const end = stdout.indexOf(0x0a);
  const head = JSON.parse(new TextDecoder().decode(stdout.subarray(0, end)));
  return head.status === "rendered" ? { ...head, bytes: stdout.slice(end + 1) } : head;
}
