/** A fact is written down if and only if the change it tells of is. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { newId } from "../id/id.ts";
import type { Db } from "../postgres/connect.ts";
import { read, transaction } from "../postgres/transaction.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { defineEvent, EventEnvelope } from "./event.ts";
import { publish } from "./outbox.ts";
import { traceparentOf } from "./trace.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
const AT = new Date("2026-01-05T12:00:00Z");

const ThingMade = defineEvent({
  type: "thing.made",
  version: 2,
  data: z.strictObject({ thingId: z.uuid(), label: z.string() }),
  subscribers: ["workflow", "communication"],
});

describe("publish", () => {
  let service: TestService;
  before(async () => {
    service = await openTestService({ service: "things", folder });
  });
  after(() => service[Symbol.asyncDispose]());

  async function makeThing(tx: Db, organizationId: string, id = newId()): Promise<void> {
    await tx`
      insert into things (id, organization_id, name) values (${id}, ${organizationId}, 'a thing')`;
    await publish(tx, ThingMade, {
      source: "things",
      organizationId,
      subject: id,
      at: AT,
      requestId: "request-1",
      data: { thingId: id, label: "a thing" },
    });
  }

  const rowsOf = async (organizationId: string) => {
    const [row] = await service.owner`
      select (select count(*)::int from things where organization_id = ${organizationId}) as things,
             (select count(*)::int from outbox_events where organization_id = ${organizationId})
               as events,
             (select count(*)::int from outbox_deliveries where organization_id = ${organizationId})
               as deliveries`;
    return { ...row };
  };

  it("leaves an event and one delivery for each subscriber", async () => {
    const [organizationId, id] = [newId(), newId()];
    const { sql } = service.deps;
    await transaction(sql, { organizationId }, (tx) => makeThing(tx, organizationId, id));
    deepEqual(await rowsOf(organizationId), { things: 1, events: 1, deliveries: 2 });
    const [row] = await service.owner`
      select event from outbox_events where organization_id = ${organizationId}`;
    const event = EventEnvelope.parse(row!.event);
    deepEqual(event, {
      specversion: "1.0",
      id: event.id,
      source: "/things",
      type: "thing.made",
      subject: id,
      time: AT.toISOString(),
      datacontenttype: "application/json",
      dataversion: 2,
      organizationid: organizationId,
      requestid: "request-1",
      traceparent: traceparentOf("request-1", event.id),
      data: { thingId: id, label: "a thing" },
    });
  });

  it("leaves nothing when the transaction ends badly", async () => {
    const organizationId = newId();
    const work = transaction(service.deps.sql, { organizationId }, async (tx) => {
      await makeThing(tx, organizationId);
      throw new Error("second thoughts");
    });
    await rejects(work, { message: "second thoughts" });
    deepEqual(await rowsOf(organizationId), { things: 0, events: 0, deliveries: 0 });
  });

  it("undoes the change when the fact does not have its shape", async () => {
    const organizationId = newId();
    const work = transaction(service.deps.sql, { organizationId }, async (tx) => {
      await makeThing(tx, organizationId);
      await publish(tx, ThingMade, {
        source: "things",
        organizationId,
        subject: "x",
        at: AT,
        data: { thingId: "not an id", label: "a thing" },
      });
    });
    await rejects(work, { name: "ZodError" });
    deepEqual(await rowsOf(organizationId), { things: 0, events: 0, deliveries: 0 });
  });

  it("cannot speak for another organization, nor be overheard by it", async () => {
    const [clinic, rival] = [newId(), newId()];
    const { sql } = service.deps;
    const forged = transaction(sql, { organizationId: rival }, (tx) => makeThing(tx, clinic));
    await rejects(forged, { code: "42501" });
    await transaction(sql, { organizationId: clinic }, (tx) => makeThing(tx, clinic));
    const seen = await read(sql, { organizationId: rival }, (tx) =>
      tx`
        select event from outbox_events e join outbox_deliveries d on d.seq = e.seq`);
    equal(seen.length, 0);
  });
});
