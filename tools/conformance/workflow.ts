/** Serverless Workflow's own examples and FHIR PlanDefinitions: validated, checked, run, applied. */
import { z } from "zod";
import {
  applyPlan,
  catalogue,
  checkDefinition,
  compilePlan,
  createSandbox,
  type Document,
  findingsOf,
  heardEvents,
  parseDefinition,
  parseText,
  Plan,
  type Sandbox,
  simulate,
  SimulationInput,
} from "@praxis/workflow/conformance";

type Print = (line: string) => void;

async function filesOf(folder: string, name: RegExp): Promise<{ name: string; text: string }[]> {
  const files: { name: string; text: string }[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    if (!entry.isFile || !name.test(entry.name)) continue;
    files.push({ name: entry.name, text: await Deno.readTextFile(`${folder}/${entry.name}`) });
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * The examples' expressions are jq. Those that are only paths, comparisons and constants say the
 * same in CEL once `.x` is `data.x`: these are run, the others are told as misses.
 */
function toCel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCel);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toCel(one)]));
  }
  if (typeof value !== "string") return value;
  const inner = /^\s*\$\{([\s\S]*)\}\s*$/.exec(value)?.[1] ?? (/^\s*\.\w/.test(value) ? value : "");
  if (inner === "") return value;
  const cel = inner.trim()
    .replaceAll(/(?<![\w\])])\.(?=[A-Za-z_])/g, "data.")
    .replaceAll(/\$workflow\.input\[0\]/g, "input.event")
    .replaceAll(/\$(\w+)/g, "$1")
    .replaceAll(/\bor\b/g, "||").replaceAll(/\band\b/g, "&&");
  return `\${ ${cel === "." ? "data" : cel} }`;
}

/** Calls of the open network are refused here; to see the flow around them, nothing is called. */
const functions = [...catalogue, {
  name: "http",
  title: "A stand-in that calls nobody",
  permission: "workflows:author" as const,
  input: z.record(z.string(), z.unknown()),
}];
/** What the examples expect to be given. */
const input = {
  pets: [{ id: 1 }],
  user: { id: 1 },
  orderType: "electronic",
  customer: { age: 30 },
  bet: {},
  patient: { fullName: "Ada", room: { number: 3 } },
  room: { number: 3 },
  event: { data: { patient: { id: 1, name: "Ada", room: { number: 3 }, vitals: { bpm: 30 } } } },
};

/** What the rules of this platform say of a foreign definition, in a few words. */
async function judge(document: Document, sandbox: Sandbox): Promise<string | undefined> {
  const events = [...heardEvents];
  // Foreign types of events are no reason not to run it here.
  const findings = (await checkDefinition(document, { functions, events }, sandbox))
    .filter(({ severity, rule }) =>
      severity === "error" && rule !== "unknown-event" && rule !== "event-type"
    );
  if (findings.length === 0) return undefined;
  const [{ pointer, rule, detail }] = findings as [typeof findings[number]];
  return `${rule} at ${pointer}: ${detail}`;
}

async function examples(folder: string, sandbox: Sandbox, print: Print): Promise<boolean> {
  const files = await filesOf(folder, /\.(ya?ml|json)$/);
  let valid = 0;
  let ran = 0;
  for (const { name, text } of files) {
    const parsed = parseDefinition(text);
    if (!("document" in parsed)) {
      print(`  NOT VALID  ${name}: ${parsed.findings[0]!.pointer} ${parsed.findings[0]!.detail}`);
      continue;
    }
    valid++;
    const document = toCel(parsed.document) as Document;
    document.evaluate = { language: "cel" };
    const why = await judge(document, sandbox);
    if (why !== undefined) {
      print(`  not run    ${name}: ${why}`);
      continue;
    }
    const given = SimulationInput.parse({ input });
    const { status, reason } = await simulate({ sandbox, functions }, document, given);
    ran++;
    print(`  ran        ${name}: ${status}${reason === null ? "" : ` (${reason})`}`);
  }
  print(
    `Serverless Workflow: ${valid}/${files.length} validated, ${ran} within the subset and run`,
  );
  return valid === files.length && files.length > 0;
}

async function plans(folder: string, sandbox: Sandbox, print: Print): Promise<boolean> {
  const files = await filesOf(folder, /^PlanDefinition.*\.json$/);
  let applied = 0;
  for (const { name, text } of files) {
    const parsed = parseText(text);
    const plan = Plan.safeParse("value" in parsed ? parsed.value : undefined);
    if (!plan.success) {
      print(`  NOT READ   ${name}: ${plan.error.issues[0]!.message}`);
      continue;
    }
    const patient = { resourceType: "Patient", id: "p", birthDate: "1970-01-01" };
    const { resources, applicable } = await applyPlan(sandbox, plan.data, {
      patientId: "p",
      resources: [patient],
    });
    const unknown = Object.values(applicable).filter((one) => one === null).length;
    const why = await judge(compilePlan(plan.data), sandbox);
    if (why !== undefined) {
      print(`  NOT RUN    ${name}: ${why}`);
      continue;
    }
    applied++;
    const lost = findingsOf(plan.data).map(({ detail }) => detail);
    const told = [...new Set(lost)].join(" ");
    print(
      `  applied    ${name}: ${resources.length - 2} tasks, ${unknown} for a person. ${told}`
        .trim(),
    );
  }
  print(`PlanDefinition: ${applied}/${files.length} read, applied and compiled`);
  return applied === files.length && files.length > 0;
}

/** True when every example is valid and every plan is applied; what is not run says why. */
export async function runWorkflowConformance(folder: string, print: Print): Promise<boolean> {
  const sandbox = createSandbox({ limitMs: 5_000 });
  try {
    const isValid = await examples(`${folder}/serverless-workflow/examples`, sandbox, print);
    const isApplied = await plans(`${folder}/plandefinition`, sandbox, print);
    return isValid && isApplied;
  } finally {
    await sandbox.close();
  }
}
