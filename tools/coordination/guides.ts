/** The part of each guide in docs/guides that follows from the sources. */
import { portsOf, type Service, SERVICES } from "@praxis/local/services";
import type { Told } from "./arrows.ts";
import { type Issue, readText, ROOT } from "./model.ts";
import type { Variable } from "./environment.ts";

const BEGIN = "<!-- facts: written by `deno task coordination` -->";
const END = "<!-- /facts -->";
/** Folders of a service that are no feature. */
const NO_FEATURES = new Set([
  "migrations",
  "clients",
  "participation",
  "simulators",
  "stand_in",
  "web",
]);

export const guideOf = (name: string) => `docs/guides/${name}.md`;

/** The text between the marks replaced; undefined where there are none. */
export function withFacts(text: string, facts: string): string | undefined {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) return undefined;
  return `${text.slice(0, from + BEGIN.length)}\n\n${facts.trim()}\n\n${text.slice(to)}`;
}

/** The first sentence of a source's first comment. */
export function firstSentence(source: string): string {
  const comment = source.match(/\/\*\*([\s\S]*?)\*\//)?.[1]?.replace(/\s*\n\s*\* ?/g, " ").trim() ??
    "";
  return comment.match(/^.*?[.:](?=\s|$)/)?.[0].replace(/:$/, ".") ?? comment;
}

async function featuresOf(service: Service): Promise<[string, string][]> {
  const features: [string, string][] = [];
  const folders = [...Deno.readDirSync(new URL(`${service.folder}/`, ROOT))]
    .filter(({ isDirectory, name }) => isDirectory && !NO_FEATURES.has(name))
    .map(({ name }) => name).sort();
  for (const folder of folders) {
    for (const file of [folder, "model"]) {
      const text = await readText(`${service.folder}/${folder}/${file}.ts`).catch(() => "");
      if (text === "") continue;
      features.push([folder, firstSentence(text)]);
      break;
    }
  }
  return features;
}

const list = (names: readonly string[]) => names.join(", ") || "nobody";

export async function factsOf(
  service: Service,
  told: readonly Told[],
  all: readonly Variable[],
): Promise<string> {
  const ports = portsOf(service, 0);
  const calls = SERVICES.filter(({ callers }) => callers.includes(service.name));
  const telling = told.filter((event) => event.service === service.name);
  const hearing = told.filter(({ definition }) => definition.subscribers.includes(service.name));
  const events = (of: readonly Told[]) =>
    [...new Set(of.map(({ definition }) => `\`${definition.type}\``))].sort().join(", ") || "none";
  const needed = all.filter(({ needers }) => needers.includes(service.name));
  return [
    "| | |",
    "| --- | --- |",
    `| Port | ${ports.service}; metrics on ${ports.metrics}, from this machine only |`,
    ...(ports.postgres === undefined
      ? []
      : [`| Postgres | ${ports.postgres}, database \`${service.name}_service\` |`]),
    `| Redis | ${ports.redis}, over REST ${ports.redisRest} |`,
    `| Called by | ${list(service.callers)} |`,
    `| Calls | ${list(calls.map(({ name }) => name))} |`,
    `| Tells | ${events(telling)} |`,
    `| Hears | ${events(hearing)} |`,
    `| Does not start without | ${needed.map(({ name }) => `\`${name}\``).join(", ")} |`,
    "",
    "| Folder | Holds |",
    "| --- | --- |",
    ...(await featuresOf(service)).map(([folder, holds]) =>
      `| [${folder}](../../${service.folder}/${folder}) | ${holds.replaceAll("|", "\\|")} |`
    ),
  ].join("\n");
}

/** The five of the original design. Each only points to a guide. */
export const AGENTS: Record<string, string> = {
  "identity-agent": "identity",
  "content-agent": "content",
  "communication-agent": "communication",
  "workflow-agent": "workflow",
  "coordinator-agent": "coordinator",
};

export function checkAgents(texts: Record<string, string | undefined>): Issue[] {
  return Object.entries(AGENTS).flatMap(([agent, guide]) => {
    const path = `.claude/agents/${agent}.md`;
    const text = texts[path];
    if (text === undefined) return [{ check: "guides", text: `${path} is missing` }];
    return text.includes(guideOf(guide))
      ? []
      : [{ check: "guides", text: `${path} does not point to ${guideOf(guide)}` }];
  });
}
