/** The relay against subscribers that refuse, break off, fall ill and recover, and its own end. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { newId } from "../id/id.ts";
import { connect } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { silent } from "../telemetry/log.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { defineEvent, EventEnvelope } from "./event.ts";
import { verdictOf } from "./courier.ts";
import { publish } from "./outbox.ts";
import { backoffSeconds, type Relay, startRelay } from "./relay.ts";
import * as store from "./store.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
const organizationId = newId();

const Counted = (...subscribers: string[]) =>
  defineEvent({
    type: "thing.counted",
    version: 1,
    data: z.strictObject({ n: z.int() }),
    subscribers,
  });

type Heard = { subscriber: string; subject: string; n: number; id: string };

/** A service that hears facts; what it answers can be changed. */
function startSubscriber(name: string, heard: Heard[]) {
  type Answer = number | Response;
  let answer: (heard: Heard) => Answer | Promise<Answer> = () => 204;
  const requests: { path: string; authorization: string | null }[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      // As an older release: each fact comes alone, and can be answered alone.
      if (pathname.endsWith("/batch")) return new Response(null, { status: 404 });
      requests.push({ path: pathname, authorization: request.headers.get("authorization") });
      const { id, subject, data } = EventEnvelope.parse(await request.json());
      const fact = { subscriber: name, subject, n: (data as { n: number }).n, id };
      heard.push(fact);
      const said = await answer(fact);
      return said instanceof Response ? said : new Response(null, { status: said });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
    close: () => server.shutdown(),
  };
}

/** Stands before Postgres, so that it can go away and come back. */
function startDetour(url: string) {
  const target = new URL(url);
  const connections = new Set<Deno.Conn>();
  let listener: Deno.Listener;
  const listen = (port: number) => {
    listener = Deno.listen({ port, hostname: "127.0.0.1" });
    void accept(listener);
    return (listener.addr as Deno.NetAddr).port;
  };
  async function accept(on: Deno.Listener) {
    try {
      for await (const near of on) {
        const far = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
        connections.add(near).add(far);
        near.readable.pipeTo(far.writable).catch(() => {});
        far.readable.pipeTo(near.writable).catch(() => {});
      }
    } catch {
      // The listener was closed.
    }
  }
  const port = listen(0);
  const detour = new URL(url);
  detour.host = `127.0.0.1:${port}`;
  return {
    url: detour.href,
    goAway: () => {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // The other side was first.
        }
      }
      connections.clear();
    },
    comeBack: () => void listen(port),
  };
}

/** A relay made by `start` never looks by itself: it must be woken. */
async function withoutLooking<T>(start: () => Promise<T>): Promise<T> {
  const { setInterval } = globalThis;
  globalThis.setInterval = (() => 0) as unknown as typeof setInterval;
  try {
    return await start();
  } finally {
    globalThis.setInterval = setInterval;
  }
}

describe("backoffSeconds", () => {
  it("doubles from half a second to a minute", () => {
    deepEqual([0, 1, 2, 3, 6, 7, 1_500].map(backoffSeconds), [0.5, 1, 2, 4, 32, 60, 60]);
  });
});

describe("verdictOf", () => {
  it("tells what may change with a deploy from what never will", () => {
    const refused = [404, 405, 500].map((status) => verdictOf(status, undefined));
    deepEqual(new Set([...refused, verdictOf(422, "unknown-event")]), new Set(["refused"]));
    const impossible = [400, 403, 409, 410, 413, 415, 422];
    deepEqual(
      new Set(impossible.map((status) => verdictOf(status, "invalid-request"))),
      new Set(["impossible"]),
    );
    const unreachable = [401, 408, 425, 429, 502, 503, 504];
    deepEqual(
      new Set(unreachable.map((status) => verdictOf(status, undefined))),
      new Set(["unreachable"]),
    );
  });
});

describe("relay", () => {
  let service: TestService;
  let heard: Heard[];
  let ears: Record<string, ReturnType<typeof startSubscriber>>;
  let relays: Relay[];
  const errors: { event: string; facts: unknown }[] = [];
  const log = {
    ...silent,
    error: (event: string, _error: unknown, facts?: unknown) => void errors.push({ event, facts }),
  };

  beforeEach(async () => {
    service = await openTestService({ service: "things", folder });
    heard = [];
    errors.length = 0;
    ears = {
      workflow: startSubscriber("workflow", heard),
      content: startSubscriber("content", heard),
    };
    relays = [];
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await Promise.all(Object.values(ears).map((ear) => ear.close()));
    await service[Symbol.asyncDispose]();
  });

  async function relayTo(
    { discover = (name: string) => ears[name]!.url, sql = service.deps.sql } = {},
  ): Promise<Relay> {
    const serviceToken = () => Promise.resolve("a-service-token");
    const relay = await startRelay({ sql, discover, serviceToken, log });
    relays.push(relay);
    return relay;
  }

  const tell = (subject: string, n: number, ...subscribers: string[]) =>
    transaction(
      service.deps.sql,
      { organizationId },
      (tx) =>
        publish(tx, Counted(...subscribers.length > 0 ? subscribers : ["workflow"]), {
          source: "things",
          organizationId,
          subject,
          at: new Date(),
          data: { n },
        }),
    );

  const deliveries = async () => [
    ...await service.owner`
      select aggregate, state, attempts, last_error, leased_until is not null as is_leased
      from outbox_deliveries order by seq, subscriber`,
  ];
  /** Makes the waiting of a back-off unnecessary. */
  const makeDue = () => service.owner`update outbox_deliveries set due_at = now()`;
  const heardOf = (subject: string) =>
    heard.filter((fact) => fact.subject === subject).map(({ n }) => n);

  /** Lets the relay try until `isDone`; ends badly after far more tries than any test needs. */
  async function drainUntil(relay: Relay, isDone: () => boolean): Promise<void> {
    for (let tries = 0; tries < 50 && !isDone(); tries++) {
      await makeDue();
      await relay.drain();
    }
    ok(isDone(), "the relay did not get there");
  }

  it("tells each subscriber each fact, as the service that it is", async () => {
    const relay = await relayTo();
    await tell("a", 1, "workflow", "content");
    await relay.drain();
    deepEqual(heard.map(({ subscriber }) => subscriber).sort(), ["content", "workflow"]);
    equal(new Set(heard.map(({ id }) => id)).size, 1);
    deepEqual(ears.workflow!.requests, [
      { path: "/internal/events", authorization: "Bearer a-service-token" },
    ]);
    deepEqual((await deliveries()).map(({ state, attempts }) => [state, attempts]), [
      ["delivered", 1],
      ["delivered", 1],
    ]);
    await relay.drain();
    equal(heard.length, 2);
  });

  it("keeps the order of each aggregate while its subscriber is ill, and holds up no other", async () => {
    let isIll = true;
    ears.workflow!.answerWith(({ subject }) => isIll && subject === "a" ? 503 : 204);
    const relay = await relayTo();
    for (const n of [1, 2, 3]) await tell("a", n);
    for (const n of [1, 2]) await tell("b", n);
    await drainUntil(relay, () => heardOf("a").length >= 3);
    ok(heardOf("a").every((n) => n === 1), "only the first is tried");
    deepEqual(heardOf("b"), [1, 2]);
    isIll = false;
    await drainUntil(relay, () => heardOf("a").includes(3));
    deepEqual(heardOf("a").filter((n) => n > 1), [2, 3]);
    deepEqual(new Set((await deliveries()).map(({ state }) => state)), new Set(["delivered"]));
  });

  it("waits longer after each failure and says why it failed", async () => {
    ears.workflow!.answerWith(() => 503);
    const relay = await relayTo();
    await tell("a", 1);
    await drainUntil(relay, () => heard.length >= 3);
    await relay.stop();
    const [row] = await service.owner`
      select state, last_error, due_at > now() as is_later, attempts from outbox_deliveries`;
    const { attempts, ...rest } = row!;
    ok(attempts >= 3);
    deepEqual({ ...rest }, { state: "pending", lastError: "answered 503", isLater: true });
  });

  it("tells again when the answer was lost", async () => {
    const deaf = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    let accepted = 0;
    const breaking = (async () => {
      for await (const connection of deaf) {
        accepted++;
        await connection.read(new Uint8Array(65_536));
        connection.close();
      }
    })();
    const healthy = ears.workflow!.url;
    const deafUrl = `http://127.0.0.1:${(deaf.addr as Deno.NetAddr).port}`;
    let url = deafUrl;
    const relay = await relayTo({ discover: () => url });
    await tell("a", 1);
    await drainUntil(relay, () => accepted > 0);
    equal((await deliveries())[0]!.state, "pending");
    url = healthy;
    await drainUntil(relay, () => heard.length > 0);
    deepEqual(heardOf("a"), [1]);
    deaf.close();
    await breaking.catch(() => {});
  });

  for (const status of [400, 403, 413, 422]) {
    it(`gives a fact up that is refused with ${status}, and goes on with the next`, async () => {
      ears.workflow!.answerWith(({ n }) => n === 1 ? status : 204);
      const relay = await relayTo();
      await tell("a", 1);
      await tell("a", 2);
      await drainUntil(relay, () => heardOf("a").includes(2));
      deepEqual(heardOf("a"), [1, 2]);
      deepEqual(
        (await deliveries()).map(({ state, lastError, attempts }) => [state, lastError, attempts]),
        [["dead", `answered ${status}`, 1], ["delivered", null, 1]],
      );
      deepEqual(errors, [{
        event: "event undeliverable",
        facts: { eventId: heard[0]!.id, subscriber: "workflow" },
      }]);
    });
  }

  for (const status of [401, 404, 408, 429, 500, 503]) {
    it(`does not take ${status} for a refusal`, async () => {
      ears.workflow!.answerWith(() => heard.length === 1 ? status : 204);
      const relay = await relayTo();
      await tell("a", 1);
      await drainUntil(relay, () => heard.length >= 2);
      deepEqual((await deliveries()).map(({ state }) => state), ["delivered"]);
      deepEqual(errors, []);
    });
  }

  it("asks again when a type is not known yet, for an hour and not for ever", async () => {
    ears.workflow!.answerWith(() =>
      Response.json({
        type: "/problems/unknown-event",
        title: "This type is not known here",
        status: 422,
        instance: "request-7",
        errors: [{ pointer: "/type", detail: "whatever was sent" }],
      }, { status: 422 })
    );
    const relay = await relayTo();
    await tell("a", 1);
    await drainUntil(relay, () => heard.length >= 2);
    const [first] = await deliveries();
    equal(first!.state, "pending");
    equal(first!.lastError, "answered 422: This type is not known here (/type), request request-7");
    await service.owner`update outbox_deliveries set refusals = 64`;
    const before = heard.length;
    await drainUntil(relay, () => heard.length > before);
    await relay.stop();
    equal((await deliveries())[0]!.state, "dead");
    equal(errors.length, 1);
  });

  it("keeps no word of an answer that is not one of our problems", async () => {
    ears.workflow!.answerWith(() => Response.json({ title: "Ada Lovelace" }, { status: 400 }));
    const relay = await relayTo();
    await tell("a", 1);
    await relay.drain();
    equal((await deliveries())[0]!.lastError, "answered 400");
  });

  it("tells the others while one subscriber hangs", async () => {
    const answer = Promise.withResolvers<number>();
    ears.workflow!.answerWith(() => answer.promise);
    const told = Promise.withResolvers<void>();
    ears.content!.answerWith(({ n }) => {
      if (n === 99) told.resolve();
      return 204;
    });
    const relay = await relayTo();
    for (let n = 0; n < 100; n++) await tell(`subject-${n}`, n, "workflow", "content");
    void relay.drain();
    await told.promise;
    answer.resolve(204);
    await drainUntil(relay, () => heard.length === 200);
  });

  it("takes organizations in turn, so that a backlog of one does not hold up the others", async () => {
    const other = newId();
    await service.owner`
      with facts as (
        insert into outbox_events (id, organization_id, aggregate, event)
        select gen_random_uuid(), ${organizationId}, 'backlog-' || n, '{}' from generate_series(1, 500) n
        returning seq, aggregate
      )
      insert into outbox_deliveries (seq, subscriber, organization_id, aggregate)
      select seq, 'workflow', ${organizationId}, aggregate from facts`;
    await transaction(
      service.deps.sql,
      { organizationId: other },
      (tx) =>
        publish(tx, Counted("workflow"), {
          source: "things",
          organizationId: other,
          subject: "live",
          at: new Date(),
          data: { n: 1 },
        }),
    );
    const leased = await transaction(
      service.deps.sql,
      "system",
      (tx) => store.lease(tx, "workflow", 8, 30),
    );
    equal(leased.length, 8);
    equal(leased.filter(({ event }) => event.organizationid === other).length, 1);
  });

  it("keeps the order of those who publish about one thing at the same time", async () => {
    const first = Promise.withResolvers<void>();
    const isWritten = Promise.withResolvers<void>();
    const publishN = (tx: Parameters<typeof publish>[0], n: number) =>
      publish(tx, Counted("workflow"), {
        source: "things",
        organizationId,
        subject: "a",
        at: new Date(),
        data: { n },
      });
    const slow = transaction(service.deps.sql, { organizationId }, async (tx) => {
      await publishN(tx, 1);
      isWritten.resolve();
      await first.promise;
    });
    await isWritten.promise;
    const quick = tell("a", 2);
    let waits = 0;
    for (let looks = 0; looks < 10_000 && waits === 0; looks++) {
      const [row] = await service.owner`
        select count(*)::int as count from pg_locks join pg_stat_activity using (pid)
        where datname = current_database() and locktype = 'advisory' and not granted`;
      waits = row!.count;
    }
    equal(waits, 1, "the second waits for the first");
    const relay = await relayTo();
    await relay.drain();
    deepEqual(heardOf("a"), []);
    first.resolve();
    await Promise.all([slow, quick]);
    await drainUntil(relay, () => heard.length === 2);
    deepEqual(heardOf("a"), [1, 2]);
  });

  it("tells a dead fact again when an operator says so", async () => {
    ears.workflow!.answerWith(() => 400);
    const relay = await relayTo();
    await tell("a", 1);
    await drainUntil(relay, () => heard.length === 1);
    await relay.drain();
    const scope = { organizationId };
    const dead = await transaction(
      service.deps.sql,
      scope,
      (tx) => store.listDead(tx, organizationId, 10),
    );
    deepEqual(
      dead.map(({ subscriber, type, subject, reason }) => [subscriber, type, subject, reason]),
      [
        ["workflow", "thing.counted", "a", "answered 400"],
      ],
    );
    ears.workflow!.answerWith(() => 204);
    const redrive = (by: string) =>
      transaction(
        service.deps.sql,
        { organizationId: by },
        (tx) => store.redrive(tx, by, dead[0]!.id),
      );
    deepEqual(await redrive(newId()), []);
    deepEqual(await redrive(organizationId), ["workflow"]);
    await drainUntil(relay, () => heard.length === 2);
    await relay.drain();
    equal((await deliveries())[0]!.state, "delivered");
  });

  it("removes what was told long ago, and nothing else", async () => {
    ears.workflow!.answerWith(({ subject }) => subject === "dead" ? 400 : 204);
    const relay = await relayTo();
    for (const subject of ["old", "young", "dead"]) await tell(subject, 1);
    await drainUntil(relay, () => heard.length === 3);
    await relay.drain();
    await service.owner`
      update outbox_events set created_at = now() - interval '8 days'
      where aggregate in ('old', 'dead')`;
    await relay.purge();
    deepEqual((await deliveries()).map(({ aggregate }) => aggregate), ["young", "dead"]);
    const stolen = transaction(service.deps.sql, { organizationId }, (tx) =>
      tx`
        select purge_events(now(), now(), 10)`);
    await rejects(stolen, { code: "42501" });
  });

  it("takes over from a relay that died after leasing, when the lease has run out", async () => {
    await tell("a", 1);
    await tell("a", 2);
    const leased = await transaction(
      service.deps.sql,
      "system",
      (tx) => store.lease(tx, "workflow", 10, 3_600),
    );
    deepEqual(leased.map(({ event }) => event.data), [{ n: 1 }]);
    const relay = await relayTo();
    await relay.drain();
    deepEqual(heard, []);
    await service.owner`
      update outbox_deliveries set leased_until = now() - interval '1 second'
      where leased_until is not null`;
    await relay.drain();
    deepEqual(heardOf("a"), [1, 2]);
  });

  it("shares the work between two relays: each fact once, each aggregate in order", async () => {
    const sql = connect(service.appUrl);
    try {
      const [one, two] = [await relayTo(), await relayTo({ sql })];
      const subjects = Array.from({ length: 8 }, (_, index) => `subject-${index}`);
      const numbers = Array.from({ length: 10 }, (_, index) => index);
      await Promise.all(subjects.map(async (subject) => {
        for (const n of numbers) await tell(subject, n);
      }));
      for (let tries = 0; tries < 200 && heard.length < 80; tries++) {
        await Promise.all([one.drain(), two.drain()]);
      }
      await Promise.all([one.stop(), two.stop()]);
      for (const subject of subjects) deepEqual(heardOf(subject), numbers);
    } finally {
      await sql.end();
    }
  });

  it("is woken by the commit, without looking", async () => {
    await withoutLooking(() => relayTo());
    const told = Promise.withResolvers<void>();
    ears.workflow!.answerWith(() => {
      told.resolve();
      return 204;
    });
    await tell("a", 1);
    await told.promise;
  });

  it("goes on when the database comes back, and is woken again", async () => {
    const detour = startDetour(service.appUrl);
    const sql = connect(detour.url);
    const told = [1, 2, 3].map(() => Promise.withResolvers<void>());
    ears.workflow!.answerWith(({ n }) => {
      told[n - 1]!.resolve();
      return 204;
    });
    try {
      const relay = await withoutLooking(() => relayTo({ sql }));
      await tell("a", 1);
      await told[0]!.promise;
      detour.goAway();
      await tell("b", 2);
      detour.comeBack();
      await told[1]!.promise;
      await tell("c", 3);
      await told[2]!.promise;
      await relay.stop();
    } finally {
      await sql.end({ timeout: 5 });
      detour.goAway();
    }
  });

  it("ends after what is under way, and begins nothing more", async () => {
    const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
    ears.workflow!.answerWith(() => {
      arrived.resolve();
      return answer.promise;
    });
    const relay = await relayTo();
    await tell("a", 1);
    await tell("a", 2);
    await arrived.promise;
    const stopped = relay.stop();
    answer.resolve(204);
    await stopped;
    deepEqual((await deliveries()).map(({ state }) => state), ["delivered", "pending"]);
    await relay.drain();
    deepEqual(heardOf("a"), [1]);
    const other = await relayTo();
    await other.drain();
    deepEqual(heardOf("a"), [1, 2]);
  });
});
