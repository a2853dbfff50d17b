import { after, before, describe, it } from "@std/testing/bdd";
import { Redis } from "@upstash/redis";
import assert from "node:assert/strict";
import { administer } from "./postgres.ts";
import { findMarked, stopMarked } from "./reaper.ts";
import { createTestDatabase, testStack } from "./test_stack.ts";
import { readState } from "./test_stack_state.ts";
import { eventually, makeFolder } from "./stand_ins.ts";

describe("test stack", () => {
  let migrations = 0;
  const template = `stack_test ${crypto.randomUUID()}`;
  const create = () =>
    createTestDatabase({
      template,
      migrate: async (ownerUrl) => {
        migrations++;
        await administer(ownerUrl, (sql) =>
          sql.unsafe(
            "create table notes (body text); grant select, insert on notes to praxis_app",
          ));
      },
    });

  it("copies a template that is migrated once", async () => {
    const [first, second] = await Promise.all([create(), create()]);
    assert.equal(migrations, 1);
    await administer(first.appUrl, (sql) => sql`insert into notes values ('mine')`);
    await administer(second.appUrl, async (sql) => {
      assert.deepEqual([...await sql`select body from notes`], []);
      await assert.rejects(sql`drop table notes`, { code: "42501" });
    });
    for (const database of [first, second]) await database.drop();
    await assert.rejects(administer(first.ownerUrl, (sql) => sql`select 1`), { code: "3D000" });
  });

  it("forgets a template whose migration failed", async () => {
    const failing = {
      template: `${template} failing`,
      migrate: () => Promise.reject(new Error("no")),
    };
    await assert.rejects(createTestDatabase(failing), /^Error: no$/);
    await assert.rejects(createTestDatabase(failing), /^Error: no$/);
  });

  it("gives a Redis that is empty at first", async () => {
    const { redisUrl, redisToken } = await testStack();
    const redis = new Redis({ url: redisUrl, token: redisToken, enableTelemetry: false });
    assert.equal(await redis.dbsize(), 0);
    await redis.set("a", 1);
    assert.equal(await redis.get("a"), 1);
  });
});

describe("test guardian", () => {
  let folder: string;
  const script = `
    const { testStack } = await import(${
    JSON.stringify(new URL("test_stack.ts", import.meta.url).href)
  });
    console.log((await testStack()).adminUrl);
    await new Promise(() => setInterval(() => {}, 1000));
  `;
  const users: Deno.ChildProcess[] = [];

  const join = async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      cwd: new URL(".", import.meta.url),
      env: { PRAXIS_TEST_DATA: folder },
      stdout: "piped",
    }).spawn();
    users.push(child);
    const { value } = await child.stdout.getReader().read();
    return { child, adminUrl: new TextDecoder().decode(value).trim() };
  };

  before(async () => {
    folder = await makeFolder();
  });

  after(async () => {
    for (const user of users) {
      try {
        user.kill("SIGKILL");
      } catch {
        // Ended already.
      }
    }
    await stopMarked(folder);
    await Deno.remove(folder, { recursive: true });
  });

  it("is shared by processes, outlives one and ends with the last, even by kill -9", async () => {
    const [first, second] = await Promise.all([join(), join()]);
    assert.equal(first.adminUrl, second.adminUrl);
    first.child.kill("SIGKILL");
    await first.child.status;
    await administer(second.adminUrl, (sql) => sql`select 1`);
    second.child.kill("SIGKILL");
    await second.child.status;
    await eventually("nothing left", () => findMarked(folder).length === 0 || undefined);
  });

  it("is replaced, with what it left behind, when it was killed itself", async () => {
    const first = await join();
    const state = await readState(folder);
    Deno.kill(state!.guardian.pid, "SIGKILL");
    const orphans = findMarked(folder).filter(({ role }) => role !== "service");
    assert.ok(orphans.length >= 2);
    const second = await join();
    assert.notEqual(second.adminUrl, first.adminUrl);
    await administer(second.adminUrl, (sql) => sql`select 1`);
    const pids = new Set(findMarked(folder).map(({ pid }) => pid));
    assert.deepEqual(orphans.filter(({ pid }) => pids.has(pid)), []);
  });
});
