/**
 * Evaluates and checks CEL for `sandbox.ts`: one JSON line in, one JSON line out. This process has
 * no permission of any kind, little memory, and is killed when an answer takes too long.
 */
import { Environment } from "@marcbachmann/cel-js";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

type Type = string | { [field: string]: Type };
type Request =
  | { op: "evaluate"; expressions: string[]; variables: Record<string, unknown> }
  | { op: "check"; expressions: string[]; names: string[][]; types: Record<string, Type> }
  | { op: "validate"; schema: object; values: unknown[] }
  | { op: "fhirpath"; expressions: string[]; resources: unknown[] };

const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,9})\d*)?$/;
const SCALE = 9;

/** 10⁻⁹ units, so that values of laboratories are compared as they are written. */
function dec(value: unknown): bigint {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(String(value)) ?? [];
  if (whole === undefined) throw new Error("dec() needs a decimal number");
  const units = BigInt(whole + fraction.padEnd(SCALE, "0"));
  return sign === "-" ? -units : units;
}

function base(unlistedVariablesAreDyn: boolean): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 500, maxMapEntries: 200 },
  });
  // JSON does not tell 2 from 2.0, so a clinic cannot know which one it has.
  const mixed: Record<string, (a: number, b: number) => number> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
  };
  for (const [name, work] of Object.entries(mixed)) {
    const handle = (a: unknown, b: unknown) => work(Number(a), Number(b));
    environment.registerOperator(`int ${name} double`, handle);
    environment.registerOperator(`double ${name} int`, handle);
  }
  return environment.registerFunction("dec(dyn): int", dec);
}

const evaluating = base(true);
const parsed = new Map<string, ReturnType<Environment["parse"]>>();
const PARSED_MAX = 2_000;

function parse(expression: string) {
  let known = parsed.get(expression);
  if (!known) {
    if (parsed.size >= PARSED_MAX) parsed.clear();
    parsed.set(expression, known = evaluating.parse(expression));
  }
  return known;
}

/** CEL's whole numbers are 64 bit integers; JSON's are what they look like. */
function toCel(value: unknown): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toCel(one)]));
}

/** An expression can write what the database does not keep. */
function keepable(text: string): string {
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new Error("a text holds characters that cannot be kept");
  }
  return text;
}

function fromCel(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Error("a number is too large");
    return number;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error("a result is not a number");
    return value;
  }
  if (typeof value === "string") return keepable(value);
  if (typeof value === "boolean" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return fromCel(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(fromCel);
  if (value !== null && typeof value === "object") {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [keepable(name), fromCel(one)]),
      );
    }
  }
  throw new Error("a result cannot be kept as JSON");
}

/** The first line: what follows shows the expression and where in it. */
const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : "failed").split("\n")[0]!.slice(0, 200);

function evaluate({ expressions, variables }: Request & { op: "evaluate" }) {
  const context = toCel(variables) as Record<string, unknown>;
  return expressions.map((expression) => {
    try {
      return { ok: true, value: fromCel(parse(expression)(context)) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  });
}

function check({ expressions, names, types }: Request & { op: "check" }) {
  return expressions.map((expression, at) => {
    try {
      const environment = base(false);
      for (const name of new Set(names[at])) {
        const type = Object.hasOwn(types, name) ? types[name]! : "dyn";
        if (typeof type === "string") environment.registerVariable(name, type);
        else environment.registerVariable({ name, schema: type } as never);
      }
      const { valid, type, error } = environment.check(expression);
      return valid ? { ok: true, type: String(type) } : { ok: false, reason: reasonOf(error) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  });
}

const ajv = new Ajv2020({ strict: false, allErrors: true, addUsedSchema: false });
(formats as unknown as (one: Ajv2020) => void)(ajv);
const ERRORS_MAX = 20;

/** By a JSON schema that a clinic has written: its patterns may explode as well. */
function validate({ schema, values }: Request & { op: "validate" }) {
  return values.map((value) => {
    try {
      if (ajv.validate(schema, value)) return { ok: true, errors: [] };
      const errors = (ajv.errors ?? []).slice(0, ERRORS_MAX).map(({ instancePath, message }) => ({
        pointer: instancePath,
        detail: message ?? "This does not fit.",
      }));
      return { ok: false, errors };
    } catch (error) {
      return { ok: false, errors: [{ pointer: "", detail: `the schema: ${reasonOf(error)}` }] };
    } finally {
      ajv.removeSchema();
    }
  });
}

/** Over a Bundle of what is known of a patient; `%patient` is the patient. */
async function fhirpath({ expressions, resources }: Request & { op: "fhirpath" }) {
  // Large, and needed only for pathways.
  const [{ default: engine }, { default: model }] = await Promise.all([
    import("fhirpath"),
    import("fhirpath/fhir-context/r4/index.js"),
  ]);
  const bundle = {
    resourceType: "Bundle",
    type: "collection",
    entry: resources.map((resource) => ({ resource })),
  };
  const patient =
    resources.find((one) => (one as { resourceType?: string }).resourceType === "Patient") ?? null;
  return expressions.map((expression) => {
    try {
      const result = engine.evaluate(bundle, expression, { patient }, model as never);
      return { ok: true, value: JSON.parse(JSON.stringify(result)) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  });
}

const encoder = new TextEncoder();
async function write(line: string): Promise<void> {
  let rest = encoder.encode(line + "\n");
  while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
}

let buffer = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  buffer += chunk;
  for (let end = buffer.indexOf("\n"); end >= 0; end = buffer.indexOf("\n")) {
    const request = JSON.parse(buffer.slice(0, end)) as Request;
    buffer = buffer.slice(end + 1);
    const answer = request.op === "evaluate"
      ? evaluate(request)
      : request.op === "check"
      ? check(request)
      : request.op === "validate"
      ? validate(request)
      : await fhirpath(request);
    await write(JSON.stringify(answer));
  }
}
