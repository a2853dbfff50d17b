import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD } from "../demo_data.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity, type Tokens } from "../testing.ts";

const ME = "/api/identity/users/me";
const HOUR = 3600;

describe("POST /auth/refresh", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const send = (refreshToken: string) => identity.post("/auth/refresh", { refreshToken });

  async function refresh(refreshToken: string): Promise<Tokens> {
    const response = await send(refreshToken);
    equal(response.status, 200);
    return await response.json();
  }

  async function expectRefused(refreshToken: string) {
    const response = await send(refreshToken);
    equal(response.status, 401);
    equal((await response.json()).type, "/problems/refresh-rejected");
  }

  const tokensOf = async ({ accessToken }: Tokens) =>
    await identity.service.owner`
      select id, parent_id, used_at from refresh_tokens
      where session_id = ${decodeJwt(accessToken).sid as string} order by id`;

  const eventsOf = async ({ accessToken }: Tokens) =>
    (await identity.service.owner`
      select action from audit_events
      where subject_id = ${decodeJwt(accessToken).sid as string} order by seq`)
      .map(({ action }) => action);

  it("exchanges a token for a new pair of the same session", async () => {
    const first = await identity.signIn("nurse@demo");
    identity.pass(60);
    const second = await refresh(first.refreshToken);
    match(second.refreshToken, /^eu_[\w-]{43}$/);
    notEqual(second.refreshToken, first.refreshToken);
    const [old, renewed] = [decodeJwt(first.accessToken), decodeJwt(second.accessToken)];
    notEqual(renewed.jti, old.jti);
    deepEqual([renewed.sid, renewed.auth_time, renewed.amr], [old.sid, old.auth_time, old.amr]);
    equal(renewed.iat! - old.iat!, 60);
    const third = await refresh(second.refreshToken);
    equal((await identity.get(ME, third.accessToken)).status, 200);
    deepEqual(await eventsOf(first), [
      "session.started",
      "session.refreshed",
      "session.refreshed",
    ]);
  });

  it("stores no token, only hashes", async () => {
    const { refreshToken } = await identity.signIn("nurse@demo");
    const next = await refresh(refreshToken);
    const text = JSON.stringify(await identity.service.owner`select t::text from refresh_tokens t`);
    for (const token of [refreshToken, next.refreshToken]) equal(text.includes(token), false);
  });

  it("gives the same successor again to the immediate predecessor, for ten seconds", async () => {
    const first = await identity.signIn("nurse@demo");
    const second = await refresh(first.refreshToken);
    identity.pass(10);
    equal((await refresh(first.refreshToken)).refreshToken, second.refreshToken);
    equal((await tokensOf(first)).length, 2);
    await refresh(second.refreshToken);
  });

  it("S1: ends the whole session when a used token comes back after that", async () => {
    const first = await identity.signIn("nurse@demo");
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refreshToken);
    identity.pass(11);
    await expectRefused(second.refreshToken);
    // The newest is dead, too, and so is the access token.
    await expectRefused(third.refreshToken);
    equal((await identity.get(ME, third.accessToken)).status, 401);
    const events = await eventsOf(first);
    deepEqual(events.slice(-2), ["session.reuse_detected", "session.refresh_refused"]);
    const sid = decodeJwt(first.accessToken).sid as string;
    const revoked = await identity.service.owner`
      select kind from revocations where subject_id = ${sid}`;
    deepEqual(revoked.map(({ kind }) => kind), ["session"]);
  });

  it("S2: twenty at once get one and the same child", async () => {
    const first = await identity.signIn("nurse@demo");
    // Opens every connection of the pool, else the first one would be done before the others came.
    await Promise.all(Array.from({ length: 20 }, () => identity.get(ME, first.accessToken)));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(first.refreshToken)),
    );
    equal(new Set(answers.map(({ refreshToken }) => refreshToken)).size, 1);
    const rows = await tokensOf(first);
    deepEqual(rows.map((row) => row.parentId), [null, rows[0]!.id]);
    deepEqual(rows.map((row) => row.usedAt !== null), [true, false]);
    await refresh(answers[0]!.refreshToken);
  });

  it("S3: ends the session when the predecessor's predecessor comes back, even at once", async () => {
    const first = await identity.signIn("nurse@demo");
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refreshToken);
    await expectRefused(first.refreshToken);
    await expectRefused(third.refreshToken);
  });

  it("S5: refuses after eight idle hours, and after twelve however busy", async () => {
    const idle = await identity.signIn("nurse@demo");
    identity.pass(8 * HOUR);
    await expectRefused(idle.refreshToken);

    let busy = await identity.signIn("nurse@demo");
    const started = decodeJwt(busy.accessToken);
    for (const hours of [4, 4, 3.9]) {
      identity.pass(hours * HOUR);
      busy = await refresh(busy.refreshToken);
    }
    // No access token outlives its session.
    equal(decodeJwt(busy.accessToken).exp, started.iat! + 12 * HOUR);
    identity.pass(0.1 * HOUR);
    await expectRefused(busy.refreshToken);
    equal((await identity.get(ME, busy.accessToken)).status, 401);
  });

  it("refuses when the membership has ended or the user is disabled", async () => {
    await using other = await openIdentity();
    const { owner } = other.service;
    const nurse = await other.signIn("nurse@demo");
    const physician = await other.signIn("physician@demo");
    await owner`update memberships set ended_at = now() where role = 'nurse'`;
    await owner`update users set disabled_at = now() where email like 'physician@%'`;
    for (const { refreshToken, accessToken } of [nurse, physician]) {
      equal((await other.post("/auth/refresh", { refreshToken })).status, 401);
      equal((await other.get(ME, accessToken)).status, 401);
    }
  });

  it("J17: takes nothing else for a refresh token", async () => {
    const { accessToken, refreshToken } = await identity.signIn("nurse@demo");
    const others = [
      accessToken,
      refreshToken.replace("eu_", "us_"),
      refreshToken.slice(3),
      refreshToken + "\n",
      "eu_" + "A".repeat(43),
      "\ud800",
      "x".repeat(10_000),
    ];
    for (const other of others) await expectRefused(other);
    equal((await send("x".repeat(10_001))).status, 422);
    equal((await send("")).status, 422);
    await refresh(refreshToken);
  });

  it("is a problem for every body that is none", async () => {
    const json = { "content-type": "application/json" };
    const sent = (body: string, headers: Record<string, string>) =>
      identity.app.request("/auth/refresh", { method: "POST", body, headers });
    equal((await sent("{", json)).status, 400);
    equal((await sent("{}", {})).status, 415);
    equal((await sent("{}", json)).status, 401);
    equal((await sent('{"refreshToken":5}', json)).status, 422);
    equal((await sent('{"refreshToken":"x","sid":"y"}', json)).status, 422);
  });
});

describe("the refresh cookie", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const cookieIn = (response: Response) =>
    response.headers.get("set-cookie")?.match(/^praxis_refresh=[^;]*/)?.[0] ?? "";

  async function signInByBrowser(): Promise<string> {
    const email = "nurse@demo.praxis.test";
    const response = await identity.post("/auth/login", { email, password: DEMO_PASSWORD });
    await response.body?.cancel();
    return cookieIn(response);
  }

  const refresh = (cookie: string, headers: Record<string, string> = {}) =>
    identity.post("/auth/refresh", {}, { cookie, ...headers });

  it("is exchanged for a new cookie, and no token stands in the body", async () => {
    const cookie = await signInByBrowser();
    const response = await refresh(cookie, { "sec-fetch-site": "same-origin" });
    equal(response.status, 200);
    equal("refreshToken" in await response.json(), false);
    const next = cookieIn(response);
    notEqual(next, cookie);
    equal((await refresh(`a=b; ${next}; c=d`, { origin: PUBLIC_URL })).status, 200);
  });

  it("S8: is of no use to another site, and stays good", async () => {
    const cookie = await signInByBrowser();
    const elsewhere: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: `${PUBLIC_URL}.evil.example` },
      { origin: "null" },
    ];
    for (const headers of elsewhere) {
      for (const path of ["/auth/refresh", "/auth/logout"]) {
        const response = await identity.post(path, {}, { cookie, ...headers });
        equal(response.status, 403, `${path} ${JSON.stringify(headers)}`);
        equal((await response.json()).type, "/problems/cross-site");
      }
    }
    equal((await refresh(cookie)).status, 200);
  });

  it("is cleared by signing out", async () => {
    const cookie = await signInByBrowser();
    const response = await identity.app.request("/auth/logout", {
      method: "POST",
      headers: { cookie },
    });
    equal(response.status, 204);
    match(response.headers.get("set-cookie") ?? "", /^praxis_refresh=; Max-Age=0; .*Path=\/auth$/);
    equal((await refresh(cookie)).status, 401);
  });
});
