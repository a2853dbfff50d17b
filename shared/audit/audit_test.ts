import { deepEqual, equal, rejects } from "node:assert/strict";
import { createTestDatabase } from "@praxis/local/testing";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { newId } from "../id/id.ts";
import { migrateService, migrationsOf } from "../migrations.ts";
import { connect, read, transaction } from "../postgres/mod.ts";
import { openTestService, type TestService, testUser } from "../testing/mod.ts";
import { createReadAudit, record } from "./audit.ts";
import * as store from "./store.ts";

const actor = testUser();
const { organizationId } = actor;
const NOON = new Date("2026-01-05T12:00:00Z");
const entry = (id: string) => ({
  actor,
  organizationId,
  action: "thing.changed",
  subject: { type: "thing", id },
  details: { "a key": [1, null, 'é\n"'], b: { c: 1.5 } },
});

describe("audit chain", () => {
  let service: TestService;
  beforeEach(async () => {
    service = await openTestService({
      service: "things",
      folder: new URL("../testing/fixtures/migrations/", import.meta.url),
    });
  });
  afterEach(() => service[Symbol.asyncDispose]());

  const append = (...ids: string[]) =>
    transaction(service.deps.sql, { organizationId }, (tx) => record(tx, NOON, ...ids.map(entry)));
  const verify = () =>
    read(service.deps.sql, { organizationId }, (tx) => store.verify(tx, organizationId));
  const list = () =>
    read(
      service.deps.sql,
      { organizationId },
      (tx) => store.list(tx, { organizationId }, undefined, 100),
    );

  it("holds what was recorded, with details as they were given", async () => {
    await append("a");
    const [event] = await list();
    equal(event?.subject.id, "a");
    equal(event?.at, NOON.toISOString());
    deepEqual(event?.details, entry("a").details);
    deepEqual(await verify(), { ok: true, checked: 1 });
  });

  it("an empty chain is in order", async () => {
    deepEqual(await verify(), { ok: true, checked: 0 });
  });

  it("rolls back with its transaction", async () => {
    await rejects(transaction(service.deps.sql, { organizationId }, async (tx) => {
      await record(tx, NOON, entry("a"));
      throw new Error("no");
    }));
    deepEqual(await verify(), { ok: true, checked: 0 });
  });

  it("D5: neither forks nor has gaps under parallel writers", async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => append(`thing ${n}`)));
    deepEqual(await verify(), { ok: true, checked: 40 });
    deepEqual(
      (await list()).map((event) => event.seq),
      Array.from({ length: 40 }, (_, n) => 40 - n),
    );
  });

  const tampering: Record<string, string> = {
    "a changed column": "update audit_events set action = 'nothing.happened' where seq = 3",
    "changed details": `update audit_events set details = '{"a key": 2}' where seq = 3`,
    "a changed actor": "update audit_events set actor_id = 'someone else' where seq = 3",
    "a changed time": "update audit_events set at = at + interval '1 microsecond' where seq = 3",
    "a changed hash": "update audit_events set hash = sha256('x') where seq = 3",
    "a program put in": "update audit_events set client_id = 'a program' where seq = 3",
  };
  for (const [name, statement] of Object.entries(tampering)) {
    it(`D4: finds ${name}, and says which event`, async () => {
      await append("1", "2", "3", "4", "5");
      const third = (await list()).find((event) => event.seq === 3)!;
      await service.owner.unsafe(statement);
      deepEqual(await verify(), { ok: false, checked: 5, firstBad: third.id });
    });
  }

  const CLIENT = newId();
  const appendAs = (who: typeof actor) =>
    transaction(
      service.deps.sql,
      { organizationId },
      (tx) => record(tx, NOON, { ...entry("a"), actor: who }),
    );

  it("names the program that acted for a user, and the one that acted by itself", async () => {
    await appendAs({ ...actor, clientId: CLIENT });
    await appendAs({ ...actor, userId: CLIENT, clientId: CLIENT });
    await append("b");
    const [last, itself, forUser] = await list();
    deepEqual(forUser?.actor, { kind: "user", id: actor.userId, clientId: CLIENT });
    deepEqual(itself?.actor, { kind: "client", id: CLIENT, clientId: CLIENT });
    deepEqual(last?.actor, { kind: "user", id: actor.userId });
    deepEqual(await verify(), { ok: true, checked: 3 });
    const filter = { organizationId, clientId: CLIENT };
    const found = await read(
      service.deps.sql,
      { organizationId },
      (tx) => store.list(tx, filter, undefined, 100),
    );
    deepEqual(found.map(({ seq }) => seq), [2, 1]);
    const first = forUser!.id;
    for (const other of ["null", `'${newId()}'`, "''"]) {
      await service.owner.unsafe(`update audit_events set client_id = ${other} where seq = 1`);
      deepEqual(await verify(), { ok: false, checked: 3, firstBad: first }, other);
    }
  });

  it("D4: finds two events that changed places, and one that was put in", async () => {
    await append("1", "2", "3", "4", "5");
    const third = (await list()).find((event) => event.seq === 3)!;
    const fourth = (await list()).find((event) => event.seq === 4)!;
    const swap = () =>
      service.owner.unsafe(`
        update audit_events set seq = -seq where seq in (3, 4);
        update audit_events set seq = 7 + seq where seq < 0;`);
    await swap();
    deepEqual(await verify(), { ok: false, checked: 5, firstBad: fourth.id });
    await swap();
    deepEqual(await verify(), { ok: true, checked: 5 });
    // Even one whose own hash is right, after the last.
    await service.owner.unsafe(`
      create temporary table forged as select * from audit_events where seq = 5;
      update forged set id = gen_random_uuid(), seq = 6, prev_hash = hash;
      insert into audit_events select * from forged;
      update audit_events e set hash = audit_hash(e) where seq = 6;`);
    deepEqual(await verify(), { ok: false, checked: 6, firstBad: "head" });
    await service.owner`delete from audit_events where seq = 6`;
    // And one in the middle, by which all later ones move up.
    await service.owner.unsafe(`
      update audit_events set seq = -seq where seq > 3;
      update audit_events set seq = 1 - seq where seq < 0;
      update forged set seq = 4, prev_hash = (select hash from audit_events where seq = 3);
      insert into audit_events select * from forged;
      update audit_events e set hash = audit_hash(e) where seq = 4;`);
    deepEqual(await verify(), { ok: false, checked: 6, firstBad: fourth.id });
    equal((await list()).find((event) => event.seq === 3)!.id, third.id);
  });

  it("D4: finds a deleted event and a cut tail", async () => {
    await append("1", "2", "3", "4");
    const fourth = (await list())[0]!;
    await service.owner`delete from audit_events where seq = 3`;
    deepEqual(await verify(), { ok: false, checked: 3, firstBad: fourth.id });
    await service.owner`delete from audit_events where seq = 4`;
    deepEqual(await verify(), { ok: false, checked: 2, firstBad: "head" });
  });

  it("that began before programs were named goes on, and every event of it is still proven", async () => {
    const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
    const CLIENTS = "shared/audit/0002_clients.sql";
    const all = migrationsOf(folder).map(({ name }) => name);
    const later = all.filter((name) => name.startsWith("shared/audit/") && name >= CLIENTS);
    equal(later[0], CLIENTS);
    const before = new Set(all.filter((name) => !later.includes(name)));
    const database = await createTestDatabase({
      template: `things_before_clients_${all.length}`,
      migrate: async (url: string) => void await migrateService(url, folder, before),
    });
    const [sql, owner] = [connect(database.appUrl), connect(database.ownerUrl)];
    try {
      const write = (who = actor) =>
        transaction(
          sql,
          { organizationId },
          (tx) => record(tx, NOON, { ...entry("a"), actor: who }),
        );
      const check = () => read(sql, { organizationId }, (tx) => store.verify(tx, organizationId));
      // The new release on the old tables: what it cannot keep yet it leaves out.
      for (let n = 0; n < 3; n++) await write();
      deepEqual(await migrateService(database.ownerUrl, folder), later);
      deepEqual(await check(), { ok: true, checked: 3 });
      await write({ ...actor, clientId: CLIENT });
      // What a release from before sends has no such field.
      const [old] =
        await owner`select to_jsonb(e) - 'client_id' as event from audit_events e limit 1`;
      const event = { ...old!.event, id: newId() };
      await transaction(sql, { organizationId }, (tx) => store.append(tx, [event]));
      deepEqual(await check(), { ok: true, checked: 5 });
      const [second] = await owner`
        update audit_events set details = '{}' where seq = 2 returning id`;
      deepEqual(await check(), { ok: false, checked: 5, firstBad: second!.id });
    } finally {
      await Promise.all([sql.end(), owner.end()]);
      await database.drop();
    }
  });

  it("D4: cannot be written, changed or emptied by the service's own role", async () => {
    await append("1");
    const { sql } = service.deps;
    const attempts = [
      "update audit_events set action = 'x'",
      "delete from audit_events",
      "truncate audit_events",
      "update audit_heads set seq = 0",
      `insert into audit_events select gen_random_uuid(), organization_id, 9, at, actor_kind,
         actor_id, action, subject_type, subject_id, outcome, request_id, details, prev_hash, hash
       from audit_events`,
    ];
    for (const attempt of attempts) {
      await rejects(
        transaction(sql, "system", (tx) => (tx as typeof sql).unsafe(attempt)),
        { code: "42501" },
        attempt,
      );
    }
  });

  it("appends to several chains at once, in whatever order their events come", async () => {
    const other = newId();
    const { sql } = service.deps;
    await append("1");
    await transaction(sql, "system", (tx) =>
      record(
        tx,
        NOON,
        { ...entry("a"), organizationId: other },
        entry("2"),
        { ...entry("b"), organizationId: other },
        entry("3"),
      ));
    await append("4");
    deepEqual(await verify(), { ok: true, checked: 4 });
    deepEqual((await list()).map(({ subject }) => subject.id), ["4", "3", "2", "1"]);
    const elsewhere = await read(sql, "system", (tx) => store.verify(tx, other));
    deepEqual(elsewhere, { ok: true, checked: 2 });
  });

  it("takes no event for another organization", async () => {
    await rejects(
      transaction(
        service.deps.sql,
        { organizationId: newId() },
        (tx) => record(tx, NOON, entry("a")),
      ),
      { code: "42501" },
    );
  });

  it("reads that come together share commits, and each is there when it returns", async () => {
    let commits = 0;
    const { sql } = service.deps;
    const counting = new Proxy(sql, {
      get: (target, name) => {
        if (name === "lease") commits++;
        return Reflect.get(target, name);
      },
    });
    const auditRead = createReadAudit(counting, () => NOON);
    await Promise.all(Array.from({ length: 50 }, async (_, n) => {
      await auditRead(entry(`thing ${n}`));
      const [row] = await service.owner`
        select count(*)::int as n from audit_events where subject_id = ${`thing ${n}`}`;
      equal(row!.n, 1);
    }));
    deepEqual(await verify(), { ok: true, checked: 50 });
    equal(commits <= 3, true, `${commits} commits for 50 reads`);
  });

  it("a read whose audit cannot be written fails", async () => {
    const auditRead = createReadAudit(service.deps.sql, () => NOON);
    await rejects(auditRead({ ...entry("x"), organizationId: "no uuid" }));
    await auditRead(entry("y"));
    deepEqual(await verify(), { ok: true, checked: 1 });
  });
});
