import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD, demoOrganizationId } from "../demo_data.ts";
import { openIdentity, type TestIdentity, type Tokens } from "../testing.ts";

const ME = "/api/identity/users/me";
const RIVAL = demoOrganizationId("rival");
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

describe("POST /auth/switch-organization", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const switchTo = (organizationId: string, accessToken: string) =>
    identity.post("/auth/switch-organization", { organizationId }, bearer(accessToken));

  /** Someone of the demo clinic who also works on the hill. */
  async function worker(who: string, role = "auditor"): Promise<Tokens> {
    const tokens = await identity.signIn(who);
    const { sub } = decodeJwt(tokens.accessToken);
    await identity.service.owner`
      insert into memberships (id, organization_id, user_id, role, started_at)
      values (gen_random_uuid(), ${RIVAL}, ${sub!}, ${role}, ${identity.deps.now()})
      on conflict do nothing`;
    return tokens;
  }

  it("gives a session of the other clinic, as strong and as long as the one it replaces", async () => {
    const before = await worker("nurse@demo");
    identity.pass(3_600);
    const { accessToken } = await (await identity.post("/auth/refresh", {
      refreshToken: before.refreshToken,
    })).json();
    const response = await switchTo(RIVAL, accessToken);
    equal(response.status, 200);
    const there: Tokens = await response.json();
    const [old, now] = [decodeJwt(accessToken), decodeJwt(there.accessToken)];
    equal(now.org, RIVAL);
    ok(now.sid !== old.sid && now.mid !== old.mid);
    deepEqual([now.sub, now.acr, now.amr, now.auth_time], [
      old.sub,
      old.acr,
      old.amr,
      old.auth_time,
    ]);
    const me = await (await identity.get(ME, there.accessToken)).json();
    deepEqual(
      me.organizations.map((one: Record<string, unknown>) => [one.slug, one.role, one.current]),
      [["demo", "nurse", false], ["rival", "auditor", true]],
    );
    // What the other clinic's role grants holds, and what the old one granted does not.
    const asked = await identity.post(
      "/auth/validate",
      { user_id: now.sub },
      bearer(
        there.accessToken,
      ),
    );
    const { tenant_id, permissions } = await asked.json();
    equal(tenant_id, RIVAL);
    ok(permissions.includes("audit:read") && !permissions.includes("documents:read"));
    // Twelve hours from the sign-in, not from the change of clinic.
    identity.pass(11 * 3_600);
    equal((await identity.post("/auth/refresh", { refreshToken: there.refreshToken })).status, 401);
  });

  it("S6: ends the session it replaces, with all its tokens", async () => {
    const before = await worker("physician@demo");
    equal((await switchTo(RIVAL, before.accessToken)).status, 200);
    equal((await identity.get(ME, before.accessToken)).status, 401);
    const { refreshToken } = before;
    equal((await identity.post("/auth/refresh", { refreshToken })).status, 401);
    equal((await switchTo(RIVAL, before.accessToken)).status, 401);
  });

  it("S4: whoever ends the session that it replaced ends the one that took its place", async () => {
    const ends: ((tokens: Tokens) => Promise<unknown>)[] = [
      // From the list of devices, on another one: the id is all that was seen there.
      async ({ accessToken }) => {
        const other = await identity.signIn("physician@demo");
        await identity.app.request(`${ME}/sessions/${decodeJwt(accessToken).sid}`, {
          method: "DELETE",
          headers: bearer(other.accessToken),
        });
      },
      ({ refreshToken }) => identity.post("/auth/logout", { refreshToken }),
    ];
    for (const end of ends) {
      const before = await worker("physician@demo");
      const bystander = await identity.signIn("physician@demo");
      const { accessToken } = await (await switchTo(RIVAL, before.accessToken)).json();
      const password = { password: DEMO_PASSWORD, acr: "aal1" };
      const again = await identity.post("/auth/reauthenticate", password, bearer(accessToken));
      const after: Tokens = await again.json();
      equal((await identity.get(ME, after.accessToken)).status, 200);
      await end(before);
      equal((await identity.get(ME, after.accessToken)).status, 401);
      equal((await identity.get(ME, bystander.accessToken)).status, 200);
    }
  });

  it("of 20 at once gives one session", async () => {
    const { accessToken } = await worker("receptionist@demo");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => switchTo(RIVAL, accessToken)),
    );
    const statuses = answers.map(({ status }) => status);
    equal(statuses.filter((status) => status === 200).length, 1);
    ok(statuses.every((status) => [200, 401, 404].includes(status)), String(statuses));
    const [row] = await identity.service.owner`
      select count(*)::int as live from sessions
      where user_id = ${decodeJwt(accessToken).sub!} and revoked_at is null`;
    equal(row!.live, 1);
  });

  it("knows no clinic that one does not work in, and says so as of one that is not there", async () => {
    const { accessToken } = await identity.signIn("owner@demo");
    const saying = async (id: string) => {
      const response = await switchTo(id, accessToken);
      return [response.status, { ...await response.json(), instance: "" }];
    };
    const refused = await saying(RIVAL);
    equal(refused[0], 404);
    deepEqual(refused, await saying(crypto.randomUUID()));
    equal((await identity.get(ME, accessToken)).status, 200);
  });

  it("S9: is refused without a token where the clinic asks for more than the session has", async () => {
    const { owner } = identity.service;
    const { accessToken, refreshToken } = await worker("owner@demo", "nurse");
    const ask = (secondFactor: string) =>
      owner`
        insert into security_policies
          (organization_id, second_factor, session_minutes, idle_minutes, version, updated_at)
        values (${RIVAL}, ${secondFactor}, 60, 15, 1, now())
        on conflict (organization_id) do update set second_factor = excluded.second_factor`;
    for (
      const [asked, acr, amr] of [
        ["required", "aal1", ["pwd"]],
        ["passkey", "aal1", ["pwd"]],
        ["passkey", "aal2", ["pwd", "otp", "mfa"]],
      ] as const
    ) {
      await ask(asked);
      await owner`
        update sessions set acr = ${acr}, amr = ${amr as unknown as string[]}
        where user_id = ${decodeJwt(accessToken).sub!} and revoked_at is null`;
      const response = await switchTo(RIVAL, accessToken);
      const answer = await response.json();
      deepEqual([response.status, answer.type], [403, "/problems/policy-step-up"]);
      ok(!JSON.stringify(answer).includes("oken") && response.headers.get("set-cookie") === null);
    }
    const [refused] = await owner`
      select count(*)::int as n from audit_events
      where organization_id = ${RIVAL} and outcome = 'refused'
        and actor_id = ${decodeJwt(accessToken).sub!}`;
    equal(refused!.n, 3);
    // The session that asked goes on, and a passkey is enough.
    await owner`
      update sessions set acr = 'aal2', amr = '{hwk,user,mfa}'
      where user_id = ${decodeJwt(accessToken).sub!} and revoked_at is null`;
    const renewed = await (await identity.post("/auth/refresh", { refreshToken })).json();
    equal((await switchTo(RIVAL, renewed.accessToken)).status, 200);
    await owner`delete from security_policies`;
  });

  it("S6: of 20 parallel step-ups one replaces the session", async () => {
    const { accessToken } = await identity.signIn("auditor@demo");
    const answers = await Promise.all(Array.from({ length: 20 }, () =>
      identity.post(
        "/auth/reauthenticate",
        { password: DEMO_PASSWORD, acr: "aal1" },
        bearer(accessToken),
      )));
    equal(answers.filter(({ status }) => status === 200).length, 1);
    ok(answers.every(({ status }) => [200, 401, 404, 503].includes(status)));
  });
});

describe("letters about one's account", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const letters = async (who: string) =>
    (await identity.mails()).filter(({ to }) => to === `${who}.praxis.test`);
  const login = (who: string, userAgent: string) =>
    identity.post(
      "/auth/login",
      { email: `${who}.praxis.test`, password: DEMO_PASSWORD, client: "api" },
      { "user-agent": userAgent },
    );

  it("a new device is told of, once, and the first one ever is not new", async () => {
    for (const userAgent of ["Tablet", "Tablet", "Kiosk", "Kiosk", "Tablet"]) {
      equal((await login("nurse@demo", userAgent)).status, 200);
    }
    deepEqual(
      (await letters("nurse@demo")).map(({ template, variables }) => [template, variables]),
      [["new-device", { userAgent: "Kiosk" }]],
    );
  });

  it("D2: a device's name is one printable line, however it calls itself", async () => {
    await login("physician@demo", "first");
    const nasty = `\u001b[31mroot\u001b[0m ${"x".repeat(1_000)}`;
    equal((await login("physician@demo", nasty)).status, 200);
    const [mail] = await letters("physician@demo");
    ok(/^[\x20-\x7e]{1,200}$/.test(mail!.variables.userAgent!));
    const rows = await identity.service.owner`select user_agent from sessions`;
    ok(rows.every((row) => /^[\x20-\x7e]{0,200}$/.test(row.userAgent)));
  });

  it("S1: a session that ended because its token was used twice is told of, once", async () => {
    const { refreshToken } = await identity.signIn("receptionist@demo");
    const refresh = () => identity.post("/auth/refresh", { refreshToken });
    equal((await refresh()).status, 200);
    identity.pass(11);
    for (const _ of [1, 2, 3]) equal((await refresh()).status, 401);
    deepEqual((await letters("receptionist@demo")).map(({ template }) => template), [
      "session-reuse",
    ]);
  });
});
