/** What can be said of a definition without running it: whether it may be published. */
import { isPermission, type Permission } from "@praxis/shared/auth";
import { type CatalogueFunction, CREATE_TASK, HUMAN_TASK } from "./catalogue.ts";
import { durationMs } from "./durations.ts";
import { checkFlow } from "./flow.ts";
import { clinicOf, compile, type Document, type Node, type Program } from "./model.ts";
import { checkExpressions } from "./check_expressions.ts";
import { type Finding, odd, wrong } from "./parse.ts";
import type { Sandbox } from "./sandbox.ts";
import { expressionOf, findExpressions } from "./values.ts";

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

/** What it yields is known only in the run, which fails when it is no time. */
const isExpression = (value: unknown) =>
  typeof value === "string" && expressionOf(value) !== undefined;

function checkTimes(value: unknown, pointer: string): Finding[] {
  return value === undefined || durationMs(value) !== undefined
    ? []
    : [wrong(pointer, "duration", "This is no duration of at most ten years.")];
}

/** It is in the catalogue, and its author may do what it does. */
function checkFunction(
  called: unknown,
  place: string,
  { functions, permissions }: Known,
): Finding[] {
  const known = functions.find(({ name }) => name === called);
  if (!known) {
    const detail = `There is no function ${String(called)} in the catalogue.`;
    return [wrong(`${place}/call`, "unknown-function", detail)];
  }
  if (!permissions || permissions.includes(known.permission)) return [];
  return [wrong(`${place}/call`, "author-rights", `Its author needs ${known.permission}.`)];
}

function checkCall(node: Node, all: Known): Finding[] {
  const { task, reference } = node;
  const findings = checkFunction(task.call, reference, all);
  const known = all.functions.find(({ name }) => name === task.call);
  if (!known) return findings;
  const asksPeople = known.name === HUMAN_TASK || known.name === CREATE_TASK;
  const args = asRecord(task.with);
  const dynamic = new Set(findExpressions(args).map(({ pointer }) => pointer.split("/")[1]));
  const result = known.input.safeParse(args);
  for (const issue of result.success ? [] : result.error.issues) {
    const [first] = issue.path;
    if (first !== undefined && dynamic.has(String(first))) continue;
    const isDue = asksPeople && first === "due" && args.due === undefined;
    const pointer = `${reference}/with${issue.path.map((step) => `/${String(step)}`).join("")}`;
    findings.push(
      isDue
        ? wrong(pointer, "task-without-due", "A task for a person says when it is due.")
        : wrong(pointer, "arguments", issue.message),
    );
  }
  const permission = args.candidatePermission;
  if (asksPeople && typeof permission === "string" && !isPermission(permission)) {
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
  if (kind === "wait" && !isExpression(task.wait)) {
    findings.push(...checkTimes(task.wait, `${reference}/wait`));
  }
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
  if (clinic.compensate) {
    const pointer = `${reference}/metadata/compensate`;
    findings.push(...checkFunction(clinic.compensate.call, pointer, known));
  }
  return findings;
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
