/** Facts from other services: handled once, from whom they may come, or not at all. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { common } from "@praxis/shared/problem";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, NOON, openCommunication, type TestCommunication } from "./testing.ts";

describe("document.created", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const rowsOf = async (organizationId: string) => [
    ...await t.service.owner`
      select user_id, kind, title, subject_type, subject_id, patient_id, event_id, created_at,
             read_at
      from notifications where organization_id = ${organizationId} order by user_id`,
  ];

  /** Everything that taking in an event could leave behind. */
  const traces = async (organizationId: string) => {
    const [row] = await t.service.owner`
      select (select count(*)::int from notifications where organization_id = ${organizationId})
             + (select count(*)::int from inbox_events where organization_id = ${organizationId})
             + (select count(*)::int from audit_events where organization_id = ${organizationId})
             as count`;
    return row!.count as number;
  };

  it("tells each member who may read documents, the one who filed it, too", async () => {
    const [ada, ben, patientId] = [newId(), newId(), newId()].sort() as [string, string, string];
    const organizationId = t.addOrganization(ada, ben);
    const event = documentCreated({ organizationId, title: "Letter", patientId });
    (event.data as { createdBy: string }).createdBy = ada;
    equal((await t.tell(event)).status, 204);
    deepEqual(
      await rowsOf(organizationId),
      [ada, ben].map((userId) => ({
        userId,
        kind: "document.created",
        title: "New document: Letter",
        subjectType: "document",
        subjectId: event.subject,
        patientId,
        eventId: event.id,
        createdAt: NOON,
        readAt: null,
      })),
    );
  });

  it("has one effect, however often and at once it is told", async () => {
    const organizationId = t.addOrganization(newId(), newId());
    const event = documentCreated({ organizationId });
    equal((await t.tell(event)).status, 204);
    equal((await t.tell(event)).status, 204);
    const twin = documentCreated({ organizationId });
    const answers = await Promise.all(Array.from({ length: 8 }, () => t.tell(twin)));
    deepEqual(answers.map(({ status }) => status), Array(8).fill(204));
    equal((await rowsOf(organizationId)).length, 4);
    const audits = await t.service.owner`
      select action, actor_kind, actor_id, subject_id, request_id, details from audit_events
      where organization_id = ${organizationId} order by seq`;
    deepEqual(
      [...audits],
      [event, twin].map(({ id, subject, requestid }) => ({
        action: "notification.created",
        actorKind: "service",
        actorId: "content",
        subjectId: subject,
        requestId: requestid,
        details: { eventId: id, recipients: 2 },
      })),
    );
  });

  it("is handled when nobody is to be told, and when a member is listed twice", async () => {
    const nobody = t.addOrganization();
    equal((await t.tell(documentCreated({ organizationId: nobody }))).status, 204);
    equal((await rowsOf(nobody)).length, 0);
    const ada = newId();
    const twice = t.addOrganization(ada, ada);
    equal((await t.tell(documentCreated({ organizationId: twice }))).status, 204);
    equal((await rowsOf(twice)).length, 1);
  });

  it("stays inside its organization", async () => {
    const ada = newId();
    const [clinic, rival] = [t.addOrganization(ada), t.addOrganization(ada)];
    equal((await t.tell(documentCreated({ organizationId: clinic }))).status, 204);
    equal((await rowsOf(clinic)).length, 1);
    equal(await traces(rival), 0);
  });

  it("is refused when another service tells it, in content's name or in its own", async () => {
    const organizationId = t.addOrganization(newId());
    const event = documentCreated({ organizationId });
    equal((await t.tell(event, "workflow")).status, 403);
    equal((await t.tell({ ...event, source: "/workflow" }, "workflow")).status, 403);
    equal(await traces(organizationId), 0);
  });

  it("is refused from a user and from a stranger", async () => {
    const organizationId = t.addOrganization(newId());
    const body = JSON.stringify(documentCreated({ organizationId }));
    for (const headers of [t.service.headersOf({ organizationId }), {}]) {
      const init = {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...headers },
      };
      equal((await t.app.request("/internal/events", init)).status, 401);
    }
    equal(await traces(organizationId), 0);
  });

  it("is refused in a shape that is not its own", async () => {
    const organizationId = t.addOrganization(newId());
    const event = documentCreated({ organizationId });
    const data = event.data as Record<string, unknown>;
    const bad: Record<string, unknown> = {
      "an unknown type": { ...event, type: "document.shredded" },
      "data without a title": { ...event, data: { ...data, title: undefined } },
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
    equal((await send(new Uint8Array([0xff, 0xfe]), "application/json")).status, 400);
    equal((await send("<a/>", "text/xml")).status, 415);
    equal((await send(`"${"x".repeat(1024 * 1024)}"`, "application/json")).status, 413);
    equal(await traces(organizationId), 0);
  });

  it("is not remembered while identity is away, and handled when it is back", async () => {
    const organizationId = t.addOrganization(newId());
    const event = documentCreated({ organizationId });
    t.breakIdentity(common("unavailable", { headers: { "retry-after": "1" } }));
    try {
      const response = await t.tell(event);
      equal(response.status, 503);
      equal(response.headers.get("retry-after"), "1");
      equal(await traces(organizationId), 0);
    } finally {
      t.breakIdentity(undefined);
    }
    equal((await t.tell(event)).status, 204);
    equal((await rowsOf(organizationId)).length, 1);
  });
});
