/** One version per dependency, each with a reason, each in use, all of them in `deno.json`. */
import type { Issue } from "./model.ts";

export type Dependencies = {
  /** The root's `imports`. */
  imports: Record<string, string>;
  /** `imports` of workspace members, by their path. */
  members: Record<string, Record<string, string>>;
  /** docs/dependencies.md. */
  reasons: string;
  /** Sources by their path. */
  sources: Record<string, string>;
};

const CHECK = "dependencies";
const EXACT = /^npm:((?:@[\w.-]+\/)?[\w.-]+)@\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const REMOTE = /(?:from|import\()\s*["'](npm:|jsr:|https?:)/;

/** The packages that docs/dependencies.md gives a reason for: the first column of its tables. */
export function explained(markdown: string): Set<string> {
  const cells = markdown.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|")[1]!.replace(/\(.*?\)/g, ""));
  return new Set(cells.flatMap((cell) => cell.split(",")).map((name) => name.trim()));
}

export function checkDependencies(given: Dependencies): Issue[] {
  const issues: Issue[] = [];
  const say = (text: string) => issues.push({ check: CHECK, text });
  const known = explained(given.reasons);
  const texts = Object.values(given.sources).join("\n");
  const versions = new Map<string, string>();
  for (const [name, target] of Object.entries(given.imports)) {
    if (!target.startsWith("npm:")) continue;
    const base = EXACT.exec(target)?.[1];
    if (base === undefined) {
      say(`${name}: ${target} is not an exact version`);
      continue;
    }
    const other = versions.get(base);
    if (other !== undefined && other !== target) {
      say(`${base} has two versions: ${other}, ${target}`);
    }
    versions.set(base, target);
    const isExplained = known.has(base) ||
      [...known].some((entry) => entry.endsWith("/*") && base.startsWith(entry.slice(0, -1)));
    if (!isExplained) say(`${base} has no line in docs/dependencies.md`);
    // Types are found by the compiler, and not named.
    if (!base.startsWith("@types/") && !texts.includes(name)) {
      say(`${base} is not imported anywhere`);
    }
  }
  for (const [path, imports] of Object.entries(given.members)) {
    for (const name of Object.keys(imports)) say(`${path} has an import of its own: ${name}`);
  }
  for (const [path, text] of Object.entries(given.sources)) {
    if (REMOTE.test(text)) say(`${path} names a version of its own: import by name`);
  }
  return issues;
}
