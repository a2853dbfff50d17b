/** Many facts in one call: what is handled together, what is left to be told alone, and to whom. */
import { deepEqual, equal } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { createService } from "../http/mod.ts";
import { newId } from "../id/id.ts";
import { transaction } from "../postgres/transaction.ts";
import { silent } from "../telemetry/log.ts";
import { asService, openTestService, type TestService } from "../testing/mod.ts";
import { defineEvent, type EventEnvelope } from "./event.ts";
import { eventRoutes, onEvent } from "./inbox.ts";
import { publish } from "./outbox.ts";
import { startRelay } from "./relay.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
const Counted = defineEvent({
  type: "thing.counted",
  version: 1,
  data: z.strictObject({ n: z.int() }),
  subscribers: ["listener"],
});

describe("many facts at once", () => {
  let listener: TestService;
  let app: ReturnType<typeof createService>;
  let applied: string[];
  let asked: number;
  /** Facts with this number cannot be handled. */
  let poison: number | undefined;
  beforeEach(async () => {
    applied = [];
    asked = 0;
    poison = undefined;
    listener = await openTestService({ service: "things", folder });
    const data = z.strictObject({ n: z.int() });
    const apply = async (
      tx: Parameters<Parameters<typeof onEvent>[0]["apply"]>[0],
      event: EventEnvelope,
    ) => {
      const { n } = event.data as { n: number };
      await tx`
        insert into things (id, organization_id, name)
        values (${newId()}, ${event.organizationid}, ${String(n)})`;
      if (n === poison) throw new Error("poison");
      applied.push(event.id);
    };
    const features = [eventRoutes(listener.deps.sql, {
      "thing.counted": onEvent({ data, apply }),
      "thing.asked": onEvent({
        data,
        prepare: () => Promise.resolve(void asked++),
        apply,
      }),
    })];
    app = createService({ name: "listener", features, identify: listener.identify });
  });
  afterEach(() => listener[Symbol.asyncDispose]());

  const event = (n: number, more: Partial<EventEnvelope> = {}): EventEnvelope => ({
    specversion: "1.0",
    id: newId(),
    source: "/things",
    type: "thing.counted",
    subject: newId(),
    time: "2026-01-05T12:00:00Z",
    datacontenttype: "application/json",
    dataversion: 1,
    organizationid: newId(),
    data: { n },
    ...more,
  });
  async function tell(events: unknown[], teller = "things"): Promise<string[]> {
    const response = await app.request("/internal/events/batch", {
      method: "POST",
      body: JSON.stringify({ events }),
      headers: { "content-type": "application/json", ...asService(teller) },
    });
    equal(response.status, 200);
    return (await response.json()).handled;
  }
  const idsOf = (events: EventEnvelope[]) => events.map(({ id }) => id);
  const kept = async () =>
    (await listener.owner`select name from things order by name`).map(({ name }) => name);

  it("are handled once, in the scope of each one's organization", async () => {
    const organizationid = newId();
    const events = [event(1, { organizationid }), event(2), event(3, { organizationid })];
    deepEqual(new Set(await tell(events)), new Set(idsOf(events)));
    deepEqual(new Set(await tell([...events, event(4)])).size, 4, "copies are said to be handled");
    deepEqual(await kept(), ["1", "2", "3", "4"]);
    equal(applied.length, 4);
  });

  it("have their effect once when one call holds them twice", async () => {
    const twice = event(1);
    deepEqual(new Set(await tell([twice, twice])), new Set([twice.id]));
    deepEqual(await kept(), ["1"]);
  });

  it("are handled in the order in which they are told", async () => {
    const organizationid = newId();
    const events = Array.from({ length: 40 }, (_, n) => event(n, { organizationid }));
    await tell(events);
    deepEqual(applied, idsOf(events));
  });

  it("fall together with a bad one of their organization, and leave nothing", async () => {
    poison = 2;
    const organizationid = newId();
    const other = event(4);
    const events = [event(1, { organizationid }), event(2, { organizationid }), other];
    deepEqual(await tell(events), [other.id]);
    deepEqual(await kept(), ["4"]);
  });

  it("leave to be told alone what is not understood, or asks others first", async () => {
    const good = event(1);
    const handled = await tell([
      good,
      event(2, { type: "thing.unheard_of" }),
      event(3, { data: { n: "three" } }),
      event(4, { source: "/content" }),
      event(5, { type: "thing.asked" }),
      { nonsense: true },
      null,
    ]);
    deepEqual(handled, [good.id]);
    equal(asked, 0);
    deepEqual(await tell([event(6)], "content"), []);
    deepEqual(await kept(), ["1"]);
  });

  it("are refused when they are too many, or no batch", async () => {
    const send = async (body: unknown) => {
      const response = await app.request("/internal/events/batch", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...asService("things") },
      });
      await response.body?.cancel();
      return response.status;
    };
    equal(await send({ events: Array.from({ length: 65 }, (_, n) => event(n)) }), 422);
    equal(await send([event(1)]), 422);
    equal(await send({ events: [event(1)], more: 1 }), 422);
    equal(await send({ events: ["x".repeat(1024 * 1024)] }), 413);
    deepEqual(await kept(), []);
  });

  it("reach the listener from the outbox; a poisonous one dies alone, with its reason", async () => {
    poison = 7;
    await using teller = await openTestService({ service: "things", folder });
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
    const organizationId = newId();
    const count = 150;
    await transaction(teller.deps.sql, { organizationId }, async (tx) => {
      for (let n = 0; n < count; n++) {
        const fact = { source: "things", organizationId, at: new Date(), data: { n } };
        await publish(tx, Counted, { ...fact, subject: `subject-${String(n).padStart(3, "0")}` });
      }
    });
    const relay = await startRelay({
      sql: teller.deps.sql,
      discover: () => `http://127.0.0.1:${server.addr.port}`,
      serviceToken: () => Promise.resolve("service-things"),
      log: silent,
    });
    try {
      for (let tries = 0; tries < 20 && (await kept()).length < count - 1; tries++) {
        await relay.drain();
      }
      const names = await kept();
      equal(names.length, count - 1, "each has its effect once");
      equal(new Set(names).size, count - 1);
      equal(names.includes("7"), false);
    } finally {
      await relay.stop();
      await server.shutdown();
    }
    const states = await teller.owner`
      select state, last_error is not null as has_reason, refusals > 0 as is_refused
      from outbox_deliveries
      where state <> 'delivered'`;
    deepEqual(states.map((row) => ({ ...row })), [
      { state: "pending", hasReason: true, isRefused: true },
    ]);
  });
});
