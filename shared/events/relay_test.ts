/** The relay against subscribers that refuse, break off, fall ill and recover, and its own end. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { newId } from "../id/id.ts";
import { connect } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { silent } from "../telemetry/log.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { defineEvent, EventEnvelope } from "./event.ts";
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
  let answer: (heard: Heard) => number | Promise<number> = () => 204;
  const requests: { path: string; authorization: string | null }[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      requests.push({ path: pathname, authorization: request.headers.get("authorization") });
      const { id, subject, data } = EventEnvelope.parse(await request.json());
      const fact = { subscriber: name, subject, n: (data as { n: number }).n, id };
      heard.push(fact);
      return new Response(null, { status: await answer(fact) });
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

  for (const status of [400, 403, 404, 422]) {
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

  for (const status of [401, 408, 429, 500, 503]) {
    it(`does not take ${status} for a refusal`, async () => {
      ears.workflow!.answerWith(() => heard.length === 1 ? status : 204);
      const relay = await relayTo();
      await tell("a", 1);
      await drainUntil(relay, () => heard.length >= 2);
      deepEqual((await deliveries()).map(({ state }) => state), ["delivered"]);
      deepEqual(errors, []);
    });
  }

  it("takes over from a relay that died after leasing, when the lease has run out", async () => {
    await tell("a", 1);
    await tell("a", 2);
    const leased = await transaction(
      service.deps.sql,
      "system",
      (tx) => store.lease(tx, 10, 3_600),
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
