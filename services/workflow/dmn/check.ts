/** Finds what cannot be evaluated in a model before anybody relies on it. */
import * as feel from "feelin";
import { compileCell } from "./cells.ts";
import type { Logic, Model } from "./model.ts";

/** A place in a model with the names that may be used there. */
export type Expression = { at: string; text: string; isTest: boolean; names: string[] };
export type Fault = { at: string; detail: string };

function inLogic(logic: Logic, at: string, names: string[]): Expression[] {
  const one = (text: string, where: string, isTest = false): Expression[] =>
    text.trim() === "" ? [] : [{ at: where, text, isTest, names }];
  switch (logic.kind) {
    case "literal":
      return one(logic.text, at);
    case "table":
      return [
        ...logic.inputs.flatMap(({ expression, allowed }, n) => [
          ...one(expression, `${at}, column ${n + 1}`),
          ...one(allowed ?? "", `${at}, values of column ${n + 1}`, true),
        ]),
        ...logic.outputs.flatMap((output, n) =>
          one(output.default ?? "", `${at}, default of output ${n + 1}`)
        ),
        ...logic.rules.flatMap((rule, row) => [
          ...rule.when.flatMap((text, n) =>
            one(text, `${at}, rule ${row + 1}, column ${n + 1}`, true)
          ),
          ...rule.then.flatMap((text, n) => one(text, `${at}, rule ${row + 1}, output ${n + 1}`)),
        ]),
      ];
    case "context": {
      const known = [...names];
      return logic.entries.flatMap(({ name, logic: entry }) => {
        const found = inLogic(entry, `${at}, ${name ?? "result"}`, [...known]);
        if (name !== undefined) known.push(name);
        return found;
      });
    }
    case "list":
      return logic.items.flatMap((item, n) => inLogic(item, `${at}, item ${n + 1}`, names));
    case "relation":
      return logic.rows.flatMap((row, n) =>
        row.flatMap((item, m) => inLogic(item, `${at}, row ${n + 1}, column ${m + 1}`, names))
      );
    case "invocation":
      return [
        ...one(logic.callee, at),
        ...logic.bindings.flatMap((binding) =>
          inLogic(binding.logic, `${at}, ${binding.name}`, names)
        ),
      ];
    case "function":
      return inLogic(logic.logic, at, [...names, ...logic.parameters]);
    case "conditional":
      return [
        ...inLogic(logic.condition, `${at}, if`, names),
        ...inLogic(logic.then, `${at}, then`, names),
        ...inLogic(logic.otherwise, `${at}, else`, names),
      ];
  }
}

export const expressionsOf = (model: Model): Expression[] => [
  ...model.functions.flatMap(({ name, parameters, needs, logic }) =>
    inLogic(logic, name, [...needs, ...parameters])
  ),
  ...model.decisions.flatMap(({ name, needs, logic }) => inLogic(logic, name, [...needs])),
];

function tablesOf(logic: Logic): (Logic & { kind: "table" })[] {
  switch (logic.kind) {
    case "table":
      return [logic];
    case "context":
      return logic.entries.flatMap((entry) => tablesOf(entry.logic));
    case "list":
      return logic.items.flatMap(tablesOf);
    case "relation":
      return logic.rows.flat().flatMap(tablesOf);
    case "invocation":
      return logic.bindings.flatMap((binding) => tablesOf(binding.logic));
    case "function":
      return tablesOf(logic.logic);
    case "conditional":
      return [logic.condition, logic.then, logic.otherwise].flatMap(tablesOf);
    case "literal":
      return [];
  }
}

/** Names that mean nothing or two things, cycles, and rows that are longer than their table. */
export function shapeFaults(model: Model): Fault[] {
  const faults: Fault[] = [];
  const parts = [...model.functions, ...model.decisions];
  const names = [...model.inputs, ...parts].map(({ name }) => name);
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at))) {
    faults.push({ at: name, detail: "This name is given twice." });
  }
  for (const { name, needs, logic } of parts) {
    for (const need of needs.filter((one) => !names.includes(one))) {
      faults.push({ at: name, detail: `It needs “${need}”, which is not there.` });
    }
    for (const { inputs, outputs, rules } of tablesOf(logic)) {
      const isOdd = rules.some(({ when, then }) =>
        when.length !== inputs.length || then.length !== outputs.length
      );
      if (isOdd) faults.push({ at: name, detail: "A rule has other columns than its table." });
    }
  }
  const needsOf = new Map(parts.map(({ name, needs }) => [name, needs]));
  // Each part is looked at once: there may be more ways through them than anybody could walk.
  const seen = new Map<string, "open" | "done">();
  const isCyclic = (name: string): boolean => {
    const state = seen.get(name);
    if (state !== undefined) return state === "open";
    seen.set(name, "open");
    const found = (needsOf.get(name) ?? []).some(isCyclic);
    seen.set(name, "done");
    return found;
  };
  const cyclic = parts.find(({ name }) => isCyclic(name));
  if (cyclic) faults.push({ at: cyclic.name, detail: "It needs itself." });
  return faults;
}

/** Expressions that FEEL cannot read. Evaluates nothing. */
export function faultsOf(expressions: readonly Expression[]): Fault[] {
  return expressions.flatMap(({ at, text, isTest, names }) => {
    if (isTest && compileCell(text)) return [];
    const context = Object.fromEntries(names.map((name) => [name, null]));
    const tree = isTest
      ? feel.parseUnaryTests(text, context, undefined)
      : feel.parseExpression(text, context, undefined);
    let place: number | undefined;
    tree.iterate({
      enter(node) {
        if (node.type.isError) place ??= node.from;
      },
    });
    return place === undefined
      ? []
      : [{ at, detail: `FEEL cannot read “${text.slice(0, 60)}” at ${place + 1}.` }];
  });
}
