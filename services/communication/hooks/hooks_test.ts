/** What providers tell and people write back, forged and genuine. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { Webhook } from "standardwebhooks";
import { mailgunSignature } from "../simulators/mail_providers.ts";
import { sendReply } from "../simulators/simulators.ts";
import {
  addPatient,
  deliveriesOf,
  openCommunication,
  PUBLIC_URL,
  reminder,
  type TestCommunication,
} from "../testing.ts";

const WEBHOOK_SECRET = `whsec_${btoa("a secret of thirty-two characters")}`;

describe("webhooks of providers", () => {
  let t: TestCommunication;
  let numbers = 0;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const newEmail = () => `patient${numbers++}@patients.example`;
  const newNumber = () => `+336124${String(45_000 + numbers++).padStart(5, "0")}`;

  async function sent(clinic: string, account: Record<string, unknown>, email = newEmail()) {
    const { json } = await t.send(clinic, "POST", "/provider-accounts", {
      name: newId(),
      hasAgreement: true,
      ...account,
    });
    const route = { channel: "email", accountIds: [json.id] };
    equal((await t.send(clinic, "PUT", "/provider-routes", route)).status, 200);
    const patient = await addPatient(t, clinic, { email });
    const message = await t.send(clinic, "POST", "/messages", reminder(patient));
    await t.drain();
    const [delivery] = await deliveriesOf(t, clinic, message.json.id);
    equal(delivery.state, "accepted");
    const providerId = t.simulators.taken.findLast(({ to }) => to === email)!;
    return { accountId: json.id as string, delivery, email, patient, providerId, message };
  }
  const resend = {
    provider: "resend",
    settings: { from: "clinic@harbour.example" },
    secrets: { apiKey: "re_only_for_tests", webhookSecret: WEBHOOK_SECRET },
  };
  const hook = async (path: string, body: BodyInit, headers: Record<string, string>) =>
    (await t.app.request(`/hooks/${path}`, { method: "POST", body, headers })).status;
  const stateOf = async (clinic: string, id: string) =>
    (await t.send(clinic, "GET", `/deliveries/${id}`)).json.state;
  const signed = (body: string, secret = WEBHOOK_SECRET, id = newId(), at = t.deps.now()) => ({
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at.getTime() / 1000)),
    "svix-signature": new Webhook(secret).sign(id, at, body),
  });
  const resendEvent = (type: string, emailId: string, to: string) =>
    JSON.stringify({ type, created_at: t.deps.now(), data: { email_id: emailId, to: [to] } });

  it("[10] may come often and in any order: one event each, and never back", async () => {
    const clinic = newId();
    const { accountId, delivery, email, providerId } = await sent(clinic, resend);
    const path = `resend/${accountId}`;
    const delivered = resendEvent("email.delivered", providerId.id, email);
    const id = newId();
    for (let n = 0; n < 46; n++) {
      equal(await hook(path, delivered, signed(delivered, WEBHOOK_SECRET, id)), 204);
    }
    const late = resendEvent("email.sent", providerId.id, email);
    equal(await hook(path, late, signed(late)), 204);
    const detail = (await t.send(clinic, "GET", `/deliveries/${delivery.id}`)).json;
    equal(detail.state, "delivered");
    equal(detail.events.length, 2);
  });

  it("[11] are refused when anything about them is wrong, and change nothing", async () => {
    const clinic = newId();
    const { accountId, delivery, email, providerId } = await sent(clinic, resend);
    const path = `resend/${accountId}`;
    const body = resendEvent("email.bounced", providerId.id, email);
    const good = signed(body);
    const stale = new Date(t.deps.now().getTime() - 301_000);
    const other = `whsec_${btoa("another secret of the same length!")}`;
    const reserialized = JSON.stringify(JSON.parse(body), null, 1);
    equal(await hook(path, body, {}), 401);
    equal(await hook(path, body, { ...good, "svix-signature": "v1,AAAA" }), 401);
    equal(
      await hook(path, body, {
        ...good,
        "svix-signature": good["svix-signature"].replace("v1,", "v1a,"),
      }),
      401,
    );
    equal(await hook(path, body, signed(body, WEBHOOK_SECRET, newId(), stale)), 401);
    equal(await hook(path, body, signed(body, other)), 401);
    equal(await hook(path, reserialized, good), 401);
    equal(await hook(`resend/${newId()}`, body, good), 401);
    equal(await hook(`sendgrid/${accountId}`, body, good), 401);
    equal(await hook("resend/x", body, good), 401);
    const huge = "x".repeat(1024 * 1024 + 1);
    equal(await hook(path, huge, signed(huge)), 413);
    const unreadable = "no json";
    equal(await hook(path, unreadable, signed(unreadable)), 400);
    equal(await stateOf(clinic, delivery.id), "accepted");
    equal((await t.send(clinic, "GET", "/suppressions")).json.items.length, 0);
  });

  it("[13] about another organization's message change nothing in it", async () => {
    const [clinic, rival] = [newId(), newId()];
    const theirs = await sent(clinic, resend);
    const ours = await sent(rival, resend);
    const body = resendEvent("email.bounced", theirs.providerId.id, theirs.email);
    equal(await hook(`resend/${ours.accountId}`, body, signed(body)), 204);
    equal(await stateOf(clinic, theirs.delivery.id), "accepted");
    equal((await t.send(clinic, "GET", "/suppressions")).json.items.length, 0);
  });

  it("[35] that tell of a bounce or a complaint stop what would come next", async () => {
    for (const [type, reason] of [["bounced", "bounce"], ["complained", "complaint"]] as const) {
      const clinic = newId();
      const { accountId, delivery, email, patient, providerId } = await sent(clinic, resend);
      const body = resendEvent(`email.${type}`, providerId.id, email);
      equal(await hook(`resend/${accountId}`, body, signed(body)), 204);
      equal(await stateOf(clinic, delivery.id), type === "bounced" ? "bounced" : "delivered");
      const next = await t.send(clinic, "POST", "/messages", reminder(patient));
      await t.drain();
      const [after] = await deliveriesOf(t, clinic, next.json.id);
      equal(after.state, "suppressed");
      const [suppression] = (await t.send(clinic, "GET", "/suppressions")).json.items;
      equal(suppression.reason, reason);
      const lifted = await t.send(clinic, "DELETE", `/suppressions/${suppression.id}`);
      equal(lifted.status, reason === "bounce" ? 204 : 409);
    }
  });

  it("[12] of Mailgun count once for each token, and only for the address written to", async () => {
    const clinic = newId();
    const signingKey = "mailgun-signing-key";
    const { accountId, delivery, email } = await sent(clinic, {
      provider: "mailgun",
      settings: { from: "clinic@harbour.example", domain: "mg.harbour.example" },
      secrets: { apiKey: "key-only-for-tests", signingKey },
    });
    const event = (recipient: string, token: string) =>
      JSON.stringify({
        signature: mailgunSignature(signingKey, t.deps.now(), token),
        "event-data": {
          id: newId(),
          event: "failed",
          severity: "permanent",
          recipient,
          "user-variables": { delivery_id: delivery.id },
        },
      });
    const path = `mailgun/${accountId}`;
    const [one, two] = ["1".repeat(50), "2".repeat(50)];
    equal(await hook(path, event("somebody@else.example", one), {}), 204);
    equal(await hook(path, event(email, one), {}), 204);
    equal(await stateOf(clinic, delivery.id), "accepted");
    equal(await hook(path, event(email, two).replace('"token":"2', '"token":"3'), {}), 401);
    equal(await hook(path, event(email, two), {}), 204);
    equal(await stateOf(clinic, delivery.id), "bounced");
  });

  it("of SendGrid are read as signed, byte for byte", async () => {
    const clinic = newId();
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const { accountId, delivery, email } = await sent(clinic, {
      provider: "sendgrid",
      settings: { from: "clinic@harbour.example" },
      secrets: { apiKey: "SG.only-for-tests", webhookPublicKey: spki },
    });
    equal(delivery.level, 0, "SendGrid carries nothing about a patient");
    const body = JSON.stringify([
      { event: "processed", sg_event_id: newId(), email, delivery_id: delivery.id },
      { event: "delivered", sg_event_id: newId(), email, delivery_id: delivery.id },
    ]) + "\r\n";
    const timestamp = String(Math.floor(t.deps.now().getTime() / 1000));
    const headers = {
      "x-twilio-email-event-webhook-timestamp": timestamp,
      "x-twilio-email-event-webhook-signature": sign(
        "sha256",
        new TextEncoder().encode(timestamp + body),
        privateKey,
      ).toString("base64"),
    };
    equal(await hook(`sendgrid/${accountId}`, body.trim(), headers), 401);
    equal(await hook(`sendgrid/${accountId}`, body, headers), 204);
    equal(await stateOf(clinic, delivery.id), "delivered");
  });

  describe("people who write back", () => {
    const twilio = () => t.deps.platformAccounts.find(({ provider }) => provider === "twilio")!;
    const say = (from: string, text: string) =>
      sendReply(t.simulators, {
        url: `${PUBLIC_URL}/hooks/twilio/${twilio().id}/inbound`,
        authToken: twilio().secrets.authToken!,
        to: twilio().settings.from!,
        from,
        text,
      });
    async function tell(clinic: string, id: string, more: Record<string, unknown> = {}) {
      const body = { ...reminder(id), channels: ["sms"], ...more };
      const { json } = await t.send(clinic, "POST", "/messages", body);
      await t.drain();
      return (await deliveriesOf(t, clinic, json.id))[0];
    }

    it("[21] STOP for a number, whoever is reached there, until somebody says START", async () => {
      for (const words of ["Stop please", " STOP.", "arrêt", "unsubscribe me"]) {
        const [clinic, sms] = [newId(), newNumber()];
        const [mother, child] = [
          await addPatient(t, clinic, { sms }),
          await addPatient(t, clinic, { sms }),
        ];
        equal((await tell(clinic, mother)).state, "delivered");
        ok((await say(sms, words))?.includes("START"), words);
        for (const id of [mother, child]) {
          const { state, reason } = await tell(clinic, id);
          deepEqual([state, reason], ["suppressed", "suppressed-stop"], words);
        }
        const ledger = (await t.send(clinic, "GET", `/recipients/${child}/consents`)).json.items;
        deepEqual([ledger[0].decision, ledger[0].purpose], ["revoked", "all"]);
        const [{ id }] = (await t.send(clinic, "GET", "/suppressions")).json.items;
        equal((await t.send(clinic, "DELETE", `/suppressions/${id}`)).status, 409);
        ok(await say(sms, "Start"));
        equal((await tell(clinic, child)).state, "delivered");
      }
    });

    it("C and R for the appointment they were asked about, and only if it is clear which", async () => {
      const [clinic, sms, shared] = [newId(), newNumber(), newNumber()];
      const one = await addPatient(t, clinic, { sms });
      const appointment = (id: string) => ({ subject: { type: "appointment", id } });
      const delivery = await tell(clinic, one, appointment("a-1"));
      equal(await say(sms, "c"), "Thank you, we have noted it.");
      const [two, three] = [
        await addPatient(t, clinic, { sms: shared }),
        await addPatient(t, clinic, { sms: shared }),
      ];
      await tell(clinic, two, appointment("a-2"));
      await tell(clinic, three, appointment("a-3"));
      ok((await say(shared, "R"))?.startsWith("We cannot tell"));
      const replies = (await t.send(clinic, "GET", "/replies")).json.items;
      deepEqual(
        replies.map(({ kind, deliveryId }: { kind: string; deliveryId: string | null }) => [
          kind,
          deliveryId,
        ]),
        [["reschedule", null], ["confirm", delivery.id]],
      );
    });

    it("WRONG, HELP and words: the number is left alone, helped, read by somebody", async () => {
      const [clinic, sms] = [newId(), newNumber()];
      const patient = await addPatient(t, clinic, { sms });
      await tell(clinic, patient);
      ok((await say(sms, "help"))?.includes("STOP"));
      equal(await say(sms, "Can I bring my dog?"), null);
      ok(await say(sms, "Wrong number"));
      equal((await tell(clinic, patient)).reason, "contact-wrong");
      const [, words] = (await t.send(clinic, "GET", "/replies")).json.items;
      equal(words.text, "Can I bring my dog?");
      equal(await say("+15005550099", "STOP"), null, "a stranger's number is nobody's");
    });

    it("and nobody who only says that Twilio has told them", async () => {
      const body = new URLSearchParams({ MessageSid: "SM1", From: "+33612345678", Body: "STOP" });
      const path = `twilio/${twilio().id}/inbound`;
      equal(await hook(path, body, {}), 401);
      const forged = createHmac("sha1", "another token").update("x").digest("base64");
      equal(await hook(path, body, { "x-twilio-signature": forged }), 401);
    });
  });

  it("[22] one click in a letter stops its kind at that address; a GET does not", async () => {
    const clinic = newId();
    const { email, patient, providerId } = await sent(clinic, resend);
    const link = new URL(providerId.headers["List-Unsubscribe"]!.slice(1, -1));
    equal(providerId.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    const path = link.pathname;
    equal((await t.app.request(path)).status, 200);
    const tell = async () => {
      const { json } = await t.send(clinic, "POST", "/messages", reminder(patient));
      await t.drain();
      return (await deliveriesOf(t, clinic, json.id))[0].state;
    };
    equal(await tell(), "accepted", "a program that follows links is not the patient");
    const form = { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) };
    for (let n = 0; n < 2; n++) equal((await t.app.request(path, form)).status, 200);
    equal(await tell(), "suppressed");
    const forged = path.slice(0, -3) + (path.endsWith("AAA") ? "BBB" : "AAA");
    equal((await t.app.request(forged, form)).status, 404);
    equal((await t.app.request(path.replace("unsubscribe", "preferences"))).status, 404);
    equal(t.simulators.taken.filter(({ to }) => to === email).length, 2);
  });
});
