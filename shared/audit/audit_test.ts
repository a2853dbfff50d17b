import { deepEqual, equal, rejects } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { newId } from "../id/id.ts";
import { read, transaction } from "../postgres/mod.ts";
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

  it("neither forks nor has gaps under parallel writers", async () => {
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
  };
  for (const [name, statement] of Object.entries(tampering)) {
    it(`finds ${name}, and says which event`, async () => {
      await append("1", "2", "3", "4", "5");
      const third = (await list()).find((event) => event.seq === 3)!;
      await service.owner.unsafe(statement);
      deepEqual(await verify(), { ok: false, checked: 5, firstBad: third.id });
    });
  }

  it("finds a deleted event and a cut tail", async () => {
    await append("1", "2", "3", "4");
    const fourth = (await list())[0]!;
    await service.owner`delete from audit_events where seq = 3`;
    deepEqual(await verify(), { ok: false, checked: 3, firstBad: fourth.id });
    await service.owner`delete from audit_events where seq = 4`;
    deepEqual(await verify(), { ok: false, checked: 2, firstBad: "head" });
  });

  it("cannot be written, changed or emptied by the service's own role", async () => {
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
