/** Whether the expressions of a definition parse, know their names, and yield what is needed. */
import type { Node, Program } from "./model.ts";
import { type Finding, wrong } from "./parse.ts";
import type { Sandbox, Type } from "./sandbox.ts";
import { asRecord, bareExpression, findExpressions } from "./values.ts";

/** Fields whose text is an expression with or without `${}`, and what it must yield. */
const CONDITIONS: [path: string[], type: "bool" | "list"][] = [
  [["if"], "bool"],
  [["while"], "bool"],
  [["for", "in"], "list"],
  [["catch", "when"], "bool"],
  [["catch", "exceptWhen"], "bool"],
  [["catch", "retry", "when"], "bool"],
  [["catch", "retry", "exceptWhen"], "bool"],
];
const INNER = new Set(["do", "try", "fork"]);

type Place = { pointer: string; text: string; want?: "bool" | "list" };

function expressionsOf({ task, kind, reference }: Node): Place[] {
  const places: Place[] = [];
  const own = Object.fromEntries(
    Object.entries(task).filter(([field]) => !INNER.has(field) && field !== "metadata"),
  );
  const catching = asRecord(own.catch);
  if (own.catch !== undefined) own.catch = { ...catching, do: [] } as never;
  for (const [path, want] of CONDITIONS) {
    const text = path.reduce<unknown>((value, step) => asRecord(value)[step], own);
    if (typeof text !== "string") continue;
    places.push({ pointer: `${reference}/${path.join("/")}`, text: bareExpression(text), want });
  }
  if (kind === "switch") {
    for (const [at, entry] of (task.switch as unknown as Record<string, unknown>[]).entries()) {
      const [name, branch] = Object.entries(entry)[0]!;
      const { when } = asRecord(branch);
      if (typeof when !== "string") continue;
      const pointer = `${reference}/switch/${at}/${name}/when`;
      places.push({ pointer, text: bareExpression(when), want: "bool" });
    }
  }
  const seen = new Set(places.map(({ pointer }) => pointer));
  for (const { pointer, text } of findExpressions(own, reference)) {
    if (!seen.has(pointer)) places.push({ pointer, text });
  }
  return places;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;
const isIdentifier = (name: string): boolean => IDENTIFIER.test(name);
const ALWAYS = ["input", "data", "context", "workflow", "runtime", "output", "event"];

/** Names that some expression of the definition may use. */
function namesOf({ nodes }: Program): string[] {
  const names = new Set(ALWAYS);
  for (const { name, task, kind } of nodes.values()) {
    if (isIdentifier(name)) names.add(name);
    if (kind === "for") {
      const loop = asRecord(task.for);
      names.add(String(loop.each ?? "item"));
      names.add(String(loop.at ?? "index"));
    }
    if (kind === "try") names.add(String(asRecord(task.catch).as ?? "error"));
  }
  return [...names].filter(isIdentifier);
}

const CEL_TYPES: Record<string, string> = {
  string: "string",
  integer: "int",
  boolean: "bool",
  array: "list<dyn>",
};

/** CEL's type of what a JSON schema describes, as far as both know it. */
function typeOf(schema: unknown): Type {
  const { type, properties } = asRecord(schema);
  if (type === "object" && Object.keys(asRecord(properties)).length > 0) {
    return Object.fromEntries(
      Object.entries(asRecord(properties)).filter(([name]) => isIdentifier(name))
        .map(([name, one]) => [name, typeOf(one)]),
    );
  }
  return typeof type === "string" ? CEL_TYPES[type] ?? "dyn" : "dyn";
}

export async function checkExpressions(program: Program, sandbox: Sandbox): Promise<Finding[]> {
  const places = [...program.nodes.values()].flatMap(expressionsOf);
  const { output, schedule } = program.document;
  const around = [
    ...findExpressions(output, "/output"),
    ...findExpressions(schedule, "/schedule"),
  ];
  const all: Place[] = [...places, ...around];
  const names = namesOf(program);
  const declared = asRecord(asRecord(program.document.input).schema).document;
  const results = await sandbox.check(
    all.map(({ text }) => text),
    all.map(() => names),
    declared === undefined ? {} : { input: typeOf(declared) },
  );
  return results.flatMap((result, at) => {
    const { pointer, want } = all[at]!;
    if (!result.ok) return [wrong(pointer, "expression", result.reason)];
    const fits = want === undefined || result.type.startsWith("dyn") ||
      result.type.startsWith(want);
    return fits ? [] : [wrong(pointer, "expression", `This is ${result.type}, not ${want}.`)];
  });
}
