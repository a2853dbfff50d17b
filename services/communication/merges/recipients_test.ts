/** Who was merged is written to as whoever took over, until that is undone. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  addPatient,
  type Answer,
  deliveriesOf,
  documentCreated,
  openCommunication,
  reminder,
  type TestCommunication,
} from "../testing.ts";

describe("recipients who were merged", () => {
  let t: TestCommunication;
  let numbers = 0;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const newEmail = () => `merged${numbers++}@patients.example`;
  type Merge = { mergeId: string; patientId: string; intoPatientId: string };
  const merge = (patientId: string, intoPatientId: string): Merge => ({
    mergeId: newId(),
    patientId,
    intoPatientId,
  });
  async function tell(organizationId: string, type: string, data: Merge) {
    const event = {
      ...documentCreated({ organizationId }),
      source: "/practice",
      subject: organizationId,
      type: `patient.${type}`,
      data,
    };
    equal((await t.tell(event, "practice")).status, 204);
    t.advance(1);
  }
  const at = (seconds: number) => new Date(t.deps.now().getTime() + seconds * 1000).toISOString();
  async function ask(clinic: string, body: unknown): Promise<string> {
    const { status, json } = await t.send(clinic, "POST", "/messages", body);
    equal(status, 202, JSON.stringify(json));
    return json.id;
  }
  const first = async (clinic: string, id: string) => (await deliveriesOf(t, clinic, id))[0];
  const takenBy = (to: string) => t.simulators.taken.filter((one) => one.to === to).length;
  async function cell(clinic: string, id: string, category: string) {
    const { items } = (await t.send(clinic, "GET", `/recipients/${id}/preferences`)).json;
    const { isAllowed, source } = items.find((one: Answer["json"]) =>
      one.category === category && one.channel === "email"
    );
    return [isAllowed, source];
  }
  const say = async (clinic: string, id: string, purpose: string, decision: string) => {
    const consent = { channel: "email", purpose, decision, source: "paper form" };
    equal((await t.send(clinic, "POST", `/recipients/${id}/consents`, consent)).status, 201);
    t.advance(1);
  };

  it("[40] are reached where whoever took over is, also by what was waiting, and back", async () => {
    const [clinic, old, email] = [newId(), newEmail(), newEmail()];
    const twin = await addPatient(t, clinic, { email: old });
    const patient = await addPatient(t, clinic, { email });
    const waiting = await ask(clinic, { ...reminder(twin), notBefore: at(60) });
    const data = merge(twin, patient);
    await tell(clinic, "merged", data);
    t.advance(61);
    await t.drain();
    equal((await first(clinic, waiting)).state, "accepted");
    deepEqual([takenBy(old), takenBy(email)], [0, 1]);
    const late = await ask(clinic, reminder(twin));
    await t.drain();
    equal((await first(clinic, late)).recipientId, patient);
    const { items } = (await t.send(clinic, "GET", `/deliveries?recipientId=${patient}`)).json;
    equal(items.length, 2);
    const { recipient, points } = (await t.send(clinic, "GET", `/recipients/${twin}`)).json;
    deepEqual([recipient.id, points.length], [patient, 2]);
    await tell(clinic, "unmerged", data);
    const apart = await ask(clinic, reminder(twin));
    await t.drain();
    equal((await first(clinic, apart)).recipientId, twin);
    deepEqual([takenBy(old), takenBy(email)], [1, 2]);
    equal((await t.send(clinic, "GET", `/recipients/${twin}`)).json.points.length, 1);
  });

  it("[40] are known, and reached at their own address, where whoever took over has none", async () => {
    const [clinic, email, patient] = [newId(), newEmail(), newId()];
    const twin = await addPatient(t, clinic, { email });
    await tell(clinic, "merged", merge(twin, patient));
    const id = await ask(clinic, reminder(patient));
    await t.drain();
    equal((await first(clinic, id)).state, "accepted");
    equal(takenBy(email), 1);
  });

  it("have agreed to nothing for whoever took over, and taken back for both", async () => {
    const clinic = newId();
    const [twin, patient] = [await addPatient(t, clinic), await addPatient(t, clinic)];
    await say(clinic, twin, "marketing", "granted");
    await say(clinic, patient, "billing", "granted");
    await say(clinic, twin, "billing", "revoked");
    const no = { category: "appointment", channel: "email", isAllowed: false };
    await t.send(clinic, "PUT", `/recipients/${twin}/preferences`, no);
    t.advance(1);
    const data = merge(twin, patient);
    await tell(clinic, "merged", data);
    deepEqual(await cell(clinic, patient, "marketing"), [false, "consent"]);
    deepEqual(await cell(clinic, patient, "billing"), [false, "consent"]);
    deepEqual(await cell(clinic, patient, "appointment"), [false, "choice"]);
    // Asked again, whoever took over may say otherwise, under either name.
    await say(clinic, twin, "billing", "granted");
    deepEqual(await cell(clinic, patient, "billing"), [true, "consent"]);
    await t.send(clinic, "PUT", `/recipients/${twin}/preferences`, { ...no, isAllowed: true });
    t.advance(1);
    deepEqual(await cell(clinic, patient, "appointment"), [true, "choice"]);
    // What is taken back meanwhile stays so for both.
    await say(clinic, twin, "result", "revoked");
    deepEqual(await cell(clinic, patient, "result"), [false, "consent"]);
    await tell(clinic, "unmerged", data);
    deepEqual(await cell(clinic, twin, "marketing"), [true, "consent"]);
    deepEqual(await cell(clinic, twin, "billing"), [false, "consent"]);
    deepEqual(await cell(clinic, twin, "appointment"), [false, "choice"]);
    deepEqual(await cell(clinic, twin, "result"), [false, "consent"]);
    deepEqual(await cell(clinic, patient, "result"), [true, "default"]);
    deepEqual(await cell(clinic, patient, "billing"), [true, "consent"]);
  });

  it("[40] keep their guardians, and lose for good whom whoever took over has ended", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const twin = await addPatient(t, clinic);
    const own = newEmail();
    const child = await addPatient(t, clinic, { email: own });
    const mother = await addPatient(t, clinic, { email });
    const put = (id: string, ...ids: string[]) =>
      t.send(clinic, "PUT", `/recipients/${id}/guardians`, {
        items: ids.map((guardianId) => ({ guardianId })),
      });
    equal((await put(twin, mother)).status, 204);
    const data = merge(twin, child);
    await tell(clinic, "merged", data);
    const told = async (id: string) => {
      const message = await ask(clinic, reminder(id));
      await t.drain();
      return (await deliveriesOf(t, clinic, message)).map(({ recipientId, onBehalfOf }) => [
        recipientId,
        onBehalfOf,
      ]);
    };
    deepEqual(await told(child), [[mother, child]]);
    equal((await put(child)).status, 204);
    deepEqual(await told(child), [[child, null]]);
    await tell(clinic, "unmerged", data);
    deepEqual(await told(twin), [[twin, null]]);
    equal(takenBy(email), 1);
  });

  it("follow merges that stand on each other, and facts that make a round", async () => {
    const [clinic, email] = [newId(), newEmail()];
    const [a, b] = [await addPatient(t, clinic), await addPatient(t, clinic)];
    const c = await addPatient(t, clinic, { email });
    await tell(clinic, "merged", merge(a, b));
    const second = merge(b, c);
    await tell(clinic, "merged", second);
    const id = await ask(clinic, reminder(a, b, c));
    await t.drain();
    deepEqual((await deliveriesOf(t, clinic, id)).map(({ recipientId }) => recipientId), [c]);
    await tell(clinic, "merged", merge(c, a));
    equal((await t.send(clinic, "GET", `/recipients/${a}`)).status, 200);
    const other = newId();
    equal((await t.send(other, "GET", `/recipients/${c}`)).status, 404);
  });
});
