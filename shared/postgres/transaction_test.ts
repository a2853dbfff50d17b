import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "../id/id.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { call, read, transaction } from "./mod.ts";

const [ours, theirs] = [newId(), newId()];

describe("transactions under row-level security", () => {
  let service: TestService;
  before(async () => {
    service = await openTestService({
      service: "things",
      folder: new URL("../testing/fixtures/migrations/", import.meta.url),
    });
    const { sql } = service.deps;
    for (const organizationId of [ours, theirs]) {
      await transaction(
        sql,
        { organizationId },
        (tx) =>
          tx`insert into things (id, organization_id, name)
           values (${newId()}, ${organizationId}, 'a thing')`,
      );
    }
  });
  after(() => service[Symbol.asyncDispose]());

  const count = (scope: Parameters<typeof read>[1]) =>
    read(
      service.deps.sql,
      scope,
      async (tx) => (await tx<{ n: number }[]>`select count(*)::int as n from things`)[0]!.n,
    );

  it("a query without a where sees the rows of its organization only", async () => {
    equal(await count({ organizationId: ours }), 1);
    equal(await count({ organizationId: newId() }), 0);
    equal(await count("system"), 2);
  });

  it("outside of a transaction there is no organization, and no rows", async () => {
    const { sql } = service.deps;
    equal((await sql`select id from things`).length, 0);
  });

  it("a single statement has no organization either, and is kept without a commit", async () => {
    const { sql } = service.deps;
    equal((await call(sql, (db) => db`select id from things`)).length, 0);
    await service.owner`
      create function add_thing(organization uuid) returns void language sql security definer
      set search_path = public, pg_temp as
      $$ insert into things (id, organization_id, name)
         values (gen_random_uuid(), organization, 'by call') $$`;
    const organizationId = newId();
    await call(sql, (db) => db`select add_thing(${organizationId})`);
    equal(await count({ organizationId }), 1);
    await rejects(call(sql, (db) => db`select add_thing(null)`), { code: "23502" });
    equal((await call(sql, (db) => db`select id from things`)).length, 0);
    await service.owner`delete from things where organization_id = ${organizationId}`;
  });

  it("a row cannot be written for, or moved to, another organization", async () => {
    const { sql } = service.deps;
    await rejects(
      transaction(
        sql,
        { organizationId: ours },
        (tx) =>
          tx`insert into things (id, organization_id, name) values (${newId()}, ${theirs}, 'x')`,
      ),
      { code: "42501" },
    );
    await rejects(
      transaction(
        sql,
        { organizationId: ours },
        (tx) => tx`update things set organization_id = ${theirs}`,
      ),
      { code: "42501" },
    );
  });

  it("the scope ends with its transaction, also after an error inside", async () => {
    const { sql } = service.deps;
    await rejects(transaction(sql, { organizationId: ours }, (tx) => tx`select 1 / 0`), {
      code: "22012",
    });
    await Promise.all(Array.from({ length: 20 }, async () => {
      equal((await sql`select id from things`).length, 0);
      equal(await count({ organizationId: theirs }), 1);
    }));
  });

  it("an error that was caught inside still rolls everything back", async () => {
    const { sql } = service.deps;
    await rejects(transaction(sql, { organizationId: ours }, async (tx) => {
      await tx`insert into things (id, organization_id, name) values (${newId()}, ${ours}, 'lost')`;
      await tx`select 1 / 0`.catch(() => {});
    }));
    equal(await count({ organizationId: ours }), 1);
  });

  it("a read cannot write", async () => {
    await rejects(
      read(service.deps.sql, { organizationId: ours }, (tx) => tx`delete from things`),
      { code: "25006" },
    );
  });

  it("the service's role owns nothing and cannot step over the policies", async () => {
    const { sql } = service.deps;
    const [role] = await sql`
      select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles
      where rolname = current_user`;
    deepEqual({ ...role }, {
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
    });
    const owned = await sql`
      select relname from pg_class where relowner = current_user::regrole`;
    equal(owned.length, 0);
    await rejects(async () => await sql`alter table things disable row level security`, {
      code: "42501",
    });
  });
});
