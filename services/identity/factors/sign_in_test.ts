import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD, demoOrganizationId } from "../demo_data.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { stepOf, totpOf } from "./model.ts";
import { challengeFor, codeOf as shownBy, enrolTotp, FACTORS, unbase32 } from "./testing.ts";

const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

describe("RFC 6238", () => {
  it("gives the standard's own values", () => {
    const secret = new TextEncoder().encode("12345678901234567890");
    const at = (seconds: number) => totpOf(secret, stepOf(new Date(seconds * 1000)));
    equal(at(59), "287082");
    equal(at(1111111109), "081804");
    equal(at(20000000000), "353130");
  });
});

describe("second factors", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const login = (who: string) =>
    identity.post("/auth/login", {
      email: `${who}.praxis.test`,
      password: DEMO_PASSWORD,
      client: "api",
    });
  const codeOf = (secret: string, steps = 0) => shownBy(identity, secret, steps);
  const enrol = (who: string) => enrolTotp(identity, who);
  const challenge = (who: string) => challengeFor(identity, who);
  const verify = async (body: unknown, headers = {}) => {
    const response = await identity.post("/auth/mfa/verify", body, headers);
    const { status } = response;
    return { status, ...await response.json() };
  };

  it("M8: a password alone enrols nothing, however fresh", async () => {
    const { accessToken } = await identity.signIn("auditor@demo");
    for (const path of ["/totp", "/passkeys/options"]) {
      const response = await identity.post(`${FACTORS}${path}`, {}, bearer(accessToken));
      equal(response.status, 401);
      match(response.headers.get("www-authenticate")!, /insufficient_user_authentication/);
      equal((await response.json()).type, "/problems/step-up-required");
    }
  });

  it("the step-up of someone without a factor fails rather than downgrades", async () => {
    const { accessToken } = await identity.signIn("auditor@demo");
    const response = await identity.post("/auth/reauthenticate", {
      password: DEMO_PASSWORD,
    }, bearer(accessToken));
    equal(response.status, 403);
    equal((await response.json()).type, "/problems/second-factor-missing");
  });

  it("asks for the factor, takes each code once, and says what was shown (M1, M2)", async () => {
    const { secret, recoveryCodes } = await enrol("nurse@demo");
    equal(recoveryCodes.length, 10);
    for (const code of ["１２３４５６", " 12345", "123456\n", "1234567", ""]) {
      const challengeId = await challenge("nurse@demo");
      equal((await verify({ challengeId, code })).status, 422);
    }
    for (const steps of [-2, 2]) {
      const challengeId = await challenge("nurse@demo");
      equal((await verify({ challengeId, code: codeOf(secret, steps) })).status, 401);
    }
    const early = { challengeId: await challenge("nurse@demo"), code: codeOf(secret, -1) };
    equal((await verify(early)).status, 200);
    const challengeId = await challenge("nurse@demo");
    const code = codeOf(secret);
    const passed = await verify({ challengeId, code });
    equal(passed.status, 200);
    const { acr, amr } = decodeJwt(passed.accessToken);
    deepEqual([acr, amr], ["aal2", ["pwd", "otp", "mfa"]]);
    equal((await verify({ challengeId, code })).status, 410);
    const again = await challenge("nurse@demo");
    equal((await verify({ challengeId: again, code })).status, 401);
    equal((await verify({ challengeId: again, code: codeOf(secret, -1) })).status, 401);
    equal((await verify({ challengeId: again, code: codeOf(secret, 1) })).status, 200);
    identity.pass(90);
  });

  it("M4: of 20 parallel uses of one recovery code, one succeeds", async () => {
    const { recoveryCodes, accessToken } = await enrol("patient@demo");
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(await challenge("patient@demo"));
    const recoveryCode = recoveryCodes[0]!.toLowerCase();
    const all = await Promise.all(ids.map((challengeId) => verify({ challengeId, recoveryCode })));
    equal(all.filter(({ status }) => status === 200).length, 1);
    identity.pass(900);
    const challengeId = await challenge("patient@demo");
    equal((await verify({ challengeId, recoveryCode })).status, 401);
    const list = await (await identity.get(FACTORS, accessToken)).json().catch(() => undefined);
    ok(list);
  });

  it("M3: five tries per challenge, ten per account, and then not even the right code", async () => {
    const { secret } = await enrol("physician@demo");
    const wrong = "000000";
    const first = await challenge("physician@demo");
    for (let i = 0; i < 5; i++) {
      equal((await verify({ challengeId: first, code: wrong })).status, 401);
    }
    equal((await verify({ challengeId: first, code: codeOf(secret) })).status, 410);
    const second = await challenge("physician@demo");
    for (let i = 0; i < 5; i++) {
      equal((await verify({ challengeId: second, code: wrong })).status, 401);
    }
    const third = await challenge("physician@demo");
    equal((await verify({ challengeId: third, code: codeOf(secret) })).status, 429);
    identity.pass(901);
    const fourth = await challenge("physician@demo");
    equal((await verify({ challengeId: fourth, code: codeOf(secret) })).status, 200);
  });

  it("M5, M6: a challenge is no token, ends, and is finished by who began", async () => {
    const { secret } = await enrol("physician@rival");
    const { secret: another } = await enrol("owner@rival");
    const challengeId = await challenge("physician@rival");
    // Nor does anybody else's code finish it.
    equal((await verify({ challengeId, code: codeOf(another) })).status, 401);
    equal((await identity.get("/api/identity/users/me", challengeId)).status, 401);
    equal((await identity.post("/auth/refresh", { refreshToken: challengeId })).status, 401);
    const code = codeOf(secret);
    const other = await verify({ challengeId, code }, { "user-agent": "another" });
    equal(other.status, 410);
    identity.pass(601);
    equal((await verify({ challengeId, code: codeOf(secret) })).status, 410);
    for (const body of [{ challengeId }, { challengeId, code, recoveryCode: "x" }]) {
      equal((await verify(body)).status, 422);
    }
  });

  it("S6: after a step-up the old tokens are dead; M9: a factor goes only after one", async () => {
    const { secret, factorId, accessToken, refreshToken } = await enrol("owner@demo");
    identity.pass(600);
    const { accessToken: current, refreshToken: kept } = await (await identity.post(
      "/auth/refresh",
      { refreshToken },
    )).json();
    notEqual(current, accessToken);
    const remove = (token: string) =>
      identity.app.request(`${FACTORS}/${factorId}`, { method: "DELETE", headers: bearer(token) });
    equal((await remove(current)).status, 401);
    for (const body of [{ password: DEMO_PASSWORD }, { password: DEMO_PASSWORD, acr: "aal1" }]) {
      const response = await identity.post("/auth/reauthenticate", body, bearer(current));
      equal(response.status, 401);
      equal((await response.json()).type, "/problems/step-up-required");
    }
    const stepped = await identity.post("/auth/reauthenticate", {
      password: DEMO_PASSWORD,
      code: codeOf(secret),
    }, bearer(current));
    equal(stepped.status, 200);
    const fresh = await stepped.json();
    equal((await identity.get("/api/identity/users/me", current)).status, 401);
    equal((await identity.post("/auth/refresh", { refreshToken: kept })).status, 401);

    const policy = `/api/identity/organizations/${demoOrganizationId("demo")}/security-policy`;
    const put = (body: unknown, ifMatch?: string) =>
      identity.app.request(policy, {
        method: "PUT",
        body: JSON.stringify(body),
        headers: {
          ...bearer(fresh.accessToken),
          "content-type": "application/json",
          ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
        },
      });
    const strict = { secondFactor: "required", sessionMinutes: 60, idleMinutes: 15 };
    equal((await put(strict)).status, 428);
    equal((await put({ ...strict, sessionMinutes: 721 }, '"0"')).status, 422);
    equal((await put({ ...strict, idleMinutes: 481 }, '"0"')).status, 422);
    equal((await put(strict, '"3"')).status, 412);
    const plain = await identity.signIn("auditor@demo");
    ok(plain.refreshToken);
    equal((await put(strict, '"0"')).status, 200);
    // A session that no longer suffices ends at its next refresh; one that does goes on.
    const again = (given: string) => identity.post("/auth/refresh", { refreshToken: given });
    equal((await again(plain.refreshToken)).status, 401);
    equal((await again(fresh.refreshToken)).status, 200);
    equal((await put(strict, '"0"')).status, 412);
    equal((await remove(fresh.accessToken)).status, 409);
    // Five minutes later it takes another step-up, also for someone who signed in with a factor.
    identity.pass(301);
    equal((await remove(fresh.accessToken)).status, 401);

    // Someone without a factor enrols one within the sign-in, and only then is signed in.
    const answer = await (await login("auditor@demo")).json();
    deepEqual(answer.factors, []);
    const { challengeId } = answer;
    const offered = await (await identity.post("/auth/mfa/enrol", { challengeId })).json();
    equal((await verify({ challengeId, code: "000000" })).status, 401);
    const enrolled = await verify({ challengeId, code: codeOf(offered.secret) });
    equal(enrolled.status, 200);
    equal(enrolled.recoveryCodes.length, 10);

    // No other way leads round the policy: there is nothing to patch.
    const patched = await identity.app.request("/api/identity/users/me", {
      method: "PATCH",
      body: JSON.stringify({ secondFactor: "none", factors: [] }),
      headers: { ...bearer(enrolled.accessToken), "content-type": "application/json" },
    });
    equal(patched.status, 405);
  });

  it("D3: keeps secrets encrypted and codes hashed, and none in audit events", async () => {
    await using fresh = await openIdentity();
    const enrolled = await enrolTotp(fresh, "nurse@demo");
    const { secret, recoveryCodes, accessToken, refreshToken } = enrolled;
    const { owner } = fresh.service;
    const tables = ["factors", "recovery_codes", "audit_events", "sessions", "refresh_tokens"];
    const rows = [];
    for (const table of tables) {
      rows.push(...await owner`select t::text as text from ${owner(table)} t`);
    }
    ok(rows.length > 20);
    const all = JSON.stringify(rows);
    const bytes = unbase32(secret);
    equal(bytes.length, 20);
    const shown = recoveryCodes.map((code) => code.replaceAll("-", ""));
    const hidden = [secret, ...recoveryCodes, ...shown, accessToken, refreshToken];
    for (const one of hidden) {
      ok(one.length >= 20);
      ok(!all.includes(one));
      ok(!all.includes(new TextEncoder().encode(one).toHex()));
    }
    ok(!all.includes(bytes.toHex()));
  });
});
