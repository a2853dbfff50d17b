/** All checks of the whole, and the documents that are written from the sources. */
import { SERVICES } from "@praxis/local/services";
import { staleManifests } from "../../deploy/k8s/main.ts";
import { collect, format } from "../events.ts";
import { checkClients, checkEvents, checkPorts } from "./arrows.ts";
import { checkDependencies, type Dependencies } from "./dependencies.ts";
import { environmentMarkdown, variables } from "./environment.ts";
import { AGENTS, checkAgents, factsOf, guideOf, withFacts } from "./guides.ts";
import { FOLDERS, type Issue, listFiles, readText, ROOT } from "./model.ts";
import { checkPermissions, permissionsMarkdown, type Route, routesOf } from "./permissions.ts";

/** What is checked, for the report and the coordinator's guide. */
export const CHECKS: Record<string, string> = {
  dependencies:
    "one exact version of each package, in the root's `deno.json`, with a reason, in use",
  house: "the rules of `tools/house_rules.ts`",
  ports: "every port stands in ARCHITECTURE.md and compose.yaml",
  events: "an event goes only to services that its teller may call",
  clients: "a client of another service needs an arrow to it",
  permissions: "every route asks for a permission that exists, or names another kind of access",
  guides: "a guide per service and for the coordinator, and what points to them",
  generated: "what is written from the sources is as the sources are",
};

const COMMANDS: Record<string, string[]> = {
  "docs/openapi: run deno task openapi": ["tools/openapi.ts"],
  "docs/events.md: run deno task events": ["tools/events.ts"],
};

async function dependencies(): Promise<Issue[]> {
  const root = JSON.parse(await readText("deno.json"));
  const members: Dependencies["members"] = {};
  for (const member of root.workspace as string[]) {
    const path = `${member.replace(/^\.\//, "")}/deno.json`;
    members[path] = JSON.parse(await readText(path)).imports ?? {};
  }
  const sources: Record<string, string> = {};
  for (const path of FOLDERS.flatMap((folder) => listFiles(folder, /\.(tsx?|css|html)$/))) {
    sources[path] = await readText(path);
  }
  // This folder's own tests are about what must not be.
  for (const path of Object.keys(sources)) {
    if (path.startsWith("tools/coordination/")) delete sources[path];
  }
  return checkDependencies({
    imports: root.imports,
    members,
    reasons: await readText("docs/dependencies.md"),
    sources,
  });
}

type Diagnostic = { code: string; message: string; filename: string };

/** A file's URL as a path from the root. */
const pathOf = (url: string) => url.replace(ROOT.href, "").replace(ROOT.pathname, "");

async function house(): Promise<Issue[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["lint", "--json"],
    cwd: ROOT,
    stderr: "null",
  }).output();
  const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return diagnostics.map(({ code, message, filename }) => ({
    check: "house",
    text: `${pathOf(filename)}: ${message} (${code})`,
  }));
}

async function stale(): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (const [text, [script]] of Object.entries(COMMANDS)) {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", script!, "--check"],
      cwd: ROOT,
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) issues.push({ check: "generated", text });
  }
  for (const path of await staleManifests()) {
    issues.push({ check: "generated", text: `deploy/k8s/${path}: run deno task k8s` });
  }
  return issues;
}

async function routes(): Promise<Route[]> {
  const all: Route[] = [];
  for (const { name } of SERVICES.filter(({ name }) => name !== "gateway")) {
    all.push(...routesOf(name, JSON.parse(await readText(`docs/openapi/${name}.json`))));
  }
  return all;
}

/** The documents that this task writes, by path, and what stands in the way of one. */
export async function documents(): Promise<{ files: Record<string, string>; issues: Issue[] }> {
  const issues: Issue[] = [];
  const told = await collect();
  const all = await variables();
  const files: Record<string, string> = {
    "docs/environment.md": await format(environmentMarkdown(all)),
    "docs/permissions.md": await format(permissionsMarkdown(await routes())),
  };
  const facts: Record<string, string> = {
    coordinator: [
      "| Check | Sees that |",
      "| --- | --- |",
      ...Object.entries(CHECKS).map(([name, what]) => `| ${name} | ${what} |`),
    ].join("\n"),
  };
  for (const service of SERVICES) facts[service.name] = await factsOf(service, told, all);
  for (const [name, text] of Object.entries(facts)) {
    const path = guideOf(name);
    const written = withFacts(await readText(path).catch(() => ""), text);
    if (written === undefined) {
      issues.push({ check: "guides", text: `${path} is missing, or has lost its marks` });
    } else files[path] = await format(written);
  }
  return { files, issues };
}

export async function findIssues(): Promise<Issue[]> {
  const agents: Record<string, string | undefined> = {};
  for (const agent of Object.keys(AGENTS)) {
    const path = `.claude/agents/${agent}.md`;
    agents[path] = await readText(path).catch(() => undefined);
  }
  const told = await collect();
  return [
    ...await dependencies(),
    ...await house(),
    ...checkPorts(SERVICES, {
      "ARCHITECTURE.md": await readText("ARCHITECTURE.md"),
      "compose.yaml": await readText("compose.yaml"),
    }),
    ...checkEvents(SERVICES, told),
    ...checkClients(SERVICES, listFiles("services", /\.ts$/)),
    ...checkPermissions(await routes()),
    ...checkAgents(agents),
    ...await stale(),
  ];
}

export function report(issues: readonly Issue[]): string {
  const lines = Object.entries(CHECKS).flatMap(([check, what]) => {
    const found = issues.filter((issue) => issue.check === check);
    if (found.length === 0) return [];
    return ["", `## ${check}`, "", `Wanted: ${what}.`, "", ...found.map(({ text }) => `- ${text}`)];
  });
  return [
    "# Coordination issues",
    "",
    "Written by `deno task coordination`, which checks what holds the services together",
    "([how](docs/guides/coordinator.md)).",
    ...(lines.length === 0 ? ["", "There are none."] : lines),
    "",
  ].join("\n");
}
