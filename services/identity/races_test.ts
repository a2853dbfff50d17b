import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { transaction } from "@praxis/shared/postgres";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD, demoOrganizationId } from "./demo_data.ts";
import { createAuthenticator } from "./factors/authenticator.ts";
import { challengeFor, codeOf, enrolTotp, FACTORS } from "./factors/testing.ts";
import { basicOf, codeFor, exchange, grantFor, registerClient, send } from "./oauth/testing.ts";
import { openIdentity, PUBLIC_URL, steppedUp, type TestIdentity } from "./testing.ts";

const MANY = 20;
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

/**
 * A pool of four would let four requests into the database at once, whatever comes in; here every
 * one of twenty has a connection of its own, as with several processes of the service.
 */
describe("20 at the same moment, each on its own connection", () => {
  let identity: TestIdentity;
  before(async () => {
    identity = await openIdentity(undefined, { connectionsMax: MANY });
    // Opens them all, one after the other: each stays lent out until the last one is there.
    const { promise: full, resolve: open } = Promise.withResolvers<void>();
    const held: Promise<void>[] = [];
    for (let n = 0; n < MANY; n++) {
      await new Promise<void>((inside, reject) => {
        const one = transaction(identity.deps.sql, "system", async () => {
          inside();
          await full;
        });
        one.catch(reject);
        held.push(one);
      });
    }
    open();
    await Promise.all(held);
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const race = (ask: (n: number) => Promise<Response>) =>
    Promise.all(Array.from({ length: MANY }, (_, n) => ask(n)));
  const countOf = (answers: Response[], status: number) =>
    answers.filter((answer) => answer.status === status).length;
  /** One is let in, and the others are refused as they would be one after the other. */
  function expectOne(answers: Response[], won: number, lost: number[]) {
    equal(countOf(answers, won), 1, String(answers.map(({ status }) => status)));
    for (const { status } of answers) ok(status === won || lost.includes(status), String(status));
  }
  const challengesFor = async (who: string) => {
    const ids: string[] = [];
    for (let n = 0; n < MANY; n++) ids.push(await challengeFor(identity, who));
    return ids;
  };
  const verify = (body: unknown) => identity.post("/auth/mfa/verify", body);
  const sessionsOf = async (userId: string) => {
    const [row] = await identity.service.owner`
      select count(*)::int as n from sessions where user_id = ${userId} and revoked_at is null`;
    return row!.n as number;
  };

  it("S2: one refresh token has one successor", async () => {
    const { refreshToken, accessToken } = await identity.signIn("nurse@demo");
    const answers = await race(() => identity.post("/auth/refresh", { refreshToken }));
    equal(countOf(answers, 200), MANY);
    const successors = await Promise.all(
      answers.map(async (one) => (await one.json()).refreshToken),
    );
    equal(new Set(successors).size, 1);
    const { sid } = decodeJwt(accessToken) as { sid: string };
    const rows = await identity.service.owner`
      select 1 from refresh_tokens where session_id = ${sid}`;
    equal(rows.length, 2);
  });

  it("S2: so has one of a program of others", async () => {
    const client = await registerClient(identity);
    const { refresh_token, access_token } = await grantFor(identity, client);
    const form = { grant_type: "refresh_token", refresh_token };
    const answers = await race(() => send(identity, "/oauth/token", form, basicOf(client)));
    equal(countOf(answers, 200), MANY);
    const { sid } = decodeJwt(access_token) as { sid: string };
    const rows = await identity.service.owner`
      select 1 from oauth_refresh_tokens where session_id = ${sid}`;
    equal(rows.length, 2);
  });

  it("an authorization code gives one grant, which the others have ended", async () => {
    const client = await registerClient(identity);
    const code = await codeFor(identity, client);
    const answers = await race(() => exchange(identity, client, code));
    ok(countOf(answers, 200) <= 1);
    equal(countOf(answers, 200) + countOf(answers, 400), MANY);
    const rows = await identity.service.owner`
      select s.revoked_at is not null as is_revoked
      from oauth_grants g join sessions s on s.id = g.session_id where g.client_id = ${client.id}`;
    deepEqual([...rows], [{ isRevoked: true }]);
  });

  it("M1: one code of an app counts once, for sign-ins and for step-ups", async () => {
    const { secret, accessToken, refreshToken } = await enrolTotp(identity, "receptionist@demo");
    const userId = decodeJwt(accessToken).sub!;
    const ids = await challengesFor("receptionist@demo");
    const before = await sessionsOf(userId);
    const code = codeOf(identity, secret);
    expectOne(await race((n) => verify({ challengeId: ids[n], code })), 200, [401, 429]);
    equal(await sessionsOf(userId), before + 1);

    identity.pass(900);
    const fresh = await (await identity.post("/auth/refresh", { refreshToken })).json();
    const proof = { password: DEMO_PASSWORD, code: codeOf(identity, secret) };
    const steps = await race(() =>
      identity.post("/auth/reauthenticate", proof, bearer(fresh.accessToken))
    );
    expectOne(steps, 200, [401, 404, 429, 503]);
  });

  it("M4: one recovery code counts once", async () => {
    const { recoveryCodes, accessToken } = await enrolTotp(identity, "patient@demo");
    const userId = decodeJwt(accessToken).sub!;
    const ids = await challengesFor("patient@demo");
    const before = await sessionsOf(userId);
    const [recoveryCode] = recoveryCodes;
    expectOne(await race((n) => verify({ challengeId: ids[n], recoveryCode })), 200, [401, 429]);
    equal(await sessionsOf(userId), before + 1);
    const [row] = await identity.service.owner`
      select count(*)::int as n from recovery_codes
      where user_id = ${userId} and used_at is not null`;
    equal(row!.n, 1);
  });

  it("M3: no more guesses are answered than one after the other", async () => {
    const { secret, accessToken } = await enrolTotp(identity, "physician@demo");
    const userId = decodeJwt(accessToken).sub!;
    const wrong = "000000";
    notEqual(codeOf(identity, secret), wrong);
    const challengeId = await challengeFor(identity, "physician@demo");
    const guesses = await race(() => verify({ challengeId, code: wrong }));
    deepEqual([countOf(guesses, 401), countOf(guesses, 410)], [5, 15]);
    // And over many challenges: ten in a quarter of an hour, five of which are gone.
    const ids = await challengesFor("physician@demo");
    const more = await race((n) => verify({ challengeId: ids[n], code: wrong }));
    deepEqual([countOf(more, 401), countOf(more, 429)], [5, 15]);
    const [row] = await identity.service.owner`
      select count from factor_attempts where user_id = ${userId}`;
    equal(row!.count, 25);
  });

  it("new recovery codes take the place of all others", async () => {
    const { secret, accessToken } = await enrolTotp(identity, "auditor@demo");
    const stepped = await identity.post(
      "/auth/reauthenticate",
      { password: DEMO_PASSWORD, code: codeOf(identity, secret) },
      bearer(accessToken),
    );
    const headers = bearer((await stepped.json()).accessToken);
    const path = "/api/identity/users/me/recovery-codes";
    const answers = await race(() => identity.post(path, {}, headers));
    equal(countOf(answers, 200), MANY);
    const [row] = await identity.service.owner`
      select count(*)::int as n from recovery_codes where user_id = ${decodeJwt(accessToken).sub!}`;
    equal(row!.n, 10);
  });

  it("M7: an answer of a passkey counts once, and its owner gets one set of codes", async () => {
    const authenticator = createAuthenticator(PUBLIC_URL);
    const headers = bearer(await steppedUp(identity, "owner@rival"));
    const asked = await (await identity.post(`${FACTORS}/passkeys/options`, {}, headers)).json();
    const passkey = authenticator.create(asked.options.challenge);
    const { challengeId } = asked;
    const added = await race(() =>
      identity.post(`${FACTORS}/passkeys`, { challengeId, passkey }, headers)
    );
    expectOne(added, 201, [409, 410]);
    const options = await (await identity.post("/auth/passkeys/options", {})).json();
    const answer = authenticator.get(options.options.challenge);
    const signedIn = await race(() =>
      identity.post("/auth/passkeys/verify", {
        challengeId: options.challengeId,
        passkey: answer,
        client: "api",
      })
    );
    expectOne(signedIn, 200, [401, 410]);
  });

  it("D8, M11: a mailed link works once: of a registration, a reset and a new address", async () => {
    const email = "races@new.example";
    const password = "otter-violet-cannon-81";
    await identity.post("/auth/register", { email, password, fullName: "Ada Quist" });
    const link = await identity.mailedToken(email, "email-verification");
    const verified = await race(() => identity.post("/auth/email/verify", { token: link }));
    expectOne(verified, 204, [410]);
    const users = await identity.service.owner`select id from users where email = ${email}`;
    equal(users.length, 1);

    await identity.post("/auth/password/forgot", { email });
    const reset = await identity.mailedToken(email, "password-reset");
    const body = { token: reset, newPassword: "lantern-otter-violet-18" };
    expectOne(await race(() => identity.post("/auth/password/reset", body)), 204, [410, 503]);

    const headers = bearer(await steppedUp(identity, "physician@rival"));
    const path = "/api/identity/users/me/email";
    await identity.post(path, { email: "moved@new.example" }, headers);
    const token = await identity.mailedToken("moved@new.example", "email-change");
    expectOne(
      await race(() => identity.post(`${path}/confirm`, { token }, headers)),
      204,
      [410],
    );
  });

  it("M8: of 20 sign-ins that enrol the same first factor one does", async () => {
    const { owner } = identity.service;
    await owner`
      insert into security_policies
        (organization_id, second_factor, session_minutes, idle_minutes, version, updated_at)
      values (${demoOrganizationId("rival")}, 'required', 720, 480, 1, now())`;
    const email = "physician@rival.praxis.test";
    await owner`update users set email = ${email} where email = 'moved@new.example'`;
    const ids = await challengesFor("physician@rival");
    const offered = await (await identity.post("/auth/mfa/enrol", { challengeId: ids[0] })).json();
    const code = codeOf(identity, offered.secret);
    expectOne(await race((n) => verify({ challengeId: ids[n], code })), 200, [401, 429]);
    const [row] = await owner`
      select (select count(*)::int from factors f where f.user_id = u.id) as factors,
             (select count(*)::int from recovery_codes r where r.user_id = u.id) as codes
      from users u where u.email = ${email}`;
    deepEqual([row!.factors, row!.codes], [1, 10]);
  });

  it("M8: of 20 sign-ins that enrol a passkey each one does", async () => {
    const { owner } = identity.service;
    const organizationId = demoOrganizationId("demo");
    await owner`
      insert into security_policies
        (organization_id, second_factor, session_minutes, idle_minutes, version, updated_at)
      values (${organizationId}, 'passkey', 720, 480, 1, now())`;
    const ids = await challengesFor("nurse@demo");
    const made: unknown[] = [];
    for (const challengeId of ids) {
      const asked = await identity.post("/auth/mfa/enrol/passkey", { challengeId });
      const { options } = await asked.json();
      made.push(createAuthenticator(PUBLIC_URL).create(options.challenge));
    }
    const answers = await race((n) => verify({ challengeId: ids[n], newPasskey: made[n] }));
    expectOne(answers, 200, [401, 429]);
    const [row] = await owner`
      select (select count(*)::int from factors f where f.user_id = u.id) as factors,
             (select count(*)::int from recovery_codes r where r.user_id = u.id) as codes
      from users u where u.email = 'nurse@demo.praxis.test'`;
    deepEqual([row!.factors, row!.codes], [1, 10]);
    await owner`delete from security_policies where organization_id = ${organizationId}`;
  });

  it("M9: of two last factors one stays, whoever removes both", async () => {
    const { secret, factorId, accessToken } = await enrolTotp(identity, "owner@demo");
    const stepUp = async (token: string) => {
      const proof = { password: DEMO_PASSWORD, code: codeOf(identity, secret) };
      const answer = await identity.post("/auth/reauthenticate", proof, bearer(token));
      return (await answer.json()).accessToken as string;
    };
    const headers = bearer(await stepUp(accessToken));
    const offered = await (await identity.post(`${FACTORS}/totp`, {}, headers)).json();
    const second = { factorId: offered.factorId, code: codeOf(identity, offered.secret) };
    const confirmed = await race(() => identity.post(`${FACTORS}/totp/confirm`, second, headers));
    expectOne(confirmed, 200, [401, 409, 429]);
    const organizationId = demoOrganizationId("demo");
    const policy = `/api/identity/organizations/${organizationId}/security-policy`;
    const strict = { secondFactor: "required", sessionMinutes: 60, idleMinutes: 15 };
    const changed = await race(() =>
      Promise.resolve(identity.app.request(policy, {
        method: "PUT",
        body: JSON.stringify(strict),
        headers: { ...headers, "content-type": "application/json", "if-match": '"0"' },
      }))
    );
    expectOne(changed, 200, [412]);
    const both = [factorId, offered.factorId];
    const removed = await race((n) =>
      Promise.resolve(
        identity.app.request(`${FACTORS}/${both[n % 2]}`, { method: "DELETE", headers }),
      )
    );
    expectOne(removed, 204, [404, 409]);
    const left = await identity.service.owner`
      select 1 from factors where user_id = ${decodeJwt(accessToken).sub!}`;
    equal(left.length, 1);
  });
});
