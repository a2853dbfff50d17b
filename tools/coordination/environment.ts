/** Every environment variable: docs/environment.md, from the services' configuration schemas. */
import { type Service, SERVICES } from "@praxis/local/services";
import { type Schemas, schemasOf } from "../../deploy/images/rights.ts";
import { readText } from "./model.ts";
import type { z } from "zod";

/** Where parts of configurations are said that several features or services take in. */
const PARTS = [
  "shared/config/config.ts",
  "shared/mtls/identity.ts",
  "shared/discovery/discovery.ts",
  "services/workflow/assistance/opening.ts",
];
/** Which script reads a schema that is not the service's own. */
const SCRIPTS: Record<string, string> = {
  MigrationConfig: "migrate",
  SeedConfig: "seed",
  RotationConfig: "rotate_keys",
};

export type Variable = {
  name: string;
  /** As in `identity` or `identity (migrate)`. */
  readers: string[];
  /** Readers that do not start without it. */
  needers: string[];
  standard: string;
  meaning: string;
};

/** The comment right above `name:` in a source, as one line. */
export function meaningIn(source: string, name: string): string | undefined {
  const match = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*\\n\\s*${name}:`).exec(source);
  return match?.[1]?.replace(/\s*\n\s*\* ?/g, " ").trim();
}

function standardOf(schema: z.ZodType): string {
  const given = schema.safeParse(undefined);
  if (!given.success || given.data === undefined || given.data === "") return "";
  const { data } = given;
  if (typeof data === "object" && data !== null && "perSecond" in data && "burst" in data) {
    return `${data.perSecond}/${data.burst}`;
  }
  return Array.isArray(data) ? data.join(",") : String(data);
}

export async function variables(services: readonly Service[] = SERVICES): Promise<Variable[]> {
  const all = new Map<string, Variable>();
  const shared = await Promise.all(PARTS.map(readText));
  for (const service of services) {
    const sources = [await readText(`${service.folder}/config.ts`), ...shared];
    const schemas: Schemas = await schemasOf(service);
    for (const [schemaName, schema] of Object.entries(schemas)) {
      const script = SCRIPTS[schemaName];
      const reader = script === undefined ? service.name : `${service.name} (${script})`;
      for (const [name, field] of Object.entries(schema!.shape) as [string, z.ZodType][]) {
        const variable = all.get(name) ??
          { name, readers: [], needers: [], standard: "", meaning: "" };
        all.set(name, variable);
        variable.readers.push(reader);
        if (!field.safeParse(undefined).success) variable.needers.push(reader);
        // A port's own default says more than the one that all have.
        const standard = standardOf(field);
        if (standard !== "" && !variable.standard.split(", ").includes(standard)) {
          variable.standard += (variable.standard === "" ? "" : ", ") + standard;
        }
        variable.meaning ||= sources.map((source) => meaningIn(source, name)).find(Boolean) ?? "";
      }
    }
  }
  return [...all.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

function who(readers: readonly string[], services: readonly string[]): string {
  const isAll = services.every((name) => readers.includes(name));
  const scripts = readers.filter((reader) => reader.includes("("));
  return isAll ? ["all", ...scripts].join(", ") : readers.join(", ");
}

export function environmentMarkdown(all: readonly Variable[]): string {
  const services = SERVICES.map(({ name }) => name);
  const cell = (text: string) => text.replaceAll("|", "\\|");
  return [
    "# Environment",
    "",
    "Written by `deno task coordination` from `services/*/config.ts` and `shared/config`: change",
    "those. A service reads its environment once, when it starts. What is missing or malformed is",
    "listed by name, all at once and without any value, and the service ends with code 1. In",
    "production it also ends on every secret that was made for development.",
    "",
    "| Variable | Read by | Needed by | Without it | What it is |",
    "| --- | --- | --- | --- | --- |",
    ...all.map(({ name, readers, needers, standard, meaning }) =>
      `| \`${name}\` | ${who(readers, services)} | ${who(needers, services) || "nobody"} | ` +
      `${standard === "" ? "" : `\`${cell(standard)}\``} | ${cell(meaning)} |`
    ),
    "",
    "Deno itself reads `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_PROTOCOL` and",
    "`OTEL_SERVICE_NAME`; the images' `start` reads `ALLOW_NET`, a list of further hosts or networks",
    "that a service may connect to.",
    "",
  ].join("\n");
}
