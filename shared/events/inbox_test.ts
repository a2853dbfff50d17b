/** What comes in: from whom, in which version, within which time, and with what effect. */
import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { type Api, createService } from "../http/mod.ts";
import { newId } from "../id/id.ts";
import type { Db } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { asService, openTestService, type TestService } from "../testing/mod.ts";
import type { EventEnvelope } from "./event.ts";
import { eventRoutes, onEvent } from "./inbox.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);

describe("the inbox", () => {
  let service: TestService;
  let app: Api;
  const organizationId = newId();
  let applied: number[] = [];
  let forgotten: number[] = [];
  let cacheIsBroken = false;
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
  const wrote = Promise.withResolvers<string>();
  const write = async (tx: Db, organizationId: string, name: string) =>
    await tx`
      insert into things (id, organization_id, name)
      values (${newId()}, ${organizationId}, ${name})`;
  const data = z.object({ n: z.int() });
  before(async () => {
    service = await openTestService({ service: "things", folder });
    const features = [eventRoutes(service.deps.sql, {
      "thing.counted": onEvent({
        source: "things",
        versions: [1],
        data,
        apply: (_tx, _event, { n }) => Promise.resolve(void applied.push(n)),
        after: (_event, { n }) => {
          if (cacheIsBroken) throw new Error("the cache is gone");
          forgotten.push(n);
          return Promise.resolve();
        },
      }),
      "thing.hung": onEvent({ data, apply: () => new Promise<void>(() => {}) }),
      "thing.late": onEvent({
        data,
        apply: async (tx, { organizationid }) => {
          await woken;
          await write(tx, organizationid, "late").then(() => "written", ({ name }) => name)
            .then(wrote.resolve);
        },
      }),
      "thing.asked": onEvent({
        data,
        prepare: () => new Promise<void>(() => {}),
        apply: async () => {},
      }),
    }, { handlerMs: 50 })];
    app = createService({ name: "things", features, identify: service.identify });
  });
  after(() => service[Symbol.asyncDispose]());

  const event = (more: Partial<EventEnvelope> = {}): EventEnvelope => ({
    specversion: "1.0",
    id: newId(),
    source: "/things",
    type: "thing.counted",
    subject: "a",
    time: "2026-01-05T12:00:00Z",
    datacontenttype: "application/json",
    dataversion: 1,
    organizationid: organizationId,
    data: { n: 1 },
    ...more,
  });
  const tell = async (told: EventEnvelope, teller = told.source.slice(1)) => {
    const response = await app.request("/internal/events", {
      method: "POST",
      body: JSON.stringify(told),
      headers: { "content-type": "application/json", ...asService(teller) },
    });
    const text = await response.text();
    const { type } = text === "" ? { type: undefined } : JSON.parse(text);
    return type === undefined ? `${response.status}` : `${response.status} ${type}`;
  };
  const remembered = async (id: string) =>
    (await service.owner`select 1 from inbox_events where id = ${id}`).length;

  it("handles a fact once, and forgets what was cached for a copy as well", async () => {
    applied = [];
    forgotten = [];
    const told = event();
    equal(await tell(told), "204");
    equal(await tell(told), "204");
    deepEqual([applied, forgotten], [[1], [1, 1]]);
  });

  it("does not say that it has handled what it has not forgotten", async () => {
    applied = [];
    forgotten = [];
    const told = event();
    cacheIsBroken = true;
    equal(await tell(told), "500 /problems/internal");
    cacheIsBroken = false;
    equal(await tell(told), "204");
    deepEqual([applied, forgotten], [[1], [1]]);
  });

  it("takes a fact only from the service whose it is", async () => {
    equal(await tell(event({ source: "/others" })), "403 /problems/not-permitted");
    equal(await tell(event(), "others"), "403 /problems/not-permitted");
  });

  it("says of a type or version that it does not know it, so that it is told again", async () => {
    equal(await tell(event({ type: "thing.shredded" })), "422 /problems/unknown-event");
    equal(await tell(event({ type: "constructor.prototype" })), "422 /problems/unknown-event");
    equal(await tell(event({ dataversion: 2 })), "422 /problems/unknown-event");
    equal(await tell(event({ data: { n: "one" } })), "422 /problems/invalid-request");
  });

  it("lets no handler hang: it fails, leaves nothing, and its connection serves others", async () => {
    for (const type of ["thing.hung", "thing.asked"]) {
      // More than the pool has connections.
      const told = Array.from({ length: 6 }, () => event({ type }));
      const answers = await Promise.all(told.map((one) => tell(one)));
      deepEqual(new Set(answers), new Set(["500 /problems/internal"]));
      for (const { id } of told) equal(await remembered(id), 0);
    }
    equal(await tell(event()), "204");
  });

  it("lets a handler that wakes too late write nothing into another's transaction", async () => {
    equal(await tell(event({ type: "thing.late" })), "500 /problems/internal");
    await transaction(service.deps.sql, "system", async (tx) => {
      await write(tx, newId(), "other");
      wake();
      equal(await wrote.promise, "TypeError");
    });
    deepEqual((await service.owner`select name from things`).map(({ name }) => name), ["other"]);
  });
});
