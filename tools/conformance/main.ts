/** `deno task conformance workflow [folder]`: our engine on material that nobody here has written. */
import { runWorkflowConformance } from "./workflow.ts";

const DEFAULT_FOLDER = new URL("../../../shared/samples/workflow/", import.meta.url).pathname;
const [name, folder = DEFAULT_FOLDER] = Deno.args;
const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));

if (name !== "workflow") {
  print("deno task conformance workflow [folder with serverless-workflow/ and plandefinition/]");
  Deno.exit(2);
}
Deno.exit(await runWorkflowConformance(folder, print) ? 0 : 1);
