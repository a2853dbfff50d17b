/**
 * The worker inside a reader process: parses one file after another. It may hang or eat its memory;
 * the process around it is what gets ended.
 */
/// <reference lib="deno.worker" />
import { vectorsOf } from "../indexing/model.ts";
import { charsetOf, decode, type Kind } from "./kinds.ts";
import { type Parts, STRUCTURE_CHARS_MAX } from "./parts.ts";
import { isText, NATIVE, type Reading, reasons, TEXT_CHARS_MAX } from "./reading_model.ts";
import { readPartsOf } from "./readers.ts";

/** Characters that Postgres cannot keep, or that JSON would break. */
const clean = (text: string) =>
  text.slice(0, TEXT_CHARS_MAX).replaceAll("\u0000", " ").toWellFormed();

const cleanAll = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(
      value ?? null,
      (_, inner) =>
        typeof inner === "string" ? inner.replaceAll("\u0000", " ").toWellFormed() : inner,
    ),
  );

function toReading(parts: Parts): Reading {
  if ("reason" in parts) return { status: "failed", ...parts };
  const { text: found, structure, renditions, ...rest } = parts;
  const text = clean(found);
  const summary = structure === undefined ? undefined : cleanAll(structure);
  const isSmall = summary !== undefined && JSON.stringify(summary).length <= STRUCTURE_CHARS_MAX;
  return {
    status: "ready",
    ...cleanAll(rest) as typeof rest,
    text,
    vectors: vectorsOf(text),
    ...(isSmall ? { structure: summary } : {}),
    ...(renditions === undefined ? {} : { renditions }),
  };
}

/** Reads `bytes` as `kind`. Never throws. */
export async function read(kind: Kind, bytes: Uint8Array<ArrayBuffer>): Promise<Reading> {
  try {
    // Beyond its head a file may turn out to be something else; it is read leniently then.
    const text = () => decode(bytes, charsetOf(bytes) ?? "windows-1252").replace(/^\ufeff/, "");
    return toReading(await readPartsOf(kind, bytes, isText(kind) ? text : () => ""));
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
    { data }: MessageEvent<{ kind: Kind; bytes: Uint8Array<ArrayBuffer> }>,
  ) => {
    const answer = new TextEncoder().encode(JSON.stringify(await read(data.kind, data.bytes)));
    scope.postMessage(answer, [answer.buffer]);
  };
}
