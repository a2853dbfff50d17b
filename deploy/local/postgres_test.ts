import { after, before, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { findFreePort } from "./ports.ts";
import { administer, type PostgresServer, startPostgres } from "./postgres.ts";
import { stopMarked } from "./reaper.ts";
import { prepareDatabase } from "./roles.ts";
import { makeFolder } from "./stand_ins.ts";

const ROLES = {
  database: "clinic_service",
  owner: { name: "clinic_owner", password: "it's-owned" },
  user: { name: "clinic_user", password: "clinic_pass" },
};

describe("PostgreSQL", () => {
  let folder: string;
  let server: PostgresServer;
  const port = findFreePort();
  const urlOf = ({ name, password }: { name: string; password: string }, database: string) =>
    `postgres://${name}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const asOwner = urlOf(ROLES.owner, ROLES.database);
  const asUser = urlOf(ROLES.user, ROLES.database);

  const launch = async () => {
    const started = await startPostgres({
      dataDir: `${folder}/data`,
      logFile: `${folder}/postgres.log`,
      port,
      stack: folder,
      fsync: false,
      connectionsMax: 20,
    });
    await prepareDatabase(started.superuserUrl, ROLES);
    return started;
  };

  before(async () => {
    folder = await makeFolder();
    // What an initdb leaves that was cut off.
    await Deno.mkdir(`${folder}/data.new/base`, { recursive: true });
    await Deno.writeTextFile(`${folder}/data.password`, "old");
    server = await launch();
  });

  after(async () => {
    await stopMarked(folder);
    await Deno.remove(folder, { recursive: true });
  });

  it("is version 17 and sorts the same way on every machine", async () => {
    await administer(server.superuserUrl, async (sql) => {
      const [row] = await sql`
        select current_setting('server_version_num')::int / 10000 as major, datlocprovider, datlocale
        from pg_database where datname = 'clinic_service'`;
      assert.deepEqual({ ...row }, { major: 17, datlocprovider: "b", datlocale: "C.UTF-8" });
    });
  });

  it("lets the owner install what the services need", async () => {
    await administer(asOwner, async (sql) => {
      for (const name of ["pg_trgm", "unaccent", "btree_gin", "pgcrypto"]) {
        await sql.unsafe(`create extension ${name}`);
      }
    });
  });

  it("keeps the application role inside row-level security, owning nothing", async () => {
    await administer(asOwner, (sql) =>
      sql.unsafe(`
        create table notes (organization_id int, body text);
        alter table notes enable row level security;
        create policy by_organization on notes
          using (organization_id = nullif(current_setting('app.organization_id', true), '')::int);
        grant select, insert on notes to praxis_app;
        insert into notes values (1, 'one'), (2, 'two');`));
    await administer(asUser, async (sql) => {
      assert.deepEqual([...await sql`select body from notes`], []);
      const [, rows] = await sql.begin((tx) => [
        tx`select set_config('app.organization_id', '1', true)`,
        tx`select body from notes`,
      ]);
      assert.deepEqual(rows?.map((row) => row.body), ["one"]);
      await assert.rejects(sql`insert into notes values (1, 'x')`, { code: "42501" });
      for (
        const statement of [
          "set row_security = off; select * from notes",
          "alter table notes disable row level security",
          "create table mine (a int)",
          "create role other",
          "create database other",
          "set role clinic_owner",
          "set session authorization postgres",
          "alter role clinic_user bypassrls",
        ]
      ) {
        await assert.rejects(sql.unsafe(statement), { code: "42501" }, statement);
      }
      const [owned] = await sql`
        select count(*)::int as count from pg_shdepend
        where refobjid = 'clinic_user'::regrole and deptype = 'o'`;
      assert.equal(owned?.count, 0);
    });
  });

  it("asks everyone for a password and keeps roles out of other databases", async () => {
    for (
      const url of [
        `postgres://postgres@127.0.0.1:${port}/postgres`,
        asUser.replace("clinic_pass", "guess"),
      ]
    ) {
      await assert.rejects(administer(url, (sql) => sql`select 1`));
    }
    for (const url of [urlOf(ROLES.user, "postgres"), urlOf(ROLES.owner, "template1")]) {
      await assert.rejects(administer(url, (sql) => sql`select 1`), { code: "42501" });
    }
  });

  it("keeps its data through kill -9, with a pid file that points at somebody else", async () => {
    server.kill("SIGKILL");
    await server.exited;
    const pidFile = `${folder}/data/postmaster.pid`;
    const stale = (await Deno.readTextFile(pidFile)).replace(/^\d+/, String(Deno.pid));
    await Deno.writeTextFile(pidFile, stale);
    server = await launch();
    await administer(asOwner, async (sql) => {
      const [row] = await sql`select count(*)::int as count from notes`;
      assert.equal(row?.count, 2);
    });
  });

  it("refuses a data folder that another server is using", async () => {
    await assert.rejects(launch(), /another PostgreSQL \(process \d+\) is using/);
  });

  it("keeps the superuser's password to itself", async () => {
    const { mode } = await Deno.stat(`${folder}/data/praxis_superuser`);
    assert.equal((mode ?? 0) & 0o077, 0);
  });
});
