/** DMN XML (1.1 to 1.5) as a model. What is not evaluated here is refused by name, not left out. */
import { aggregations, hitPolicies, type Logic, Model } from "./model.ts";
import { childOf, childrenOf, type Element, parseXml } from "./xml.ts";

/** `feel:number` of older versions is `number`. */
const typeOf = (text: string | undefined) => {
  const type = text?.trim().replace(/^(?:feel|xsd):/, "");
  return type ? { type } : {};
};
const textOf = (element: Element | undefined) =>
  (element && childOf(element, "text"))?.text.trim() ?? "";
const nameOf = (element: Element) => (element.attributes.name ?? "").trim();
const optional = <K extends string>(key: K, text: string) =>
  (text === "" ? {} : { [key]: text }) as { [name in K]?: string };

/** Elements that say something of the model, not of its logic. */
const DESCRIPTIVE = new Set([
  "description",
  "extensionElements",
  "variable",
  "question",
  "allowedAnswers",
  "informationRequirement",
  "knowledgeRequirement",
  "authorityRequirement",
  "typeRef",
  "text",
]);

function logicOf(holder: Element): Logic {
  const found = holder.children.find(({ name }) => !DESCRIPTIVE.has(name));
  if (!found) throw new Error(`“${nameOf(holder) || holder.name}” has no logic`);
  return readLogic(found);
}

function readLogic(element: Element): Logic {
  switch (element.name) {
    case "literalExpression":
      return { kind: "literal", text: textOf(element) };
    case "decisionTable":
      return readTable(element);
    case "context":
      return {
        kind: "context",
        entries: childrenOf(element, "contextEntry").map((entry) => {
          const variable = childOf(entry, "variable");
          return { ...(variable ? { name: nameOf(variable) } : {}), logic: logicOf(entry) };
        }),
      };
    case "list":
      return {
        kind: "list",
        items: element.children.filter(({ name }) => !DESCRIPTIVE.has(name)).map(readLogic),
      };
    case "relation":
      return {
        kind: "relation",
        columns: childrenOf(element, "column").map(nameOf),
        rows: childrenOf(element, "row").map((row) => row.children.map(readLogic)),
      };
    case "invocation":
      return {
        kind: "invocation",
        callee: textOf(childOf(element, "literalExpression")),
        bindings: childrenOf(element, "binding").map((binding) => ({
          name: nameOf(childOf(binding, "parameter") ?? binding),
          logic: readLogic(binding.children.find(({ name }) => name !== "parameter") ?? binding),
        })),
      };
    case "functionDefinition": {
      const kind = element.attributes.kind ?? "FEEL";
      if (kind !== "FEEL") throw new Error(`functions in ${kind} are not evaluated here`);
      const body = element.children.find(({ name }) =>
        name !== "formalParameter" && !DESCRIPTIVE.has(name)
      );
      if (!body) throw new Error("a function has no body");
      const parameters = childrenOf(element, "formalParameter").map(nameOf);
      return { kind: "function", parameters, logic: readLogic(body) };
    }
    case "conditional": {
      const part = (name: string) => {
        const found = childOf(element, name);
        if (!found) throw new Error(`a condition has no “${name}”`);
        return logicOf(found);
      };
      return {
        kind: "conditional",
        condition: part("if"),
        then: part("then"),
        otherwise: part("else"),
      };
    }
    default:
      throw new Error(`“${element.name}” is not evaluated here`);
  }
}

function oneOf<T extends string>(values: readonly T[], text: string, what: string): T {
  const found = values.find((value) => value === text);
  if (!found) throw new Error(`“${text}” is no ${what}`);
  return found;
}

function readTable(element: Element): Logic {
  const { hitPolicy = "UNIQUE", aggregation } = element.attributes;
  return {
    kind: "table",
    hitPolicy: oneOf(hitPolicies, hitPolicy, "hit policy"),
    ...(aggregation === undefined
      ? {}
      : { aggregation: oneOf(aggregations, aggregation, "aggregation") }),
    inputs: childrenOf(element, "input").map((input) => {
      const expression = childOf(input, "inputExpression");
      return {
        expression: textOf(expression),
        ...optional("label", input.attributes.label ?? ""),
        ...typeOf(
          expression?.attributes.typeRef ?? (expression && childOf(expression, "typeRef"))?.text,
        ),
        ...optional("allowed", textOf(childOf(input, "inputValues"))),
      };
    }),
    outputs: childrenOf(element, "output").map((output) => ({
      ...optional("name", nameOf(output)),
      ...typeOf(output.attributes.typeRef),
      ...optional("allowed", textOf(childOf(output, "outputValues"))),
      ...optional("default", textOf(childOf(output, "defaultOutputEntry"))),
    })),
    rules: childrenOf(element, "rule").map((rule) => ({
      when: childrenOf(rule, "inputEntry").map(textOf),
      then: childrenOf(rule, "outputEntry").map(textOf),
      ...optional("note", (childOf(rule, "description")?.text ?? "").trim().slice(0, 500)),
    })),
  };
}

const typeText = (element: Element) =>
  element.attributes.typeRef ?? childOf(element, "typeRef")?.text;
const readType = (element: Element) => ({
  name: nameOf(element),
  ...typeOf(typeText(element)),
  isList: element.attributes.isCollection === "true",
  ...optional("allowed", textOf(childOf(element, "allowedValues"))),
});

/** @throws Error that says what is wrong or not taken. */
export function readDmn(xml: string): Model {
  const root = parseXml(xml);
  if (root.name !== "definitions") throw new Error("the root is not “definitions”");
  if (childOf(root, "import")) throw new Error("“import” of other models is not taken");
  const byId = new Map(root.children.map((one) => [one.attributes.id ?? "", nameOf(one)]));
  const needsOf = (element: Element) =>
    element.children.flatMap((requirement) => requirement.children)
      .flatMap(({ attributes: { href } }) => {
        if (href === undefined) return [];
        const name = byId.get(href.replace(/^.*#/, ""));
        return name === undefined || name === "" ? [] : [name];
      });
  return Model.parse({
    name: nameOf(root) || "decision",
    ...(root.attributes.namespace ? { namespace: root.attributes.namespace } : {}),
    types: childrenOf(root, "itemDefinition").map((type) => ({
      ...readType(type),
      parts: childrenOf(type, "itemComponent").map(readType),
    })),
    inputs: childrenOf(root, "inputData").map((input) => ({
      name: nameOf(input),
      ...typeOf(childOf(input, "variable")?.attributes.typeRef),
    })),
    functions: childrenOf(root, "businessKnowledgeModel").map((one) => {
      const body = childOf(one, "encapsulatedLogic");
      if (!body) throw new Error(`“${nameOf(one)}” has no logic`);
      const logic = body.children.find(({ name }) =>
        name !== "formalParameter" && !DESCRIPTIVE.has(name)
      );
      if (!logic) throw new Error(`“${nameOf(one)}” has no logic`);
      return {
        name: nameOf(one),
        parameters: childrenOf(body, "formalParameter").map(nameOf),
        needs: needsOf(one),
        logic: readLogic(logic),
      };
    }),
    decisions: childrenOf(root, "decision").map((decision) => ({
      name: nameOf(decision),
      ...typeOf(childOf(decision, "variable")?.attributes.typeRef),
      needs: needsOf(decision),
      logic: logicOf(decision),
    })),
  });
}
