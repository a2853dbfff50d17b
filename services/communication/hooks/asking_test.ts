/** OVH, which signs nothing: what it says is looked up, and what people wrote back is fetched. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { listAsked } from "../accounts/accounts.ts";
import {
  addPatient,
  type Answer,
  deliveriesOf,
  openCommunication,
  PUBLIC_URL,
  reminder,
  type TestCommunication,
} from "../testing.ts";
import { collectReplies } from "./hooks.ts";

describe("OVH", () => {
  let t: TestCommunication;
  let numbers = 0;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  const newNumber = () => `+336126${String(45_000 + numbers++).padStart(5, "0")}`;
  const takenBy = (to: string) => t.simulators.taken.filter((one) => one.to === to);
  async function addAccount(clinic: string) {
    const { status, json } = await t.send(clinic, "POST", "/provider-accounts", {
      provider: "ovh",
      name: "texts",
      settings: { applicationKey: "app-key", serviceName: "sms-ab12345-1" },
      secrets: { applicationSecret: "app-secret-1", consumerKey: "consumer-key-1" },
      hasAgreement: true,
    });
    equal(status, 201, JSON.stringify(json));
    return json as { id: string; hookUrl: string };
  }
  async function tell(clinic: string, patient: string, more: Record<string, unknown> = {}) {
    const body = { ...reminder(patient), channels: ["sms"], ...more };
    const { json } = await t.send(clinic, "POST", "/messages", body);
    await t.drain();
    return (await deliveriesOf(t, clinic, json.id))[0];
  }
  const call = async (url: string, method = "GET") =>
    (await t.app.request(url.slice(PUBLIC_URL.length), { method })).status;
  const askedAs = async (id: string) => (await listAsked(t.deps)).find((one) => one.id === id)!;

  it("is believed about a delivery only after it was asked", async () => {
    const [clinic, sms] = [newId(), newNumber()];
    const { hookUrl } = await addAccount(clinic);
    const delivery = await tell(clinic, await addPatient(t, clinic, { sms }));
    equal(delivery.state, "accepted");
    const stateOf = async () => (await t.send(clinic, "GET", `/deliveries/${delivery.id}`)).json;
    for (const id of ["1", "no-number", "", "9".repeat(30)]) {
      equal(await call(`${hookUrl}?id=${id}&ptt=1&deliveryReceipt=1`), 204, id);
    }
    equal((await stateOf()).state, "accepted");
    const { id } = takenBy(sms)[0]!;
    for (const method of ["GET", "POST"]) {
      equal(await call(`${hookUrl}?id=${id}&ptt=4`, method), 204);
    }
    const { state, events } = await stateOf();
    deepEqual([state, events.length], ["delivered", 1]);
  });

  it("is refused at any address but its own", async () => {
    const [clinic, rival] = [newId(), newId()];
    const [ours, theirs] = [await addAccount(clinic), await addAccount(rival)];
    const token = (url: string) => url.split("/").at(-1)!;
    for (
      const url of [
        `${PUBLIC_URL}/hooks/ovh/${ours.id}/${token(theirs.hookUrl)}`,
        `${ours.hookUrl.slice(0, -1)}${ours.hookUrl.endsWith("A") ? "B" : "A"}`,
        `${PUBLIC_URL}/hooks/ovh/${newId()}/${token(ours.hookUrl)}`,
        `${PUBLIC_URL}/hooks/ovh/x/y`,
      ]
    ) equal(await call(`${url}?id=1`), 401, url);
  });

  it("[21] hands over STOP and C, which hold; the answer goes out, and nothing is left there", async () => {
    const [clinic, sms, other] = [newId(), newNumber(), newNumber()];
    const { id, hookUrl } = await addAccount(clinic);
    const [patient, second] = [
      await addPatient(t, clinic, { sms }),
      await addPatient(t, clinic, { sms: other }),
    ];
    const asked = { subject: { type: "appointment", id: "a-1" } };
    await tell(clinic, patient);
    const answered = await tell(clinic, second, asked);
    t.simulators.writeToOvh(other, "C");
    t.simulators.writeToOvh(sms, "Stop please");
    equal(await call(hookUrl), 204);
    ok(takenBy(sms).at(-1)!.text.includes("START"));
    equal(takenBy(other).at(-1)!.text, "Thank you, we have noted it.");
    equal((await tell(clinic, patient)).reason, "suppressed-stop");
    const replies = (await t.send(clinic, "GET", "/replies")).json.items;
    deepEqual(
      replies.map(({ kind, deliveryId }: Answer["json"]) => [kind, deliveryId]).sort(),
      [["confirm", answered.id], ["stop", null]],
    );
    equal(await collectReplies(t.deps, await askedAs(id)), 0);
    // Nobody calls: asked in its turn, it says the same.
    t.simulators.writeToOvh(sms, "START");
    equal(await collectReplies(t.deps, await askedAs(id)), 1);
    equal((await tell(clinic, patient)).state, "accepted");
  });

  it("answers no stranger, and takes nothing twice when it does not forget", async () => {
    const [clinic, sms, stranger] = [newId(), newNumber(), newNumber()];
    const { id } = await addAccount(clinic);
    await tell(clinic, await addPatient(t, clinic, { sms }));
    t.simulators.writeToOvh(stranger, "help");
    t.simulators.writeToOvh(sms, "help");
    const account = await askedAs(id);
    await collectReplies(t.deps, account);
    equal(takenBy(stranger).length, 0);
    equal(takenBy(sms).length, 2);
    equal((await t.send(clinic, "GET", "/replies")).json.items.length, 1);
  });
});
