import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Platform, startPlatform } from "@praxis/local/platform";
import { findFreePort } from "@praxis/local/ports";
import { startPostgres } from "@praxis/local/postgres";
import { checkSchema } from "@praxis/shared/migrations";
import { connect } from "@praxis/shared/postgres";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { backUp } from "./backup.ts";
import { newKey, readKey } from "./cipher.ts";
import type { Manifest } from "./model.ts";
import { inspect, refuseOtherRelease, restore } from "./restore.ts";
import { embeddedSource } from "./source.ts";

const SERVICES = ["identity", "content", "communication", "workflow", "practice"];
const Page = z.object({
  items: z.array(z.object({ id: z.string() }).loose()),
  nextCursor: z.string().nullable(),
});
const Task = z.object({ subject: z.object({ id: z.string() }) });
const migrations = new URL("../../services/identity/migrations/", import.meta.url);
const textOf = (number: number) => `Letter ${number}: the patient feels well today.`;

async function listAll(client: SignedIn, path: string) {
  const items: Record<string, unknown>[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${cursor}`;
    const page = Page.parse(await client.get(`${path}?limit=100${query}`));
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

describe("a restore drill", () => {
  const key = readKey(newKey());
  const filed = new Map<string, string>();
  let folder: string;
  let archive: string;
  let manifest: Manifest;
  let restored: Platform | undefined;
  let physician: SignedIn;

  const start = (dataDir: string, portOffset: number, lines: string[] = []) =>
    startPlatform({
      dataDir,
      portOffset,
      mode: "test",
      watch: false,
      readyLimitMs: 120_000,
      environment: { RATE_LIMIT_USER: "100000/100000" },
      onLine: ({ text }) => void lines.push(text),
    });

  /** A platform under load is backed up; only the archive is left of it. */
  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "praxis-drill-" });
    archive = `${folder}/backup`;
    const portOffset = findFreeOffset();
    const platform = await start(`${folder}/first`, portOffset);
    try {
      const client = await signIn(platform.url, "physician@demo.praxis.test");
      const file = async (number: number) => {
        const bytes = new TextEncoder().encode(textOf(number));
        const { id } = await client.upload({ name: `letter-${number}.txt`, bytes });
        return { id, number };
      };
      for (
        const { id, number } of await Promise.all(Array.from({ length: 12 }, (_, at) => file(at)))
      ) {
        filed.set(id, textOf(number));
      }
      let isOver = false;
      const load = Promise.all([1_000, 2_000, 3_000].map(async (from) => {
        for (let number = from; !isOver; number++) await file(number);
      }));
      try {
        const source = await embeddedSource(`${folder}/first`, portOffset);
        manifest = await backUp(source, key, archive);
      } finally {
        isOver = true;
        await load;
      }
    } finally {
      await platform.stop();
    }
    await Deno.remove(`${folder}/first`, { recursive: true });
  });

  after(async () => {
    await restored?.stop();
    await Deno.remove(folder, { recursive: true });
  });

  it("refuses another key, and an archive that was cut off or changed, before anything is made", async () => {
    const attempt = (archive: string, with_ = key) =>
      restore({ archive, key: with_, dataDir: `${folder}/never`, portOffset: 0 });
    await rejects(attempt(archive, readKey(newKey())), /not the key that this archive/);
    const bytes = await Deno.readFile(archive);
    await Deno.writeFile(`${folder}/short`, bytes.subarray(0, bytes.length * 0.6));
    await rejects(attempt(`${folder}/short`), /ends too early/);
    bytes[bytes.length >> 1]! ^= 1;
    await Deno.writeFile(`${folder}/changed`, bytes);
    await rejects(attempt(`${folder}/changed`), /was changed after it was made/);
    await rejects(attempt(`${folder}/missing`), /cannot be read/);
    await rejects(Deno.lstat(`${folder}/never.restoring`), Deno.errors.NotFound);
  });

  it("refuses what a newer release made, and a folder that is in use", async () => {
    const newer = structuredClone(manifest);
    newer.databases.content!.migrations.push("service/9999_of_tomorrow.sql");
    throws(() => refuseOtherRelease(newer), /content has 1 migrations .*9999_of_tomorrow/);
    await rejects(
      restore({ archive, key, dataDir: folder, portOffset: 0 }),
      /is not empty. Restore into a new folder/,
    );
    await rejects(
      backUp({ databases: {}, filesFolder: folder, keysFile: "" }, key, archive),
      /exists already/,
    );
  });

  it("leaves of a broken-off restore nothing that a service would run on", async () => {
    const dataDir = `${folder}/broken`;
    const breakOff = () =>
      restore({
        archive,
        key,
        dataDir,
        portOffset: findFreeOffset(),
        fsync: false,
        say(text) {
          if (text.includes("still empty")) throw new Error("the operator went away");
        },
      });
    await rejects(breakOff(), /went away/);
    await rejects(Deno.lstat(dataDir), Deno.errors.NotFound);
    const server = await startPostgres({
      dataDir: `${dataDir}.restoring/postgres/identity`,
      logFile: "/dev/null",
      port: findFreePort(),
      stack: dataDir,
      fsync: false,
      connectionsMax: 20,
    });
    const sql = connect(server.superuserUrl.replace(/postgres$/, "identity_service"));
    try {
      // What every service asks before it starts; deploy/images/images_test.ts starts one.
      await rejects(checkSchema(sql, migrations), {
        name: "SchemaMismatch",
        message: /a restore into this database was broken off/,
      });
    } finally {
      await sql.end({ timeout: 5 });
      await server.stop();
    }
    await Deno.remove(`${dataDir}.restoring`, { recursive: true });
  });

  it("brings back every row, file, chain and key, as compared by the restore itself", async () => {
    deepEqual(await inspect(archive, key), manifest);
    const said: string[] = [];
    const portOffset = findFreeOffset();
    const dataDir = `${folder}/second`;
    await restore({
      archive,
      key,
      dataDir,
      portOffset,
      fsync: false,
      say: (text) => said.push(text),
    });
    equal(said.filter((text) => /\d+ rows in \d+ tables, \d+ chains/.test(text)).length, 5);
    ok(manifest.files.count >= filed.size || manifest.databases.content!.chains.length > 0);
    restored = await start(dataDir, portOffset);
    physician = await signIn(restored.url, "physician@demo.praxis.test");
  });

  it("lets people open every document that was acknowledged before the backup", async () => {
    for (const [id, text] of filed) {
      const response = await physician.request(`/api/content/documents/${id}/content`);
      equal(response.status, 200);
      equal(await response.text(), text);
    }
  });

  it("holds no fact that is lost or told twice between the databases", async () => {
    const documents = await listAll(physician, "/api/content/documents");
    ok(documents.length >= filed.size);
    await until("a task for each document", async () => {
      const tasks = (await listAll(physician, "/api/workflow/tasks")).map((task) =>
        Task.parse(task)
      );
      const subjects = tasks.map(({ subject }) => subject.id);
      return documents.every(({ id }) => subjects.includes(id as string)) || undefined;
    });
    const tasks = (await listAll(physician, "/api/workflow/tasks")).map((task) => Task.parse(task));
    for (const { id } of documents) {
      equal(tasks.filter(({ subject }) => subject.id === id).length, 1, `tasks of ${id}`);
    }
  });

  it("verifies every audit chain through the services", async () => {
    const auditor = await signIn(restored!.url, "auditor@demo.praxis.test");
    for (const service of SERVICES) {
      const result = await auditor.get(`/api/${service}/audit-events/verify`);
      equal((result as { ok: boolean }).ok, true, service);
    }
  });
});
