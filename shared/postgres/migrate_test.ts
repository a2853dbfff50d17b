import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { openTestService, type TestService } from "../testing/mod.ts";
import { checkMigrations, migrate, type MigrationFolder, UNFINISHED_RESTORE } from "./migrate.ts";

const fixtures = new URL("../testing/fixtures/migrations/", import.meta.url);
const folders: MigrationFolder[] = [
  ...["postgres", "audit", "idempotency", "events"].map((name) => ({
    name: `shared/${name}`,
    url: new URL(`../${name}/migrations/`, import.meta.url),
  })),
  { name: "service", url: fixtures },
];

describe("a database and the release that runs on it", () => {
  let service: TestService;
  const check = () => checkMigrations(service.deps.sql, folders);
  const insert = (name: string, isContract: boolean) =>
    service.owner`insert into migrations (name, is_contract) values (${name}, ${isContract})`;
  const remove = (name: string) => service.owner`delete from migrations where name = ${name}`;

  before(async () => {
    service = await openTestService({ service: "things", folder: fixtures });
  });
  after(() => service[Symbol.asyncDispose]());

  it("fit after migration", async () => {
    await check();
    deepEqual(await migrate(service.owner, folders), []);
  });

  it("do not when the database is behind, in words for an operator", async () => {
    await remove("service/0001_things.sql");
    await rejects(
      check(),
      /behind this release; 1 migrations are missing, .*0001_things.*migrate\.ts/,
    );
    await insert("service/0001_things.sql", false);
    await check();
  });

  it("still do when the database is ahead by a step that older releases bear", async () => {
    await insert("service/9001_expanded.sql", false);
    await check();
    await insert("service/9002_contracted.sql", true);
    await rejects(check(), /ahead of this release.*9002_contracted/);
    await remove("service/9002_contracted.sql");
  });

  it("do not while a restore is unfinished, and no migration runs then", async () => {
    await insert(UNFINISHED_RESTORE, false);
    await rejects(check(), /a restore into this database was broken off/);
    await rejects(migrate(service.owner, folders), /was broken off/);
    await remove(UNFINISHED_RESTORE);
  });

  it("do not when it was never migrated by a release that says so", async () => {
    await service.owner`revoke select on migrations from praxis_app`;
    await rejects(check(), /behind this release/);
    await service.owner`grant select on migrations to praxis_app`;
    await check();
    equal((await service.owner`select 1 from migrations`).length > 5, true);
  });
});
