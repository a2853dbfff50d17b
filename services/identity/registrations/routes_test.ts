import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { createAdmission } from "../sessions/admission.ts";
import { createStrength } from "../credentials/strength.ts";
import { DEMO_PASSWORD } from "../demo_data.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";

const PASSWORD = "otter-violet-cannon-81";
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

async function sayingOf(response: Response) {
  const headers = Object.fromEntries(response.headers);
  delete headers["x-request-id"];
  const cookie = headers["set-cookie"];
  if (cookie) headers["set-cookie"] = cookie.replace(/=[0-9a-f-]{36};/, "=an id;");
  return { status: response.status, headers, body: await response.text() };
}

describe("registration", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const register = (email: string, more: Record<string, unknown> = {}, headers = {}) =>
    identity.post(
      "/auth/register",
      { email, password: PASSWORD, fullName: "Ada Quist", ...more },
      headers,
    );
  const login = (email: string, password = PASSWORD) =>
    identity.post("/auth/login", { email, password, client: "api" });
  const resend = (email: string, headers = {}) =>
    identity.post("/auth/email/resend", { email }, headers);
  const verify = (token: string) => identity.post("/auth/email/verify", { token });
  const cookieOf = (response: Response) => response.headers.get("set-cookie")!.split(";")[0]!;
  const lettersTo = async (email: string) =>
    (await identity.mails()).filter(({ to, template }) =>
      to === email && template === "email-verification"
    );

  it("sends a letter again to whoever registered, and nobody else", async () => {
    const email = "again@new.example";
    const other = cookieOf(await register("elsewhere@new.example"));
    const answer = await register(email, { organization: { name: "Otter Clinic" } });
    match(
      answer.headers.get("set-cookie")!,
      /^praxis_registration=[0-9a-f-]{36}; .*HttpOnly; Secure; SameSite=Strict; Path=\/auth\/email$/,
    );
    const first = await identity.mailedToken(email, "email-verification");
    const foreign = [{}, { cookie: other }, { cookie: "praxis_registration=%00" }];
    for (const headers of foreign) equal((await resend(email, headers)).status, 202);
    equal((await lettersTo(email)).length, 1);
    const cookie = cookieOf(answer);
    deepEqual(await sayingOf(await resend(email, { cookie })), await sayingOf(await resend(email)));
    equal((await lettersTo(email)).length, 2);
    equal((await verify(first)).status, 410);
    equal((await verify(await identity.mailedToken(email, "email-verification"))).status, 204);
    equal((await login(email)).status, 200);
  });

  it("a stranger's password never becomes that of an account, whichever link is followed", async () => {
    const password = "saddle-umbrella-frost-2846";
    const own = "quartz-violin-meadow-7319";
    for (const order of ["stranger first", "stranger last", "both at once"]) {
      for (const link of [0, 1]) {
        const email = `${order.replaceAll(" ", "-")}.${link}@new.example`;
        const organization = { name: "Otter Clinic" };
        const asked = [
          () => register(email, { organization }),
          () => register(email, { password, organization }),
        ];
        if (order === "stranger first") asked.reverse();
        const answers = order === "both at once"
          ? await Promise.all(asked.map((ask) => ask()))
          : [await asked[0]!(), await asked[1]!()];
        identity.pass(1700);
        // Also when the other one has ended meanwhile.
        const cookie = cookieOf(answers[link]!);
        await resend(email, { cookie });
        identity.pass(200);
        const token = await identity.mailedToken(email, "email-verification");
        equal((await verify(token)).status, 204, email);
        for (const one of [PASSWORD, password]) equal((await login(email, one)).status, 401);
        const reset = await identity.mailedToken(email, "password-reset");
        const set = { token: reset, newPassword: own };
        equal((await identity.post("/auth/password/reset", set)).status, 204);
        equal((await login(email, own)).status, 200);
      }
    }
  });

  it("writes into a stranger's letter nothing that others thought up", async () => {
    const email = "stranger@new.example";
    const name = "You have won - prize.example";
    const answer = await register(email, { fullName: name, organization: { name } });
    await resend(email, { cookie: cookieOf(answer) });
    const letters = await lettersTo(email);
    equal(letters.length, 2);
    for (const { variables } of letters) deepEqual(Object.keys(variables), ["link"]);
  });

  it("counts who asks, by network, before it judges or hashes anything", async () => {
    const from = { "x-forwarded-for": "2001:db8:7::1" };
    const ask = (n: number, headers: Record<string, string>) =>
      register(`flood-${n}@new.example`, { password: "password1234567" }, headers);
    for (let n = 0; n < 60; n++) equal((await ask(n, from)).status, 422);
    const refused = await ask(60, { "x-forwarded-for": "2001:db8:7::2" });
    equal(refused.status, 429);
    ok(Number(refused.headers.get("retry-after")) > 0);
    equal((await ask(61, { "x-forwarded-for": "2001:db8:8::1" })).status, 422);
  });

  it("sends away who comes when too many are at it already", async () => {
    await using full = await openIdentity(() => ({ admission: createAdmission(0) }));
    const body = { email: "a@b.example", password: PASSWORD, fullName: "A" };
    equal((await full.post("/auth/register", body)).status, 503);
  });

  it("D8, M11: nobody signs in before the link was followed, which works once", async () => {
    const email = "ada@new.example";
    equal((await register(email, { organization: { name: "Otter Clinic" } })).status, 202);
    equal((await login(email)).status, 401);
    const token = await identity.mailedToken(email, "email-verification");
    match(token, /^eu_[\w-]{43}$/);
    equal((await identity.post("/auth/email/verify", { token: `${token}x` })).status, 410);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => identity.post("/auth/email/verify", { token })),
    );
    equal(answers.filter(({ status }) => status === 204).length, 1);
    equal(answers.filter(({ status }) => status === 410).length, 19);
    const response = await login(email);
    equal(response.status, 200);
    const { accessToken } = await response.json();
    const me = await (await identity.get("/api/identity/users/me", accessToken)).json();
    deepEqual([me.organizations[0].name, me.organizations[0].role], ["Otter Clinic", "owner"]);
    const stored = await identity.service.owner`select r::text as text from registrations r`;
    ok(!JSON.stringify(stored).includes(token));
  });

  it("a link ends after 30 minutes, and when it is sent again", async () => {
    const email = "late@new.example";
    const cookie = cookieOf(await register(email));
    const older = await identity.mailedToken(email, "email-verification");
    equal((await resend(email, { cookie })).status, 202);
    equal((await identity.post("/auth/email/verify", { token: older })).status, 410);
    const newer = await identity.mailedToken(email, "email-verification");
    identity.pass(1801);
    equal((await identity.post("/auth/email/verify", { token: newer })).status, 410);
  });

  it("M14: answers alike, at the price of one hash, whether the account exists or not", async () => {
    const sayings = [];
    for (const email of ["nurse@demo.praxis.test", "nobody@new.example"]) {
      const before = identity.hashCalls();
      sayings.push(await sayingOf(await register(email)));
      equal(identity.hashCalls() - before, 1);
    }
    deepEqual(sayings[0], sayings[1]);
    for (const path of ["/auth/password/forgot", "/auth/email/resend"]) {
      const [one, other] = [
        await sayingOf(await identity.post(path, { email: "nurse@demo.praxis.test" })),
        await sayingOf(await identity.post(path, { email: "unknown@new.example" })),
      ];
      equal(one.status, 202);
      deepEqual(one, other);
    }
    const mails = await identity.mails();
    const templates = mails.filter(({ to }) => to === "nurse@demo.praxis.test")
      .map(({ template }) => template);
    deepEqual(templates, ["account-exists", "password-reset"]);
  });

  it("M12, M11: links hold the configured origin, whatever Host says, and no server sees a token", async () => {
    const email = "host@new.example";
    const evil = { host: "evil.example", "x-forwarded-host": "evil.example" };
    const cookie = cookieOf(await register(email, {}, evil));
    const linkTo = async (to: string) =>
      (await identity.mails()).findLast((mail) => mail.to === to)!.variables.link!;
    ok((await linkTo(email)).startsWith(`${PUBLIC_URL}/verify-email#token=eu_`));
    // The absolute form (RFC 9112 §3.2.2) comes through as the address of the request.
    const nurse = "nurse@demo.praxis.test";
    for (
      const [path, to, page] of [
        ["/auth/email/resend", email, "verify-email"],
        ["/auth/password/forgot", nurse, "reset-password"],
      ] as const
    ) {
      const response = await identity.app.request(`http://evil.example${path}`, {
        method: "POST",
        body: JSON.stringify({ email: to }),
        headers: { "content-type": "application/json", forwarded: "host=evil.example", cookie },
      });
      equal(response.status, 202);
      ok(!(await response.text()).includes("evil"));
      const link = await linkTo(to);
      // What stands behind # is in no request and no Referer.
      ok(link.startsWith(`${PUBLIC_URL}/${page}#token=eu_`), link);
    }
  });

  it("M17: takes no weak password, and hashes none", async () => {
    const before = identity.hashCalls();
    const weak = [
      "password1234567",
      "otterclinicotterclinic",
      "adaquist-adaquist",
      "short-Kx9!",
      "aaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    for (const password of weak) {
      const response = await register("ada@weak.example", {
        password,
        organization: { name: "Otter Clinic" },
      });
      equal(response.status, 422, password);
      equal((await response.json()).type, "/problems/password-weak");
    }
    equal((await register("a@weak.example", { password: "x".repeat(257) })).status, 422);
    equal(identity.hashCalls(), before);
  });

  it("M17: without its list of common passwords it takes none at all", async () => {
    const url = new URL("data:text/javascript,throw new Error('the list is gone')");
    const { strengthOf } = createStrength({ url });
    await using closed = await openIdentity(() => ({ strengthOf }));
    const body = { email: "a@b.example", password: PASSWORD, fullName: "A" };
    equal((await closed.post("/auth/register", body)).status, 503);
  });

  it("D1, A7: takes no odd address, no field it does not know, no line breaks", async () => {
    const evil = [
      { email: "miKe@new.example".replace("K", "\u212a") },
      { email: "a@b.example\r\nBcc: c@d.example" },
      { email: `${"a".repeat(260)}@b.example` },
      { email: `${"a".repeat(65)}@b.example` },
      { email: "\uff41da@new.example" },
      { email: "ad\u200ba@new.example" },
      { email: "w\u0131ll@new.example" },
      { email: "\u202eada@new.example" },
      { email: "ada@new.example " },
      { email: "ada@new\u3002example" },
      { email: '"ada quist"@new.example' },
      { email: "ada@[192.0.2.1]" },
      { email: "a@b@new.example" },
      { fullName: "A\r\nBcc: x" },
      { fullName: "<script>" },
      { isAdmin: true },
      { emailVerified: true },
      { organization: { name: "X", id: "y" } },
    ];
    for (const one of evil) {
      equal((await register("odd@new.example", one)).status, 422, JSON.stringify(one));
    }
    const response = await identity.post(
      "/auth/register",
      `{"__proto__":{"x":1},"email":"p@new.example","password":"${PASSWORD}","fullName":"P"}`,
    );
    equal(response.status, 422);
  });
});

describe("passwords and addresses", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());
  const login = (email: string, password: string) =>
    identity.post("/auth/login", { email, password, client: "api" });

  it("M11, S4: a reset link works once, the older one dies, and all devices end", async () => {
    const email = "nurse@demo.praxis.test";
    const { accessToken } = await identity.signIn("nurse@demo");
    const links: string[] = [];
    for (let i = 0; i < 2; i++) {
      await identity.post("/auth/password/forgot", { email });
      links.push(await identity.mailedToken(email, "password-reset"));
    }
    const reset = (token: string, newPassword = PASSWORD) =>
      identity.post("/auth/password/reset", { token, newPassword });
    equal((await reset(links[0]!)).status, 410);
    equal((await reset(links[1]!, "password1234567")).status, 422);
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset(links[1]!)));
    equal(answers.filter(({ status }) => status === 204).length, 1);
    ok(answers.every(({ status }) => [204, 410, 503].includes(status)));
    equal((await identity.get("/api/identity/users/me", accessToken)).status, 401);
    equal((await login(email, DEMO_PASSWORD)).status, 401);
    equal((await login(email, PASSWORD)).status, 200);
    await identity.post("/auth/password/forgot", { email });
    const late = await identity.mailedToken(email, "password-reset");
    identity.pass(1801);
    equal((await reset(late)).status, 410);
  });

  it("M10: after a reset the second factor is asked for as before", async () => {
    const email = "auditor@demo.praxis.test";
    const owner = identity.service.owner;
    const [user] = await owner`select id from users where email = ${email}`;
    await owner`
      insert into factors (id, user_id, kind, name, secret, created_at, confirmed_at)
      values (gen_random_uuid(), ${user!.id}, 'totp', 'x', '\\x00', now(), now())`;
    await identity.post("/auth/password/forgot", { email });
    const token = await identity.mailedToken(email, "password-reset");
    equal(
      (await identity.post("/auth/password/reset", { token, newPassword: PASSWORD })).status,
      204,
    );
    equal((await (await login(email, PASSWORD)).json()).mfaRequired, true);
  });

  it("S4: a changed password needs the current one and ends the other devices", async () => {
    const { accessToken } = await identity.signIn("physician@demo");
    const other = await identity.signIn("physician@demo");
    const path = "/api/identity/users/me/password";
    const change = (currentPassword: string) =>
      identity.post(path, { currentPassword, newPassword: PASSWORD }, bearer(accessToken));
    equal((await change("wrong")).status, 401);
    equal((await change(DEMO_PASSWORD)).status, 204);
    equal((await identity.get("/api/identity/users/me", accessToken)).status, 200);
    equal((await identity.get("/api/identity/users/me", other.accessToken)).status, 401);
    equal((await login("physician@demo.praxis.test", PASSWORD)).status, 200);
    const events = await (await identity.get(
      "/api/identity/users/me/security-events",
      accessToken,
    )).json();
    const actions = events.items.map(({ action }: { action: string }) => action);
    for (const action of ["password.changed", "password.change_refused", "session.started"]) {
      ok(actions.includes(action), action);
    }
  });

  it("D8, M11: an address changes after a step-up, and old links are dead", async () => {
    const email = "receptionist@demo.praxis.test";
    const { accessToken } = await identity.signIn("receptionist@demo");
    const path = "/api/identity/users/me/email";
    const change = (token: string, to: string) => identity.post(path, { email: to }, bearer(token));
    equal((await change(accessToken, "rosa@new.example")).status, 401);
    const stepped = await (await identity.post("/auth/reauthenticate", {
      password: DEMO_PASSWORD,
      acr: "aal1",
    }, bearer(accessToken))).json();
    await identity.post("/auth/password/forgot", { email });
    const reset = await identity.mailedToken(email, "password-reset");
    const answers = [
      await sayingOf(await change(stepped.accessToken, "owner@demo.praxis.test")),
      await sayingOf(await change(stepped.accessToken, "rosa@new.example")),
    ];
    equal(answers[0]!.status, 202);
    deepEqual(answers[0], answers[1]);
    const token = await identity.mailedToken("rosa@new.example", "email-change");
    const stranger = await identity.signIn("patient@demo");
    const confirm = (given: string) => identity.post(`${path}/confirm`, { token }, bearer(given));
    equal((await confirm(stranger.accessToken)).status, 410);
    equal((await confirm(stepped.accessToken)).status, 204);
    equal((await confirm(stepped.accessToken)).status, 410);
    equal((await login(email, DEMO_PASSWORD)).status, 401);
    equal((await login("rosa@new.example", DEMO_PASSWORD)).status, 200);
    const late = { token: reset, newPassword: PASSWORD };
    equal((await identity.post("/auth/password/reset", late)).status, 410);
    const told = (await identity.mails()).filter(({ to }) => to === email)
      .map(({ template }) => template);
    ok(told.includes("email-change-notice") && told.includes("email-changed"));
  });

  it("signs the other devices out when told, and says how many", async () => {
    await identity.signIn("owner@rival");
    await identity.signIn("owner@rival");
    const { accessToken } = await identity.signIn("owner@rival");
    equal(decodeJwt(accessToken).acr, "aal1");
    const response = await identity.app.request("/api/identity/users/me/sessions", {
      method: "DELETE",
      headers: bearer(accessToken),
    });
    deepEqual([response.status, await response.json()], [200, { ended: 2 }]);
  });
});
