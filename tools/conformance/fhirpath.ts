/** HL7's FHIRPath suite for R4, by the engine and the model that conditions of pathways use. */
import { type Element, parseXml } from "@praxis/workflow/conformance";
import engine from "fhirpath";
import model from "fhirpath/fhir-context/r4/index.js";

type Print = (line: string) => void;

const SHARE_MIN = 0.94;
const children = (element: Element, name: string) =>
  element.children.filter((child) => child.name === name);

/** Variables that FHIR's own profile of FHIRPath defines; the suite uses these. */
const environment = {
  sct: "http://snomed.info/sct",
  loinc: "http://loinc.org",
  "vs-administrative-gender": "http://hl7.org/fhir/ValueSet/administrative-gender",
  "ext-patient-birthTime": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
};

/** As the suite writes values: dates with an `@`, times with `@T`, quantities with their unit. */
function written(value: unknown): string {
  const text = typeof value === "object" && value !== null && "value" in value
    ? `${(value as { value: unknown }).value} '${(value as { unit?: string }).unit ?? "1"}'`
    : String(value);
  return text.replace(/^@T?/, "");
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/** Numbers by value and instants by the instant, in whatever zone they are written. */
function isSame(value: unknown, output: Element): boolean {
  const [a, b] = [written(value), written(output.text.trim())];
  if (a === b || String(value) === output.text) return true;
  if (typeof value === "number") return b !== "" && value === Number(b);
  return INSTANT.test(a) && INSTANT.test(b) && Date.parse(a) === Date.parse(b);
}

type Result = { passed: boolean; said: string };

async function run(test: Element, resources: Map<string, unknown>): Promise<Result> {
  const expression = children(test, "expression")[0];
  if (!expression) return { passed: false, said: "there is no expression" };
  const { inputfile = "", predicate } = test.attributes;
  const resource = inputfile === "" ? {} : resources.get(inputfile.replace(/\.\w+$/, ""));
  if (resource === undefined) return { passed: false, said: `${inputfile} is not here` };
  const isInvalid = expression.attributes.invalid !== undefined;
  let values: unknown[];
  try {
    const input = structuredClone(resource) as never;
    const result = await engine.evaluate(input, expression.text, environment, model as never, {
      traceFn: () => {},
    });
    values = JSON.parse(JSON.stringify(result)) as unknown[];
  } catch (error) {
    // Not everything that it throws is an Error.
    const reason = String((error as Partial<Error> | undefined)?.message ?? error).slice(0, 100);
    return { passed: isInvalid, said: `threw: ${reason.split("\n")[0]}` };
  }
  if (isInvalid) return { passed: false, said: "was not refused" };
  const expected = children(test, "output");
  const said = JSON.stringify(values).slice(0, 100);
  if (predicate === "true") {
    return { passed: String(values.length > 0) === expected[0]?.text, said };
  }
  const passed = values.length === expected.length &&
    expected.every((output, at) => isSame(values[at], output));
  return { passed, said };
}

/** True when the share that passes is reached. Misses are printed one by one. */
export async function runFhirPath(folder: string, print: Print): Promise<boolean> {
  const suite = parseXml(await Deno.readTextFile(`${folder}/tests-fhir-r4.xml`));
  const resources = new Map<string, unknown>();
  for (const { name, isFile } of Deno.readDirSync(`${folder}/input`)) {
    if (!isFile || !name.endsWith(".json")) continue;
    const text = await Deno.readTextFile(`${folder}/input/${name}`);
    resources.set(name.replace(/\.json$/, ""), JSON.parse(text));
  }
  let passed = 0;
  let total = 0;
  for (const group of children(suite, "group")) {
    for (const test of children(group, "test")) {
      total++;
      const result = await run(test, resources);
      if (result.passed) passed++;
      else print(`  MISSED    ${test.attributes.name ?? group.attributes.name}: ${result.said}`);
    }
  }
  const share = passed / total;
  print(`FHIRPath R4: ${passed}/${total} (${(share * 100).toFixed(1)} %)`);
  return share >= SHARE_MIN;
}
