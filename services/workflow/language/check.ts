/** What can be said of a definition without running it: whether it may be published. */
import { isPermission, type Permission } from "@praxis/shared/auth";
import { type CatalogueFunction, HUMAN_TASK } from "./catalogue.ts";
import { durationMs } from "./durations.ts";
import { checkFlow } from "./flow.ts";
import { clinicOf, compile, type Document, type Node, type Program } from "./model.ts";
import { type Finding, odd, wrong } from "./parse.ts";
import type { Sandbox, Type } from "./sandbox.ts";
import { bareExpression, findExpressions } from "./values.ts";

const NODES_MAX = 300;
const DEPTH_MAX = 10;

export type Known = {
  functions: readonly CatalogueFunction[];
  /** Types of events that may arrive; `clinic.*` may always be emitted and listened to. */
  events: readonly string[];
  /** The author's own rights; undefined: not looked at. */
  permissions?: readonly Permission[];
};

const asRecord = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? value as Record<string, unknown>
    : {};

/** Parts of the standard that are not run here, and why. */
const REFUSED_USE: Record<string, string> = {
  authentications: "Calls leave only through catalogued functions, which sign in by themselves.",
  functions: "Only catalogued functions can be called.",
  extensions: "Extensions of tasks are not run here.",
  catalogs: "There is one catalogue: GET /api/workflow/functions.",
  secrets: "Definitions see no secrets.",
};

function checkDocument({ document }: Program): Finding[] {
  const findings: Finding[] = [];
  const language = document.evaluate?.language ?? "jq";
  if (language !== "cel") {
    findings.push(
      wrong("/evaluate/language", "language", `Expressions are CEL here, not ${language}.`),
    );
  }
  for (const [part, why] of Object.entries(REFUSED_USE)) {
    if (document.use?.[part] !== undefined) {
      findings.push(wrong(`/use/${part}`, "unsupported", why));
    }
  }
  const schedule = asRecord(document.schedule);
  for (const name of ["every", "cron", "after"]) {
    if (schedule[name] !== undefined) {
      findings.push(
        wrong(`/schedule/${name}`, "unsupported", "Runs start by events or by a request."),
      );
    }
  }
  if (schedule.on !== undefined && asRecord(schedule.on).one === undefined) {
    findings.push(wrong("/schedule/on", "unsupported", "A run starts with one event."));
  }
  for (const place of ["input", "output"] as const) {
    if (asRecord(asRecord(document[place]).schema).resource !== undefined) {
      findings.push(
        wrong(`/${place}/schema/resource`, "unsupported", "Nothing is loaded from elsewhere."),
      );
    }
  }
  return findings;
}

function checkTimes(value: unknown, pointer: string): Finding[] {
  return value === undefined || durationMs(value) !== undefined
    ? []
    : [wrong(pointer, "duration", "This is no duration of at most ten years.")];
}

function checkCall(node: Node, { functions, permissions }: Known): Finding[] {
  const { task, reference } = node;
  const known = functions.find(({ name }) => name === task.call);
  if (!known) {
    const detail = `There is no function ${String(task.call)} in the catalogue.`;
    return [wrong(`${reference}/call`, "unknown-function", detail)];
  }
  const findings: Finding[] = [];
  if (permissions && !permissions.includes(known.permission)) {
    const detail = `Its author needs ${known.permission}.`;
    findings.push(wrong(`${reference}/call`, "author-rights", detail));
  }
  const args = asRecord(task.with);
  const dynamic = new Set(findExpressions(args).map(({ pointer }) => pointer.split("/")[1]));
  const result = known.input.safeParse(args);
  for (const issue of result.success ? [] : result.error.issues) {
    const [first] = issue.path;
    if (first !== undefined && dynamic.has(String(first))) continue;
    const isDue = known.name === HUMAN_TASK && first === "due" && args.due === undefined;
    const pointer = `${reference}/with${issue.path.map((step) => `/${String(step)}`).join("")}`;
    findings.push(
      isDue
        ? wrong(pointer, "task-without-due", "A task for a person says when it is due.")
        : wrong(pointer, "arguments", issue.message),
    );
  }
  const permission = args.candidatePermission;
  if (known.name === HUMAN_TASK && typeof permission === "string" && !isPermission(permission)) {
    const pointer = `${reference}/with/candidatePermission`;
    findings.push(wrong(pointer, "unknown-permission", "There is no such permission."));
  }
  return findings;
}

function checkEventType(type: unknown, pointer: string, { events }: Known): Finding[] {
  if (typeof type !== "string") {
    return [wrong(pointer, "event-type", "An event is listened to by its type.")];
  }
  return events.includes(type) || /^clinic\.[a-z_.]+$/.test(type)
    ? []
    : [wrong(pointer, "unknown-event", `Nobody tells ${type} here; own events are clinic.….`)];
}

function checkListen({ task, reference }: Node, known: Known): Finding[] {
  const findings: Finding[] = [];
  if (task.foreach !== undefined) {
    findings.push(wrong(`${reference}/foreach`, "unsupported", "Use for over what was heard."));
  }
  const to = asRecord(asRecord(task.listen).to);
  if (to.until !== undefined) {
    findings.push(wrong(`${reference}/listen/to/until`, "unsupported", "It ends with its events."));
  }
  if (Array.isArray(to.any) && to.any.length === 0) {
    findings.push(wrong(`${reference}/listen/to/any`, "unsupported", "Name what it listens to."));
  }
  for (const how of ["one", "any", "all"]) {
    const filters = Array.isArray(to[how]) ? to[how] : to[how] === undefined ? [] : [to[how]];
    for (const [at, filter] of filters.entries()) {
      const place = Array.isArray(to[how]) ? `${how}/${at}` : how;
      const pointer = `${reference}/listen/to/${place}/with/type`;
      findings.push(...checkEventType(asRecord(asRecord(filter).with).type, pointer, known));
    }
  }
  return findings;
}

function checkNode(node: Node, known: Known): Finding[] {
  const { kind, task, reference } = node;
  const clinic = clinicOf(task);
  const findings: Finding[] = [];
  const timeout = asRecord(task.timeout);
  findings.push(...checkTimes(timeout.after, `${reference}/timeout/after`));
  if (typeof task.timeout === "string") {
    findings.push(wrong(`${reference}/timeout`, "unsupported", "Write the time where it counts."));
  }
  if (asRecord(asRecord(task.input).schema).resource !== undefined) {
    findings.push(wrong(`${reference}/input/schema`, "unsupported", "Nothing is loaded."));
  }
  if (kind === "call") findings.push(...checkCall(node, known));
  if (kind === "listen") findings.push(...checkListen(node, known));
  if (kind === "wait") findings.push(...checkTimes(task.wait, `${reference}/wait`));
  if (kind === "emit") {
    const type = asRecord(asRecord(asRecord(task.emit).event).with).type;
    if (typeof type !== "string" || !/^clinic\.[a-z_.]+$/.test(type)) {
      const pointer = `${reference}/emit/event/with/type`;
      findings.push(wrong(pointer, "event-type", "What a definition tells is called clinic.…."));
    }
  }
  if (kind === "run" && asRecord(task.run).workflow === undefined) {
    findings.push(wrong(`${reference}/run`, "unsupported", "Only other definitions are run."));
  }
  if (kind === "fork" && typeof clinic.join === "number") {
    const branches = asRecord(task.fork).branches as unknown[];
    if (!Number.isInteger(clinic.join) || clinic.join < 1 || clinic.join > branches.length) {
      findings.push(
        wrong(`${reference}/metadata/join`, "join", "It waits for more branches than there are."),
      );
    }
  }
  if (clinic.class === "irreversible" && clinic.compensate !== undefined) {
    findings.push(
      wrong(`${reference}/metadata`, "irreversible", "What cannot be undone has no undo."),
    );
  }
  if (clinic.class === "compensatable" && clinic.compensate === undefined) {
    findings.push(wrong(`${reference}/metadata`, "no-undo", "Say how it is undone."));
  }
  if (
    clinic.compensate && !known.functions.some(({ name }) => name === clinic.compensate!.call)
  ) {
    const pointer = `${reference}/metadata/compensate/call`;
    findings.push(wrong(pointer, "unknown-function", "There is no such function."));
  }
  return findings;
}

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
export const isIdentifier = (name: string): boolean => IDENTIFIER.test(name);
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

async function checkExpressions(program: Program, sandbox: Sandbox): Promise<Finding[]> {
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

/** Everything that is wrong or odd about `document`, which fits the schema. */
export async function checkDefinition(
  document: Document,
  known: Known,
  sandbox: Sandbox,
): Promise<Finding[]> {
  const program = compile(document);
  const nodes = [...program.nodes.values()];
  if (nodes.length > NODES_MAX) {
    return [wrong("/do", "too-large", `More than ${NODES_MAX} tasks.`)];
  }
  const deep = nodes.find(({ reference }) => reference.split("/").length > 4 * DEPTH_MAX);
  if (deep) return [wrong(deep.reference, "too-deep", `More than ${DEPTH_MAX} levels of tasks.`)];
  const names = new Set<string>();
  const twice = nodes.filter(({ name }) => names.has(name) || (names.add(name), false));
  return [
    ...checkDocument(program),
    ...nodes.flatMap((node) => checkNode(node, known)),
    ...checkSchedule(document, known),
    ...checkFlow(program),
    ...twice.map(({ reference, name }) =>
      odd(reference, "name-twice", `Expressions see the last ${name} only.`)
    ),
    ...await checkExpressions(program, sandbox),
  ];
}

function checkSchedule(document: Document, known: Known): Finding[] {
  const one = asRecord(asRecord(document.schedule).on).one;
  if (one === undefined) return [];
  return checkEventType(asRecord(asRecord(one).with).type, "/schedule/on/one/with/type", known);
}
