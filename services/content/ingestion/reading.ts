/** Has files read by processes of their own, within limits of time, memory and rights. */
import type { Recognition } from "./recognition.ts";
import type { Kind } from "./kinds.ts";
import {
  isOpaque,
  mayHoldScans,
  NATIVE,
  needsNative,
  READ_MEMORY_MIB,
  READ_TIMEOUT_MS,
  READERS_MAX,
  type ReadFile,
  type ReadFiles,
  type Reading,
  type ReadRequest,
  READS_MAX,
  reasons,
} from "./reading_model.ts";
import { NATIVE_RIGHTS, type Process, type Source, startProcess } from "./processes.ts";
import { createTurns } from "./turns.ts";

/** The process's own deadline comes a little after ours: it counts only when we are gone. */
const GRACE_MS = 2_000;

const failed = (reason: string): Reading => ({ status: "failed", reason, ...NATIVE });

type Options = {
  program?: URL;
  timeoutMs?: number;
  readersMax?: number;
  readsMax?: number;
  memoryMiB?: number;
  /** Without it words in pictures stay unread. */
  recognition?: Recognition;
};

export type Reader = {
  read: ReadFile;
  readAll: ReadFiles;
  /** The processes there are at the moment. */
  pids(): number[];
  /** Ends all of them; whoever still waits for a reading is left to another try. */
  stop(): Promise<void>;
};

/** `program` is run as `reader.ts` is. */
export function createReader(
  {
    program = new URL("./reader.ts", import.meta.url),
    timeoutMs = READ_TIMEOUT_MS,
    readersMax = READERS_MAX,
    readsMax = READS_MAX,
    memoryMiB = READ_MEMORY_MIB,
    recognition,
  }: Options = {},
): Reader {
  const turns = createTurns(readersMax);
  const idle: Record<"plain" | "native", Process[]> = { plain: [], native: [] };
  const all = new Set<Process>();
  let isStopped = false;

  async function end(process: Process): Promise<void> {
    all.delete(process);
    await process.end();
  }

  /**
   * A string says why the process was or has ended; undefined: for no reason of its own.
   * @throws when somebody else has ended it
   */
  async function readWith(
    process: Process,
    sources: readonly Source[],
    kind: Kind,
    wantsScans = false,
  ): Promise<Reading[] | string | undefined> {
    let reason: string | undefined;
    const stop = (why: string) => {
      reason ??= why;
      void process.end();
    };
    const deadline = setTimeout(() => stop(reasons.tooSlow), timeoutMs);
    process.hold(true);
    try {
      return await process.ask(sources, {
        kind,
        wantsScans,
        timeoutMs: timeoutMs + GRACE_MS,
        memoryMiB,
      });
    } catch {
      await end(process);
      return reason ?? await process.whyEnded();
    } finally {
      clearTimeout(deadline);
      process.hold(false);
      for (const source of sources) if (source instanceof Deno.FsFile) source.close();
    }
  }

  /** A process of this sort that idles, or a new one. */
  async function takeProcess(sort: keyof typeof idle): Promise<Process> {
    const used = idle[sort].pop();
    // Those of the other sort that idle hold memory as well: there are never more than so many.
    while (!used && all.size >= readersMax) {
      const other = idle[sort === "native" ? "plain" : "native"].pop();
      if (!other) break;
      await end(other);
    }
    const process = used ?? startProcess({
      program,
      rights: sort === "native" ? NATIVE_RIGHTS : [],
      memoryMiB,
    });
    all.add(process);
    return process;
  }

  async function giveBack(process: Process, sort: keyof typeof idle, reads: number): Promise<void> {
    if (!all.has(process)) return;
    process.reads += reads;
    if (process.reads >= readsMax) await end(process);
    else idle[sort].push(process);
  }

  async function readNow(request: ReadRequest, wantsScans: boolean): Promise<Reading> {
    const sort = needsNative(request.kind) ? "native" : "plain";
    for (;;) {
      if (isStopped) throw new Error("reading has been stopped");
      const source = "bytes" in request ? request.bytes : await Deno.open(request.path);
      const process = await takeProcess(sort);
      const isNew = process.reads === 0;
      const read = await readWith(process, [source], request.kind, wantsScans)
        // What has ended a new one may be about to end the next: it is left to another try.
        .catch((error) => {
          if (isNew || isStopped) throw error;
        });
      await giveBack(process, sort, 1);
      if (typeof read === "string") return failed(read);
      if (read) return read[0]!;
      // A used process may have been ended by something else: only a new one proves the file guilty.
      if (isNew) return failed(reasons.crashed);
    }
  }

  return {
    async read(request) {
      if (isOpaque(request.kind)) return { status: "ready", text: "", vectors: [], ...NATIVE };
      const wantsScans = mayHoldScans(request.kind) && await recognition?.find() !== undefined;
      await turns.take(request.organizationId);
      const reading = await readNow(request, wantsScans).finally(() => turns.give());
      if (reading.status === "failed" || !reading.scans) return reading;
      return await recognition!.complete(reading, request.organizationId);
    },
    async readAll({ files, kind, organizationId }) {
      await turns.take(organizationId);
      try {
        if (isStopped) return undefined;
        const sort = needsNative(kind) ? "native" : "plain";
        const process = await takeProcess(sort);
        const read = await readWith(process, files, kind).catch(() => undefined);
        await giveBack(process, sort, files.length);
        return typeof read === "string" ? undefined : read;
      } finally {
        turns.give();
      }
    },
    pids: () => [...all].map(({ pid }) => pid),
    async stop() {
      isStopped = true;
      await Promise.all([...[...all].map(end), recognition?.stop()]);
    },
  };
}
