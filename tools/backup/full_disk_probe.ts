/** Run on a small file system of its own: fills it up in every way, and tells what happened. */
import { startPostgres } from "@praxis/local/postgres";
import { prepareDatabase } from "@praxis/local/roles";
import { migrateService } from "@praxis/shared/migrations";
import { record } from "@praxis/shared/audit";
import { connect, transaction } from "@praxis/shared/postgres";
import { asProblem } from "@praxis/shared/problem";
import { openStorage } from "../../services/content/storage/storage.ts";
import { verify } from "../../shared/audit/store.ts";
import { backUp } from "./backup.ts";
import { newKey, readKey } from "./cipher.ts";

const [disk] = Deno.args as [string];
const organizationId = crypto.randomUUID();
const CHUNK_BYTES = 256 * 1024;
/** More than the disk holds. */
const CHUNKS_MAX = 384;

function random(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; at < CHUNK_BYTES; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

const kindOf = (error: unknown) => asProblem(error)?.kind ?? String(error);

/** Rows with an audit event each, until there is no room; then again once there is. */
async function fillDatabase() {
  const server = await startPostgres({
    dataDir: `${disk}/pg`,
    logFile: "/dev/null",
    port: Number(Deno.args[1]),
    stack: disk,
    fsync: true,
    connectionsMax: 20,
  });
  const [owner, user] = [{ name: "o", password: "o" }, { name: "u", password: "u" }];
  await prepareDatabase(server.superuserUrl, { database: "d", owner, user });
  const at = `127.0.0.1:${server.port}/d`;
  await migrateService(
    `postgres://o:o@${at}`,
    new URL("../../shared/testing/fixtures/migrations/", import.meta.url),
  );
  const admin = connect(`postgres://o:o@${at}`, { connectionsMax: 1 });
  // Unlogged, so that it is the table that finds no room; without room for its WAL the server stops.
  await admin`create unlogged table ballast (bytes bytea)`;
  await admin`alter table ballast alter column bytes set storage external`;
  await admin`grant select, insert on ballast to praxis_app`;
  const sql = connect(`postgres://u:u@${at}`, { connectionsMax: 1 });
  const write = (bytes: Uint8Array) =>
    transaction(sql, { organizationId }, async (tx) => {
      await tx`insert into ballast (bytes) values (${bytes})`;
      const actor = { kind: "anonymous" } as const;
      await record(tx, new Date(), {
        actor,
        organizationId,
        action: "a.b",
        subject: { type: "a" },
      });
    });
  let kept = 0;
  let refusal = "none";
  for (; kept < CHUNKS_MAX; kept++) {
    try {
      await write(random());
    } catch (error) {
      refusal = kindOf(error);
      break;
    }
  }
  const [counted] = await admin`select count(*)::int as rows from ballast`;
  const reads = await transaction(sql, { organizationId }, (tx) => verify(tx, organizationId));
  // What an operator does: make room. Nothing is restarted.
  await Deno.remove(`${disk}/reserve`);
  await write(new Uint8Array(10));
  const chain = await transaction(sql, { organizationId }, (tx) => verify(tx, organizationId));
  await Promise.all([sql.end({ timeout: 5 }), admin.end({ timeout: 5 })]);
  await server.stop();
  return { kept, refusal, rows: counted!.rows, reads, chain };
}

async function fillStorage() {
  const folder = `${disk}/files`;
  const storage = openStorage(folder);
  let refusal = "none";
  const incoming = await storage.receive();
  try {
    for (let at = 0; at < CHUNKS_MAX; at++) await incoming.write(random());
    await incoming.keep(organizationId);
  } catch (error) {
    refusal = kindOf(error);
    await incoming.discard();
  }
  const left = [...Deno.readDirSync(`${folder}/incoming`)].length;
  const small = await storage.receive();
  await small.write(new Uint8Array(10));
  await small.keep(organizationId);
  await Deno.remove(folder, { recursive: true });
  return { refusal, left };
}

async function fillBackup() {
  const filesFolder = await Deno.makeTempDir();
  const sha = "0".repeat(64);
  const organization = `${filesFolder}/${organizationId}/00`;
  await Deno.mkdir(organization, { recursive: true });
  await Deno.writeFile(`${organization}/${sha}`, new Uint8Array(0));
  const file = await Deno.open(`${organization}/${sha}`, { append: true });
  for (let at = 0; at < CHUNKS_MAX; at++) await file.write(random());
  file.close();
  const keysFile = `${filesFolder}/keys`;
  await Deno.writeTextFile(keysFile, "{}");
  let refusal = "none";
  const source = { databases: {}, filesFolder, keysFile };
  await backUp(source, readKey(newKey()), `${disk}/archive`)
    .catch((error) => refusal = error.message);
  const left = [...Deno.readDirSync(disk)].map(({ name }) => name)
    .filter((name) => name.startsWith("archive"));
  await Deno.remove(filesFolder, { recursive: true });
  return { refusal, left };
}

const storage = await fillStorage();
const backup = await fillBackup();
await Deno.writeFile(`${disk}/reserve`, new Uint8Array(8 * 1024 * 1024));
const database = await fillDatabase();
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ storage, backup, database })));
