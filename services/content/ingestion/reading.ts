/** Has a file read by a process of its own, within limits of time, memory and rights. */
import {
  holdsText,
  READ_HEAP_MIB,
  READ_TIMEOUT_MS,
  READERS_MAX,
  type ReadFile,
  Reading,
  reasons,
} from "./model.ts";

/** JSON may need six characters for one. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

const ENGINE = { engine: "praxis", engineVersion: "1" };

type Options = { program?: URL; timeoutMs?: number; readersMax?: number };

/** `program` is run as `reader.ts` is: with the file's path and its kind. */
export function createReader(
  {
    program = new URL("./reader.ts", import.meta.url),
    timeoutMs = READ_TIMEOUT_MS,
    readersMax = READERS_MAX,
  }: Options = {},
): ReadFile {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= readersMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  async function run(path: string, kind: string): Promise<Reading> {
    await using child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        "--no-check",
        `--v8-flags=--max-old-space-size=${READ_HEAP_MIB}`,
        `--allow-read=${path}`,
        program.href,
        path,
        kind,
      ],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let killed = false;
    const kill = () => {
      killed = true;
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(kill, timeoutMs);
    try {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let size = 0;
      for await (const chunk of child.stdout) {
        size += chunk.byteLength;
        if (size > ANSWER_BYTES_MAX) {
          kill();
          break;
        }
        chunks.push(chunk);
      }
      const { success } = await child.status;
      if (killed) return { status: "failed", reason: reasons.tooSlow, ...ENGINE };
      if (!success) return { status: "failed", reason: reasons.crashed, ...ENGINE };
      return Reading.parse(JSON.parse(await new Blob(chunks).text()));
    } finally {
      clearTimeout(timer);
    }
  }

  return (path, kind) =>
    holdsText(kind)
      ? inTurn(() => run(path, kind))
      : Promise.resolve({ status: "ready", text: "", vectors: [], ...ENGINE });
}
