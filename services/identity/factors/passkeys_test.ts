import { deepEqual, equal, ok } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD } from "../demo_data.ts";
import { openIdentity, PUBLIC_URL, steppedUp, type TestIdentity } from "../testing.ts";
import { createAuthenticator, type Twist, UP } from "./authenticator.ts";

const FACTORS = "/api/identity/users/me/factors";
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
describe("passkeys", () => {
  let identity: TestIdentity;
  const authenticator = createAuthenticator(PUBLIC_URL);
  let accessToken: string;
  before(async () => {
    identity = await openIdentity();
    const first = await identity.signIn("nurse@demo");
    const stepped = await identity.post("/auth/reauthenticate", {
      password: DEMO_PASSWORD,
      acr: "aal1",
    }, bearer(first.accessToken));
    accessToken = (await stepped.json()).accessToken;
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const options = async (path: string, body: unknown = {}, headers = {}) =>
    await (await identity.post(path, body, headers)).json();

  it("M7: are enrolled only by the answer to their own challenge", async () => {
    const path = `${FACTORS}/passkeys`;
    const attempt = async (twist: Twist) => {
      const { challengeId, options: asked } = await options(
        `${path}/options`,
        {},
        bearer(accessToken),
      );
      const passkey = authenticator.create(twist.challenge ?? asked.challenge, twist);
      return await identity.post(path, { challengeId, passkey }, bearer(accessToken));
    };
    const wrong = [
      { challenge: randomBytes(32).toString("base64url") },
      { origin: "https://app-clinic.test" },
      { rpId: "evil.example" },
      { flags: UP },
    ];
    for (const twist of wrong) equal((await attempt(twist)).status, 401, JSON.stringify(twist));
    const done = await attempt({});
    equal(done.status, 201);
    equal((await done.json()).recoveryCodes.length, 10);
  });

  it("M7: sign in without a password, and refuse everything that does not fit", async () => {
    const attempt = async (
      twist: Parameters<typeof authenticator.get>[1] & { id?: string } = {},
    ) => {
      const { challengeId, options: asked } = await options("/auth/passkeys/options");
      const passkey = authenticator.get(twist.challenge ?? asked.challenge, twist);
      const sent = twist.id === undefined ? passkey : { ...passkey, id: twist.id, rawId: twist.id };
      const body = { challengeId, passkey: sent, client: "api" };
      return { body, response: await identity.post("/auth/passkeys/verify", body) };
    };
    const { body, response } = await attempt();
    equal(response.status, 200);
    const { acr, amr } = decodeJwt((await response.json()).accessToken);
    deepEqual([acr, amr], ["aal2", ["hwk", "user", "mfa"]]);
    equal((await identity.post("/auth/passkeys/verify", body)).status, 410);
    const wrong = [
      // First: the others raise the counter.
      { isStale: true },
      { challenge: randomBytes(32).toString("base64url") },
      { origin: "https://app-clinic.test" },
      { rpId: "evil.example" },
      { flags: UP },
      { isForged: true },
      { id: randomBytes(16).toString("base64url") },
    ];
    for (const twist of wrong) {
      equal((await attempt(twist)).response.status, 401, JSON.stringify(twist));
    }
    equal((await attempt()).response.status, 200);
  });

  it("make the browser known for the account, as a password does", async () => {
    const { challengeId, options: asked } = await options("/auth/passkeys/options");
    const passkey = authenticator.get(asked.challenge);
    const done = await identity.post("/auth/passkeys/verify", {
      challengeId,
      passkey,
      client: "web",
    });
    equal(done.status, 200);
    ok(done.headers.getSetCookie().some((cookie) => cookie.startsWith("praxis_device_")));
  });

  it("M7: of another user finish neither one's sign-in nor one's step-up", async () => {
    // The physician has a passkey, and so has the nurse, who knows the physician's password.
    const theirs = createAuthenticator(PUBLIC_URL);
    const headers = bearer(await steppedUp(identity, "physician@demo"));
    const path = `${FACTORS}/passkeys`;
    const enrolment = await options(`${path}/options`, {}, headers);
    const passkey = theirs.create(enrolment.options.challenge);
    const { challengeId } = enrolment;
    equal((await identity.post(path, { challengeId, passkey }, headers)).status, 201);
    const login = { email: "physician@demo.praxis.test", password: DEMO_PASSWORD, client: "api" };
    const begun = await options("/auth/login", login);
    const { options: asked } = await options("/auth/mfa/challenge", {
      challengeId: begun.challengeId,
    });
    const verify = (answer: unknown) =>
      identity.post("/auth/mfa/verify", { challengeId: begun.challengeId, passkey: answer });
    equal((await verify(authenticator.get(asked.challenge))).status, 401);
    const passed = await verify(theirs.get(asked.challenge));
    equal(passed.status, 200);
    const own = bearer((await passed.json()).accessToken);
    const again = await options("/auth/reauthenticate/options", {}, own);
    const stepUp = (answer: unknown) =>
      identity.post(
        "/auth/reauthenticate",
        { challengeId: again.challengeId, passkey: answer },
        own,
      );
    equal((await stepUp(authenticator.get(again.options.challenge))).status, 401);
    equal((await stepUp(theirs.get(again.options.challenge))).status, 200);
  });

  it("are a second factor beside the password, and a step-up", async () => {
    const login = { email: "nurse@demo.praxis.test", password: DEMO_PASSWORD, client: "api" };
    const { challengeId, factors } = await options("/auth/login", login);
    deepEqual(factors, ["passkey", "recovery-code"]);
    const { options: asked } = await options("/auth/mfa/challenge", { challengeId });
    const passkey = authenticator.get(asked.challenge);
    const passed = await identity.post("/auth/mfa/verify", { challengeId, passkey });
    equal(passed.status, 200);
    const headers = bearer((await passed.json()).accessToken);
    const again = await options("/auth/reauthenticate/options", {}, headers);
    const stepped = await identity.post("/auth/reauthenticate", {
      challengeId: again.challengeId,
      passkey: authenticator.get(again.options.challenge),
    }, headers);
    equal(stepped.status, 200);
  });
});
