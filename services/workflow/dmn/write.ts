/** A model as DMN 1.5 XML that other tools open. */
import type { Logic, Model } from "./model.ts";
import { element, textElement } from "./xml.ts";

const NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/";

const cell = (name: string, text: string) => element(name, {}, textElement("text", text));
const when = (text: string | undefined, name: string) =>
  text === undefined ? [] : [cell(name, text)];

function logic(one: Logic): string {
  switch (one.kind) {
    case "literal":
      return cell("literalExpression", one.text);
    case "table":
      return table(one);
    case "context":
      return element(
        "context",
        {},
        ...one.entries.map((entry) =>
          element(
            "contextEntry",
            {},
            ...(entry.name === undefined ? [] : [element("variable", { name: entry.name })]),
            logic(entry.logic),
          )
        ),
      );
    case "list":
      return element("list", {}, ...one.items.map(logic));
    case "relation":
      return element(
        "relation",
        {},
        ...one.columns.map((name) => element("column", { name })),
        ...one.rows.map((row) => element("row", {}, ...row.map(logic))),
      );
    case "invocation":
      return element(
        "invocation",
        {},
        cell("literalExpression", one.callee),
        ...one.bindings.map((binding) =>
          element(
            "binding",
            {},
            element("parameter", { name: binding.name }),
            logic(binding.logic),
          )
        ),
      );
    case "function":
      return element(
        "functionDefinition",
        {},
        ...one.parameters.map((name) => element("formalParameter", { name })),
        logic(one.logic),
      );
    case "conditional":
      return element(
        "conditional",
        {},
        element("if", {}, logic(one.condition)),
        element("then", {}, logic(one.then)),
        element("else", {}, logic(one.otherwise)),
      );
  }
}

function table(one: Logic & { kind: "table" }): string {
  const { hitPolicy, aggregation } = one;
  return element(
    "decisionTable",
    { hitPolicy, aggregation },
    ...one.inputs.map(({ label, type, expression, allowed }) =>
      element(
        "input",
        { label },
        element("inputExpression", { typeRef: type }, textElement("text", expression)),
        ...when(allowed, "inputValues"),
      )
    ),
    ...one.outputs.map(({ name, type, allowed, default: fallback }) =>
      element(
        "output",
        { name, typeRef: type },
        ...when(allowed, "outputValues"),
        ...when(fallback, "defaultOutputEntry"),
      )
    ),
    ...one.rules.map((rule) =>
      element(
        "rule",
        {},
        ...(rule.note === undefined ? [] : [textElement("description", rule.note)]),
        ...rule.when.map((text) => cell("inputEntry", text)),
        ...rule.then.map((text) => cell("outputEntry", text)),
      )
    ),
  );
}

/** Reading what this writes gives the same model. */
export function writeDmn(model: Model): string {
  const ids = new Map<string, { id: string; kind: "input" | "function" | "decision" }>();
  model.inputs.forEach(({ name }, n) => ids.set(name, { id: `input_${n + 1}`, kind: "input" }));
  model.functions.forEach(({ name }, n) =>
    ids.set(name, { id: `function_${n + 1}`, kind: "function" })
  );
  model.decisions.forEach(({ name }, n) =>
    ids.set(name, { id: `decision_${n + 1}`, kind: "decision" })
  );
  const requirement = (name: string) => {
    const { id, kind } = ids.get(name)!;
    const href = `#${id}`;
    return kind === "function"
      ? element("knowledgeRequirement", {}, element("requiredKnowledge", { href }))
      : element(
        "informationRequirement",
        {},
        element(kind === "input" ? "requiredInput" : "requiredDecision", { href }),
      );
  };
  const requirements = (needs: readonly string[]) =>
    needs.filter((name) => ids.has(name)).map(requirement);
  type Part = Omit<Model["types"][number], "parts">;
  const typed = (tag: string, { name, type, isList, allowed }: Part, ...inner: string[]) =>
    element(
      tag,
      { name, isCollection: isList ? "true" : undefined },
      ...(type === undefined ? [] : [textElement("typeRef", type)]),
      ...when(allowed, "allowedValues"),
      ...inner,
    );
  const root = element(
    "definitions",
    { xmlns: NAMESPACE, name: model.name, namespace: model.namespace, id: "model" },
    ...model.types.map((type) =>
      typed("itemDefinition", type, ...type.parts.map((part) => typed("itemComponent", part)))
    ),
    ...model.inputs.map(({ name, type }) =>
      element(
        "inputData",
        { name, id: ids.get(name)!.id },
        element("variable", { name, typeRef: type }),
      )
    ),
    ...model.functions.map(({ name, parameters, needs, logic: body }) =>
      element(
        "businessKnowledgeModel",
        { name, id: ids.get(name)!.id },
        element("variable", { name }),
        element(
          "encapsulatedLogic",
          {},
          ...parameters.map((parameter) => element("formalParameter", { name: parameter })),
          logic(body),
        ),
        ...requirements(needs),
      )
    ),
    ...model.decisions.map(({ name, type, needs, logic: body }) =>
      element(
        "decision",
        { name, id: ids.get(name)!.id },
        element("variable", { name, typeRef: type }),
        ...requirements(needs),
        logic(body),
      )
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}
