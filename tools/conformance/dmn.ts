/** The DMN Technology Compatibility Kit: its models read, evaluated, written and read again. */
import {
  type Element,
  evaluateDecision,
  parseXml,
  readDmn,
  writeDmn,
} from "@praxis/workflow/conformance";

type Print = (line: string) => void;

const children = (element: Element, name: string) =>
  element.children.filter((child) => child.name === name);
const child = (element: Element, name: string) => children(element, name)[0];

/** A value as the kit writes it. */
function valueOf(holder: Element): unknown {
  const list = child(holder, "list");
  if (list) return children(list, "item").map(valueOf);
  const components = children(holder, "component");
  if (components.length > 0) {
    return Object.fromEntries(components.map((one) => [one.attributes.name, valueOf(one)]));
  }
  const value = child(holder, "value");
  if (!value || value.attributes.nil === "true") return null;
  const type = (value.attributes.type ?? "").replace(/^.*:/, "");
  if (["decimal", "double", "integer", "float"].includes(type)) return Number(value.text);
  return type === "boolean" ? value.text.trim() === "true" : value.text;
}

/** Digits beyond those that doubles hold are noise. */
const PRECISION = 1e-9;

function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual === "number" && typeof expected === "number") {
    return Math.abs(actual - expected) <= PRECISION * Math.max(1, Math.abs(expected));
  }
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length &&
      expected.every((one, at) => isSame(actual[at], one));
  }
  if (expected !== null && typeof expected === "object") {
    return actual !== null && typeof actual === "object" &&
      Object.keys(actual).length === Object.keys(expected).length &&
      Object.entries(expected).every(([name, one]) =>
        isSame((actual as Record<string, unknown>)[name], one)
      );
  }
  return actual === expected;
}

type Count = { passed: number; total: number };

async function runFolder(folder: string, print: Print): Promise<Count> {
  const names = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
    .map(({ name }) => name).sort();
  const count = { passed: 0, total: 0 };
  for (const name of names.filter((one) => /-test-.*\.xml$|test.*\.xml$/.test(one))) {
    const suite = parseXml(await Deno.readTextFile(`${folder}/${name}`));
    const cases = children(suite, "testCase");
    const total = cases.flatMap((one) => children(one, "resultNode")).length;
    count.total += total;
    const modelName = child(suite, "modelName")?.text.trim() ?? "";
    let model;
    try {
      const read = readDmn(await Deno.readTextFile(`${folder}/${modelName}`));
      model = readDmn(writeDmn(read));
      if (JSON.stringify(read) !== JSON.stringify(model)) throw new Error("changes when written");
    } catch (error) {
      print(`  NOT READ  ${modelName}: ${(error as Error).message.split("\n")[0]}`);
      continue;
    }
    for (const one of cases) {
      const inputs = Object.fromEntries(
        children(one, "inputNode").map((node) => [node.attributes.name, valueOf(node)]),
      );
      for (const node of children(one, "resultNode")) {
        const expected = valueOf(child(node, "expected")!);
        const { value } = evaluateDecision(model, node.attributes.name!, inputs);
        if (isSame(value, expected)) count.passed++;
        else {
          const said = `${JSON.stringify(value)}, not ${JSON.stringify(expected)}`;
          print(`  MISSED    ${name} ${one.attributes.id} ${node.attributes.name}: ${said}`);
        }
      }
    }
  }
  return count;
}

/** Every folder of every level below `folder`; true when each level 2 check passes. */
export async function runDmn(folder: string, print: Print): Promise<boolean> {
  let isComplete = true;
  for (const level of [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory)) {
    const sum = { passed: 0, total: 0 };
    const models = [...Deno.readDirSync(`${folder}/${level.name}`)]
      .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
    for (const model of models) {
      const { passed, total } = await runFolder(`${folder}/${level.name}/${model}`, print);
      sum.passed += passed;
      sum.total += total;
    }
    print(`DMN ${level.name}: ${sum.passed}/${sum.total}`);
    if (level.name.endsWith("level-2")) isComplete &&= sum.passed === sum.total && sum.total > 0;
  }
  return isComplete;
}
