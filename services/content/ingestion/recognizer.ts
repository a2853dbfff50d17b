/**
 * Recognizes the words in pictures by Debian's tesseract, one after another: a program of its own,
 * spoken to as a reader is, with no right but to start `prlimit`. That sets the kernel's limits to
 * time and memory of tesseract, which outlast this process, and lets it write no file.
 *
 * An empty picture asks which languages there are.
 */
import { say, take } from "./frames.ts";
import type { Reading } from "./reading_model.ts";
import {
  PAGE_SECONDS_MAX,
  PRLIMIT,
  RECOGNIZER_MEMORY_MIB,
  TESSERACT,
  textOf,
} from "./recognition_model.ts";

type Head = { sizes: number[]; timeoutMs: number };

const [languages = "eng"] = Deno.args;

/** Undefined when it did not end well within `timeoutMs`. */
async function run(
  args: string[],
  input: Uint8Array<ArrayBuffer> | undefined,
  timeoutMs: number,
): Promise<string | undefined> {
  const child = new Deno.Command(PRLIMIT, {
    args: [
      `--as=${RECOGNIZER_MEMORY_MIB * 1024 * 1024}`,
      `--cpu=${PAGE_SECONDS_MAX}`,
      "--fsize=0",
      "--core=0",
      TESSERACT,
      ...args,
    ],
    clearEnv: true,
    env: { OMP_THREAD_LIMIT: "1" },
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    const writing = input && (async () => {
      const writer = child.stdin.getWriter();
      await writer.write(input);
      await writer.close();
    })().catch(() => {});
    const { success, stdout } = await child.output();
    await writing;
    return success ? new TextDecoder().decode(stdout) : undefined;
  } finally {
    clearTimeout(deadline);
  }
}

const version = (await run(["--version"], undefined, 5_000))?.match(/tesseract v?([\w.-]+)/)?.[1];
// Not there, or not startable.
if (version === undefined) Deno.exit(1);
const about = { engine: "tesseract", engineVersion: version };

async function recognize(picture: Uint8Array<ArrayBuffer>, timeoutMs: number): Promise<Reading> {
  const text = picture.byteLength === 0
    ? (await run(["--list-langs"], undefined, timeoutMs))?.split("\n").slice(1).join(" ")
    : timeoutMs > 0
    ? textOf(
      await run(
        ["stdin", "stdout", "-l", languages, "--psm", "3", "-c", "tessedit_create_tsv=1"],
        picture,
        timeoutMs,
      ),
    )
    : undefined;
  return text === undefined
    ? { status: "failed", reason: "The words of a page could not be recognized.", ...about }
    : { status: "ready", text, vectors: [], ...about };
}

for (;;) {
  const length = await take(4);
  const head: Head = JSON.parse(
    new TextDecoder().decode(await take(new DataView(length.buffer).getUint32(0))),
  );
  const until = Date.now() + head.timeoutMs;
  const pictures: Uint8Array<ArrayBuffer>[] = [];
  for (const size of head.sizes) pictures.push(await take(size));
  const readings: Reading[] = [];
  for (const picture of pictures) {
    const left = Math.min(until - Date.now(), PAGE_SECONDS_MAX * 1_000);
    readings.push(await recognize(picture, left));
  }
  await say(new TextEncoder().encode(JSON.stringify(readings)));
}
