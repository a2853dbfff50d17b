/**
 * The worker inside a reader process: parses one file after another. It may hang or eat its memory;
 * the process around it is what gets ended.
 */
/// <reference lib="deno.worker" />
import { vectorsOf } from "../indexing/model.ts";
import { charsetOf, decode } from "./charsets.ts";
import type { Kind } from "./kinds.ts";
import { IDENTIFIERS_MAX, type Parts, type SeenPatient, STRUCTURE_CHARS_MAX } from "./parts.ts";
import { isText, NATIVE, type Reading, reasons, TEXT_CHARS_MAX } from "./reading_model.ts";
import { readPartsOf } from "./readers.ts";

/** Without characters that Postgres cannot keep, or that JSON would break. */
const clean = (text: string) => text.replaceAll("\u0000", " ").toWellFormed();

/** The cut may fall into the middle of a character, which is then left out. */
const cleanCut = (text: string, charsMax: number) =>
  clean(text.slice(0, charsMax).replace(/[\ud800-\udbff]$/, ""));

const cleanAll = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(
      value ?? null,
      (_, inner) => typeof inner === "string" ? clean(inner) : inner,
    ),
  );

const TITLE_CHARS_MAX = 500;
const NAME_CHARS_MAX = 200;
const GIVEN_MAX = 20;
const LANGUAGE_CHARS_MAX = 35;
/** Rows of messages are more than a summary, and are kept within bounds by their own reader. */
const ROWS_CHARS_MAX = 16 * 1024 * 1024;

/** A name of a megabyte is no name, and would stand in every list. */
function boundSeen(seen: SeenPatient): SeenPatient {
  const name = (text: string) => text.slice(0, NAME_CHARS_MAX);
  return {
    ...seen,
    // In the order of keys that it came in: what was bounded is found by comparing.
    identifiers: seen.identifiers.slice(0, IDENTIFIERS_MAX).map((one) => ({
      ...one,
      ...(one.system === undefined ? {} : { system: name(one.system) }),
      value: name(one.value),
    })),
    ...(seen.family === undefined ? {} : { family: name(seen.family) }),
    ...(seen.given === undefined ? {} : { given: seen.given.slice(0, GIVEN_MAX).map(name) }),
  };
}

function toFailure({ words, seen, persons, ...rest }: Extract<Parts, { reason: string }>): Reading {
  const text = words === undefined ? "" : cleanCut(words, TEXT_CHARS_MAX);
  return {
    status: "failed",
    ...rest,
    ...(seen ? { seen: cleanAll(boundSeen(seen)) as typeof seen } : {}),
    ...(persons ? { persons: cleanAll(persons.map(boundSeen)) as typeof persons } : {}),
    ...(text.trim() === "" ? {} : { words: text, vectors: vectorsOf(text) }),
  };
}

function toReading(kind: Kind, parts: Parts): Reading {
  if ("reason" in parts) return toFailure(parts);
  const { text: found, title, author, language, structure, seen, persons, ...others } = parts;
  const { renditions, scans, cut = [], ...rest } = others;
  const text = cleanCut(found, TEXT_CHARS_MAX);
  const summary = structure === undefined ? undefined : cleanAll(structure);
  const isSmall = summary === undefined ||
    JSON.stringify(summary).length <= (kind === "hl7v2" ? ROWS_CHARS_MAX : STRUCTURE_CHARS_MAX);
  const bounded = seen && boundSeen(seen);
  const all = new Set(cut);
  if (found.length > TEXT_CHARS_MAX) all.add("text");
  if (!isSmall) all.add("structure");
  if (bounded && JSON.stringify(bounded) !== JSON.stringify(seen)) all.add("patient");
  return {
    status: "ready",
    ...cleanAll(rest) as typeof rest,
    ...(title === undefined ? {} : { title: cleanCut(title, TITLE_CHARS_MAX) }),
    ...(author === undefined ? {} : { author: cleanCut(author, TITLE_CHARS_MAX) }),
    ...(language === undefined ? {} : { language: cleanCut(language, LANGUAGE_CHARS_MAX) }),
    ...(bounded === undefined ? {} : { seen: cleanAll(bounded) as typeof bounded }),
    ...(persons === undefined
      ? {}
      : { persons: cleanAll(persons.map(boundSeen)) as typeof persons }),
    text,
    vectors: vectorsOf(text),
    ...(isSmall && summary !== undefined ? { structure: summary } : {}),
    ...(all.size === 0 ? {} : { cut: [...all] }),
    ...(renditions === undefined ? {} : { renditions }),
    ...(scans === undefined || scans.length === 0 ? {} : { scans }),
  };
}

/** Reads `bytes` as `kind`. Never throws. */
export async function read(
  kind: Kind,
  bytes: Uint8Array<ArrayBuffer>,
  wantsScans = false,
): Promise<Reading> {
  try {
    // Beyond its head a file may turn out to be something else; it is read leniently then.
    const text = () => decode(bytes, charsetOf(bytes) ?? "windows-1252").replace(/^\ufeff/, "");
    return toReading(
      kind,
      await readPartsOf(kind, bytes, isText(kind) ? text : () => "", wantsScans),
    );
  } catch {
    return { status: "failed", reason: reasons.unreadable, ...NATIVE };
  }
}

if (import.meta.main || typeof WorkerGlobalScope !== "undefined") {
  // Libraries print warnings; standard output belongs to the answers.
  // deno-lint-ignore no-console
  for (const name of ["log", "warn", "info", "error", "debug"] as const) console[name] = () => {};
  const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
  scope.onmessage = async (
    { data: { kind, files, wantsScans } }: MessageEvent<
      { kind: Kind; files: Uint8Array<ArrayBuffer>[]; wantsScans: boolean }
    >,
  ) => {
    const readings: Reading[] = [];
    for (const bytes of files) readings.push(await read(kind, bytes, wantsScans));
    const answer = new TextEncoder().encode(JSON.stringify(readings));
    scope.postMessage(answer, [answer.buffer]);
  };
}
