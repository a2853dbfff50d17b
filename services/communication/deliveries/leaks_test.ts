/** Reads everything that left the process: calls, letters, logs, rows outside of sealed columns. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { createLog } from "@praxis/shared/telemetry";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Sink, startSink } from "../mailbox/sink.ts";
import {
  addPatient,
  deliveriesOf,
  ENCRYPTION_KEY,
  openCommunication,
  type TestCommunication,
} from "../testing.ts";

/** Clinical words: level 2. */
const FINDING = "Haemoglobin-7-point-1-critically-low";
const SECRETS = ["re_secret_of_the_clinic", "SG.secret-of-the-clinic", "whsec_c2VjcmV0"];

describe("what leaves", () => {
  let t: TestCommunication;
  let sink: Sink;
  const log: string[] = [];
  before(async () => {
    sink = await startSink({ port: 0 });
    t = await openCommunication({ smtpUrl: `smtp://127.0.0.1:${sink.port}` });
    Object.assign(t.deps.log, createLog("communication", (line) => void log.push(line)));
  });
  after(async () => {
    await t[Symbol.asyncDispose]();
    await sink.close();
  });

  const result = (id: string, channels: string[]) => ({
    template: "result-ready",
    recipients: [{ id }],
    data: { test: "Blood count", finding: FINDING },
    channels,
    mode: "each",
  });

  it("[30] [37] holds nothing clinical without a consent, and no secret ever", async () => {
    const clinic = newId();
    const accounts = [
      {
        provider: "resend",
        name: "letters",
        settings: { from: "clinic@harbour.example" },
        secrets: { apiKey: SECRETS[0], webhookSecret: SECRETS[2] },
        hasAgreement: true,
        levelMax: 2,
      },
      {
        provider: "sendgrid",
        name: "others",
        settings: { from: "clinic@harbour.example" },
        secrets: { apiKey: SECRETS[1] },
        hasAgreement: true,
        levelMax: 0,
      },
    ];
    const ids: string[] = [];
    for (const account of accounts) {
      const { status, json } = await t.send(clinic, "POST", "/provider-accounts", account);
      equal(status, 201, JSON.stringify(json));
      ids.push(json.id);
      ok(!SECRETS.some((secret) => JSON.stringify(json).includes(secret)));
    }
    const tooMuch = { ...accounts[1], name: "more", levelMax: 1 };
    equal((await t.send(clinic, "POST", "/provider-accounts", tooMuch)).status, 422);
    const reached = {
      email: "leak@patients.example",
      sms: "+33612999999",
      push: "device-token-1",
    };
    const silent = await addPatient(t, clinic, reached);
    const first = await t.send(
      clinic,
      "POST",
      "/messages",
      result(silent, ["email", "sms", "push"]),
    );
    // A provider that fails goes over to SendGrid, which may say nothing.
    t.simulators.fail("resend", "500", 1);
    await t.drain();
    const deliveries = await deliveriesOf(t, clinic, first.json.id);
    deepEqual(deliveries.map(({ level }) => level), [0, 0, 0]);
    equal(deliveries.filter(({ state }) => ["accepted", "delivered"].includes(state)).length, 3);

    const everything = [
      ...t.simulators.seen.map(({ path, body }) => `${path} ${body}`),
      ...sink.mails.map(({ raw }) => raw),
      ...log,
    ].join("\n");
    ok(t.simulators.seen.length >= 4);
    ok(log.some((line) => line.includes('"request"')), "the log was listened to");
    for (const word of [FINDING, "Blood count"]) {
      ok(!everything.includes(word), word);
    }
    ok(!log.join("\n").includes("leak@patients.example"));
    ok(!log.join("\n").includes("+33612999999"));
    for (const secret of [...SECRETS, ENCRYPTION_KEY]) ok(!everything.includes(secret), secret);

    // With a consent to exactly that, and an account that may carry it, the words go out.
    const consent = { channel: "email", purpose: "phi", decision: "granted", source: "paper form" };
    await t.send(clinic, "POST", `/recipients/${silent}/consents`, consent);
    await t.send(clinic, "POST", "/messages", result(silent, ["email"]));
    await t.drain();
    ok(t.simulators.taken.at(-1)!.text.includes(FINDING));
  });

  it("[37] is sealed at rest, and no row outside of it repeats a value", async () => {
    const tables = ["messages", "deliveries", "delivery_attempts", "provider_accounts"]
      .concat(["provider_health", "provider_events", "audit_events", "suppressions", "replies"]);
    for (const table of tables) {
      const rows = await t.service.owner`select to_jsonb(x) as row from ${
        t.service.owner(table)
      } x`;
      const text = JSON.stringify(rows);
      for (const word of [FINDING, ...SECRETS, "leak@patients.example", "+33612999999"]) {
        ok(!text.includes(word), `${table} holds ${word}`);
      }
    }
  });

  it("[25] by SMTP has one recipient and no header that a value brought in", async () => {
    const clinic = newId();
    const smtp = t.deps.platformAccounts[0]!;
    await using own = await openCommunication({
      smtpUrl: `smtp://127.0.0.1:${sink.port}`,
      accounts: [{ ...smtp, provider: "smtp", settings: { from: "c@h.example" }, secrets: {} }],
    });
    const patient = await addPatient(own, clinic, { email: "one@patients.example" });
    await own.send(clinic, "POST", "/messages", {
      template: "appointment-reminder",
      recipients: [{ id: patient }],
      data: { clinic: "Harbour\r\nBcc: evil@x.example", when: "Monday, evil@y.example" },
    });
    await own.drain();
    const mail = sink.mails.at(-1)!;
    deepEqual(mail.to, ["one@patients.example"]);
    ok(!/^Bcc:/mi.test(mail.raw));
    ok(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m.test(mail.raw));
  });
});
