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
const RESERVE_BYTES = 8 * 1024 * 1024;

function random(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; at < CHUNK_BYTES; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

const kindOf = (error: unknown) => asProblem(error)?.kind ?? String(error);

/** What an operator gives up to make room. */
const reserve = () => Deno.writeFile(`${disk}/reserve`, new Uint8Array(RESERVE_BYTES));

/** A database of two roles with a ledger of rows, each written with an audit event. */
async function openLedger(dataDir: string) {
  const start = () =>
    startPostgres({
      dataDir,
      logFile: "/dev/null",
      port: Number(Deno.args[1]),
      stack: disk,
      fsync: true,
      connectionsMax: 20,
    });
  const server = await start();
  const [owner, user] = [{ name: "o", password: "o" }, { name: "u", password: "u" }];
  await prepareDatabase(server.superuserUrl, { database: "d", owner, user });
  const at = `127.0.0.1:${server.port}/d`;
  await migrateService(
    `postgres://o:o@${at}`,
    new URL("../../shared/testing/fixtures/migrations/", import.meta.url),
  );
  const admin = connect(`postgres://o:o@${at}`, { connectionsMax: 1 });
  await admin`create table ballast (bytes bytea)`;
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
  return {
    server,
    start,
    admin,
    write,
    /** How many writes were acknowledged until the first was refused, and how it was refused. */
    async fill() {
      for (let kept = 0; kept < CHUNKS_MAX; kept++) {
        const refusal = await write(random()).then(() => undefined, kindOf);
        if (refusal) return { kept, refusal };
      }
      return { kept: CHUNKS_MAX, refusal: "none" };
    },
    async count(): Promise<number> {
      const [counted] = await admin`select count(*)::int as rows from ballast`;
      return counted!.rows;
    },
    verify: () => transaction(sql, { organizationId }, (tx) => verify(tx, organizationId)),
    close: () => Promise.all([sql.end({ timeout: 5 }), admin.end({ timeout: 5 })]),
  };
}

/** Until there is no room for a table; then again once there is. */
async function fillDatabase() {
  await reserve();
  const ledger = await openLedger(`${disk}/pg`);
  // Unlogged, so that it is the table that finds no room; without room for its WAL the server stops.
  await ledger.admin`alter table ballast set unlogged`;
  const { kept, refusal } = await ledger.fill();
  const rows = await ledger.count();
  const reads = await ledger.verify();
  // Nothing is restarted.
  await Deno.remove(`${disk}/reserve`);
  await ledger.write(new Uint8Array(10));
  const chain = await ledger.verify();
  await ledger.close();
  await ledger.server.stop();
  await Deno.remove(`${disk}/pg`, { recursive: true });
  return { kept, refusal, rows, reads, chain };
}

/** Until there is no room for the WAL: Postgres stops itself, and is started again once there is. */
async function fillWal() {
  const folder = await Deno.makeTempDir();
  const ledger = await openLedger(`${folder}/pg`);
  await ledger.server.stop();
  // The tables have room enough: only the WAL lies on the small disk.
  const moved = await new Deno.Command("sh", {
    args: ["-c", 'cp -a "$0" "$1" && rm -r "$0" && ln -s "$1" "$0"'].concat(
      `${folder}/pg/pg_wal`,
      `${disk}/wal`,
    ),
  }).output();
  if (!moved.success) throw new Error("the WAL could not be moved");
  await reserve();
  const full = await ledger.start();
  const { kept, refusal } = await ledger.fill();
  await full.stop();
  await Deno.remove(`${disk}/reserve`);
  const again = await ledger.start();
  const rows = await ledger.count();
  await ledger.write(new Uint8Array(10));
  const chain = await ledger.verify();
  await ledger.close();
  await again.stop();
  await Deno.remove(folder, { recursive: true });
  return { kept, refusal, rows, chain };
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
const database = await fillDatabase();
const wal = await fillWal();
const found = { storage, backup, database, wal };
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(found)));
