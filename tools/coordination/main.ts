/**
 * Checks the whole and writes what follows from the sources: docs/environment.md, docs/permissions.md,
 * the facts in docs/guides and COORDINATION_ISSUES.md. With --check it writes nothing. Ends with 1
 * when something is wrong or out of date.
 */
import { format } from "../events.ts";
import { documents, findIssues, report } from "./coordination.ts";
import { readText, ROOT } from "./model.ts";

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const isCheck = Deno.args.includes("--check");
const { files, issues } = await documents();
issues.push(...await findIssues());
files["COORDINATION_ISSUES.md"] = await format(report(issues));
const stale: string[] = [];
for (const [path, text] of Object.entries(files)) {
  if (await readText(path).catch(() => "") === text) continue;
  if (isCheck) stale.push(path);
  else await Deno.writeTextFile(new URL(path, ROOT), text);
}
for (const { check, text } of issues) say(`${check}: ${text}`);
for (const path of stale) say(`generated: ${path}: run deno task coordination`);
const count = issues.length + stale.length;
say(count === 0 ? "Nothing is out of step." : `${count} to look at.`);
Deno.exit(count === 0 ? 0 : 1);
