import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "../id/id.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { read, transaction } from "./mod.ts";

/** A gate that a test opens. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe("the pool", () => {
  let service: TestService;
  const organizationId = newId();
  before(async () => {
    service = await openTestService({
      service: "things",
      folder: new URL("../testing/fixtures/migrations/", import.meta.url),
    });
  });
  after(() => service[Symbol.asyncDispose]());

  /** Ends the connection of a backend the way a dying server does. */
  const killBackend = (pid: number) => service.administer(`select pg_terminate_backend(${pid})`);

  it("a connection that breaks in the midst of a transaction fails it at once", async () => {
    const { sql } = service.deps;
    const held = gate();
    let tries = 0;
    const broken = transaction(sql, { organizationId }, async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await killBackend(row!.pid);
      await held.opened;
      // The borrower does not know yet. It must neither hang, nor write for somebody else.
      tries++;
      await tx`insert into things (id, organization_id, name) values (${newId()}, ${organizationId}, 'x')`;
    });
    await rejects(broken, { code: /^(CONNECTION_|57P01)/ });
    held.open();
    const count = await read(
      sql,
      { organizationId },
      async (tx) => (await tx<{ n: number }[]>`select count(*)::int as n from things`)[0]!.n,
    );
    equal(count, 0);
    await held.opened;
    ok(tries <= 1);
  });

  it("goes on after all its connections have broken at once", async () => {
    const { sql } = service.deps;
    const pids = () =>
      Promise.all(
        Array.from({ length: 8 }, () =>
          read(sql, { organizationId }, async (tx) =>
            (await tx<{ pid: number }[]>`select pg_backend_pid() as pid, pg_sleep(0.01)`)[0]!.pid)),
      );
    const first = new Set(await pids());
    ok(first.size >= 2 && first.size <= 4, `${first.size} connections`);
    for (const pid of first) await killBackend(pid);
    const results = await Promise.allSettled(Array.from({ length: 20 }, pids));
    ok(results.length === 20);
    const second = await pids();
    deepEqual(second.filter((pid) => first.has(pid)), []);
  });

  it("a stale borrower cannot reach the next one's transaction", async () => {
    const { sql } = service.deps;
    const other = newId();
    const held = gate();
    let stale: Promise<unknown> | undefined;
    const broken = transaction(sql, { organizationId: other }, async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await killBackend(row!.pid);
      await held.opened;
      stale = tx`select id from things`.then(() => "answered", () => "refused");
      await stale;
    });
    await rejects(broken);
    await transaction(sql, { organizationId }, async (tx) => {
      await tx`insert into things (id, organization_id, name) values (${newId()}, ${organizationId}, 'mine')`;
      held.open();
      await Promise.resolve();
      await tx`select 1`;
    });
    equal(await stale, "refused");
  });
});
