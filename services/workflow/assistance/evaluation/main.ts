/**
 * `deno run -A services/workflow/assistance/evaluation/main.ts`: scores of our own rules, or of a
 * model where the environment holds a key (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`).
 */
import { loadConfig } from "@praxis/shared/config";
import { z } from "zod";
import { assistanceConfig, openProvider } from "../opening.ts";
import { cases } from "./cases.ts";
import { evaluate } from "./evaluating.ts";

const percent = (part: number) => `${(part * 100).toFixed(1)} %`.padStart(9);

const provider = await openProvider(loadConfig(z.object(assistanceConfig)), () => new Date());
const scores = await evaluate(provider, cases());
const rows = [
  `${provider.id} (${provider.model})`,
  `${"task".padEnd(20)} prompt cases     valid  grounded    recall  wrong`,
  ...scores.map((one) =>
    `${one.task.padEnd(20)} ${String(one.promptVersion).padStart(6)} ${
      String(one.cases).padStart(5)
    } ${percent(one.valid)} ${percent(one.grounded)} ${percent(one.recall)}  ${
      one.wrong.length === 0 ? "none" : one.wrong.join(", ")
    }`
  ),
];
await Deno.stdout.write(new TextEncoder().encode(`${rows.join("\n")}\n`));
