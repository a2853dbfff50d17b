/** What somebody has said holds, says where it comes from, and cannot be said by a stranger. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { addPatient, openCommunication, type TestCommunication } from "../testing.ts";
import { linkTo } from "./links.ts";

describe("preferences", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  it("tell of each value where it comes from", async () => {
    const clinic = newId();
    const patient = await addPatient(t, clinic);
    const path = `/recipients/${patient}/preferences`;
    const cell = async (category: string, channel: string) => {
      const { items } = (await t.send(clinic, "GET", path)).json;
      const found = items.find((one: { category: string; channel: string }) =>
        one.category === category && one.channel === channel
      );
      return [found.isAllowed, found.source];
    };
    deepEqual(await cell("security", "email"), [true, "mandatory"]);
    deepEqual(await cell("appointment", "sms"), [true, "default"]);
    deepEqual(await cell("marketing", "email"), [false, "consent"]);
    const choose = async (category: string, isAllowed: boolean) =>
      (await t.send(clinic, "PUT", path, { category, channel: "email", isAllowed })).status;
    equal(await choose("appointment", false), 200);
    deepEqual(await cell("appointment", "email"), [false, "choice"]);
    equal(await choose("marketing", true), 200);
    deepEqual(await cell("marketing", "email"), [true, "choice"]);
    equal(await choose("marketing", false), 200);
    deepEqual(await cell("marketing", "email"), [false, "consent"]);
    equal(await choose("security", false), 409);
    const ledger = (await t.send(clinic, "GET", `/recipients/${patient}/consents`)).json.items;
    deepEqual(ledger.map(({ decision }: { decision: string }) => decision), ["revoked", "granted"]);
  });

  it("are changed in the centre by whoever holds the link, for one person and a time", async () => {
    const [clinic, other] = [newId(), newId()];
    const patient = await addPatient(t, clinic);
    await addPatient(t, other);
    const link = linkTo(t.deps, {
      use: "preferences",
      organizationId: clinic,
      recipientId: patient,
    });
    ok(link.includes("/preferences/eu_"));
    const path = new URL(link).pathname;
    const page = await t.app.request(path);
    equal(page.status, 200);
    ok(!(await page.text()).includes(patient), "the page names nobody");
    const post = async (fields: Record<string, string>, to = path) =>
      (await t.app.request(to, { method: "POST", body: new URLSearchParams(fields) })).status;
    const no = { category: "appointment", channel: "sms", isAllowed: "false" };
    equal(await post(no), 200);
    const { items } = (await t.send(clinic, "GET", `/recipients/${patient}/preferences`)).json;
    ok(
      items.some((one: Record<string, unknown>) =>
        one.category === "appointment" && one.channel === "sms" && one.isAllowed === false
      ),
    );
    equal(await post({ ...no, category: "security" }), 409);
    equal(await post({ ...no, category: "nothing" }), 422);
    // Another's id in the same signed text is another text.
    const [head = "", tail = ""] = path.split("eu_");
    const [payload = "", signature = ""] = tail.split(".");
    const text = new TextDecoder().decode(
      Uint8Array.fromBase64(payload, { alphabet: "base64url" }),
    );
    const theirs = new TextEncoder().encode(text.replace(clinic, other))
      .toBase64({ alphabet: "base64url", omitPadding: true });
    equal(await post(no, `${head}eu_${theirs}.${signature}`), 404);
    equal(await post(no, `${head}eu_x.y`), 404);
    t.advance(31 * 86_400);
    equal(await post(no), 410);
  });

  it("never unsay what was said: the service's role may not change the ledger", async () => {
    const clinic = newId();
    for (const statement of ["update consents set decision = 'granted'", "delete from consents"]) {
      await rejects(
        transaction(
          t.deps.sql,
          { organizationId: clinic },
          (tx) => (tx as unknown as { unsafe(text: string): Promise<unknown> }).unsafe(statement),
        ),
        /permission denied/,
      );
    }
  });
});
