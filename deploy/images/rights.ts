/** What a service's process may touch in its image: Deno's permission flags as data. */
import { MigrationConfig } from "@praxis/shared/config";
import type { Service, ServiceName } from "@praxis/local/services";
import type { z } from "zod";

export type Rights = {
  /** What an operator may run: `main`, `migrate`, … */
  scripts: string[];
  /** Every environment variable that one of the scripts reads. */
  environment: string[];
  /** Those of them that hold the URL of something to connect to. */
  urls: string[];
  /** Those that hold URLs within JSON. */
  jsonUrls: string[];
  /** `host:port` to connect to whatever the environment says. */
  hosts: string[];
  /** May connect anywhere but to the machine's own metadata. */
  isOutgoing: boolean;
  sys: string[];
  startsReaders: boolean;
  runsNativeCode: boolean;
  storesFiles: boolean;
  port: number;
};

const SCRIPTS = ["main", "migrate", "seed", "rotate_keys"];
const ROOT = new URL("../../", import.meta.url);

/** Clinics' own webhooks and mail servers are anywhere; `webhooks.ts` refuses inner addresses. */
const OUTGOING: ReadonlySet<ServiceName> = new Set(["communication"]);
/** Where providers' packages go unless `<name>_BASE_URL` says otherwise. */
const PROVIDER_HOSTS: Record<string, string> = {
  OPENAI_API_KEY: "api.openai.com:443",
  ANTHROPIC_API_KEY: "api.anthropic.com:443",
};
/** pg-boss registers its instance under the machine's name and watches its load. */
const SYS = ["hostname", "cpus", "systemMemoryInfo", "loadavg"];
const SYS_NATIVE = [...SYS, "networkInterfaces"];
/** Names that are URLs and yet nothing to connect to from here. */
const NOT_REACHED = new Set(["PUBLIC_URL", "STORAGE_URL", "WEB_DEV_URL"]);

type Schema = z.ZodObject;
export type Schemas = { Config: Schema; [name: string]: Schema | undefined };

/** The configuration schemas of a service, by the name of their export. */
export async function schemasOf(service: Service): Promise<Schemas> {
  const module = await import(new URL(`${service.folder}/config.ts`, ROOT).href);
  const schemas = Object.entries(module).filter(([, value]) =>
    typeof value === "object" && value !== null && "shape" in value
  );
  const own = Object.fromEntries(schemas) as Schemas;
  return service.postgresPort === undefined ? own : { ...own, MigrationConfig };
}

/** Everything that a service's image may be given, sorted. */
export async function environmentNamesOf(service: Service): Promise<string[]> {
  const schemas = await schemasOf(service);
  const names = Object.values(schemas).flatMap((schema) => Object.keys(schema?.shape ?? {}));
  return [...new Set(names)].sort();
}

export async function rightsOf(service: Service, services: readonly Service[]): Promise<Rights> {
  const environment = await environmentNamesOf(service);
  const scripts: string[] = [];
  for (const script of SCRIPTS) {
    const file = new URL(`${service.folder}/${script}.ts`, ROOT);
    if (await Deno.stat(file).then(() => true, () => false)) scripts.push(script);
  }
  return {
    scripts,
    environment,
    urls: environment.filter((name) => /_(URL|ADDR)$/.test(name) && !NOT_REACHED.has(name)),
    jsonUrls: environment.filter((name) => ["SERVICE_INSTANCES", "REGIONS"].includes(name)),
    hosts: [
      // The defaults of `<NAME>_SERVICE_URL`.
      ...services.filter(({ name }) => name !== "gateway" && name !== service.name)
        .map(({ name, port }) => `${name}-service:${port}`),
      ...Object.entries(PROVIDER_HOSTS).filter(([name]) => environment.includes(name))
        .map(([, host]) => host),
    ],
    isOutgoing: OUTGOING.has(service.name),
    sys: service.runsNativeCode ? SYS_NATIVE : SYS,
    startsReaders: service.startsReaders ?? false,
    runsNativeCode: service.runsNativeCode ?? false,
    storesFiles: service.storesFiles ?? false,
    port: service.port,
  };
}

/** As the shell script `start` reads them. Nothing here needs quoting inside double quotes. */
export function toShell(service: Service, rights: Rights): string {
  const lines: Record<string, string> = {
    SERVICE: service.name,
    DEFAULT_PORT: String(rights.port),
    SCRIPTS: rights.scripts.join(" "),
    ENVIRONMENT: rights.environment.join(","),
    URLS: rights.urls.join(" "),
    JSON_URLS: rights.jsonUrls.join(" "),
    HOSTS: rights.hosts.join(","),
    SYS: rights.sys.join(","),
    IS_OUTGOING: rights.isOutgoing ? "1" : "",
    STARTS_READERS: rights.startsReaders ? "1" : "",
    RUNS_NATIVE_CODE: rights.runsNativeCode ? "1" : "",
    STORES_FILES: rights.storesFiles ? "1" : "",
  };
  return Object.entries(lines).map(([name, value]) => `${name}="${value}"\n`).join("");
}
