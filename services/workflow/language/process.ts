/** A process that may nothing, has little memory, speaks by lines and can be killed. */

type Confined = {
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  reader: ReadableStreamDefaultReader<string>;
  kill(): void;
  /** Kills it and waits until it is gone. */
  end(): Promise<void>;
};

/**
 * Starts `script` without permissions and with an empty environment.
 * @param names of variables that its libraries look for; they are not set
 */
export function spawnConfined(
  script: URL,
  { heapMiB, names = [] }: { heapMiB: number; names?: readonly string[] },
): Confined {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--cached-only",
      "--no-check",
      ...(names.length === 0 ? [] : [`--allow-env=${names.join(",")}`]),
      `--v8-flags=--max-old-space-size=${heapMiB}`,
      script.href,
    ],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  return {
    writer,
    reader,
    kill,
    async end() {
      kill();
      await child.status;
      await reader.cancel().catch(() => {});
      await writer.abort().catch(() => {});
    },
  };
}
