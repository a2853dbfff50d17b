/** Processes that read for the service: spoken to one ask at a time, and killed when they are late. */
import { z } from "zod";
import type { Kind } from "./kinds.ts";
import {
  EXIT_TOO_LARGE,
  EXIT_TOO_SLOW,
  heapMiBOf,
  isText,
  Reading,
  reasons,
  TEXT_BYTES_MAX,
} from "./reading_model.ts";

/** JSON may need six characters for one. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** What sharp and the canvas ask to find the library for this machine; a reader cannot pass it on. */
const SYSTEM_FACTS = "cpus,homedir,hostname,networkInterfaces";

/** What nobody sends for a file's sake: the kernel when memory is short, an operator, a shutdown. */
const SIGNALS_FROM_OUTSIDE: ReadonlySet<Deno.Signal | null> = new Set([
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
]);

const CODE = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const NODE_MODULES = new URL("../../../node_modules", import.meta.url).pathname;
/** Native code is loaded from there; the variables are none (clearEnv), but libraries ask. */
export const NATIVE_RIGHTS = [
  `--allow-ffi=${NODE_MODULES}`,
  "--allow-env",
  `--allow-sys=${SYSTEM_FACTS}`,
];

/** An open file, or what stood in it. */
export type Source = Deno.FsFile | Uint8Array<ArrayBuffer>;
export type Ask = {
  kind: Kind;
  /** Are pictures of pages without text wanted, to have their words recognized? */
  wantsScans?: boolean;
  timeoutMs: number;
  memoryMiB: number;
};

/** One process. It reads one file at a time. */
export function startProcess(
  { program, rights = [], args = [], memoryMiB }: {
    program: URL;
    /** Beside that to load its own code. */
    rights?: readonly string[];
    args?: readonly string[];
    memoryMiB: number;
  },
) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--no-check",
      `--v8-flags=--max-old-space-size=${heapMiBOf(memoryMiB)}`,
      // A Worker's modules are files that it must be allowed to read: code, never documents.
      `--allow-read=${CODE},${NODE_MODULES}`,
      ...rights,
      program.href,
      ...args,
    ],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  child.unref();
  const input = child.stdin.getWriter();
  const output = child.stdout.getReader();
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let isAnswerBad = false;

  async function take(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const whole = new Uint8Array(size);
    for (let at = 0; at < size;) {
      if (rest.byteLength === 0) {
        const { done, value } = await output.read();
        if (done) throw new Error("the reader has ended");
        rest = value;
      }
      const part = rest.subarray(0, size - at);
      whole.set(part, at);
      at += part.byteLength;
      rest = rest.subarray(part.byteLength);
    }
    return whole;
  }

  async function pass(file: Deno.FsFile, size: number): Promise<void> {
    for (let left = size; left > 0;) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      const count = await file.read(chunk);
      if (count === null) throw new Error("a stored file is shorter than it was");
      await input.write(chunk.subarray(0, count));
      left -= count;
    }
  }

  return {
    pid: child.pid,
    reads: 0,
    /** While it reads, its answer is waited for; while it idles, it keeps nobody from ending. */
    hold: (isBusy: boolean) => isBusy ? child.ref() : child.unref(),
    async ask(sources: readonly Source[], ask: Ask): Promise<Reading[]> {
      const wholes = await Promise.all(
        sources.map(async (source) =>
          source instanceof Uint8Array ? source.byteLength : (await source.stat()).size
        ),
      );
      const sizes = wholes.map((whole) =>
        isText(ask.kind) ? Math.min(whole, TEXT_BYTES_MAX) : whole
      );
      const head = new TextEncoder().encode(JSON.stringify({ sizes, ...ask }));
      const start = new Uint8Array(4 + head.byteLength);
      new DataView(start.buffer).setUint32(0, head.byteLength);
      start.set(head, 4);
      const bytes = sources.flatMap((source, at) =>
        source instanceof Uint8Array ? [source.subarray(0, sizes[at])] : []
      );
      await input.write(new Uint8Array(await new Blob([start, ...bytes]).arrayBuffer()));
      for (const [at, source] of sources.entries()) {
        if (!(source instanceof Uint8Array)) await pass(source, sizes[at]!);
      }
      const length = new DataView((await take(4)).buffer).getUint32(0);
      const said = length > ANSWER_BYTES_MAX ? undefined : await take(length);
      // Until it is understood: a process that talks nonsense is killed for that.
      isAnswerBad = true;
      if (!said) throw new Error("the reader says too much");
      const readings = z.array(Reading).length(sources.length)
        .parse(JSON.parse(new TextDecoder().decode(said)));
      isAnswerBad = false;
      return readings.map((reading, at) =>
        reading.status === "failed" || sizes[at] === wholes[at]
          ? reading
          : { ...reading, cut: [...new Set([...reading.cut ?? [], "text" as const])] }
      );
    },
    /** Why it has ended by itself. @throws when a signal from outside has ended it. */
    async whyEnded(): Promise<string | undefined> {
      const { code, signal } = await child.status;
      if (!isAnswerBad && SIGNALS_FROM_OUTSIDE.has(signal)) {
        throw new Error(`the reader was ended by ${signal}`);
      }
      return code === EXIT_TOO_SLOW
        ? reasons.tooSlow
        : code === EXIT_TOO_LARGE
        ? reasons.tooLarge
        : undefined;
    },
    async end(): Promise<void> {
      child.ref();
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      await Promise.allSettled([input.abort(), output.cancel()]);
    },
  };
}
export type Process = ReturnType<typeof startProcess>;
