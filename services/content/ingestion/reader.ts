/**
 * Reads one file and prints what it holds as JSON. A program of its own, since that is the only
 * reader that can be killed: on Deno 2.9.6 a Worker in an endless loop outlives `terminate()`, and
 * one that runs out of memory takes the whole process with it. It may read that one file and
 * nothing else: no network, no environment, no other file.
 */
import {
  charsetOf,
  decode,
  type Kind,
  type Reading,
  reasons,
  TEXT_BYTES_MAX,
  TEXT_CHARS_MAX,
} from "./model.ts";
import { vectorsOf } from "../indexing/model.ts";
import { textIn } from "./texts.ts";

const NATIVE = { engine: "praxis", engineVersion: "1" };
/** As pinned in deno.json; a test compares. */
export const PDF_ENGINE = { engine: "unpdf", engineVersion: "1.8.1" };

/** Characters that Postgres cannot keep, or that JSON would break. */
const clean = (text: string) =>
  text.slice(0, TEXT_CHARS_MAX).replaceAll("\u0000", " ").toWellFormed();

function ready(found: string, engine: typeof NATIVE): Reading {
  const text = clean(found);
  return { status: "ready", text, vectors: vectorsOf(text), ...engine };
}

async function readPdf(path: string): Promise<Reading> {
  // A library of 1.6 MB that only this kind needs.
  const { extractText, getDocumentProxy } = await import("unpdf");
  const bytes = await Deno.readFile(path);
  try {
    const pdf = await getDocumentProxy(bytes, { verbosity: 0 });
    const { text } = await extractText(pdf, { mergePages: true });
    return ready(text, PDF_ENGINE);
  } catch (error) {
    const encrypted = error instanceof Error && error.name === "PasswordException";
    return {
      status: "failed",
      reason: encrypted ? reasons.encrypted : reasons.brokenPdf,
      ...PDF_ENGINE,
    };
  }
}

async function readText(path: string, kind: Kind): Promise<Reading> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const bytes = new Uint8Array(Math.min(size, TEXT_BYTES_MAX));
  let at = 0;
  while (at < bytes.byteLength) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) break;
    at += count;
  }
  // Beyond its head a file may turn out to be something else; it is read leniently then.
  const text = decode(bytes, charsetOf(bytes) ?? "windows-1252").replace(/^\ufeff/, "");
  try {
    return ready(textIn(text, kind), NATIVE);
  } catch {
    return { status: "failed", reason: reasons.brokenJson, ...NATIVE };
  }
}

export const read = (path: string, kind: Kind): Promise<Reading> =>
  kind === "pdf" ? readPdf(path) : readText(path, kind);

if (import.meta.main) {
  // Libraries print warnings; the answer must stand alone.
  // deno-lint-ignore no-console
  for (const name of ["log", "warn", "info", "error", "debug"] as const) console[name] = () => {};
  const [path, kind] = Deno.args;
  const answer = new TextEncoder().encode(JSON.stringify(await read(path!, kind as Kind)));
  for (let at = 0; at < answer.byteLength;) at += Deno.stdout.writeSync(answer.subarray(at));
  Deno.exit(0);
}
