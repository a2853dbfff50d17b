/** Has the words in pictures of pages recognized, where tesseract is installed. */
import { vectorsOf } from "../indexing/model.ts";
import { type Process, startProcess } from "./processes.ts";
import { type Reading, TEXT_CHARS_MAX } from "./reading_model.ts";
import { createTurns } from "./turns.ts";
import { FILE_MS_MAX, languagesOf, PRLIMIT } from "./recognition_model.ts";

type Ready = Extract<Reading, { status: "ready" }>;
export type Found = { engineVersion: string; languages: string };

export type Recognition = {
  /** Undefined where there is none, or none of the languages. Never rejects. */
  find(): Promise<Found | undefined>;
  /**
   * A reading with what its pictures say added to its text, and without the pictures. What took too
   * long is said by `cut`. @throws when it was ended from outside: another try may end better
   */
  complete(reading: Ready, organizationId: string): Promise<Ready>;
  /** Ends what runs, whose readings reject then, as do all that come later. */
  stop(): Promise<void>;
};

const PROGRAM = new URL("./recognizer.ts", import.meta.url);
const PROBE_MS_MAX = 10_000;
/** It may have been too slow to answer, or there may be one by now. */
const LOOK_AGAIN_MS = 60_000;
/** Then it is killed. */
const GRACE_MS = 2_000;
/** The process itself only passes pictures on. */
const MEMORY_MIB = 256;

/** `languages` as tesseract names them: `eng+deu`. One picture is looked at at a time. */
export function createRecognition(
  { languages: wanted, program = PROGRAM, fileMsMax = FILE_MS_MAX, now = () => new Date() }: {
    languages: string;
    program?: URL;
    fileMsMax?: number;
    now?: () => Date;
  },
): Recognition {
  const turns = createTurns(1);
  const running = new Set<Process>();
  let isStopped = false;
  let probed: { found: Promise<Found | undefined>; isValidUntil: number } | undefined;

  /** Undefined when it was too slow, or could not bear what it was given. @throws as `complete` */
  async function ask(
    pictures: Uint8Array<ArrayBuffer>[],
    languages: string,
    timeoutMs: number,
  ): Promise<Reading[] | undefined> {
    if (isStopped) throw new Error("recognition has been stopped");
    const process = startProcess({
      program,
      rights: [`--allow-run=${PRLIMIT}`],
      args: [languages],
      memoryMiB: MEMORY_MIB,
    });
    running.add(process);
    process.hold(true);
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      void process.end();
    }, timeoutMs + GRACE_MS);
    try {
      const limits = { timeoutMs, memoryMiB: MEMORY_MIB };
      return await process.ask(pictures, { kind: "image", ...limits });
    } catch {
      // One that said nonsense still runs.
      await process.end();
      if (isStopped) throw new Error("recognition has been stopped");
      if (!isLate) await process.whyEnded();
      return undefined;
    } finally {
      clearTimeout(deadline);
      running.delete(process);
      await process.end();
    }
  }

  async function probe(): Promise<Found | undefined> {
    const [answer] = await ask([new Uint8Array(0)], wanted, PROBE_MS_MAX) ?? [];
    if (answer?.status !== "ready") return undefined;
    const languages = languagesOf(wanted, answer.text);
    return languages === "" ? undefined : { engineVersion: answer.engineVersion, languages };
  }

  function find(): Promise<Found | undefined> {
    if (probed && now().getTime() < probed.isValidUntil) return probed.found;
    const current = {
      found: probe().catch(() => undefined).then((found) => {
        if (!found) current.isValidUntil = now().getTime() + LOOK_AGAIN_MS;
        return found;
      }),
      isValidUntil: Infinity,
    };
    probed = current;
    return current.found;
  }

  return {
    find,
    async complete({ scans = [], ...reading }, organizationId) {
      const present = await find();
      if (!present || scans.length === 0) return reading;
      await turns.take(organizationId);
      try {
        const pictures = scans.map((scan) => Uint8Array.fromBase64(scan));
        const answers = await ask(pictures, present.languages, fileMsMax) ??
          scans.map(() => undefined);
        return withAnswers(reading, answers, present);
      } finally {
        turns.give();
      }
    },
    async stop() {
      isStopped = true;
      await Promise.all([...running].map((process) => process.end()));
    },
  };
}

function withAnswers(
  reading: Ready,
  answers: (Reading | undefined)[],
  { languages, engineVersion }: Found,
): Ready {
  const texts = answers.flatMap((answer) =>
    answer?.status === "ready" && answer.text !== "" ? [answer.text] : []
  );
  const isCut = answers.some((answer) => answer?.status !== "ready");
  const cut = isCut ? { cut: [...new Set([...reading.cut ?? [], "text" as const])] } : {};
  if (texts.length === 0) return { ...reading, ...cut };
  const text = [reading.text.trim(), ...texts].filter((part) => part !== "").join("\n\n")
    .slice(0, TEXT_CHARS_MAX);
  return {
    ...reading,
    ...cut,
    text,
    vectors: vectorsOf(text),
    recognized: { pages: texts.length, languages },
    // Whatever one of the two did wrong, its documents can be found and read again.
    engine: `${reading.engine}+tesseract`,
    engineVersion: `${reading.engineVersion}+${engineVersion}`,
  };
}
