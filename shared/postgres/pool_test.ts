import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "../id/id.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { connect, read, transaction } from "./mod.ts";

/** A gate that a test opens. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** A network between a client and the database that can be cut. */
function openCable(databasePort: number) {
  const connections = new Set<Deno.Conn>();
  let listener: Deno.Listener | undefined;
  async function carry(one: Deno.Conn): Promise<void> {
    const other = await Deno.connect({ hostname: "127.0.0.1", port: databasePort });
    for (const end of [one, other]) connections.add(end);
    one.readable.pipeTo(other.writable).catch(() => {});
    other.readable.pipeTo(one.writable).catch(() => {});
  }
  function plug(port: number): number {
    const opened = listener = Deno.listen({ hostname: "127.0.0.1", port });
    (async () => {
      for await (const one of opened) carry(one).catch(() => {});
    })().catch(() => {});
    return (opened.addr as Deno.NetAddr).port;
  }
  function cut(): void {
    listener?.close();
    for (const end of connections) {
      try {
        end.close();
      } catch {
        // The other side was faster.
      }
    }
    connections.clear();
  }
  return { plug, cut };
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
    const stale = Promise.withResolvers<string>();
    const broken = transaction(sql, { organizationId: other }, async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await killBackend(row!.pid);
      await held.opened;
      await tx`select id from things`
        .then(() => stale.resolve("answered"), () => stale.resolve("refused"));
    });
    await rejects(broken);
    await transaction(sql, { organizationId }, async (tx) => {
      await tx`insert into things (id, organization_id, name) values (${newId()}, ${organizationId}, 'mine')`;
      held.open();
      equal(await stale.promise, "refused");
      await tx`select 1`;
    });
  });

  it("survives a network that comes and goes: everybody gets an answer, and work goes on", async () => {
    const url = new URL(service.appUrl);
    const cable = openCable(Number(url.port));
    const port = cable.plug(0);
    url.port = String(port);
    const sql = connect(url.href);
    const write = () =>
      transaction(sql, { organizationId }, async (tx) => {
        await tx`select 1`;
        await tx`
          insert into things (id, organization_id, name)
          values (${newId()}, ${organizationId}, ${"x".repeat(200)})`;
      });
    // An idle connection may not know yet that it has been cut: its next borrower is told.
    const persist = async () => {
      for (let tries = 1;; tries++) {
        try {
          return await write();
        } catch (error) {
          if (tries === 100) throw error;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    };
    try {
      for (let round = 0; round < 10; round++) {
        await persist();
        const workers = Array.from({ length: 20 }, write);
        // Cut while some are under way: whoever settles first shows that work has begun.
        if (round % 2 === 0) await Promise.race(workers).catch(() => {});
        cable.cut();
        const results = await Promise.allSettled(workers);
        equal(results.length, 20);
        cable.plug(port);
      }
      await Promise.all(Array.from({ length: 20 }, persist));
    } finally {
      await sql.end();
      cable.cut();
    }
  });
});
