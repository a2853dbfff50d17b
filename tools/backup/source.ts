/** Where a backup is taken from: the embedded stack's folder, or what the environment names. */
import { databaseOf } from "@praxis/local/environment";
import { portsOf, SERVICES } from "@praxis/local/services";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

export type Source = {
  /** By service: URLs of roles that own or may read everything, row-level security or not. */
  databases: Record<string, string>;
  /** The folder of content's files. */
  filesFolder: string;
  /** The file that holds every key and credential of the platform. */
  keysFile: string;
};

const Databases = z.record(z.string(), z.url({ protocol: /^postgres(ql)?$/ }));

/** The services that have a database. */
export const SERVICES_WITH_DATA = SERVICES.filter(({ postgresPort }) => postgresPort !== undefined);

export async function embeddedSource(dataDir: string, portOffset: number): Promise<Source> {
  const databases: Record<string, string> = {};
  for (const service of SERVICES_WITH_DATA) {
    const file = `${dataDir}/postgres/${service.name}/praxis_superuser`;
    const password = await Deno.readTextFile(file).catch(() => {
      throw new Refusal(
        `There is no platform in ${dataDir}: ${file} cannot be read. Name its folder with ` +
          "PRAXIS_DATA, or name databases with BACKUP_DATABASES (docs/runbooks/backup.md).",
      );
    });
    const port = portsOf(service, portOffset).postgres;
    const at = `127.0.0.1:${port}/${databaseOf(service.name).name}`;
    databases[service.name] = `postgres://postgres:${password.trim()}@${at}`;
  }
  return { databases, filesFolder: `${dataDir}/content`, keysFile: `${dataDir}/secrets.json` };
}

/** What BACKUP_DATABASES, BACKUP_FILES and BACKUP_KEYS_FILE say; undefined without the first. */
export function namedSource(environment: Record<string, string>): Source | undefined {
  const { BACKUP_DATABASES, BACKUP_FILES, BACKUP_KEYS_FILE } = environment;
  if (BACKUP_DATABASES === undefined) return undefined;
  const databases = Databases.safeParse(parsed(BACKUP_DATABASES));
  const missing = SERVICES_WITH_DATA.map(({ name }) => name)
    .filter((name) => databases.data?.[name] === undefined);
  if (!databases.success || missing.length > 0) {
    throw new Refusal(
      'BACKUP_DATABASES must be {"<service>":"postgres://…"} for ' +
        `${SERVICES_WITH_DATA.map(({ name }) => name).join(", ")}.`,
    );
  }
  if (!BACKUP_FILES || !BACKUP_KEYS_FILE) {
    throw new Refusal("BACKUP_FILES (a folder) and BACKUP_KEYS_FILE (a file) must be named, too.");
  }
  return { databases: databases.data, filesFolder: BACKUP_FILES, keysFile: BACKUP_KEYS_FILE };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
