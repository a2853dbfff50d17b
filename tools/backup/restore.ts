/** Brings an archive back into a folder from which a platform can be started. */
import { connect } from "@praxis/shared/postgres";
import { databaseOf, developmentPasswordOf } from "@praxis/local/environment";
import { startPostgres } from "@praxis/local/postgres";
import { prepareDatabase } from "@praxis/local/roles";
import { loadSecrets } from "@praxis/local/secrets";
import { portsOf } from "@praxis/local/services";
import { migrateService, migrationsOf, UNFINISHED_RESTORE } from "@praxis/shared/migrations";
import { unpack } from "./archive.ts";
import { connectAsAdmin } from "./cut.ts";
import { writeStored } from "./files.ts";
import { KEYS, MANIFEST, Manifest } from "./model.ts";
import { Refusal } from "./refusal.ts";
import { SERVICES_WITH_DATA } from "./source.ts";
import { copyIn, type Db, emptyTables, listTables, setSequences } from "./store.ts";
import { verifyDatabase } from "./verify.ts";

/** As in the embedded stack. */
const CONNECTIONS_MAX = 60;

type Options = {
  archive: string;
  key: Uint8Array;
  dataDir: string;
  portOffset: number;
  /** Off only for tests: what is restored must outlive a power cut. */
  fsync?: boolean;
  say?: (text: string) => void;
};

const migrationsFolder = (service: string) =>
  new URL(`../../services/${service}/migrations/`, import.meta.url);

async function readAll(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function openArchive(archive: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    return (await Deno.open(archive)).readable;
  } catch {
    throw new Refusal(`${archive} cannot be read.`);
  }
}

/**
 * Reads the whole archive and gives back what it says about itself.
 * @throws Refusal when any of it is missing, changed, or locked with another key.
 */
export async function inspect(archive: string, key: Uint8Array): Promise<Manifest> {
  let manifest: Manifest | undefined;
  const names = new Set<string>();
  for await (const { name, content } of unpack(key, await openArchive(archive))) {
    names.add(name);
    if (name !== MANIFEST) continue;
    const text = new TextDecoder().decode(await readAll(content));
    const result = Manifest.safeParse(JSON.parse(text));
    if (!result.success) {
      throw new Refusal("The archive was made by a release whose form this one does not know.");
    }
    manifest = result.data;
  }
  if (!manifest || !names.has(KEYS)) throw new Refusal("The archive is not complete.");
  return manifest;
}

/** @throws Refusal when this release cannot work with what the archive holds. */
export function refuseOtherRelease(manifest: Manifest): void {
  for (const { name: service } of SERVICES_WITH_DATA) {
    const facts = manifest.databases[service];
    if (!facts) throw new Refusal(`The archive holds no database of ${service}.`);
    const known = new Set(migrationsOf(migrationsFolder(service)).map(({ name }) => name));
    const ahead = facts.migrations.filter((name) => !known.has(name));
    if (ahead.length > 0) {
      throw new Refusal(
        `The archive was made by a newer release: ${service} has ${ahead.length} migrations that ` +
          `this one does not know, the first is ${ahead[0]}. Restore with that release.`,
      );
    }
  }
}

/**
 * Restores into `dataDir`, which must not exist or be empty. It appears under that name only when
 * everything has been compared with what the archive says; a restore that was broken off leaves
 * `<dataDir>.restoring`, which no service accepts and the next restore removes. What an older
 * release left is migrated by the next start.
 */
export async function restore(options: Options): Promise<Manifest> {
  const { archive, key, dataDir, say = () => {} } = options;
  const manifest = await inspect(archive, key);
  say(`the archive is whole and shows ${manifest.at}`);
  refuseOtherRelease(manifest);
  if (!await isFree(dataDir)) {
    throw new Refusal(
      `${dataDir} is not empty. Restore into a new folder, look at it, and put it in its place then.`,
    );
  }
  const draft = `${dataDir}.restoring`;
  await Deno.remove(draft, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(draft, { recursive: true, mode: 0o700 });
  const servers = await startDatabases(draft, options);
  try {
    await prepare(servers, manifest);
    say("the databases are there, still empty");
    await fill(servers, manifest, { ...options, filesFolder: `${draft}/content` });
    for (const { service, adminUrl } of servers) {
      const result = await verifyDatabase(adminUrl, manifest.databases[service]!);
      say(`${service}: ${result.rows} rows in ${result.tables} tables, ${result.chains} chains`);
      for (const { organizationId, firstBad } of result.broken) {
        say(
          `${service}: the audit chain of ${organizationId} does not verify at ${firstBad}; it did ` +
            "not when the backup was made. See docs/runbooks/audit-chain.md.",
        );
      }
    }
    await Promise.all(servers.map(({ adminUrl }) => finish(adminUrl)));
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()));
  }
  await Deno.remove(dataDir).catch(ignoreMissing);
  await Deno.rename(draft, dataDir);
  return manifest;
}

type Restoring = { service: string; adminUrl: string; ownerUrl: string; stop(): Promise<void> };

/** The keys come first in the archive, so that the databases are made with their passwords. */
async function startDatabases(
  folder: string,
  { archive, key, portOffset, fsync = true }: Options,
): Promise<Restoring[]> {
  for await (const { name, content } of unpack(key, await openArchive(archive))) {
    if (name !== KEYS) throw new Refusal("The archive does not begin with the keys.");
    await Deno.writeFile(`${folder}/secrets.json`, await readAll(content), { mode: 0o600 });
    break;
  }
  const secrets = await loadSecrets(folder);
  const results = await Promise.allSettled(SERVICES_WITH_DATA.map(async (service) => {
    const server = await startPostgres({
      dataDir: `${folder}/postgres/${service.name}`,
      logFile: `${folder}/logs/${service.name}-db.log`,
      port: portsOf(service, portOffset).postgres!,
      stack: folder,
      fsync,
      connectionsMax: CONNECTIONS_MAX,
    });
    const { name, owner, user } = databaseOf(service.name);
    const ownerPassword = secrets.services[service.name]!.ownerPassword;
    await prepareDatabase(server.superuserUrl, {
      database: name,
      owner: { name: owner, password: ownerPassword },
      user: { name: user, password: developmentPasswordOf(service.name) },
    });
    return {
      service: service.name,
      adminUrl: server.superuserUrl.replace(/\/postgres$/, `/${name}`),
      ownerUrl: `postgres://${owner}:${ownerPassword}@127.0.0.1:${server.port}/${name}`,
      stop: server.stop,
    };
  }));
  const started = results.filter((result) => result.status === "fulfilled")
    .map(({ value }) => value);
  const failed = results.find((result) => result.status === "rejected");
  if (!failed) return started;
  await Promise.all(started.map(({ stop }) => stop()));
  throw failed.reason;
}

/** The schema as it was, marked as unfinished until the end. */
async function prepare(servers: readonly Restoring[], manifest: Manifest): Promise<void> {
  await Promise.all(servers.map(async ({ service, ownerUrl, adminUrl }) => {
    const facts = manifest.databases[service]!;
    await migrateService(ownerUrl, migrationsFolder(service), new Set(facts.migrations));
    await asAdmin(adminUrl, async (db) => {
      await db`insert into migrations (name) values (${UNFINISHED_RESTORE})`;
      const [{ version } = { version: null }] = await db`
        select version::int from jobs.version`;
      if (version === facts.jobs) return;
      throw new Refusal(
        `The archive's job tables are of version ${facts.jobs}, and this release's of ${version}. ` +
          "Restore with the release that made the archive.",
      );
    });
  }));
}

async function fill(
  servers: readonly Restoring[],
  manifest: Manifest,
  { archive, key, filesFolder }: Options & { filesFolder: string },
): Promise<void> {
  const byService = new Map(servers.map((server) => [server.service, server]));
  const clients = new Map<string, { db: Db; end(): Promise<void> }>();
  const openClient = async (service: string) => {
    const server = byService.get(service);
    const facts = manifest.databases[service];
    if (!server || !facts) throw new Refusal(`The archive holds an unknown database: ${service}.`);
    const sql = connectAsAdmin(server.adminUrl);
    const db = await sql.reserve();
    const found = (await listTables(db)).map(({ name }) => name).sort();
    if (found.join() !== Object.keys(facts.tables).sort().join()) {
      throw new Refusal(`The tables of ${service} are not those of its migrations.`);
    }
    // All of a database or nothing; and neither triggers nor foreign keys judge what was true once.
    await db.unsafe("begin; set local session_replication_role = replica").simple();
    await emptyTables(db, found);
    const client = { db, end: () => (db.release(), sql.end({ timeout: 5 })) };
    clients.set(service, client);
    return client;
  };
  await Deno.mkdir(filesFolder, { recursive: true });
  const files = { count: 0, bytes: 0 };
  try {
    for await (const { name, content } of unpack(key, await openArchive(archive))) {
      const [kind, ...rest] = name.split("/");
      if (kind === "file") {
        files.count++;
        files.bytes += await writeStored(filesFolder, rest.join("/"), content);
      } else if (kind === "database") {
        const [service, table] = [rest[0]!, rest.slice(1).join("/")];
        const { db } = clients.get(service) ?? await openClient(service);
        const { columns } = manifest.databases[service]!.tables[table]!;
        await copyIn(db, { name: table, columns }, content);
      }
    }
    for (const [service, { db }] of clients) {
      await setSequences(db, manifest.databases[service]!.sequences);
      await db`insert into migrations (name) values (${UNFINISHED_RESTORE})`;
      await db.unsafe("commit");
      await db.unsafe("analyze");
    }
  } finally {
    await Promise.all([...clients.values()].map(({ end }) => end()));
  }
  if (files.count !== manifest.files.count || files.bytes !== manifest.files.bytes) {
    throw new Refusal("The archive holds other files than it says. Take another archive.");
  }
}

const finish = (adminUrl: string) =>
  asAdmin(adminUrl, async (db) => {
    await db`delete from migrations where name = ${UNFINISHED_RESTORE}`;
  });

async function asAdmin(url: string, work: (db: ReturnType<typeof connect>) => Promise<void>) {
  const db = connect(url, { connectionsMax: 1 });
  try {
    await work(db);
  } finally {
    await db.end({ timeout: 5 });
  }
}

async function isFree(folder: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(folder)) return false;
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw new Refusal(`${folder} is not a folder that can be read.`);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
