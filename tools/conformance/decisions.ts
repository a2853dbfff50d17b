/** Decisions, scores, hooks and process maps on material that nobody here has written. */
import { runCdsHooks } from "./cds_hooks.ts";
import { runDmn } from "./dmn.ts";
import { runFhirPath } from "./fhirpath.ts";
import { runProcessMapConformance } from "./process_map.ts";
import { runScores } from "./scores.ts";

type Print = (line: string) => void;
type Part = [name: string, run: (folder: string, print: Print) => Promise<boolean>];

/** Each with its folder; one that is not there is told and counts as a miss. */
const parts: readonly Part[] = [
  ["dmn-tck", runDmn],
  ["fhirpath", runFhirPath],
  ["scores", runScores],
  ["cds-hooks", runCdsHooks],
  [".", runProcessMapConformance],
];

/** True when every part reaches what it has to. */
export async function runDecisionsConformance(folder: string, print: Print): Promise<boolean> {
  const verdicts: boolean[] = [];
  for (const [name, run] of parts) {
    try {
      verdicts.push(await run(`${folder}/${name}`, print));
    } catch (error) {
      print(`  NOT RUN   ${name}: ${(error as Error).message.split("\n")[0]}`);
      verdicts.push(false);
    }
  }
  return verdicts.every((one) => one);
}
