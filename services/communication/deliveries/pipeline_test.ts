/** From the request to the provider's word, with the providers' protocols at the other end. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  addPatient,
  type Answer,
  deliveriesOf,
  NOON,
  openCommunication,
  reminder,
  type TestCommunication,
} from "../testing.ts";
import { send as sendOne } from "./sending.ts";
import * as store from "./store.ts";

type History = { outcome: string | null; settled: string | null; provider: string }[];

describe("a message", () => {
  let t: TestCommunication;
  let numbers = 0;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const newNumber = () => `+336123${String(45_000 + numbers++).padStart(5, "0")}`;
  const newEmail = () => `patient${numbers++}@patients.example`;
  const takenBy = (to: string) => t.simulators.taken.filter((one) => one.to === to);

  async function ask(clinic: string, body: unknown): Promise<string> {
    const { status, json } = await t.send(clinic, "POST", "/messages", body);
    equal(status, 202, JSON.stringify(json));
    return json.id;
  }
  const stateOf = async (clinic: string, id: string) =>
    (await deliveriesOf(t, clinic, id)).map(({ state }: Answer["json"]) => state);
  async function historyOf(clinic: string, messageId: string): Promise<History> {
    const [{ id }] = await deliveriesOf(t, clinic, messageId);
    return (await t.send(clinic, "GET", `/deliveries/${id}`)).json.history;
  }
  async function addAccount(clinic: string, account: Record<string, unknown>): Promise<string> {
    const { status, json } = await t.send(clinic, "POST", "/provider-accounts", account);
    equal(status, 201, JSON.stringify(json));
    return json.id;
  }
  const mailgun = {
    provider: "mailgun",
    name: "second",
    settings: { from: "clinic@harbour.example", domain: "mg.harbour.example" },
    secrets: { apiKey: "key-only-for-tests", signingKey: "signing-key-for-tests" },
    hasAgreement: true,
  };
  const resend = {
    provider: "resend",
    name: "first",
    settings: { from: "clinic@harbour.example" },
    secrets: { apiKey: "re_only_for_tests" },
    hasAgreement: true,
  };
  const ovh = {
    provider: "ovh",
    name: "texts",
    settings: { applicationKey: "app-key", serviceName: "sms-ab12345-1", sender: "Harbour" },
    secrets: { applicationSecret: "app-secret-1", consumerKey: "consumer-key-1" },
    hasAgreement: true,
  };

  it("goes out by SMS and comes to rest when the provider says that it arrived", async () => {
    const [clinic, sms] = [newId(), newNumber()];
    const patient = await addPatient(t, clinic, { sms });
    const id = await ask(clinic, reminder(patient));
    await t.drain();
    const [delivery] = await deliveriesOf(t, clinic, id);
    equal(delivery.state, "delivered");
    equal(delivery.level, 1);
    ok(takenBy(sms)[0]?.text.startsWith("Harbour Clinic: your appointment is on Tuesday"));
    const detail = (await t.send(clinic, "GET", `/deliveries/${delivery.id}`)).json;
    deepEqual(detail.events.map(({ type }: { type: string }) => type).sort(), [
      "delivered",
      "sent",
    ]);
  });

  it("[1] is tried again after a 500, with time in between, until it is taken", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    t.simulators.fail("resend", "500", 2);
    const id = await ask(clinic, reminder(patient));
    await t.drain();
    deepEqual(await stateOf(clinic, id), ["deferred"]);
    await t.drain();
    equal((await historyOf(clinic, id)).length, 1, "nothing happens before its time");
    for (let n = 0; n < 2; n++) {
      t.advance(20);
      await t.drain();
    }
    deepEqual(await stateOf(clinic, id), ["accepted"]);
    deepEqual((await historyOf(clinic, id)).map(({ outcome }) => outcome), [
      "transient",
      "transient",
      "accepted",
    ]);
    equal(takenBy(email).length, 1);
  });

  it("[2] [4] that may have been taken is repeated under its key at Resend: one letter", async () => {
    for (const fault of ["silent", "lost"] as const) {
      const [clinic, email] = [newId(), newEmail()];
      const patient = await addPatient(t, clinic, { email });
      t.simulators.fail("resend", fault, 1);
      const id = await ask(clinic, reminder(patient));
      await t.drain();
      deepEqual(await stateOf(clinic, id), ["unknown"], fault);
      t.advance(2);
      await t.drain();
      deepEqual(await stateOf(clinic, id), ["accepted"], fault);
      equal(takenBy(email).length, 1, fault);
      deepEqual((await historyOf(clinic, id)).map(({ outcome, settled }) => [outcome, settled]), [
        ["ambiguous", "repeated"],
        ["accepted", null],
      ]);
    }
  });

  it("[2] never goes to another account while nobody knows", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const accountIds = [await addAccount(clinic, resend), await addAccount(clinic, mailgun)];
    await t.send(clinic, "PUT", "/provider-routes", { channel: "email", accountIds });
    t.simulators.fail("resend", "hang", 1);
    const id = await ask(clinic, reminder(patient));
    await t.drain();
    t.simulators.fail("resend", "500", 1);
    t.advance(2);
    await t.drain();
    t.advance(60);
    await t.drain();
    deepEqual(await stateOf(clinic, id), ["accepted"]);
    deepEqual((await historyOf(clinic, id)).map(({ provider }) => provider), [
      "resend",
      "resend",
      "resend",
    ]);
  });

  it("[2] is found at OVH by its tag, and sent once", async () => {
    for (const [fault, settled] of [["silent", "accepted"], ["hang", "not_accepted"]] as const) {
      const [clinic, sms] = [newId(), newNumber()];
      const patient = await addPatient(t, clinic, { sms });
      await addAccount(clinic, ovh);
      t.simulators.fail("ovh", fault, 1);
      const id = await ask(clinic, reminder(patient));
      await t.drain();
      deepEqual(await stateOf(clinic, id), ["unknown"], fault);
      t.advance(61);
      await t.drain();
      deepEqual(await stateOf(clinic, id), ["accepted"], fault);
      equal((await historyOf(clinic, id))[0]!.settled, settled);
      equal(takenBy(sms).length, 1, fault);
    }
  });

  it("[7] is settled at Twilio by its callback, before anybody would send it again", async () => {
    const [clinic, sms] = [newId(), newNumber()];
    const patient = await addPatient(t, clinic, { sms });
    t.simulators.fail("twilio", "silent", 1);
    const id = await ask(clinic, reminder(patient));
    await t.drain();
    // The callback came while the call was still waiting for its answer.
    deepEqual(await stateOf(clinic, id), ["delivered"]);
    t.advance(120);
    await t.drain();
    equal(takenBy(sms).length, 1);
    const history = await historyOf(clinic, id);
    equal(history.length, 1);
  });

  it("[2] is looked up in Twilio's list; unheard of, a reminder goes again, a bill waits", async () => {
    const clinic = newId();
    const [heard, unheard, bill] = [newNumber(), newNumber(), newNumber()];
    t.simulators.repeatCallbacks(0);
    try {
      const first = await addPatient(t, clinic, { sms: heard });
      t.simulators.fail("twilio", "silent", 1);
      const one = await ask(clinic, reminder(first));
      await t.drain();
      const second = await addPatient(t, clinic, { sms: unheard });
      t.simulators.fail("twilio", "hang", 1);
      const two = await ask(clinic, reminder(second));
      await t.drain();
      await t.send(clinic, "POST", "/templates", { key: "bill", category: "billing" });
      const bodies = { en: { sms: { text: "A bill is waiting for you." } } };
      await t.send(clinic, "POST", "/templates/bill/versions", { level: 0, bodies });
      await t.send(clinic, "POST", "/templates/bill/versions/1/publish");
      const third = await addPatient(t, clinic, { sms: bill });
      t.simulators.fail("twilio", "hang", 1);
      const three = await ask(clinic, { template: "bill", recipients: [{ id: third }] });
      await t.drain();
      t.advance(61);
      await t.drain();
      deepEqual(await stateOf(clinic, one), ["accepted"]);
      equal(takenBy(heard).length, 1);
      deepEqual(await stateOf(clinic, two), ["accepted"]);
      equal((await historyOf(clinic, two))[0]!.settled, "resent");
      deepEqual(await stateOf(clinic, three), ["held"]);
      equal(takenBy(bill).length, 0);
      const [{ id: held }] = await deliveriesOf(t, clinic, three);
      const settled = { reason: "asked the provider", isSent: true };
      equal((await t.send(clinic, "POST", `/deliveries/${held}/resolve`, settled)).status, 204);
      deepEqual(await stateOf(clinic, three), ["accepted"]);
      equal((await t.send(clinic, "POST", `/deliveries/${held}/resolve`, settled)).status, 409);
    } finally {
      t.simulators.repeatCallbacks(1);
    }
  });

  it("[3] waits as long as a 429 asks, and only at that account", async () => {
    const [clinic, other] = [newId(), newId()];
    const [one, two, three] = [newEmail(), newEmail(), newEmail()];
    t.simulators.fail("resend", "429", 1);
    const first = await ask(clinic, reminder(await addPatient(t, clinic, { email: one })));
    await t.drain();
    const second = await ask(clinic, reminder(await addPatient(t, clinic, { email: two })));
    const third = await ask(other, reminder(await addPatient(t, other, { email: three })));
    t.advance(6);
    await t.drain();
    deepEqual(await stateOf(clinic, first), ["deferred"]);
    deepEqual(await stateOf(clinic, second), ["deferred"]);
    equal((await deliveriesOf(t, clinic, second))[0].reason, "provider-unavailable");
    deepEqual(await stateOf(other, third), ["accepted"]);
    t.advance(2);
    await t.drain();
    deepEqual(await stateOf(clinic, first), ["accepted"]);
    deepEqual(await stateOf(clinic, second), ["accepted"]);
  });

  it("[5] opens the breaker at a 401 and goes to the next account of the route", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const accountIds = [await addAccount(clinic, resend), await addAccount(clinic, mailgun)];
    await t.send(clinic, "PUT", "/provider-routes", { channel: "email", accountIds });
    const patient = await addPatient(t, clinic, { email });
    t.simulators.fail("resend", "401");
    try {
      const id = await ask(clinic, reminder(patient));
      const again = await ask(clinic, reminder(patient));
      await t.drain();
      for (const one of [id, again]) deepEqual(await stateOf(clinic, one), ["accepted"]);
      const accounts = (await t.send(clinic, "GET", "/provider-accounts")).json.items;
      const { health } = accounts.find(({ id }: { id: string }) => id === accountIds[0]);
      ok(health.openUntil > NOON.toISOString());
      const third = await ask(clinic, reminder(patient));
      await t.drain();
      deepEqual((await historyOf(clinic, third)).map(({ provider }) => provider), ["mailgun"]);
    } finally {
      t.simulators.fail("resend", "none");
    }
  });

  it("[30] fails over to an account without an agreement with the words that say nothing", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const accountIds = [
      await addAccount(clinic, resend),
      await addAccount(clinic, { ...mailgun, hasAgreement: false }),
    ];
    await t.send(clinic, "PUT", "/provider-routes", { channel: "email", accountIds });
    t.simulators.fail("resend", "500", 1);
    const id = await ask(clinic, reminder(await addPatient(t, clinic, { email })));
    await t.drain();
    const [delivery] = await deliveriesOf(t, clinic, id);
    deepEqual([delivery.state, delivery.level], ["accepted", 0]);
    equal(takenBy(email)[0]!.text, "You have a new message. Sign in to read it.");
    // Where the route keeps to a region, an account elsewhere is never used.
    const abroad = await addAccount(clinic, { ...mailgun, name: "abroad", region: "us" });
    await t.send(clinic, "PUT", "/provider-routes", {
      channel: "email",
      accountIds: [abroad],
      region: "eu",
    });
    const kept = await ask(clinic, reminder(await addPatient(t, clinic, { email: newEmail() })));
    await t.drain();
    deepEqual(await stateOf(clinic, kept), ["deferred"]);
  });

  it("[6] [36] learns that an address is none, and goes on to the next channel", async () => {
    const clinic = newId();
    await addAccount(clinic, ovh);
    const patient = await addPatient(t, clinic, {
      push: `gone-${newId()}`,
      email: newEmail(),
    });
    const id = await ask(clinic, reminder(patient));
    await t.drain();
    const deliveries = await deliveriesOf(t, clinic, id);
    deepEqual(deliveries.map(({ channel, state }: Answer["json"]) => [channel, state]), [
      ["push", "failed"],
      ["email", "accepted"],
    ]);
    const { points } = (await t.send(clinic, "GET", `/recipients/${patient}`)).json;
    deepEqual(points.map(({ channel, state }: Answer["json"]) => [channel, state]).sort(), [
      ["email", "verified"],
      ["push", "gone"],
    ]);
    const suppressed = (await t.send(clinic, "GET", "/suppressions")).json.items;
    deepEqual(suppressed.map(({ channel, reason }: Answer["json"]) => [channel, reason]), [
      ["push", "bounce"],
    ]);
  });

  it("[9] is not moved by a worker that was taken for dead", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const id = await ask(clinic, reminder(await addPatient(t, clinic, { email })));
    const now = t.deps.now();
    const lease = {
      now,
      leasedUntil: new Date(now.getTime() + 30_000),
      limit: 10,
      busy: new Map(),
    };
    const [of] = await transaction(t.deps.sql, "system", (tx) => store.claimDue(tx, lease));
    // It comes back after its lease, when another has already done the work.
    t.advance(31);
    await t.drain();
    deepEqual(await stateOf(clinic, id), ["accepted"]);
    const before = (await deliveriesOf(t, clinic, id))[0];
    await sendOne(t.deps, of!);
    deepEqual((await deliveriesOf(t, clinic, id))[0], before);
    equal(takenBy(email).length, 1);
  });

  it("[19] that is late is not sent, and [23] one that is called off neither", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const at = (seconds: number) => new Date(t.deps.now().getTime() + seconds * 1000).toISOString();
    const late = await ask(clinic, {
      ...reminder(patient),
      notBefore: at(60),
      expiresAt: at(120),
    });
    const off = await ask(clinic, { ...reminder(patient), notBefore: at(60) });
    const cancelled = await t.send(clinic, "POST", `/messages/${off}/cancel`);
    equal(cancelled.json.deliveries[0].state, "cancelled");
    equal((await t.send(clinic, "POST", `/messages/${off}/cancel`)).status, 409);
    t.advance(180);
    await t.drain();
    deepEqual(await stateOf(clinic, late), ["expired"]);
    deepEqual(await stateOf(clinic, off), ["cancelled"]);
    equal(takenBy(email).length, 0);
  });

  it("[20] respects what was said between asking and sending", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const id = await ask(clinic, reminder(patient));
    const no = { category: "appointment", channel: "email", isAllowed: false };
    equal((await t.send(clinic, "PUT", `/recipients/${patient}/preferences`, no)).status, 200);
    await t.drain();
    const [delivery] = await deliveriesOf(t, clinic, id);
    deepEqual([delivery.state, delivery.reason], ["suppressed", "preference"]);
    equal(takenBy(email).length, 0);
  });

  it("waits while its channel is switched off, and goes when it is on again", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const off = { scope: "channel:email", reason: "wrong letters went out" };
    equal((await t.send(clinic, "PUT", "/kill-switches", off)).status, 204);
    const id = await ask(clinic, reminder(await addPatient(t, clinic, { email })));
    await t.drain();
    equal((await deliveriesOf(t, clinic, id))[0].reason, "kill-switch channel:email");
    equal((await t.send(clinic, "DELETE", "/kill-switches?scope=channel:email")).status, 204);
    await t.drain();
    deepEqual(await stateOf(clinic, id), ["accepted"]);
  });

  it("is one too many when an address has had enough for a day", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const patient = await addPatient(t, clinic, { email });
    const consent = {
      channel: "email",
      purpose: "marketing",
      decision: "granted",
      source: "paper form",
    };
    await t.send(clinic, "POST", `/recipients/${patient}/consents`, consent);
    const news = {
      template: "newsletter",
      recipients: [{ id: patient }],
      data: { title: "News", words: "We have moved." },
    };
    const first = await ask(clinic, news);
    await t.drain();
    const second = await ask(clinic, news);
    await t.drain();
    deepEqual(await stateOf(clinic, first), ["accepted"]);
    equal((await deliveriesOf(t, clinic, second))[0].reason, "frequency-cap");
    equal(takenBy(email).length, 1);
  });

  it("of a child goes to its guardians, until they are none any more", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const child = await addPatient(t, clinic);
    const mother = await addPatient(t, clinic, { email });
    const items = [{ guardianId: mother }];
    equal((await t.send(clinic, "PUT", `/recipients/${child}/guardians`, { items })).status, 204);
    const id = await ask(clinic, reminder(child));
    const late = await ask(clinic, {
      ...reminder(child),
      notBefore: new Date(t.deps.now().getTime() + 60_000).toISOString(),
    });
    await t.drain();
    const [delivery] = await deliveriesOf(t, clinic, id);
    deepEqual([delivery.recipientId, delivery.onBehalfOf, delivery.state], [
      mother,
      child,
      "accepted",
    ]);
    await t.send(clinic, "PUT", `/recipients/${child}/guardians`, { items: [] });
    t.advance(61);
    await t.drain();
    equal((await deliveriesOf(t, clinic, late))[0].reason, "guardian-revoked");
    equal(takenBy(email).length, 1);
  });

  it("[31] is asked for once under one key, however often and at once", async () => {
    const [clinic, email, userId] = [newId(), newEmail(), newId()];
    const patient = await addPatient(t, clinic, { email });
    const headers = { "idempotency-key": newId() };
    const more = { userId, headers };
    const answers = await Promise.all(
      Array.from(
        { length: 50 },
        () => t.send(clinic, "POST", "/messages", reminder(patient), more),
      ),
    );
    equal(new Set(answers.map(({ json }) => json.id)).size, 1);
    const changed = { ...reminder(patient), dedupeKey: "another" };
    equal((await t.send(clinic, "POST", "/messages", changed, more)).status, 422);
    const dedupeKey = newId();
    const one = await ask(clinic, { ...reminder(patient), dedupeKey });
    equal(await ask(clinic, { ...reminder(patient), dedupeKey }), one);
    const elsewhere = newId();
    const theirs = await addPatient(t, elsewhere, { email });
    notEqual(await ask(elsewhere, { ...reminder(theirs), dedupeKey }), one);
    await t.drain();
    equal(takenBy(email).length, 3);
  });

  it("is refused as a whole when any of it makes no sense", async () => {
    const clinic = newId();
    const patient = await addPatient(t, clinic, { email: newEmail() });
    const good = reminder(patient);
    const bad: [string, unknown][] = [
      ["/recipients/0/id", reminder(newId())],
      ["/template", { ...good, template: "no-such-template" }],
      ["/data/when", { ...good, data: { clinic: "Harbour" } }],
      ["/data/secret", { ...good, data: { ...good.data, secret: "x" } }],
      ["/data/when", { ...good, data: { ...good.data, when: "x".repeat(61) } }],
      ["/expiresAt", { ...good, expiresAt: NOON.toISOString() }],
      ["/recipients", { ...good, recipients: [] }],
      ["/unknown", { ...good, unknown: 1 }],
    ];
    for (const [pointer, body] of bad) {
      const { status, json } = await t.send(clinic, "POST", "/messages", body);
      equal(status, 422, pointer);
      ok(json.errors.some((error: { pointer: string }) => error.pointer === pointer), pointer);
    }
    equal((await t.send(clinic, "GET", "/deliveries")).json.items.length, 0);
  });

  it("is nobody else's: rows of one organization are not there for another", async () => {
    const [clinic, other] = [newId(), newId()];
    await ask(clinic, reminder(await addPatient(t, clinic, { email: newEmail() })));
    await addAccount(clinic, resend);
    await t.drain();
    for (
      const table of ["messages", "deliveries", "delivery_attempts", "recipients"]
        .concat(["contact_points", "provider_accounts", "provider_health"])
    ) {
      const count = (organizationId: string) =>
        transaction(
          t.deps.sql,
          { organizationId },
          (tx) => tx`select 1 from ${tx(table)} where organization_id = ${clinic}`,
        );
      ok((await count(clinic)).length > 0, table);
      equal((await count(other)).length, 0, table);
    }
  });
});
