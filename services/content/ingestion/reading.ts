/** Has files read by processes of their own, within limits of time, memory and rights. */
import type { Kind } from "./kinds.ts";
import {
  EXIT_TOO_LARGE,
  EXIT_TOO_SLOW,
  heapMiBOf,
  isOpaque,
  isText,
  NATIVE,
  needsNative,
  READ_MEMORY_MIB,
  READ_TIMEOUT_MS,
  READERS_MAX,
  type ReadFile,
  Reading,
  type ReadRequest,
  READS_MAX,
  reasons,
  TEXT_BYTES_MAX,
} from "./reading_model.ts";
import { createTurns } from "./turns.ts";

/** JSON may need six characters for one. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** The process's own deadline comes a little after ours: it counts only when we are gone. */
const GRACE_MS = 2_000;

/** What sharp and the canvas ask to find the library for this machine; a reader cannot pass it on. */
const SYSTEM_FACTS = "cpus,homedir,hostname,networkInterfaces";

const CODE = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const NODE_MODULES = new URL("../../../node_modules", import.meta.url).pathname;
const failed = (reason: string): Reading => ({ status: "failed", reason, ...NATIVE });

/** An open file, or what stood in it. */
type Source = Deno.FsFile | Uint8Array<ArrayBuffer>;
type Limits = { timeoutMs: number; memoryMiB: number };
type Options = {
  program?: URL;
  timeoutMs?: number;
  readersMax?: number;
  readsMax?: number;
  memoryMiB?: number;
};

export type Reader = {
  read: ReadFile;
  /** The processes there are at the moment. */
  pids(): number[];
  /** Ends all of them. */
  stop(): Promise<void>;
};

/** One process. It reads one file at a time. */
function startProcess(program: URL, native: boolean, memoryMiB: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--no-check",
      `--v8-flags=--max-old-space-size=${heapMiBOf(memoryMiB)}`,
      // A Worker's modules are files that it must be allowed to read: code, never documents.
      `--allow-read=${CODE},${NODE_MODULES}`,
      // Native code is loaded from there; the variables are none (clearEnv), but libraries ask.
      ...(native
        ? [`--allow-ffi=${NODE_MODULES}`, "--allow-env", `--allow-sys=${SYSTEM_FACTS}`]
        : []),
      program.href,
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
    async ask(source: Source, kind: Kind, limits: Limits): Promise<Reading> {
      const whole = source instanceof Uint8Array ? source.byteLength : (await source.stat()).size;
      const size = isText(kind) ? Math.min(whole, TEXT_BYTES_MAX) : whole;
      const head = new TextEncoder().encode(JSON.stringify({ kind, size, ...limits }));
      const start = new Uint8Array(4 + head.byteLength);
      new DataView(start.buffer).setUint32(0, head.byteLength);
      start.set(head, 4);
      await input.write(start);
      if (source instanceof Uint8Array) await input.write(source.subarray(0, size));
      else await pass(source, size);
      const length = new DataView((await take(4)).buffer).getUint32(0);
      if (length > ANSWER_BYTES_MAX) throw new Error("the reader says too much");
      const reading = Reading.parse(JSON.parse(new TextDecoder().decode(await take(length))));
      if (reading.status === "failed" || size === whole) return reading;
      return { ...reading, cut: [...new Set([...reading.cut ?? [], "text" as const])] };
    },
    /** Why it has ended by itself. */
    async whyEnded(): Promise<string | undefined> {
      const { code } = await child.status;
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
type Process = ReturnType<typeof startProcess>;

/** `program` is run as `reader.ts` is. */
export function createReader(
  {
    program = new URL("./reader.ts", import.meta.url),
    timeoutMs = READ_TIMEOUT_MS,
    readersMax = READERS_MAX,
    readsMax = READS_MAX,
    memoryMiB = READ_MEMORY_MIB,
  }: Options = {},
): Reader {
  const turns = createTurns(readersMax);
  const idle: Record<"plain" | "native", Process[]> = { plain: [], native: [] };
  const all = new Set<Process>();

  async function end(process: Process): Promise<void> {
    all.delete(process);
    await process.end();
  }

  async function readWith(
    process: Process,
    source: Source,
    { kind }: ReadRequest,
  ): Promise<Reading | undefined> {
    let reason: string | undefined;
    const stop = (why: string) => {
      reason ??= why;
      void process.end();
    };
    const deadline = setTimeout(() => stop(reasons.tooSlow), timeoutMs);
    process.hold(true);
    try {
      return await process.ask(source, kind, { timeoutMs: timeoutMs + GRACE_MS, memoryMiB });
    } catch {
      await end(process);
      reason ??= await process.whyEnded();
      return reason === undefined ? undefined : failed(reason);
    } finally {
      clearTimeout(deadline);
      process.hold(false);
      if (source instanceof Deno.FsFile) source.close();
    }
  }

  async function readNow(request: ReadRequest): Promise<Reading> {
    const sort = needsNative(request.kind) ? "native" : "plain";
    for (;;) {
      const source = "bytes" in request ? request.bytes : await Deno.open(request.path);
      const used = idle[sort].pop();
      // Those of the other sort that idle hold memory as well: there are never more than so many.
      while (!used && all.size >= readersMax) {
        const other = idle[sort === "native" ? "plain" : "native"].pop();
        if (!other) break;
        await end(other);
      }
      const process = used ?? startProcess(program, sort === "native", memoryMiB);
      all.add(process);
      const reading = await readWith(process, source, request);
      if (all.has(process)) {
        if (++process.reads >= readsMax) await end(process);
        else idle[sort].push(process);
      }
      if (reading) return reading;
      // A used process may have been ended by something else: only a new one proves the file guilty.
      if (!used) return failed(reasons.crashed);
    }
  }

  return {
    async read(request) {
      if (isOpaque(request.kind)) return { status: "ready", text: "", vectors: [], ...NATIVE };
      await turns.take(request.organizationId);
      try {
        return await readNow(request);
      } finally {
        turns.give();
      }
    },
    pids: () => [...all].map(({ pid }) => pid),
    async stop() {
      await Promise.all([...all].map(end));
    },
  };
}
