/** From text to a definition: YAML or JSON, within limits, by the official schema. */
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parseDocument } from "yaml";
import type { Document } from "./model.ts";
import { escapePointer } from "./values.ts";
import schema from "./workflow.schema.json" with { type: "json" };

export const SOURCE_CHARS_MAX = 256 * 1024;
const DEPTH_MAX = 60;
const FINDINGS_MAX = 50;

/** Something about a definition that is wrong (it cannot be published) or only odd. */
export type Finding = {
  pointer: string;
  rule: string;
  detail: string;
  severity: "error" | "warning";
};

export const wrong = (pointer: string, rule: string, detail: string): Finding => ({
  pointer,
  rule,
  detail,
  severity: "error",
});
export const odd = (pointer: string, rule: string, detail: string): Finding => ({
  ...wrong(pointer, rule, detail),
  severity: "warning",
});

const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/** What Postgres, JSON and JavaScript would not take back as it came. */
export function findUnsafe(value: unknown, pointer = "", depth = 0): Finding | undefined {
  if (depth > DEPTH_MAX) return wrong(pointer, "too-deep", `More than ${DEPTH_MAX} levels.`);
  if (typeof value === "string") {
    return value.includes("\0") || !value.isWellFormed()
      ? wrong(pointer, "text", "This text holds characters that cannot be kept.")
      : undefined;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    return wrong(pointer, "number", "This is no number of JSON.");
  }
  if (value === null || typeof value !== "object") return undefined;
  for (const [name, one] of Object.entries(value)) {
    const inner = `${pointer}/${escapePointer(name)}`;
    if (RESERVED.has(name)) return wrong(inner, "reserved-name", "This name has another meaning.");
    const found = findUnsafe(one, inner, depth + 1) ?? findUnsafe(name, inner, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/**
 * The official schema tries every kind of task on each task, and two kinds hold a `do`: the work
 * doubles with every level. What a task is, its own fields say; only that kind is tried.
 */
function byKind(): object {
  const { oneOf: _all, ...task } = schema.$defs.task;
  const kind = (name: string) => ({ $ref: `#/$defs/${name}Task` });
  const chosen = kinds.reduceRight<object>(
    (otherwise, name) => ({ if: { required: [name] }, then: kind(name), else: otherwise }),
    { required: ["do"] },
  );
  return { ...schema, $defs: { ...schema.$defs, task: { ...task, ...chosen } } };
}
/** `for` before `do`, which it has as well. */
const kinds = [
  "call",
  "fork",
  "emit",
  "for",
  "listen",
  "raise",
  "run",
  "set",
  "switch",
  "try",
  "wait",
  "do",
] as const;

let validate: ReturnType<Ajv2020["compile"]> | undefined;
/** Compiled when it is first needed: it takes a quarter of a second. */
function validator() {
  if (!validate) {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (formats as unknown as (ajv: Ajv2020) => void)(ajv);
    validate = ajv.compile(byKind());
  }
  return validate;
}

/** The places where a task is none of the kinds bring an error per kind: the deepest says most. */
function findingsOf(errors: readonly ErrorObject[]): Finding[] {
  const kept = errors.filter(({ keyword }) => !["oneOf", "anyOf", "if"].includes(keyword));
  const places = new Map<string, Finding>();
  for (const { instancePath, message, params } of kept.length > 0 ? kept : errors) {
    const name = params.unevaluatedProperty ?? params.additionalProperty;
    const pointer = name === undefined ? instancePath : `${instancePath}/${escapePointer(name)}`;
    if (!places.has(pointer)) {
      places.set(pointer, wrong(pointer, "schema", message ?? "This does not fit the schema."));
    }
  }
  return [...places.values()]
    .sort((a, b) => b.pointer.split("/").length - a.pointer.split("/").length)
    .slice(0, FINDINGS_MAX);
}

export function checkSchema(value: unknown): Finding[] {
  const check = validator();
  return check(value) ? [] : findingsOf(check.errors ?? []);
}

export type Parsed = { document: Document; findings: [] } | { findings: Finding[] };

/** YAML or JSON (which is YAML as well): a value, or why not. Aliases are not followed. */
export function parseText(source: string): { value: unknown } | { finding: Finding } {
  if (source.length > SOURCE_CHARS_MAX) {
    return { finding: wrong("", "too-large", `More than ${SOURCE_CHARS_MAX} characters.`) };
  }
  try {
    const parsed = parseDocument(source, { uniqueKeys: true, stringKeys: true });
    const [error] = parsed.errors;
    if (error) return { finding: wrong("", "yaml", error.message.split("\n")[0]!) };
    return { value: parsed.toJS({ maxAliasCount: 0 }) };
  } catch {
    return { finding: wrong("", "yaml", "This cannot be read: too deep, or with aliases.") };
  }
}

export function parseDefinition(source: string): Parsed {
  const text = parseText(source);
  if ("finding" in text) return { findings: [text.finding] };
  const { value } = text;
  const unsafe = findUnsafe(value);
  if (unsafe) return { findings: [unsafe] };
  const findings = checkSchema(value);
  return findings.length > 0 ? { findings } : { document: value as Document, findings: [] };
}
