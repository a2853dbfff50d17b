/** Communication as a whole: its gates, its documents, its health. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { expectGates } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "./app.ts";
import {
  addPatient,
  documentCreated,
  openCommunication,
  reminder,
  type TestCommunication,
} from "./testing.ts";

const PATH = "/api/communication";
const bodies: Record<string, string> = Object.fromEntries(
  Object.entries({
    [`POST ${PATH}/notifications/{id}/actions`]: { key: "confirm" },
    [`POST ${PATH}/notifications/{id}/snooze`]: { until: "2026-02-01T08:00:00Z" },
    [`POST ${PATH}/templates/{key}/versions/{version}/test-send`]: { channel: "in_app" },
    [`POST ${PATH}/deliveries/{id}/retry`]: { reason: "tried by hand" },
    [`POST ${PATH}/deliveries/{id}/resolve`]: { reason: "seen in the log", isSent: true },
    [`POST ${PATH}/templates/{key}/versions`]: {
      level: 0,
      bodies: { en: { sms: { text: "Hello" } } },
    },
    [`POST ${PATH}/templates/{key}/versions/{version}/preview`]: { channel: "sms" },
    [`POST ${PATH}/recipients/{id}/contact-points`]: {
      channel: "email",
      address: "ada@clinic.example",
    },
    [`PUT ${PATH}/recipients/{id}/guardians`]: { items: [] },
    [`PUT ${PATH}/recipients/{id}/preferences`]: {
      category: "appointment",
      channel: "sms",
      isAllowed: false,
    },
    [`POST ${PATH}/recipients/{id}/consents`]: {
      channel: "email",
      purpose: "marketing",
      decision: "granted",
      source: "paper form",
    },
    [`POST ${PATH}/provider-accounts/{id}/rotate`]: { secrets: { apiKey: "re_another_key" } },
  }).map(([route, body]) => [route, JSON.stringify(body)]),
);

/** For each path, things that this organization owns. */
async function foreignIds(t: TestCommunication, organizationId: string, notificationId: string) {
  const owned = async (method: string, path: string, body: unknown) =>
    (await t.send(organizationId, method, path, body)).json;
  const email = "brady@patients.example";
  const recipient = await addPatient(t, organizationId, { email });
  const detail = await owned("GET", `/recipients/${recipient}`, undefined);
  const account = await owned("POST", "/provider-accounts", {
    provider: "resend",
    name: "letters",
    settings: { from: "clinic@harbour.example" },
    secrets: { apiKey: "re_only_for_tests" },
  });
  const route = await owned("PUT", "/provider-routes", {
    channel: "email",
    accountIds: [account.id],
  });
  const message = await owned("POST", "/messages", reminder(recipient));
  const webhook = await owned("POST", "/webhook-endpoints", {
    url: "http://127.0.0.1:1/hook",
    eventTypes: ["ping"],
  });
  await owned("POST", `/webhook-endpoints/${webhook.id}/ping`, undefined);
  const told = await owned("GET", "/webhook-deliveries", undefined);
  await owned("POST", "/suppressions", { channel: "email", address: email });
  const suppressions = await owned("GET", "/suppressions", undefined);
  await owned("POST", "/templates", { key: "hello", category: "message" });
  await owned("POST", "/templates/hello/versions", {
    level: 0,
    bodies: { en: { sms: { text: "Hello" } } },
  });
  const ids: Record<string, string> = {
    notifications: notificationId,
    recipients: recipient,
    "provider-accounts": account.id,
    "provider-routes": route.id,
    messages: message.id,
    deliveries: message.deliveries[0].id,
    "webhook-endpoints": webhook.id,
    "webhook-deliveries": told.items[0].id,
    suppressions: suppressions.items[0].id,
  };
  return (path: string) => ({
    id: ids[path.split("/")[3] ?? ""] ?? notificationId,
    pointId: detail.points[0].id as string,
    key: "hello",
    version: "1",
    other: "1",
  });
}

describe("communication", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  it("[29] refuses on every route whom it must", async () => {
    const owner = newId();
    const organizationId = t.addOrganization(owner);
    equal((await t.tell(documentCreated({ organizationId }))).status, 204);
    const page =
      await (await t.as(owner, organizationId)("GET", "/api/communication/notifications"))
        .json();
    const id: string = page.items[0].id;
    const tried = await expectGates({
      app: t.app,
      service: t.service,
      foreign: await foreignIds(t, organizationId, id),
      body: (method, path) => bodies[`${method} ${path}`],
    });
    equal(tried, 95);
  });

  it("says that it lives, and whether it can serve", async () => {
    equal((await t.app.request("/health")).status, 200);
    const app = createApp(t.deps, {
      identify: t.service.identify,
      ready: { redis: () => Promise.reject(new Error("gone")) },
    });
    const response = await app.request("/ready");
    equal(response.status, 503);
    deepEqual((await response.json()).missing, ["redis"]);
  });

  it("answers bad input with the contract's status", async () => {
    const get = t.as(newId(), newId());
    const list = "/api/communication/notifications";
    const statusOf = async (method: "GET" | "POST", path: string) => {
      const response = await get(method, path);
      equal(response.headers.get("content-type"), "application/problem+json", path);
      await response.body?.cancel();
      return response.status;
    };
    for (const query of ["limit=0", "limit=101", "limit=x", "cursor=%00", "unread=maybe", "a=b"]) {
      equal(await statusOf("GET", `${list}?${query}`), 422, query);
    }
    const notAnId = btoa(JSON.stringify(["1' or '1'='1"])).replaceAll("=", "");
    equal(await statusOf("GET", `${list}?cursor=${notAnId}`), 422);
    equal(await statusOf("POST", `${list}/not-an-id/read`), 422);
    equal(await statusOf("GET", `${list}/nothing/here`), 404);
    equal(await statusOf("GET", `${list}/read-all`), 405);
  });
});
