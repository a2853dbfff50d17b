import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createStanding, createTokenVerifier, userOf } from "@praxis/shared/auth";
import { permissionsOf } from "../roles/model.ts";
import { retireNow } from "../keys/keys.ts";
import { basicOf, registerClient, send } from "../oauth/testing.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";

/** Another service's view, over a real socket: what a token is worth there, and for how long. */
describe("a token at another service", () => {
  let identity: TestIdentity;
  let server: Deno.HttpServer<Deno.NetAddr>;
  const stopping = new AbortController();
  let valueOf: (token: string) => Promise<readonly string[] | undefined>;
  let readService: (token: string) => Promise<string | undefined>;
  before(async () => {
    identity = await openIdentity();
    const handle = (request: Request) => identity.app.fetch(request);
    server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handle);
    const standing = createStanding({
      identityUrl: `http://127.0.0.1:${server.addr.port}`,
      serviceToken: () => Promise.resolve("service-content"),
    });
    standing.follow(stopping.signal);
    // The key set is held for good, as within the ten minutes of a cache.
    const held = await identity.deps.keys.published();
    const { createLocalJWKSet } = await import("jose");
    const tokens = createTokenVerifier({
      issuer: PUBLIC_URL,
      keys: createLocalJWKSet(held),
      isKeyRetired: standing.isKeyRetired,
      now: identity.deps.now,
    });
    valueOf = async (token) => {
      const claims = await tokens.access(token);
      return claims && (await userOf(claims, standing))?.permissions;
    };
    readService = tokens.service;
  });
  after(async () => {
    stopping.abort();
    identity.deps.bell.stop();
    await server.shutdown();
    await identity[Symbol.asyncDispose]();
  });

  /** Asks until the answer changes, for at most ten seconds. */
  async function changeOf<T>(ask: () => Promise<T>): Promise<T> {
    const first = JSON.stringify(await ask());
    const until = Date.now() + 10_000;
    while (Date.now() < until) {
      const next = await ask();
      if (JSON.stringify(next) !== first) return next;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error("the answer did not change");
  }

  const set = async (who: string, change: string) =>
    await identity.service.owner.unsafe(
      `update memberships set ${change} where user_id =
        (select id from users where email = '${who}.praxis.test')`,
    );

  it("A6, S4: is worth what the new role grants, although nobody rang", async () => {
    const { accessToken } = await identity.signIn("nurse@demo");
    deepEqual(await valueOf(accessToken), permissionsOf("nurse"));
    await set("nurse@demo", "role = 'auditor'");
    deepEqual(await changeOf(() => valueOf(accessToken)), permissionsOf("auditor"));
  });

  it("S4: is worth nothing once the member has gone, and something when they are back", async () => {
    const { accessToken } = await identity.signIn("receptionist@demo");
    ok(await valueOf(accessToken));
    await set("receptionist@demo", "ended_at = now()");
    equal(await changeOf(() => valueOf(accessToken)), undefined);
    await set("receptionist@demo", "ended_at = null");
    deepEqual(await changeOf(() => valueOf(accessToken)), permissionsOf("receptionist"));
  });

  it("S4: is worth nothing once the user was disabled, in every clinic", async () => {
    const { accessToken } = await identity.signIn("physician@rival");
    ok(await valueOf(accessToken));
    const disable = async (at: Date | null) =>
      await identity.service.owner`
        update users set disabled_at = ${at} where email = 'physician@rival.praxis.test'`;
    await disable(identity.deps.now());
    equal(await changeOf(() => valueOf(accessToken)), undefined);
    await disable(null);
    ok(await changeOf(() => valueOf(accessToken)));
  });

  it("of a program that acts by itself is worth its scope, and nothing once the program was removed", async () => {
    const permissions = ["documents:read", "documents:write", "documents:sign", "members:manage"];
    const client = await registerClient(identity, {
      permissions: permissions.filter((one) => one !== "documents:sign"),
    });
    const tokenOf = async (scope?: string) => {
      const form = { grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) };
      const answer = await send(identity, "/oauth/token", form, basicOf(client));
      return (await answer.json()).access_token as string;
    };
    deepEqual(await valueOf(await tokenOf()), ["documents:read", "documents:write"]);
    const narrow = await tokenOf("documents:read members:manage");
    deepEqual(await valueOf(narrow), ["documents:read"]);
    const { accessToken } = await identity.signIn("owner@demo");
    const removed = await identity.app.request(`/api/identity/oauth-clients/${client.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${accessToken}` },
    });
    equal(removed.status, 204);
    equal(await changeOf(() => valueOf(narrow)), undefined);
  });

  it("J18: is worth nothing once its key was given up, while the key set still holds the key", async () => {
    const { accessToken } = await identity.signIn("owner@demo");
    const service = await identity.deps.keys.sign({
      iss: PUBLIC_URL,
      aud: "praxis-services",
      sub: "service:content",
      jti: crypto.randomUUID(),
      iat: identity.deps.now().getTime() / 1000,
      exp: identity.deps.now().getTime() / 1000 + 300,
    }, "svc+jwt");
    ok(await valueOf(accessToken));
    equal(await readService(service), "content");
    equal(await retireNow(identity.deps, identity.signingKey.kid), true);
    equal(await changeOf(() => valueOf(accessToken)), undefined);
    equal(await readService(service), undefined);
    // The key that waited was published already, so its tokens need no fetch.
    await identity.deps.keys.reload();
    ok(await valueOf((await identity.signIn("owner@demo")).accessToken));
  });
});
