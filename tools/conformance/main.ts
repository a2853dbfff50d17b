/** `deno task conformance <name> [folder]`: our engines on material that nobody here has written. */
import { runDecisionsConformance } from "./decisions.ts";
import { runWorkflowConformance } from "./workflow.ts";

const DEFAULT_FOLDER = new URL("../../../shared/samples/workflow/", import.meta.url).pathname;
const [name = "", folder = DEFAULT_FOLDER] = Deno.args;
const print = (line: string) => void Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));

const runs = new Map([
  ["decisions", runDecisionsConformance],
  ["workflow", runWorkflowConformance],
]);
const run = runs.get(name);
if (!run) {
  print(`deno task conformance ${[...runs.keys()].join("|")} [folder laid out as the samples are]`);
  Deno.exit(2);
}
Deno.exit(await run(folder, print) ? 0 : 1);
