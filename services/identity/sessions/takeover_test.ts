/** Whoever has the old password, or an old session, has nothing once the owner has acted. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import type { Hasher } from "../credentials/model.ts";
import { DEMO_PASSWORD, demoOrganizationId } from "../demo_data.ts";
import { challengeFor, codeOf, enrolTotp } from "../factors/testing.ts";
import { codeFor, exchange, registerClient } from "../oauth/testing.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { SESSIONS_MAX } from "./model.ts";

const ME = "/api/identity/users/me";
const CLINIC = demoOrganizationId("demo");
const NEW_PASSWORD = "quartz-violin-meadow-7319";
const OTHER_PASSWORD = "saddle-umbrella-frost-2846";
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
const emailOf = (who: string) => `${who}.praxis.test`;

/** Lets a test do something between a look at a password and what follows from it. */
function slowHasher(real: Hasher) {
  let hold: { begun: () => void; goOn: Promise<void> } | undefined;
  const hasher: Hasher = {
    ...real,
    async verify(hash, password) {
      const held = hold;
      hold = undefined;
      const isRight = await real.verify(hash, password);
      held?.begun();
      await held?.goOn;
      return isRight;
    },
  };
  return {
    hasher,
    /** Of `ask`, the next password is judged; then `meanwhile` is done; then `ask` goes on. */
    async between<T>(ask: () => Promise<T>, meanwhile: () => Promise<unknown>): Promise<T> {
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      hold = { begun: begun.resolve, goOn: goOn.promise };
      const asked = ask();
      await begun.promise;
      await meanwhile();
      goOn.resolve();
      return await asked;
    },
  };
}

/**
 * Both at once, and `first` a step ahead: it stands before the clinic's chain, with whatever it has
 * locked and written till then, when `second` begins.
 */
async function stepAhead<A, B>(
  { service: { owner } }: TestIdentity,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<[A, B]> {
  let answers: [Promise<A>, Promise<B>] | undefined;
  await owner.begin(async (tx) => {
    const untilWaiting = async (count: number) => {
      let waiting = 0;
      while (waiting < count) {
        await tx`select pg_stat_clear_snapshot()`;
        const [row] = await tx`
          select count(distinct l.pid)::int as n
          from pg_locks l join pg_stat_activity a on a.pid = l.pid
          where a.datname = current_database() and not l.granted`;
        waiting = row!.n;
      }
    };
    await tx`select 1 from audit_heads where organization_id = ${CLINIC} for update`;
    const begun = first();
    await untilWaiting(1);
    answers = [begun, second()];
    await untilWaiting(2);
  });
  return await Promise.all(answers!);
}

describe("what a thief began is over", () => {
  let identity: TestIdentity;
  let between: ReturnType<typeof slowHasher>["between"];
  before(async () => {
    identity = await openIdentity(({ hasher }) => {
      const slow = slowHasher(hasher);
      between = slow.between;
      return { hasher: slow.hasher };
    });
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const meOf = async (accessToken: string) => (await identity.get(ME, accessToken)).status;
  const login = (who: string, password = DEMO_PASSWORD) =>
    identity.post("/auth/login", { email: emailOf(who), password, client: "api" });
  const switchFrom = (accessToken: string) =>
    identity.post("/auth/switch-organization", { organizationId: CLINIC }, bearer(accessToken));
  const signOthersOut = async (accessToken: string) =>
    await identity.app.request(`${ME}/sessions`, {
      method: "DELETE",
      headers: bearer(accessToken),
    });
  /** The owner sets another password by a mailed link. */
  async function resetterOf(who: string, newPassword = NEW_PASSWORD) {
    await identity.post("/auth/password/forgot", { email: emailOf(who) });
    const token = await identity.mailedToken(emailOf(who), "password-reset");
    return () => identity.post("/auth/password/reset", { token, newPassword });
  }
  const liveSessionsOf = async (accessToken: string) => {
    const rows = await identity.service.owner`
      select id from sessions
      where user_id = ${decodeJwt(accessToken).sub!} and revoked_at is null
        and expires_at > ${identity.deps.now()}`;
    return rows.map(({ id }) => id);
  };

  it("a session that changes the clinic while all the others are signed out", async () => {
    const thief = await identity.signIn("nurse@demo");
    const own = await identity.signIn("nurse@demo");
    const [switched, signedOut] = await stepAhead(
      identity,
      () => switchFrom(thief.accessToken),
      () => signOthersOut(own.accessToken),
    );
    deepEqual([switched.status, signedOut.status], [200, 200]);
    equal(await meOf((await switched.json()).accessToken), 401);
    deepEqual(await liveSessionsOf(own.accessToken), [decodeJwt(own.accessToken).sid]);
  });

  it("a session that changes the clinic while the password is reset", async () => {
    const thief = await identity.signIn("physician@demo");
    const reset = await resetterOf("physician@demo");
    const [switched, done] = await stepAhead(identity, () => switchFrom(thief.accessToken), reset);
    deepEqual([switched.status, done.status], [200, 204]);
    deepEqual(await liveSessionsOf(thief.accessToken), []);
  });

  it("a sign-in with the old password while another is being set", async () => {
    const own = await identity.signIn("auditor@demo");
    const reset = await resetterOf("auditor@demo");
    const [done, signedIn] = await stepAhead(identity, reset, () => login("auditor@demo"));
    deepEqual([done.status, signedIn.status], [204, 401]);
    deepEqual(await liveSessionsOf(own.accessToken), []);
  });

  it("sessions that change the clinic again and again, whoever is first", async () => {
    const own = await identity.signIn("receptionist@demo");
    for (let round = 0; round < 6; round++) {
      const thieves = [];
      for (let n = 0; n < 3; n++) thieves.push(await identity.signIn("receptionist@demo"));
      const running = thieves.map(({ accessToken }) => {
        const begun = Promise.withResolvers<void>();
        const ended = (async () => {
          for (let last = accessToken;;) {
            const answer = await switchFrom(last);
            if (answer.status !== 200) return answer.status;
            last = (await answer.json()).accessToken;
            begun.resolve();
          }
        })();
        return { begun: begun.promise, ended };
      });
      await Promise.all(running.map(({ begun }) => begun));
      equal((await signOthersOut(own.accessToken)).status, 200);
      // A thief who survives would go on for ever.
      deepEqual(await liveSessionsOf(own.accessToken), [decodeJwt(own.accessToken).sid]);
      const statuses = await Promise.all(running.map(({ ended }) => ended));
      ok(statuses.every((status) => [401, 404].includes(status)), String(statuses));
    }
  });

  it("a code of a program that is exchanged while all the others are signed out", async () => {
    const client = await registerClient(identity);
    const own = await identity.signIn("nurse@demo");
    const code = await codeFor(identity, client);
    const [exchanged, signedOut] = await stepAhead(
      identity,
      () => exchange(identity, client, code),
      () => signOthersOut(own.accessToken),
    );
    // Signed for a session that has ended, or not given at all.
    ok([200, 400].includes(exchanged.status), String(exchanged.status));
    equal(signedOut.status, 200);
    deepEqual(await liveSessionsOf(own.accessToken), [decodeJwt(own.accessToken).sid]);
  });

  it("a sign-in whose password was right when it was looked at", async () => {
    const who = "auditor@demo";
    const reset = await resetterOf(who);
    const late = await between(() => login(who), reset);
    equal(late.status, 401);
    equal((await login(who)).status, 401);
    const own = await login(who, NEW_PASSWORD);
    equal(own.status, 200);
    const { accessToken } = await own.json();
    deepEqual(await liveSessionsOf(accessToken), [decodeJwt(accessToken).sid]);
  });

  it("a change of the password by someone who has only the old one", async () => {
    const who = "owner@rival";
    const thief = await identity.signIn(who);
    const reset = await resetterOf(who);
    const body = { currentPassword: DEMO_PASSWORD, newPassword: OTHER_PASSWORD };
    const changed = await between(
      () => identity.post(`${ME}/password`, body, bearer(thief.accessToken)),
      reset,
    );
    equal(changed.status, 401);
    equal((await login(who, OTHER_PASSWORD)).status, 401);
    equal((await login(who, NEW_PASSWORD)).status, 200);
  });

  it("a challenge that the old password gave, before or after it was replaced", async () => {
    const who = "patient@demo";
    const { secret, accessToken } = await enrolTotp(identity, who);
    const verify = (challengeId: string) =>
      identity.post("/auth/mfa/verify", { challengeId, code: codeOf(identity, secret) });
    const challengeId = await challengeFor(identity, who);
    const reset = await resetterOf(who);
    const late = await between(() => login(who), reset);
    equal(late.status, 401);
    equal((await verify(challengeId)).status, 410);
    deepEqual(await liveSessionsOf(accessToken), []);

    const begun = await (await login(who, NEW_PASSWORD)).json();
    const own = await (await verify((await (await login(who, NEW_PASSWORD)).json()).challengeId))
      .json();
    const body = { currentPassword: NEW_PASSWORD, newPassword: OTHER_PASSWORD };
    const path = `${ME}/password`;
    equal((await identity.post(path, body, bearer(own.accessToken))).status, 204);
    identity.pass(60);
    equal((await verify(begun.challengeId)).status, 410);
  });

  it("is not mistaken for a hash that another sign-in has made anew", async () => {
    const who = "physician@rival";
    const { owner } = identity.service;
    const { hash } = await import("@node-rs/argon2");
    const stale = await hash(DEMO_PASSWORD, { memoryCost: 8_192, timeCost: 2, parallelism: 1 });
    await owner`
      update credentials set password_hash = ${stale}
      where user_id = (select id from users where email = ${emailOf(who)})`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => login(who)));
    deepEqual(answers.map(({ status }) => status), Array(8).fill(200));
  });
});

describe("the number of one's sessions", () => {
  it("ends the oldest beyond it, and ends all the others at once", async () => {
    await using identity = await openIdentity();
    const { owner } = identity.service;
    const first = await identity.signIn("nurse@demo");
    const userId = decodeJwt(first.accessToken).sub!;
    await owner`
      insert into sessions (id, organization_id, user_id, membership_id, client, user_agent, acr,
                            amr, authenticated_at, last_used_at, expires_at)
      select forged.id, organization_id, user_id, membership_id, client, user_agent, acr, amr,
             authenticated_at, last_used_at, expires_at
      from sessions, lateral (
        select overlay(gen_random_uuid()::text placing '00000000' from 1)::uuid
          as id from generate_series(1, ${SESSIONS_MAX + 49})) as forged
      where user_id = ${userId}`;
    const live = async () =>
      (await owner`
        select id from sessions where user_id = ${userId} and revoked_at is null order by id`)
        .map(({ id }) => id as string);
    const before = await live();
    equal(before.length, SESSIONS_MAX + 50);
    const last = await identity.signIn("nurse@demo");
    const kept = await live();
    const { sid } = decodeJwt(last.accessToken) as { sid: string };
    deepEqual(kept, [...before, sid].sort().slice(-SESSIONS_MAX));
    const countOf = async (sql: Promise<readonly { n?: number }[]>) => (await sql)[0]!.n;
    const told = () => countOf(owner`select count(*)::int as n from revocations`);
    const recorded = () =>
      countOf(owner`
        select count(*)::int as n from audit_events where action = 'session.revoked'`);
    deepEqual([await told(), await recorded()], [51, 51]);

    // What a program is granted counts, too, and so does the sign-in to agree to it.
    const client = await registerClient(identity);
    equal((await exchange(identity, client, await codeFor(identity, client))).status, 200);
    equal((await live()).length, SESSIONS_MAX);
    deepEqual([await told(), await recorded()], [53, 53]);

    const response = await identity.app.request(`${ME}/sessions`, {
      method: "DELETE",
      headers: bearer(last.accessToken),
    });
    deepEqual(await response.json(), { ended: SESSIONS_MAX - 1 });
    deepEqual(await live(), [sid]);
    deepEqual([await told(), await recorded()], [152, 152]);
    const auditor = await identity.signIn("owner@demo");
    const verified = await identity.get("/api/identity/audit-events/verify", auditor.accessToken);
    equal((await verified.json()).ok, true);
  });
});
