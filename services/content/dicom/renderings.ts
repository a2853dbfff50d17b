/** Has frames drawn by processes of their own, a few at a time, each within its time. */
import { common } from "@praxis/shared/problem";
import { createTurns, heapMiBOf, READ_MEMORY_MIB } from "../ingestion/model.ts";

export const RENDERERS_MAX = 2;
export const FRAME_CACHE_MIB = 64;
/** Of one organization. */
const WAITING_MAX = 32;
const RENDER_TIMEOUT_MS = 20_000;
const CODE = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
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

export type DrawFrame = (organizationId: string, request: Request) => Promise<Rendering>;
type Options = {
  timeoutMs?: number;
  renderersMax?: number;
  memoryMiB?: number;
  cacheMiB?: number;
  program?: URL;
};

/** The frames that were asked for last, up to `bytesMax` in all. */
function createCache(bytesMax: number) {
  const kept = new Map<string, Rendering & { status: "rendered" }>();
  let bytes = 0;
  return {
    get(key: string): Rendering | undefined {
      const found = kept.get(key);
      if (!found) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    put(key: string, made: Rendering): void {
      if (made.status !== "rendered" || made.bytes.byteLength > bytesMax) return;
      kept.set(key, made);
      bytes += made.bytes.byteLength;
      for (const [oldest, { bytes: { byteLength } }] of kept) {
        if (bytes <= bytesMax) break;
        kept.delete(oldest);
        bytes -= byteLength;
      }
    },
  };
}

/**
 * Answers requests, each by one process. What was asked for lately, or is being drawn, is drawn once:
 * a file's path is made of its organization and its hash, so that the same request means the same
 * picture for ever.
 */
export function createRenderer({
  timeoutMs = RENDER_TIMEOUT_MS,
  renderersMax = RENDERERS_MAX,
  memoryMiB = READ_MEMORY_MIB,
  cacheMiB = FRAME_CACHE_MIB,
  program = new URL("./renderer.ts", import.meta.url),
}: Options = {}): DrawFrame {
  const underWay = new Map<string, Promise<Rendering>>();
  const cache = createCache(cacheMiB * 1024 * 1024);
  const turns = createTurns(renderersMax, WAITING_MAX);

  async function inTurn(organizationId: string, request: Request): Promise<Rendering> {
    if (!await turns.take(organizationId)) {
      throw common("unavailable", { headers: { "retry-after": "2" } });
    }
    try {
      return await draw(program, request, { timeoutMs, memoryMiB });
    } finally {
      turns.give();
    }
  }

  return (organizationId, request) => {
    const key = JSON.stringify(request);
    const known = cache.get(key);
    if (known) return Promise.resolve(known);
    const drawing = underWay.get(key);
    if (drawing) return drawing;
    const made = inTurn(organizationId, request).then((rendering) => {
      cache.put(key, rendering);
      return rendering;
    }).finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  };
}

async function draw(
  program: URL,
  { path, frame, window }: Request,
  { timeoutMs, memoryMiB }: { timeoutMs: number; memoryMiB: number },
): Promise<Rendering> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--no-check",
      `--v8-flags=--max-old-space-size=${heapMiBOf(memoryMiB)}`,
      `--allow-read=${path},${CODE},${NODE_MODULES}`,
      `--allow-ffi=${NODE_MODULES}`,
      // None is passed on (clearEnv); native packages look for some.
      "--allow-env",
      "--allow-sys=cpus,hostname,networkInterfaces",
      program.href,
      String(memoryMiB),
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
  if (!success) {
    return {
      status: "broken",
      reason: "The picture could not be drawn within its time and memory.",
    };
  }
  const end = stdout.indexOf(0x0a);
  const head = JSON.parse(new TextDecoder().decode(stdout.subarray(0, end)));
  return head.status === "rendered" ? { ...head, bytes: stdout.slice(end + 1) } : head;
}
