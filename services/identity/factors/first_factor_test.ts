import { deepEqual, equal, ok } from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD, demoOrganizationId } from "../demo_data.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";
import { createAuthenticator, UP } from "./authenticator.ts";
import { challengeFor, codeOf, enrolTotp, FACTORS } from "./testing.ts";

const WHO = "auditor@demo";
const EMAIL = `${WHO}.praxis.test`;
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

/** Someone who has none, and whose clinic asks for one, enrols it between password and session. */
describe("a first factor at sign-in", () => {
  let identity: TestIdentity;
  beforeEach(async () => {
    identity = await openIdentity();
  });
  afterEach(async () => await identity[Symbol.asyncDispose]());

  const ask = (secondFactor: string) =>
    identity.service.owner`
      insert into security_policies
        (organization_id, second_factor, session_minutes, idle_minutes, version, updated_at)
      values (${demoOrganizationId("demo")}, ${secondFactor}, 720, 480, 1, now())
      on conflict (organization_id) do update set second_factor = excluded.second_factor`;
  const answerOf = async (response: Response) => ({
    status: response.status,
    ...await response.json(),
  });
  const post = async (path: string, body: unknown, headers = {}) =>
    await answerOf(await identity.post(path, body, headers));
  const offer = (challengeId: string) => post("/auth/mfa/enrol", { challengeId });
  const verify = (challengeId: string, code: string) =>
    post("/auth/mfa/verify", { challengeId, code });
  const confirmed = async () =>
    (await identity.service.owner`
      select f.id from factors f join users u on u.id = f.user_id
      where u.email = ${EMAIL} and f.confirmed_at is not null`).length;

  it("makes a session as strong as one that was asked for it, and its owner is told", async () => {
    await ask("required");
    const challengeId = await challengeFor(identity, WHO);
    const { secret } = await offer(challengeId);
    const code = codeOf(identity, secret);
    const { status, accessToken, recoveryCodes } = await verify(challengeId, code);
    equal(status, 200);
    equal(recoveryCodes.length, 10);
    deepEqual(decodeJwt(accessToken).amr, ["pwd", "otp", "mfa"]);
    ok(
      (await identity.mails()).some(({ to, template }) =>
        to === EMAIL && template === "factor-added"
      ),
    );
    // From then on a step-up takes the factor: not the password alone, nor the code it began with.
    identity.pass(301);
    const stepUp = (given: Record<string, string>) =>
      post("/auth/reauthenticate", { password: DEMO_PASSWORD, ...given }, bearer(accessToken));
    equal((await post(`${FACTORS}/totp`, {}, bearer(accessToken))).status, 401);
    equal((await stepUp({ acr: "aal1" })).type, "/problems/step-up-required");
    equal((await stepUp({})).type, "/problems/step-up-required");
    equal((await stepUp({ code })).type, "/problems/factor-rejected");
    equal((await stepUp({ code: codeOf(identity, secret) })).status, 200);
  });

  it("is offered to nobody who has one, nor where none is asked for", async () => {
    const { secret } = await enrolTotp(identity, WHO);
    await ask("required");
    const challengeId = await challengeFor(identity, WHO);
    equal((await offer(challengeId)).status, 410);
    equal((await verify(challengeId, codeOf(identity, secret))).status, 200);
    equal(await confirmed(), 1);
    await ask("optional");
    // Without a policy there is no challenge that could be used for it.
    const { status, mfaRequired } = await post("/auth/login", {
      email: "nurse@demo.praxis.test",
      password: DEMO_PASSWORD,
    });
    deepEqual([status, mfaRequired], [200, undefined]);
  });

  it("is worth nothing once another was enrolled: who came first with the password gains nothing", async () => {
    await ask("required");
    const thiefs = await challengeFor(identity, WHO);
    const { secret: known } = await offer(thiefs);
    const owners = await challengeFor(identity, WHO);
    const { secret } = await offer(owners);
    // The newer offer has taken the older one's place already.
    equal((await verify(thiefs, codeOf(identity, known))).status, 401);
    equal((await verify(owners, codeOf(identity, secret))).status, 200);
    identity.pass(30);
    equal((await verify(thiefs, codeOf(identity, known))).status, 401);
    equal((await offer(thiefs)).status, 410);
    equal(await confirmed(), 1);
  });

  const codes = async () => (await identity.service.owner`select 1 from recovery_codes`).length;
  /** A browser that makes a passkey for the challenge of `who`. */
  async function begin(who: string, authenticator = createAuthenticator(PUBLIC_URL)) {
    const challengeId = await challengeFor(identity, who);
    const { status, options } = await post("/auth/mfa/enrol/passkey", { challengeId });
    equal(status, 200);
    const newPasskey = authenticator.create(options.challenge);
    return { authenticator, challengeId, newPasskey };
  }
  const finish = (given: Record<string, unknown>) => post("/auth/mfa/verify", given);

  it("is no way round a clinic that takes passkeys only: an app is not offered, and not taken", async () => {
    await ask("required");
    const challengeId = await challengeFor(identity, WHO);
    const { secret } = await offer(challengeId);
    await ask("passkey");
    equal((await verify(challengeId, codeOf(identity, secret))).status, 401);
    const again = await challengeFor(identity, WHO);
    equal((await offer(again)).status, 410);
    equal((await verify(again, codeOf(identity, secret))).status, 401);
    deepEqual([await confirmed(), await codes()], [0, 0]);
  });

  it("is a passkey where the clinic takes nothing else, and signs in by itself from then on", async () => {
    await ask("passkey");
    const login = { email: EMAIL, password: DEMO_PASSWORD, client: "api" };
    const asked = await post("/auth/login", login);
    deepEqual([asked.factors, asked.enrol], [[], ["passkey"]]);
    const { authenticator, ...given } = await begin(WHO);
    const passed = await finish(given);
    equal(passed.status, 200);
    equal(passed.recoveryCodes.length, 10);
    deepEqual(decodeJwt(passed.accessToken).amr, ["pwd", "hwk", "mfa"]);
    equal((await finish(given)).status, 410);
    const next = await post("/auth/login", login);
    deepEqual([next.factors, next.enrol], [["passkey"], undefined]);
    const { challengeId } = next;
    const { options } = await post("/auth/mfa/challenge", { challengeId });
    equal(
      (await finish({ challengeId, passkey: authenticator.get(options.challenge) })).status,
      200,
    );
    // One is enough: no second one by the password alone.
    const third = await challengeFor(identity, WHO);
    equal((await post("/auth/mfa/enrol/passkey", { challengeId: third })).status, 410);
    const other = createAuthenticator(PUBLIC_URL).create(options.challenge);
    equal((await finish({ challengeId: third, newPasskey: other })).status, 401);
    equal(await confirmed(), 1);
  });

  it("is taken from who proves the app they have, when their clinic now takes passkeys only", async () => {
    const { secret, recoveryCodes } = await enrolTotp(identity, WHO);
    await ask("passkey");
    const asked = await post("/auth/login", { email: EMAIL, password: DEMO_PASSWORD });
    deepEqual([asked.factors, asked.enrol], [["totp", "recovery-code"], ["passkey"]]);
    const { authenticator: _, ...given } = await begin(WHO);
    // The password and a new passkey: that is what a thief of the password has.
    equal((await finish(given)).status, 401);
    equal((await finish({ ...given, code: "000000" })).status, 401);
    const alone = await finish({ challengeId: given.challengeId, code: codeOf(identity, secret) });
    deepEqual([alone.status, alone.type], [403, "/problems/policy-step-up"]);
    equal(await confirmed(), 1);
    // What was refused used nothing up.
    const passed = await finish({ ...given, code: codeOf(identity, secret) });
    equal(passed.status, 200);
    deepEqual([passed.recoveryCodes, await confirmed()], [undefined, 2]);
    equal(await codes(), recoveryCodes.length);
  });

  it("must be made here, for this sign-in, by a user who was verified", async () => {
    await ask("required");
    const { challengeId, newPasskey } = await begin(WHO);
    const { challengeId: another } = await begin(WHO);
    equal((await finish({ challengeId: another, newPasskey })).status, 401);
    const authenticator = createAuthenticator(PUBLIC_URL);
    const { options } = await post("/auth/mfa/enrol/passkey", { challengeId });
    for (
      const twist of [{ origin: "https://evil.example" }, { rpId: "evil.example" }, { flags: UP }]
    ) {
      const made = authenticator.create(options.challenge, twist);
      equal((await finish({ challengeId, newPasskey: made })).status, 401, JSON.stringify(twist));
    }
    for (const odd of [{}, { newPasskey: {} }, { newPasskey: null }, { newPasskey, code: "x" }]) {
      equal((await finish({ challengeId, ...odd })).status, 422, JSON.stringify(odd));
    }
    const both = { code: "000000", recoveryCode: "x" };
    equal((await finish({ challengeId, newPasskey, ...both })).status, 422);
    deepEqual([await confirmed(), await codes()], [0, 0]);
    // Asked for a moment ago, and asked no more: then nothing is enrolled in passing.
    await ask("optional");
    const good = authenticator.create(options.challenge);
    equal((await finish({ challengeId, newPasskey: good })).status, 401);
    deepEqual([await confirmed(), await codes()], [0, 0]);
  });

  it("an owner cannot ask of the clinic what they have not proven themselves", async () => {
    const { secret, accessToken } = await enrolTotp(identity, "owner@demo");
    const proof = { password: DEMO_PASSWORD, code: codeOf(identity, secret) };
    const stepped = await post("/auth/reauthenticate", proof, bearer(accessToken));
    const put = async (secondFactor: string) => {
      const path = `/api/identity/organizations/${demoOrganizationId("demo")}/security-policy`;
      return await answerOf(
        await identity.app.request(path, {
          method: "PUT",
          body: JSON.stringify({ secondFactor, sessionMinutes: 60, idleMinutes: 15 }),
          headers: {
            ...bearer(stepped.accessToken),
            "content-type": "application/json",
            "if-match": '"0"',
          },
        }),
      );
    };
    const refused = await put("passkey");
    deepEqual([refused.status, refused.type], [403, "/problems/policy-step-up"]);
    equal((await put("required")).status, 200);
  });
});
