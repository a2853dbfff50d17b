import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { asService } from "@praxis/shared/testing";
import { read } from "@praxis/shared/postgres";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";
import {
  basicOf,
  codeFor,
  decide,
  exchange,
  grantFor,
  queryOf,
  REDIRECT,
  redirectionOf,
  registerClient,
  type Registered,
  send,
  VERIFIER,
} from "./testing.ts";

const CLIENTS = "/api/identity/oauth-clients";

describe("OAuth", () => {
  let identity: TestIdentity;
  let client: Registered;
  let app: Registered;
  before(async () => {
    identity = await openIdentity();
    client = await registerClient(identity);
    app = await registerClient(identity, { kind: "public", name: "Pocket" });
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const begin = (query: string) => identity.app.request(`/oauth/authorize${query}`);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const userinfo = (token: string) => identity.get("/oauth/userinfo", token);
  const refresh = (refresh_token: string, given: Record<string, string> = {}, who = client) =>
    send(
      identity,
      "/oauth/token",
      { grant_type: "refresh_token", refresh_token, ...given },
      basicOf(who),
    );
  const introspect = async (token: string, headers: Record<string, string> = basicOf(client)) =>
    await (await send(identity, "/oauth/introspect", { token }, headers)).json();
  const errorOf = async (response: Response) => [response.status, (await response.json()).error];
  const REFUSED = [400, "invalid_grant"];

  describe("GET /oauth/authorize", () => {
    it("sends the browser on to our page, with what it came with", async () => {
      const query = queryOf(client.id, { ui_locales: "de" });
      const response = await begin(query);
      equal(response.status, 302);
      const page = new URL(response.headers.get("location")!);
      equal(page.origin + page.pathname, `${PUBLIC_URL}/authorize`);
      equal(`?${page.searchParams}`, query);
      equal(response.headers.get("cache-control"), "no-store");
    });

    it("sends nobody anywhere for a client or a redirect URI that is not known, to the letter", async () => {
      const wrong: Record<string, string | undefined>[] = [
        { client_id: undefined },
        { client_id: crypto.randomUUID() },
        { client_id: "' or 1=1" },
        { redirect_uri: undefined },
        { redirect_uri: "https://evil.example/" },
        { redirect_uri: `${REDIRECT}&x` },
        { redirect_uri: REDIRECT.replace("callback", "callback/") },
        { redirect_uri: REDIRECT.replace("https", "HTTPS") },
        { redirect_uri: REDIRECT.replace("app.example", "app.example:443") },
        { redirect_uri: REDIRECT.replace("/callback", "/x/../callback") },
        { redirect_uri: `${REDIRECT}#` },
        { redirect_uri: "" },
      ];
      for (const given of wrong) {
        const response = await begin(queryOf(client.id, given));
        equal(response.status, 400, JSON.stringify(given));
        equal(response.headers.get("location"), null);
        equal((await response.json()).type, "/problems/authorization-request-invalid");
      }
      const twice = `${queryOf(client.id)}&redirect_uri=https://evil.example/`;
      equal((await begin(twice)).status, 400);
      equal((await begin(`?${"a".repeat(9_000)}`)).status, 413);
      equal((await begin("")).status, 400);
    });

    it("sends other errors back to the client, with state and issuer", async () => {
      const errors: [Record<string, string>, string][] = [
        [{ response_type: "token" }, "unsupported_response_type"],
        [{ code_challenge_method: "plain" }, "invalid_request"],
        [{ prompt: "none" }, "login_required"],
      ];
      for (const [given, error] of errors) {
        const response = await begin(queryOf(client.id, given));
        equal(response.status, 302);
        const back = new URL(response.headers.get("location")!);
        equal(back.origin + back.pathname, "https://app.example/callback");
        deepEqual(Object.fromEntries(back.searchParams), {
          from: "praxis",
          error,
          state: "a state",
          iss: PUBLIC_URL,
        });
      }
    });
  });

  describe("consent", () => {
    it("says who asks for what, and asks only the user's own clinic", async () => {
      const { accessToken } = await identity.signIn("receptionist@demo");
      const path = "/oauth/authorize/details";
      const details = await identity.post(path, { query: queryOf(client.id) }, bearer(accessToken));
      deepEqual(await details.json(), {
        client: { id: client.id, name: "Lab Viewer" },
        redirectUri: REDIRECT,
        // The front desk does not read documents.
        scope: ["openid", "profile", "email", "offline_access"],
      });
      const theirs = await identity.signIn("physician@rival");
      for (
        const [where, body] of [[path, {}], ["/oauth/authorize", { decision: "allow" }]] as const
      ) {
        const query = queryOf(client.id);
        const response = await identity.post(where, { query, ...body }, bearer(theirs.accessToken));
        equal(response.status, 400);
        equal((await identity.post(where, { query, ...body })).status, 401);
      }
    });

    it("refused goes back as access_denied; too old a sign-in as login_required", async () => {
      const { accessToken } = await identity.signIn("nurse@demo");
      const answer = async (given: Record<string, string>, decision: string) =>
        (await redirectionOf(
          await decide(identity, accessToken, queryOf(client.id, given), decision),
        ))
          .searchParams;
      const denied = await answer({}, "deny");
      deepEqual([denied.get("error"), denied.get("code")], ["access_denied", null]);
      equal((await answer({ scope: "documents:delete" }, "allow")).get("error"), "invalid_scope");
      identity.pass(61);
      equal((await answer({ max_age: "60" }, "allow")).get("error"), "login_required");
      ok((await answer({ max_age: "62" }, "allow")).get("code"));
    });
  });

  describe("the code", () => {
    it("is exchanged for tokens that say no more than was granted", async () => {
      const tokens = await grantFor(identity, client);
      equal(tokens.scope, "openid profile email offline_access documents:read");
      equal(decodeProtectedHeader(tokens.access_token).typ, "at+jwt");
      const access = decodeJwt(tokens.access_token);
      deepEqual([access.client_id, access.scope], [client.id, tokens.scope]);
      const id = decodeJwt(tokens.id_token);
      deepEqual([id.iss, id.aud, id.sub, id.nonce], [PUBLIC_URL, client.id, access.sub, "a nonce"]);
      equal(decodeProtectedHeader(tokens.id_token).typ, "JWT");
    });

    it("is exchanged for a public client, also when it says that it has no secret", async () => {
      const code = await codeFor(identity, app, { scope: "openid profile" });
      equal((await exchange(identity, app, code, { client_secret: "" })).status, 200);
    });

    it("without offline_access gives no refresh token, without openid no ID token", async () => {
      const response = await exchange(
        identity,
        client,
        await codeFor(identity, client, { scope: "documents:read" }),
      );
      const tokens = await response.json();
      deepEqual([tokens.refresh_token, tokens.id_token], [undefined, undefined]);
      equal(response.headers.get("cache-control"), "no-store");
      deepEqual(await errorOf(await userinfo(tokens.access_token)), [403, "insufficient_scope"]);
    });

    it("is bound to client, redirect URI and verifier, and good for one minute", async () => {
      const other = await registerClient(identity);
      const wrong: [string, (code: string) => Promise<Response>][] = [
        ["another client", (code) => exchange(identity, other, code)],
        [
          "another redirect",
          (code) => exchange(identity, client, code, { redirect_uri: `${REDIRECT}/` }),
        ],
        [
          "another verifier",
          (code) => exchange(identity, client, code, { code_verifier: `${VERIFIER}x` }),
        ],
        ["the challenge", (code) => exchange(identity, client, code, { code_verifier: "short" })],
        ["no such code", (code) => exchange(identity, client, `${code}x`)],
        ["too late", (code) => (identity.pass(60), exchange(identity, client, code))],
      ];
      for (const [name, attempt] of wrong) {
        const code = await codeFor(identity, client);
        deepEqual(await errorOf(await attempt(code)), REFUSED, name);
      }
      const code = await codeFor(identity, client);
      identity.pass(59);
      equal((await exchange(identity, client, code)).status, 200);
    });

    it("gets no second guess at its verifier", async () => {
      const code = await codeFor(identity, client);
      deepEqual(
        await errorOf(await exchange(identity, client, code, { code_verifier: "x".repeat(43) })),
        REFUSED,
      );
      deepEqual(await errorOf(await exchange(identity, client, code)), REFUSED);
    });

    it("given twice ends what it gave the first time", async () => {
      const code = await codeFor(identity, client);
      const tokens = await (await exchange(identity, client, code)).json();
      equal((await userinfo(tokens.access_token)).status, 200);
      deepEqual(await errorOf(await exchange(identity, client, code)), REFUSED);
      equal((await userinfo(tokens.access_token)).status, 401);
      deepEqual(await errorOf(await refresh(tokens.refresh_token)), REFUSED);
      const [row] = await identity.service.owner`
        select count(*)::int as n from audit_events
        where action = 'session.reuse_detected' and actor_id = ${client.id}`;
      equal(row!.n, 1);
    });

    it("is good for one of twenty that bring it at the same time", async () => {
      const only = await registerClient(identity);
      const code = await codeFor(identity, only);
      const responses = await Promise.all(
        Array.from({ length: 20 }, () => exchange(identity, only, code)),
      );
      // The others have ended it, perhaps before the first one had its answer.
      ok(responses.filter(({ status }) => status === 200).length <= 1);
      const rows = await identity.service.owner`
        select s.revoked_at is not null as is_revoked
        from oauth_grants g join sessions s on s.id = g.session_id
        where g.client_id = ${only.id}`;
      deepEqual([...rows], [{ isRevoked: true }]);
    });

    it("is forgotten after a day, when nothing is left that it could end", async () => {
      const one = await registerClient(identity);
      const count = async () =>
        (await identity.service.owner`select 1 from oauth_codes where client_id = ${one.id}`)
          .length;
      await codeFor(identity, one);
      identity.pass(24 * 3600);
      await codeFor(identity, one);
      equal(await count(), 2);
      identity.pass(61);
      await codeFor(identity, one);
      equal(await count(), 2);
    });

    it("is worth nothing once the user has signed out", async () => {
      const { accessToken } = await identity.signIn("nurse@demo");
      const code = (await redirectionOf(await decide(identity, accessToken, queryOf(client.id))))
        .searchParams.get("code")!;
      await identity.post("/auth/logout", {}, bearer(accessToken));
      deepEqual(await errorOf(await exchange(identity, client, code)), REFUSED);
    });
  });

  describe("a client", () => {
    it("is known by its secret, in one place, or by none if it is public", async () => {
      const form = { grant_type: "refresh_token", refresh_token: "x" };
      const attempt = async (extra: Record<string, string>, headers: Record<string, string> = {}) =>
        await errorOf(await send(identity, "/oauth/token", { ...form, ...extra }, headers));
      const unknown = [401, "invalid_client"];
      const secret = client.clientSecret!;
      deepEqual(await attempt({}), unknown);
      deepEqual(await attempt({ client_id: client.id }), unknown);
      deepEqual(await attempt({ client_id: client.id, client_secret: "wrong" }), unknown);
      deepEqual(await attempt({ client_id: app.id, client_secret: secret }), unknown);
      deepEqual(await attempt({ client_id: crypto.randomUUID(), client_secret: secret }), unknown);
      deepEqual(await attempt({ client_id: "__proto__", client_secret: secret }), unknown);
      deepEqual(await attempt({}, { authorization: "Basic %%%" }), unknown);
      deepEqual(await attempt({}, basicOf({ ...client, clientSecret: "%zz" })), unknown);
      deepEqual(await attempt({ client_secret: secret }, basicOf(client)), [
        400,
        "invalid_request",
      ]);
      deepEqual(await attempt({ client_id: app.id }, basicOf(client)), [400, "invalid_request"]);
      deepEqual(await attempt({ client_id: client.id, client_secret: secret }), REFUSED);
      deepEqual(await attempt({ client_id: app.id }), REFUSED);
    });

    it("public may do all but act for itself and inspect", async () => {
      const tokens = await grantFor(identity, app);
      const form = { client_id: app.id };
      const again = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
      equal((await send(identity, "/oauth/token", { ...form, ...again })).status, 200);
      const own = { grant_type: "client_credentials" };
      deepEqual(await errorOf(await send(identity, "/oauth/token", { ...form, ...own })), [
        400,
        "unauthorized_client",
      ]);
      const question = { ...form, token: tokens.access_token };
      equal((await send(identity, "/oauth/introspect", question)).status, 401);
      equal((await send(identity, "/oauth/revoke", question)).status, 200);
      equal((await userinfo(tokens.access_token)).status, 401);
    });

    it("confidential may act for itself, within what it was registered for", async () => {
      const own = async (scope?: string) =>
        await send(identity, "/oauth/token", {
          grant_type: "client_credentials",
          ...(scope === undefined ? {} : { scope }),
        }, basicOf(client));
      const tokens = await (await own()).json();
      deepEqual([tokens.scope, tokens.expires_in], ["documents:read patients:read", 300]);
      equal((await (await own("patients:read documents:write")).json()).scope, "patients:read");
      deepEqual(await errorOf(await own("openid")), [400, "invalid_scope"]);
      deepEqual(await errorOf(await own("documents:write")), [400, "invalid_scope"]);
      const seen = await introspect(tokens.access_token);
      deepEqual([seen.active, seen.sub, seen.client_id], [true, client.id, client.id]);
      deepEqual(await errorOf(await userinfo(tokens.access_token)), [403, "insufficient_scope"]);
    });
  });

  describe("a refresh token", () => {
    it("is exchanged once; within ten seconds its exchange is repeated, later it ends the grant", async () => {
      const first = await grantFor(identity, client);
      const second = await (await refresh(first.refresh_token)).json();
      notEqual(second.refresh_token, first.refresh_token);
      identity.pass(9);
      equal(
        (await (await refresh(first.refresh_token)).json()).refresh_token,
        second.refresh_token,
      );
      identity.pass(2);
      deepEqual(await errorOf(await refresh(first.refresh_token)), REFUSED);
      deepEqual(await errorOf(await refresh(second.refresh_token)), REFUSED);
      equal((await userinfo(second.access_token)).status, 401);
    });

    it("has one successor, whoever asks at the same time", async () => {
      const { refresh_token } = await grantFor(identity, client);
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));
      const successors = await Promise.all(
        answers.filter(({ status }) => status === 200).map(async (answer) =>
          (await answer.json()).refresh_token
        ),
      );
      ok(successors.length >= 1);
      equal(new Set(successors).size, 1);
      const [row] = await identity.service.owner`
        select count(*)::int as n from oauth_refresh_tokens where parent_id =
          (select id from oauth_refresh_tokens where token_hash = sha256(${refresh_token}::bytea))`;
      equal(row!.n, 1);
    });

    it("is its client's alone, and narrows but never widens", async () => {
      const { refresh_token } = await grantFor(identity, client);
      const other = await registerClient(identity);
      deepEqual(await errorOf(await refresh(refresh_token, {}, other)), REFUSED);
      deepEqual(await errorOf(await refresh(refresh_token, { scope: "patients:read" })), [
        400,
        "invalid_scope",
      ]);
      const narrow = await (await refresh(refresh_token, { scope: "openid" })).json();
      equal(narrow.scope, "openid");
      deepEqual(Object.keys(await (await userinfo(narrow.access_token)).json()), ["sub"]);
    });

    it("is bound by what the clinic asks of sessions, also from when it asks for more", async () => {
      const ask = (secondFactor: string) =>
        identity.service.owner`
          insert into security_policies
            (organization_id, second_factor, session_minutes, idle_minutes, version, updated_at)
          values (${demoOrganizationId("demo")}, ${secondFactor}, 60, 15, 1, now())
          on conflict (organization_id) do update set second_factor = excluded.second_factor`;
      const forget = () => identity.service.owner`delete from security_policies`;
      await ask("optional");
      const idle = await grantFor(identity, client);
      identity.pass(15 * 60 + 1);
      deepEqual(await errorOf(await refresh(idle.refresh_token)), REFUSED);
      let { refresh_token } = await grantFor(identity, client);
      for (let n = 0; n < 4; n++) {
        identity.pass(14 * 60);
        refresh_token = (await (await refresh(refresh_token)).json()).refresh_token;
      }
      identity.pass(4 * 60 + 1);
      deepEqual(await errorOf(await refresh(refresh_token)), REFUSED);
      const late = await grantFor(identity, client);
      const code = await codeFor(identity, client);
      await ask("required");
      deepEqual(await errorOf(await refresh(late.refresh_token)), REFUSED);
      deepEqual(await errorOf(await exchange(identity, client, code)), REFUSED);
      await forget();
      equal((await refresh(late.refresh_token)).status, 200);
    });

    it("ends with its time, and with the membership of its user", async () => {
      const idle = await grantFor(identity, client);
      identity.pass(8 * 3600 + 1);
      deepEqual(await errorOf(await refresh(idle.refresh_token)), REFUSED);
      const { refresh_token, access_token } = await grantFor(
        identity,
        client,
        {},
        "physician@demo",
      );
      const { mid } = decodeJwt(access_token) as { mid: string };
      const { owner } = identity.service;
      await owner`update memberships set ended_at = now() where id = ${mid}`;
      deepEqual(await errorOf(await refresh(refresh_token)), REFUSED);
      equal((await userinfo(access_token)).status, 401);
      equal((await introspect(refresh_token)).active, false);
      await owner`update memberships set ended_at = null where id = ${mid}`;
    });
  });

  it("J17: what one endpoint gives is refused at every other", async () => {
    const tokens = await grantFor(identity, client);
    const own = await identity.signIn("nurse@demo");
    const ME = "/api/identity/users/me";
    const validate = (token: string) =>
      identity.post(
        "/auth/validate",
        { user_id: decodeJwt(own.accessToken).sub },
        bearer(token),
      );
    for (const token of [tokens.id_token, tokens.refresh_token]) {
      equal((await identity.get(ME, token)).status, 401);
      equal((await decide(identity, token, queryOf(client.id))).status, 401);
      equal((await validate(token)).status, 401);
    }
    // A scoped token is not its user: not here, and not to agree to more.
    equal((await identity.get(ME, tokens.access_token)).status, 403);
    equal((await decide(identity, tokens.access_token, queryOf(client.id))).status, 403);
    const { permissions } = await (await validate(tokens.access_token)).json();
    deepEqual(permissions, ["documents:read"]);
    for (
      const token of [tokens.id_token, tokens.refresh_token, own.accessToken, own.refreshToken]
    ) {
      equal((await userinfo(token)).status, 401);
    }
    equal((await userinfo(tokens.access_token)).status, 200);
    equal(
      (await identity.post("/auth/refresh", { refreshToken: tokens.refresh_token })).status,
      401,
    );
    deepEqual(await errorOf(await refresh(own.refreshToken)), REFUSED);
    const code = await codeFor(identity, client);
    deepEqual(await errorOf(await refresh(code)), REFUSED);
    deepEqual(await errorOf(await exchange(identity, client, tokens.refresh_token)), REFUSED);
    equal((await refresh(tokens.refresh_token)).status, 200);
  });

  it("a grant stands in the list of the user's devices, and ends from there", async () => {
    const { accessToken } = await identity.signIn("nurse@demo");
    const tokens = await grantFor(identity, client);
    const { sid } = decodeJwt(tokens.access_token) as { sid: string };
    const path = "/api/identity/users/me/sessions";
    const { items } = await (await identity.get(path, accessToken)).json();
    equal(items.find(({ id }: { id: string }) => id === sid)?.userAgent, "Lab Viewer");
    // Asked of the route behind it, since removing a device may take a fresh sign-in.
    await identity.service.owner`update sessions set revoked_at = now() where id = ${sid}`;
    equal((await userinfo(tokens.access_token)).status, 401);
    deepEqual(await errorOf(await refresh(tokens.refresh_token)), REFUSED);
  });

  it("POST /oauth/introspect says what is true now, to a service about all, to a client about its own", async () => {
    const other = await registerClient(identity);
    const tokens = await grantFor(identity, client);
    const own = await identity.signIn("nurse@demo");
    const service = asService("content");
    const active = async (token: string, headers: Record<string, string>) =>
      (await introspect(token, headers)).active;
    equal(await active(tokens.access_token, basicOf(client)), true);
    equal(await active(tokens.refresh_token, basicOf(client)), true);
    equal(await active(tokens.access_token, basicOf(other)), false);
    equal(await active(tokens.refresh_token, basicOf(other)), false);
    equal(await active(own.accessToken, basicOf(client)), false);
    equal(await active(tokens.access_token, service), true);
    equal(await active(own.accessToken, service), true);
    equal(await active("nonsense", service), false);
    deepEqual(await introspect("x".repeat(9_000), service), { active: false });
    equal((await send(identity, "/oauth/introspect", { token: "x" })).status, 401);
    equal((await send(identity, "/oauth/introspect", {}, service)).status, 400);
    identity.pass(606);
    equal(await active(tokens.access_token, service), false);
  });

  it("POST /oauth/revoke ends a grant by either token, and says nothing of strangers' tokens", async () => {
    const other = await registerClient(identity);
    const revoke = (token: string, who = client) =>
      send(identity, "/oauth/revoke", { token }, basicOf(who));
    for (const name of ["access_token", "refresh_token"] as const) {
      const tokens = await grantFor(identity, client);
      for (const token of [tokens[name], "nonsense"]) {
        equal((await revoke(token, other)).status, 200);
      }
      equal((await userinfo(tokens.access_token)).status, 200);
      equal((await revoke(tokens[name])).status, 200);
      equal((await userinfo(tokens.access_token)).status, 401);
      deepEqual(await errorOf(await refresh(tokens.refresh_token)), REFUSED);
      equal((await revoke(tokens[name])).status, 200);
    }
    const own = await identity.signIn("nurse@demo");
    for (const token of [own.accessToken, own.refreshToken]) {
      equal((await revoke(token)).status, 200);
    }
    equal((await identity.get("/api/identity/users/me", own.accessToken)).status, 200);
  });

  it("userinfo gives what the scope names, and challenges strangers", async () => {
    const { access_token } = await grantFor(identity, client, { scope: "openid email" });
    deepEqual(await (await userinfo(access_token)).json(), {
      sub: decodeJwt(access_token).sub,
      email: "nurse@demo.praxis.test",
    });
    const posted = await identity.post("/oauth/userinfo", "", bearer(access_token));
    equal(posted.status, 200);
    const stranger = await identity.get("/oauth/userinfo");
    equal(stranger.status, 401);
    match(stranger.headers.get("www-authenticate")!, /^Bearer .*invalid_token/);
  });

  it("discovery is the same in both places, and may be kept", async () => {
    const [openid, oauth] = await Promise.all([
      identity.get("/.well-known/openid-configuration"),
      identity.get("/.well-known/oauth-authorization-server"),
    ]);
    const document = await openid.json();
    deepEqual(await oauth.json(), document);
    equal(document.issuer, PUBLIC_URL);
    equal(document.jwks_uri, `${PUBLIC_URL}/.well-known/jwks.json`);
    match(openid.headers.get("cache-control")!, /max-age=300/);
  });

  it("bad input is refused in the words of OAuth, never a 500", async () => {
    const forms: BodyInit[] = [
      "",
      "grant_type",
      "grant_type=authorization_code",
      `grant_type=authorization_code&client_id=${app.id}&code=`,
      `grant_type=authorization_code&client_id=${app.id}&code=%00&code_verifier=%00&redirect_uri=%00`,
      `grant_type=refresh_token&client_id=${app.id}&refresh_token=%00`,
      `grant_type=refresh_token&client_id=${app.id}&refresh_token=x&scope=%22`,
      `grant_type=refresh_token&client_id=${app.id}&client_id=${app.id}`,
      `client_id=%00&grant_type=refresh_token`,
      `client_id=${app.id}&grant_type=__proto__`,
      "%%%",
      new Uint8Array([0xff, 0xfe, 0x00]),
    ];
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    for (const path of ["/oauth/token", "/oauth/revoke", "/oauth/introspect"]) {
      for (const body of forms) {
        const response = await identity.app.request(path, { method: "POST", body, headers });
        ok([400, 401].includes(response.status), `${path} ${body}: ${response.status}`);
        ok((await response.json()).error);
      }
      const json = await identity.post(path, {});
      equal(json.status, 415);
    }
    deepEqual(identity.errors, []);
  });

  describe("the registry of clients", () => {
    it("lists the clinic's own, without secrets, and grants nobody more than they have", async () => {
      const { accessToken } = await identity.signIn("owner@demo");
      const list = await (await identity.get(`${CLIENTS}?limit=100`, accessToken)).json();
      ok(list.items.some(({ id }: Registered) => id === client.id));
      ok(!JSON.stringify(list).includes("ecret"));
      const theirs = await identity.signIn("owner@rival");
      deepEqual((await (await identity.get(CLIENTS, theirs.accessToken)).json()).items, []);
      const attempt = (body: Record<string, unknown>) =>
        identity.post(CLIENTS, {
          name: "X",
          kind: "public",
          redirectUris: [REDIRECT],
          ...body,
        }, bearer(accessToken));
      // The owner runs the clinic and signs no document.
      equal((await attempt({ permissions: ["documents:sign"] })).status, 403);
      for (
        const body of [
          { redirectUris: [] },
          { redirectUris: ["http://evil.example/"] },
          { redirectUris: ["javascript:alert(1)"] },
          { permissions: ["*"] },
          { kind: "root" },
          { name: "" },
          { name: "a\u0000b" },
          { organizationId: demoOrganizationId("rival") },
          { secretHash: "x" },
        ]
      ) equal((await attempt(body)).status, 422, JSON.stringify(body));
      const nurse = await identity.signIn("nurse@demo");
      equal((await identity.get(CLIENTS, nurse.accessToken)).status, 403);
    });

    it("removes a client, and with it all that it was granted", async () => {
      const doomed = await registerClient(identity);
      const tokens = await grantFor(identity, doomed);
      const code = await codeFor(identity, doomed);
      const { accessToken } = await identity.signIn("owner@demo");
      const theirs = await identity.signIn("owner@rival");
      const remove = async (token: string) =>
        (await identity.app.request(`${CLIENTS}/${doomed.id}`, {
          method: "DELETE",
          headers: bearer(token),
        })).status;
      equal(await remove(theirs.accessToken), 404);
      equal(await remove(accessToken), 204);
      equal(await remove(accessToken), 404);
      equal((await userinfo(tokens.access_token)).status, 401);
      equal((await refresh(tokens.refresh_token, {}, doomed)).status, 401);
      equal((await exchange(identity, doomed, code)).status, 401);
      equal((await begin(queryOf(doomed.id))).status, 400);
      const { sid } = decodeJwt(tokens.access_token) as { sid: string };
      const [row] = await identity.service.owner`
        select count(*)::int as n from revocations where subject_id = ${sid}`;
      equal(row!.n, 1);
    });

    it("lies behind row-level security, with what was granted", async () => {
      await grantFor(identity, client);
      const seen = async (scope: Parameters<typeof read>[1]) =>
        await read(identity.deps.sql, scope, async (tx) => {
          const counts: number[] = [];
          for (
            const table of ["oauth_clients", "oauth_grants", "oauth_codes", "oauth_refresh_tokens"]
          ) counts.push((await tx`select 1 from ${tx(table)}`).length);
          return counts;
        });
      ok((await seen({ organizationId: demoOrganizationId("demo") })).every((count) => count > 0));
      deepEqual(await seen({ organizationId: demoOrganizationId("rival") }), [0, 0, 0, 0]);
      deepEqual(await seen({ userId: crypto.randomUUID() }), [0, 0, 0, 0]);
    });

    it("keeps no secret: neither codes, nor tokens, nor a client's own", async () => {
      const code = await codeFor(identity, client);
      const tokens = await (await exchange(identity, client, code)).json();
      const { owner } = identity.service;
      const dump = JSON.stringify(
        [
          await owner`select * from oauth_clients`,
          await owner`select * from oauth_codes`,
          await owner`select * from oauth_refresh_tokens`,
          await owner`select * from audit_events`,
        ],
        (_key, value) =>
          value?.type === "Buffer" ? new TextDecoder().decode(Uint8Array.from(value.data)) : value,
      );
      for (
        const secret of [client.clientSecret!, code, tokens.refresh_token, tokens.access_token]
      ) {
        ok(!dump.includes(secret));
      }
    });
  });
});
