/** [35] An account whose letters come back in numbers rests: marketing waits, patients do not. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { findKnown } from "../accounts/accounts.ts";
import { drainDeliveries } from "../deliveries/deliveries.ts";
import { takeReports } from "../hooks/hooks.ts";
import { providers } from "../providers/providers.ts";
import {
  addPatient,
  type Answer,
  deliveriesOf,
  openCommunication,
  reminder,
  type TestCommunication,
} from "../testing.ts";
import { lettersOfStorm } from "./model.ts";
import { announce, noteIncident } from "./pauses.ts";

describe("[35] a storm of letters that come back", () => {
  let t: TestCommunication;
  let numbers = 0;
  const manager = newId();
  before(async () => {
    t = await openCommunication();
    t.deps.identity.listMembers = (_, permission) =>
      Promise.resolve(permission === "providers:manage" ? [manager] : []);
  });
  after(() => t[Symbol.asyncDispose]());

  type Sent = { id: string; accountId: string };
  /** Letters of the kind that nobody has to agree to. */
  async function write(clinic: string, count: number): Promise<Sent[]> {
    const people: string[] = [];
    for (let n = 0; n < count; n++) {
      people.push(await addPatient(t, clinic, { email: `storm${numbers++}@patients.example` }));
    }
    const { json } = await t.send(clinic, "POST", "/messages", reminder(...people));
    await t.drain();
    const all = await deliveriesOf(t, clinic, json.id);
    deepEqual([...new Set(all.map(({ state }) => state))], ["accepted"]);
    return await t.service.owner`
      select id, account_id as "accountId" from deliveries where message_id = ${json.id} order by id`;
  }
  async function report(type: "bounced" | "complained", { id, accountId }: Sent) {
    const account = (await findKnown(t.deps, accountId))!;
    const about = { deliveryId: id, providerMessageId: undefined, address: undefined };
    await takeReports(t.deps, account, [{ eventId: newId(), type, at: t.deps.now(), ...about }]);
  }
  const pauseOf = async (clinic: string, accountId: string) =>
    (await t.send(clinic, "GET", "/provider-accounts")).json.items
      .find(({ id }: Answer["json"]) => id === accountId).pause;
  async function addAccount(clinic: string): Promise<string> {
    const { json } = await t.send(clinic, "POST", "/provider-accounts", {
      provider: "resend",
      name: "Letters",
      settings: { from: "clinic@harbour.example" },
      secrets: { apiKey: "re_only_for_tests" },
      hasAgreement: true,
    });
    return json.id;
  }
  /** Something that is only sent to whoever has agreed; the message's id. */
  async function advertise(clinic: string): Promise<string> {
    const patient = await addPatient(t, clinic, { email: `storm${numbers++}@patients.example` });
    const agreed = { channel: "email", purpose: "marketing", decision: "granted" };
    const consents = `/recipients/${patient}/consents`;
    await t.send(clinic, "POST", consents, { ...agreed, source: "paper form" });
    await t.send(clinic, "POST", "/templates", { key: "news", category: "marketing" });
    const bodies = { en: { email: { subject: "News", text: "We are open on Saturdays." } } };
    const { json } = await t.send(clinic, "POST", "/templates/news/versions", { level: 0, bodies });
    await t.send(clinic, "POST", `/templates/news/versions/${json.version}/publish`);
    const body = { template: "news", recipients: [{ id: patient }] };
    const { status, json: message } = await t.send(clinic, "POST", "/messages", body);
    equal(status, 202, JSON.stringify(message));
    return message.id;
  }
  const standing = async (clinic: string, message: string) => {
    const [{ state, reason }] = await deliveriesOf(t, clinic, message);
    return [state, reason];
  };

  it("begins with one in twenty, or with one complaint in a thousand, and not with a few", () => {
    deepEqual([9, 10, 50].map((n) => lettersOfStorm("bounce", n)), [0, 200, 1_000]);
    deepEqual([2, 3, 10].map((n) => lettersOfStorm("complaint", n)), [0, 3_000, 10_000]);
  });

  it("holds marketing back, tells those who can help, and ends when one of them says so", async () => {
    const clinic = newId();
    const accountId = await addAccount(clinic);
    const endpoint = { url: "http://127.0.0.1:1/told", eventTypes: ["account.paused"] };
    await t.send(clinic, "POST", "/webhook-endpoints", endpoint);
    const letters = await write(clinic, 22);
    for (const letter of letters.slice(0, 9)) {
      await report("bounced", letter);
      await report("bounced", letter);
    }
    equal(await pauseOf(clinic, accountId), null, "nine letters, each once");
    await report("bounced", letters[9]!);
    const { pausedAt, ...pause } = await pauseOf(clinic, accountId);
    deepEqual(pause, { kind: "bounce", incidents: 10, sent: 22 });
    equal(pausedAt, t.deps.now().toISOString());

    const message = await advertise(clinic);
    await t.drain();
    deepEqual(await standing(clinic, message), ["deferred", "account-paused"]);
    equal((await write(clinic, 1)).length, 1, "what a patient needs goes on");

    equal(await announce(t.deps), 1);
    equal(await announce(t.deps), 0);
    const inbox = await t.send(clinic, "GET", "/notifications", undefined, { userId: manager });
    deepEqual(
      inbox.json.items.map(({ kind, title }: Answer["json"]) => [kind, title]),
      [["account.paused", "Marketing waits: too many letters by “Letters” came back"]],
    );
    const [told] = (await t.send(clinic, "GET", "/webhook-deliveries")).json.items;
    equal(told.type, "account.paused");

    const resume = (by: string, id = accountId) =>
      t.send(by, "POST", `/provider-accounts/${id}/resume`);
    equal((await resume(newId())).status, 404);
    equal((await resume(clinic)).status, 204);
    equal((await resume(clinic)).status, 409);
    await t.drain();
    deepEqual(await standing(clinic, message), ["accepted", null]);
    for (const letter of letters.slice(10)) await report("bounced", letter);
    equal(await pauseOf(clinic, accountId), null, "letters from before do not count again");
    const actions = await t.service.owner`
      select action from audit_events
      where organization_id = ${clinic} and action like 'provider-account.%' order by seq`;
    deepEqual(actions.map(({ action }) => action.split(".")[1]), ["created", "paused", "resumed"]);
  });

  it("is one only among what was sent, and of what was refused at once as well", async () => {
    const clinic = newId();
    const accountId = await addAccount(clinic);
    const letters = await write(clinic, 10);
    await t.service.owner`
      insert into delivery_attempts
        (delivery_id, n, organization_id, account_id, provider, started_at, outcome)
      select ${letters[0]!.id}, n, ${clinic}, ${accountId}, 'resend', ${t.deps.now()}, 'accepted'
      from generate_series(2, 192) as n`;
    for (const letter of letters) await report("bounced", letter);
    equal(await pauseOf(clinic, accountId), null, "10 of 201");
    const { send } = providers.resend;
    const refused = {
      outcome: "permanent",
      detail: "no such mailbox",
      isAddressBad: true,
    } as const;
    providers.resend.send = () => Promise.resolve(refused);
    try {
      const patient = await addPatient(t, clinic, { email: "gone@patients.example" });
      await t.send(clinic, "POST", "/messages", reminder(patient));
      await drainDeliveries(t.deps);
    } finally {
      providers.resend.send = send;
    }
    const { incidents, sent } = await pauseOf(clinic, accountId);
    deepEqual([incidents, sent], [11, 202]);
  });

  it("of complaints rests the platform's account for one clinic, and for no other", async () => {
    const [clinic, other] = [newId(), newId()];
    const letters = await write(clinic, 3);
    for (const letter of letters) await report("complained", letter);
    const { accountId } = letters[0]!;
    equal((await pauseOf(clinic, accountId)).kind, "complaint");
    equal(await pauseOf(other, accountId), null);
    const [held, sent] = [await advertise(clinic), await advertise(other)];
    await t.drain();
    equal((await standing(clinic, held))[1], "account-paused");
    equal((await standing(other, sent))[0], "accepted");
    equal((await t.send(other, "POST", `/provider-accounts/${accountId}/resume`)).status, 409);
    ok((await t.send(clinic, "POST", `/provider-accounts/${accountId}/resume`)).status === 204);
  });

  it("is none of texts, whose rates say nothing", async () => {
    const clinic = newId();
    const [letter] = await write(clinic, 1);
    const incident = {
      organizationId: clinic,
      accountId: letter!.accountId,
      kind: "bounce",
    } as const;
    await transaction(
      t.deps.sql,
      { organizationId: clinic },
      (tx) =>
        noteIncident(tx, t.deps.now(), { ...incident, deliveryId: letter!.id, channel: "sms" }),
    );
    equal(
      (await t.service.owner`
      select from sender_incidents where organization_id = ${clinic}`).length,
      0,
    );
  });
});
