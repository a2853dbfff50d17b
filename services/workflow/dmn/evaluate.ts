/** Evaluates decisions: the standard's tables and boxed expressions around FEEL by feelin. */
import * as feel from "feelin";
import { compileCell, compileConstant, type Test } from "./cells.ts";
import type { Decision, Logic, Model, Table } from "./model.ts";

export type Scope = Record<string, unknown>;
export type Evaluated = { value: unknown; warnings: string[] };

/** What stands in the way of an answer; its text is shown to the author. */
const unclear = (text: string) => new Error(text);

const CACHE_MAX = 20_000;
function cached<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let one = known.get(text);
    if (one === undefined) {
      if (known.size >= CACHE_MAX) known.clear();
      known.set(text, one = make(text));
    }
    return one;
  };
}
const cellOf = cached((text): { test: Test | undefined } => ({ test: compileCell(text) }));
const constantOf = cached((text) => ({ constant: compileConstant(text) }));

/** Of one evaluation: what feelin had to say beside its values. */
type Run = { model: Model; inputs: Scope; warnings: string[]; done: Map<string, unknown> };

function express(text: string, scope: Scope, run: Run): unknown {
  if (Object.hasOwn(scope, text)) return scope[text];
  const { constant } = constantOf(text);
  if (constant) return constant.value;
  if (text.trim() === "") return null;
  const { value, warnings } = feel.evaluate(text, scope);
  run.warnings.push(...warnings.map(({ message }) => `${text.slice(0, 80)}: ${message}`));
  return value;
}

function passes(text: string, value: unknown, scope: Scope, run: Run): boolean {
  const { test } = cellOf(text);
  if (test && !Array.isArray(value)) {
    const passed = test(value);
    if (passed === undefined) throw unclear(`what is compared by “${text}” is no number`);
    return passed;
  }
  const { value: passed, warnings } = feel.unaryTest(text, { ...scope, "?": value });
  run.warnings.push(...warnings.map(({ message }) => `${text.slice(0, 80)}: ${message}`));
  return passed === true;
}

const BASES: Record<string, (value: unknown) => boolean> = {
  number: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
};

/** Null is of every type; a list of one is that one where one is wanted. */
function fitted(value: unknown, type: string | undefined, run: Run): unknown {
  if (value === null || value === undefined || type === undefined) return value ?? null;
  const named = run.model.types.find(({ name }) => name === type);
  const isBase = BASES[named && !named.isList ? named.type ?? "" : type];
  if (!isBase) return value;
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (!isBase(one)) throw unclear(`a value is no ${type}`);
  if (named?.allowed && !passes(named.allowed, one, {}, run)) {
    throw unclear(`a value is none of ${type}`);
  }
  return one;
}

const sameText = (value: unknown) => JSON.stringify(value ?? null);

/** The order of `allowed`, as far as it is a list of values. */
function rankOf(allowed: string | undefined, run: Run): (value: unknown) => number {
  if (allowed === undefined) return () => 0;
  const { value } = feel.evaluate(`[${allowed}]`, {});
  const order = (Array.isArray(value) ? value : []).map(sameText);
  if (order.length === 0) run.warnings.push("the priorities of an output cannot be read");
  return (one) => {
    const at = order.indexOf(sameText(one));
    return at < 0 ? order.length : at;
  };
}

function evaluateTable(table: Table, type: string | undefined, scope: Scope, run: Run): unknown {
  const values = table.inputs.map(({ expression, type, allowed }) => {
    const value = fitted(express(expression, scope, run), type, run);
    if (allowed !== undefined && value !== null && !passes(allowed, value, scope, run)) {
      throw unclear(`“${expression}” has a value that its column does not allow`);
    }
    return value;
  });
  const matches = (rule: Table["rules"][number]) =>
    values.every((value, at) => passes(rule.when[at] ?? "-", value, scope, run));
  const outputs = table.outputs;
  const isSingle = outputs.length === 1;
  const resultOf = (texts: readonly string[]): unknown => {
    const results = texts.map((text, at) =>
      fitted(express(text, scope, run), outputs[at]?.type, run)
    );
    return isSingle ? results[0] : Object.fromEntries(
      outputs.map(({ name }, at) => [name ?? `output ${at + 1}`, results[at]]),
    );
  };
  const isFirst = table.hitPolicy === "FIRST";
  const hits: Table["rules"] = [];
  for (const rule of table.rules) {
    if (!matches(rule)) continue;
    hits.push(rule);
    if (isFirst) break;
  }
  if (hits.length === 0) {
    if (table.hitPolicy === "COLLECT" && table.aggregation === "COUNT") return 0;
    if (outputs.every((output) => output.default === undefined)) return null;
    return resultOf(outputs.map((output) => output.default ?? "null"));
  }
  const results = hits.map(({ then }) => resultOf(then));
  const sorted = () => {
    const ranks = outputs.map(({ allowed }) => rankOf(allowed ?? allowedOf(type, run), run));
    const keyOf = (result: unknown) =>
      ranks.map((rank, at) => rank(isSingle ? result : Object.values(result as Scope)[at]));
    return results.map((result) => ({ result, key: keyOf(result) }))
      .sort((a, b) => {
        const at = a.key.findIndex((rank, n) => rank !== b.key[n]);
        return at < 0 ? 0 : a.key[at]! - b.key[at]!;
      }).map(({ result }) => result);
  };
  switch (table.hitPolicy) {
    case "UNIQUE":
      if (hits.length > 1) throw unclear("more than one rule of a unique table applies");
      return results[0];
    case "ANY":
      if (results.some((result) => sameText(result) !== sameText(results[0]))) {
        throw unclear("rules that apply together disagree");
      }
      return results[0];
    case "FIRST":
      return results[0];
    case "PRIORITY":
      return sorted()[0];
    case "OUTPUT ORDER":
      return sorted();
    case "RULE ORDER":
      return results;
    case "COLLECT":
      return aggregate(table.aggregation, results);
  }
}

const allowedOf = (type: string | undefined, run: Run) =>
  run.model.types.find(({ name }) => name === type)?.allowed;

function aggregate(by: Table["aggregation"], results: unknown[]): unknown {
  if (by === undefined) return results;
  if (by === "COUNT") return new Set(results.map(sameText)).size;
  const numbers = results.filter((one) => typeof one === "number");
  if (numbers.length !== results.length) {
    throw unclear("what is collected is not a number throughout");
  }
  return by === "SUM"
    ? numbers.reduce((a, b) => a + b, 0)
    : by === "MIN"
    ? Math.min(...numbers)
    : Math.max(...numbers);
}

const functionOf = (parameters: readonly string[], logic: Logic, scope: Scope, run: Run) =>
  new feel.FeelFunction(
    (...given: unknown[]) =>
      evaluateLogic(logic, undefined, {
        ...scope,
        ...Object.fromEntries(parameters.map((name, at) => [name, given[at] ?? null])),
      }, run),
    [...parameters],
  );

function evaluateLogic(logic: Logic, type: string | undefined, scope: Scope, run: Run): unknown {
  const inner = (one: Logic, more: Scope = {}) =>
    evaluateLogic(one, undefined, { ...scope, ...more }, run);
  switch (logic.kind) {
    case "literal":
      return express(logic.text, scope, run);
    case "table":
      return evaluateTable(logic, type, scope, run);
    case "list":
      return logic.items.map((item) => inner(item));
    case "relation":
      return logic.rows.map((row) =>
        Object.fromEntries(logic.columns.map((name, at) => [name, inner(row[at]!)]))
      );
    case "context": {
      const own: Scope = {};
      for (const { name, logic: entry } of logic.entries) {
        const value = inner(entry, own);
        if (name === undefined) return value;
        own[name] = value;
      }
      return own;
    }
    case "invocation": {
      const callee = express(logic.callee, scope, run);
      if (!feel.isFunction(callee)) throw unclear(`“${logic.callee}” is no function`);
      const given = Object.fromEntries(
        logic.bindings.map(({ name, logic: one }) => [name, inner(one)]),
      );
      return callee.invoke(callee.parameterNames.map((name) => given[name] ?? null));
    }
    case "function":
      return functionOf(logic.parameters, logic.logic, scope, run);
    case "conditional":
      return inner(logic.condition) === true ? inner(logic.then) : inner(logic.otherwise);
  }
}

/** What `needs` names, and what that needs; asked for again it is not evaluated again. */
function scopeOf(needs: readonly string[], run: Run, above: readonly string[]): Scope {
  const scope: Scope = {};
  for (const name of needs) {
    if (above.includes(name)) throw unclear(`“${name}” needs itself`);
    const input = run.model.inputs.find((one) => one.name === name);
    if (input) {
      scope[name] = fitted(run.inputs[name], input.type, run);
      continue;
    }
    const path = [...above, name];
    const called = run.model.functions.find((one) => one.name === name);
    if (called) {
      const outer = scopeOf(called.needs, run, path);
      scope[name] = functionOf(called.parameters, called.logic, outer, run);
      continue;
    }
    const decision = run.model.decisions.find((one) => one.name === name);
    if (!decision) throw unclear(`there is no “${name}”`);
    scope[name] = decide(decision, run, path);
  }
  return scope;
}

function decide(decision: Decision, run: Run, above: readonly string[]): unknown {
  if (!run.done.has(decision.name)) {
    const scope = scopeOf(decision.needs, run, above);
    const value = evaluateLogic(decision.logic, decision.type, scope, run);
    run.done.set(decision.name, fitted(value, decision.type, run));
  }
  return run.done.get(decision.name);
}

/** FEEL's own dates and times as they are written; what cannot be kept as JSON is null. */
export function toJson(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === "function") return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  // A database takes neither: FEEL can write the one and cut the other in half.
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\ufffd");
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(toJson);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return String(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [toJson(name), toJson(one)]),
  );
}

/** The value of the decision called `name`; null with a reason when it cannot be told. */
export function evaluateDecision(model: Model, name: string, inputs: Scope): Evaluated {
  const run: Run = { model, inputs, warnings: [], done: new Map() };
  try {
    const decision = model.decisions.find((one) => one.name === name);
    if (!decision) throw unclear(`there is no decision “${name}”`);
    return { value: toJson(decide(decision, run, [name])), warnings: run.warnings };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]! : "failed";
    return { value: null, warnings: [...run.warnings, reason] };
  }
}
