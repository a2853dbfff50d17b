/** Facts from other services: handled once, from whom they may come, or not at all. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, NOON, openWorkflow, type TestWorkflow } from "./testing.ts";

describe("document.created", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  /** Everything that taking in an event could leave behind. */
  const traces = async (organizationId: string) => {
    const [row] = await t.service.owner`
      select (select count(*)::int from tasks where organization_id = ${organizationId}) as tasks,
             (select count(*)::int from inbox_events where organization_id = ${organizationId})
               as inbox,
             (select count(*)::int from outbox_events where organization_id = ${organizationId})
               as outbox,
             (select count(*)::int from audit_events where organization_id = ${organizationId})
               as audit`;
    return { ...row };
  };
  const nothing = { tasks: 0, inbox: 0, outbox: 0, audit: 0 };

  it("opens a task to review the document", async () => {
    const [organizationId, patientId] = [newId(), newId()];
    const event = documentCreated({ organizationId, title: "Letter", patientId });
    equal((await t.tell(event)).status, 204);
    const page = await (await t.as(newId(), organizationId)("GET", "/api/workflow/tasks")).json();
    deepEqual(page, {
      items: [{
        id: page.items[0].id,
        title: "Review: Letter",
        state: "open",
        subject: { type: "document", id: event.subject },
        patientId,
        candidatePermission: "tasks:work",
        createdAt: NOON.toISOString(),
        dueAt: "2026-01-08T12:00:00.000Z",
        claimedBy: null,
        completedBy: null,
        completedAt: null,
        outcome: null,
        comment: null,
        version: 1,
        runId: null,
        pools: [],
        priority: "normal",
        form: null,
        outcomes: [],
        data: null,
        isFourEyes: false,
        proposedBy: null,
        snoozedUntil: null,
        escalationLevel: 0,
      }],
      nextCursor: null,
    });
    const [audit] = await t.service.owner`
      select actor_kind, actor_id, request_id, details from audit_events
      where organization_id = ${organizationId} and action = 'task.created'`;
    deepEqual({ ...audit }, {
      actorKind: "service",
      actorId: "content",
      requestId: event.requestid,
      details: { eventId: event.id, subjectType: "document", subjectId: event.subject },
    });
  });

  it("has one effect, however often and at once it is told", async () => {
    const organizationId = newId();
    const event = documentCreated({ organizationId });
    equal((await t.tell(event)).status, 204);
    equal((await t.tell(event)).status, 204);
    const once = { tasks: 1, inbox: 1, outbox: 1, audit: 1 };
    deepEqual(await traces(organizationId), once);
    const twin = documentCreated({ organizationId });
    const answers = await Promise.all(Array.from({ length: 8 }, () => t.tell(twin)));
    deepEqual(answers.map(({ status }) => status), Array(8).fill(204));
    deepEqual(await traces(organizationId), { tasks: 2, inbox: 2, outbox: 2, audit: 2 });
  });

  it("is refused when another service tells it, in content's name or in its own", async () => {
    const organizationId = newId();
    const event = documentCreated({ organizationId });
    equal((await t.tell(event, "communication")).status, 403);
    equal((await t.tell({ ...event, source: "/communication" }, "communication")).status, 403);
    deepEqual(await traces(organizationId), nothing);
  });

  it("is refused from a user and from a stranger", async () => {
    const organizationId = newId();
    const body = JSON.stringify(documentCreated({ organizationId }));
    for (const who of [t.service.headersOf({ organizationId }), {}]) {
      const headers = { "content-type": "application/json", ...who };
      const response = await t.app.request("/internal/events", { method: "POST", body, headers });
      equal(response.status, 401);
      await response.body?.cancel();
    }
    deepEqual(await traces(organizationId), nothing);
  });

  it("is refused in a shape that is not its own", async () => {
    const organizationId = newId();
    const event = documentCreated({ organizationId });
    const data = event.data as Record<string, unknown>;
    const bad: Record<string, unknown> = {
      "an unknown type": { ...event, type: "document.shredded" },
      "data without a patient's id or null": { ...event, data: { ...data, patientId: undefined } },
      "data with a wrong id": { ...event, data: { ...data, documentId: "7" } },
      "no data": { ...event, data: undefined },
      "no organization": { ...event, organizationid: undefined },
      "a title that Postgres cannot keep": { ...event, data: { ...data, title: "a\0b" } },
      "an array": [event],
    };
    for (const [what, body] of Object.entries(bad)) {
      const response = await t.tell(body);
      equal(response.status, 422, what);
      equal(response.headers.get("content-type"), "application/problem+json");
      await response.body?.cancel();
    }
    const send = (body: BodyInit, type?: string) =>
      t.app.request("/internal/events", {
        method: "POST",
        body,
        headers: { ...(type ? { "content-type": type } : {}), ...asService("content") },
      });
    equal((await send("{", "application/json")).status, 400);
    equal((await send("{}")).status, 415);
    deepEqual(await traces(organizationId), nothing);
  });

  it("leaves nothing when a part of it fails, and is handled when told again", async () => {
    const organizationId = newId();
    const event = documentCreated({ organizationId });
    await t.service.owner`revoke execute on function append_audit_events(jsonb) from praxis_app`;
    try {
      equal((await t.tell(event)).status, 500);
      deepEqual(await traces(organizationId), nothing);
    } finally {
      await t.service.owner`grant execute on function append_audit_events(jsonb) to praxis_app`;
    }
    equal((await t.tell(event)).status, 204);
    deepEqual(await traces(organizationId), { tasks: 1, inbox: 1, outbox: 1, audit: 1 });
  });
});
