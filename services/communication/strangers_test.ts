/** What somebody sends who has read the interface and means no good: a problem, and nothing sent. */
import { equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { addPatient, openCommunication, reminder, type TestCommunication } from "./testing.ts";

describe("a stranger to good manners", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const NUL = "a\u0000b";
  const LONE = "a\ud800b";
  const DATES = ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];

  it("gets a problem for every text that no database keeps, and every time that is none", async () => {
    const clinic = newId();
    const id = await addPatient(t, clinic, { email: "polite@patients.example" });
    await t.send(clinic, "POST", "/templates", { key: "hello", category: "message" });
    const good = reminder(id);
    const soon = new Date(t.deps.now().getTime() + 3_600_000).toISOString();
    const tries: [string, string, unknown][] = [];
    for (const text of [NUL, LONE]) {
      tries.push(
        ["POST", "/messages", { ...good, subject: { type: text, id: text } }],
        ["POST", "/messages", { ...good, dedupeKey: text }],
        ["POST", "/messages", { ...good, data: { clinic: text, when: text } }],
        ["PUT", "/kill-switches", { scope: "channel:push", reason: text }],
        ["PUT", "/provider-routes", { channel: "email", category: text, accountIds: [newId()] }],
        ["POST", `/recipients/${id}/consents`, {
          channel: "email",
          purpose: "phi",
          decision: "revoked",
          source: text,
          wording: text,
        }],
        ["POST", "/provider-accounts", {
          provider: "resend",
          name: text,
          settings: { from: "clinic@harbour.example" },
          secrets: { apiKey: "re_only_for_tests" },
        }],
        ["POST", "/templates/hello/versions", {
          level: 0,
          bodies: { en: { sms: { text } } },
        }],
        ["POST", "/suppressions", { channel: "email", address: text }],
        ["POST", "/webhook-endpoints", { url: `https://x.example/${text}`, eventTypes: ["ping"] }],
      );
    }
    for (const date of DATES) {
      tries.push(
        ["POST", "/messages", { ...good, notBefore: date, expiresAt: soon }],
        ["POST", "/messages", { ...good, expiresAt: date }],
        ["PUT", `/recipients/${id}/guardians`, { items: [{ guardianId: id, endsAt: date }] }],
        ["POST", `/notifications/${newId()}/snooze`, { until: date }],
      );
    }
    for (const [method, path, body] of tries) {
      const { status } = await t.send(clinic, method, path, body);
      ok(status < 500, `${method} ${path} answered ${status} to ${JSON.stringify(body)}`);
    }
    const other = await addPatient(t, clinic);
    for (const endsAt of DATES) {
      const items = [{ guardianId: other, endsAt }];
      const { status } = await t.send(clinic, "PUT", `/recipients/${id}/guardians`, { items });
      ok(status < 500, `a guardian until ${endsAt} was ${status}`);
    }
    await t.drain();
  });

  it("brings no header into a letter by the name of an account", async () => {
    const clinic = newId();
    for (
      const from of ["a@h.example\r\nBcc: evil@x.example", "a@h.example\nX: y", "a\u0000@h.example"]
    ) {
      for (const provider of ["resend", "smtp"]) {
        const { status } = await t.send(clinic, "POST", "/provider-accounts", {
          provider,
          name: "headers",
          settings: { from, ...(provider === "smtp" ? { url: "smtps://mail.h.example" } : {}) },
          secrets: provider === "smtp" ? {} : { apiKey: "re_only_for_tests" },
        });
        equal(status, 422, JSON.stringify(from));
      }
    }
  });

  it("opens nobody else's preference centre, by whatever it makes of its own link", async () => {
    const [clinic, mine, theirs] = [newId(), newId(), newId()];
    for (const id of [mine, theirs]) await t.send(clinic, "POST", "/recipients", { id });
    const given = await t.send(clinic, "POST", `/recipients/${mine}/preference-link`);
    equal(given.status, 201);
    const path = new URL(given.json.url).pathname;
    equal((await t.app.request(path)).status, 200);
    const [head = "", token = ""] = path.split("eu_");
    const [payload = "", signature = ""] = token.split(".");
    const text = new TextDecoder().decode(
      Uint8Array.fromBase64(payload, { alphabet: "base64url" }),
    );
    const sealed = (changed: string) =>
      new TextEncoder().encode(changed).toBase64({ alphabet: "base64url", omitPadding: true });
    const wrong = [
      `${head}eu_${sealed(text.replace(mine, theirs))}.${signature}`,
      `${head}eu_${sealed(text.replace("preferences", "unsubscribe"))}.${signature}`,
      `${head}eu_${payload}.${signature.slice(1)}`,
      `${head}eu_${payload}.`,
      `${head}eu_${"A".repeat(10_000)}.${signature}`,
      `${head}us_x.${signature}`,
      path.replace("/preferences/", "/unsubscribe/"),
    ];
    for (const one of wrong) {
      for (const method of ["GET", "POST"]) {
        const { status } = await t.app.request(one, { method });
        ok(status === 404 || status === 422, `${method} ${one.slice(0, 80)} was ${status}`);
      }
    }
    // Another clinic's staff gets no link to them.
    const rival = await t.send(newId(), "POST", `/recipients/${mine}/preference-link`);
    equal(rival.status, 404);
    const page = await (await t.app.request(path)).text();
    ok(!page.includes(mine) && !page.includes(theirs));
  });

  it("sends ten megabytes to a webhook and is stopped before they are read", async () => {
    let read = 0;
    const chunk = new Uint8Array(64 * 1024);
    const body = new ReadableStream({
      pull(controller) {
        read += chunk.length;
        if (read > 10 * 1024 * 1024) controller.close();
        else controller.enqueue(chunk);
      },
    }, { highWaterMark: 0 });
    const headers = { "svix-id": "1", "svix-timestamp": "1", "svix-signature": "v1,x" };
    const path = `/hooks/resend/${newId()}`;
    const { status } = await t.app.request(path, { method: "POST", headers, body });
    equal(status, 413);
    ok(read <= 2 * 1024 * 1024, `${read} bytes were read`);
  });
});
