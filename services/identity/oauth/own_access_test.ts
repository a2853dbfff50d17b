import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { asService } from "@praxis/shared/testing";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { basicOf, grantFor, registerClient, type Registered, send } from "./testing.ts";

const AUDIT = "/api/identity/audit-events";
const MEMBERS = "/api/identity/members";

type Event = { action: string; actor: { kind: string; id: string; clientId?: string } };

describe("a program of others", () => {
  let identity: TestIdentity;
  let client: Registered;
  before(async () => {
    identity = await openIdentity();
    client = await registerClient(identity, {
      permissions: ["members:read", "audit:read", "audit:verify", "policies:manage"],
    });
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const own = async (who = client) =>
    (await (await send(
      identity,
      "/oauth/token",
      { grant_type: "client_credentials" },
      basicOf(who),
    )).json()).access_token as string;
  const get = async (path: string, token: string) => {
    const response = await identity.get(path, token);
    return { status: response.status, body: await response.json() };
  };
  const standingOf = (mid: string) =>
    identity.app.request(`/internal/memberships/${mid}/permissions`, {
      headers: asService("gateway"),
    });

  it("reads by itself what it was registered for, in its own clinic", async () => {
    const { status, body } = await get(MEMBERS, await own());
    equal(status, 200);
    ok(body.items.length > 3);
    ok(body.items.every(({ email }: { email: string }) => email.endsWith("@demo.praxis.test")));
  });

  it("does by itself nothing that takes a person, and nothing beyond its scope", async () => {
    const token = await own();
    deepEqual(decodeJwt(token).scope, "members:read audit:read audit:verify");
    // `policies:manage` was given to it, for those who sign in by it.
    const policy = `/api/identity/organizations/${demoOrganizationId("demo")}/security-policy`;
    const put = await identity.app.request(policy, {
      method: "PUT",
      body: JSON.stringify({ secondFactor: "optional", sessionMinutes: 720, idleMinutes: 480 }),
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "if-match": '"0"',
      },
    });
    equal(put.status, 403);
    for (const path of ["/api/identity/users/me", "/api/identity/users/me/sessions"]) {
      equal((await get(path, token)).status, 403, path);
    }
    equal((await get("/api/identity/oauth-clients", token)).status, 403);
    equal((await identity.post("/auth/refresh", { refreshToken: token })).status, 401);
    const nothing = await registerClient(identity, { permissions: ["policies:manage"] });
    const refused = await send(
      identity,
      "/oauth/token",
      { grant_type: "client_credentials" },
      basicOf(nothing),
    );
    deepEqual([refused.status, (await refused.json()).error], [400, "invalid_scope"]);
  });

  it("gets no more than 120 tokens a minute", async () => {
    const busy = await registerClient(identity, { permissions: ["members:read"] });
    const ask = () =>
      send(identity, "/oauth/token", { grant_type: "client_credentials" }, basicOf(busy));
    const name = `program:${busy.id}`;
    await identity.deps.redis.set(name, 119, { ex: 60 });
    equal((await ask()).status, 200);
    const refused = await ask();
    equal(refused.status, 429);
    equal((await refused.json()).type, "/problems/too-many-requests");
    ok(Number(refused.headers.get("retry-after")) > 0);
    await identity.deps.redis.del(name);
    equal((await ask()).status, 200);
  });

  it("has standing as long as it is registered and can prove itself, five minutes at a time", async () => {
    const other = await registerClient(identity, { permissions: ["members:read"] });
    const app = await registerClient(identity, { kind: "public", permissions: ["members:read"] });
    deepEqual(await (await standingOf(other.id)).json(), {
      membershipId: other.id,
      permissionVersion: 0,
      permissions: ["members:read"],
    });
    equal((await standingOf(app.id)).status, 404);
    const token = await own(other);
    const { accessToken } = await identity.signIn("owner@demo");
    const validated = await identity.post("/auth/validate", { token, permission: "members:read" }, {
      ...asService("content"),
    });
    equal((await validated.json()).allowed, true);
    await identity.app.request(`/api/identity/oauth-clients/${other.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${accessToken}` },
    });
    equal((await standingOf(other.id)).status, 404);
    equal((await get(MEMBERS, token)).status, 401);
    const late = await own();
    identity.pass(306);
    equal((await get(MEMBERS, late)).status, 401);
  });

  it("stands in the audit trail with what it did, for its user and by itself", async () => {
    const { access_token } = await grantFor(
      identity,
      client,
      { scope: "openid members:read" },
      "physician@demo",
    );
    const { sub } = decodeJwt(access_token);
    equal((await get(MEMBERS, access_token)).status, 200);
    equal((await get(MEMBERS, await own())).status, 200);
    const { accessToken } = await identity.signIn("owner@demo");
    equal((await get(MEMBERS, accessToken)).status, 200);
    const { body } = await get(`${AUDIT}?action=member.listed&limit=3`, accessToken);
    const actors = body.items.map(({ actor }: Event) => actor);
    deepEqual(actors, [
      { kind: "user", id: decodeJwt(accessToken).sub },
      { kind: "client", id: client.id, clientId: client.id },
      { kind: "user", id: sub, clientId: client.id },
    ]);
    const found = await get(`${AUDIT}?clientId=${client.id.toUpperCase()}&limit=100`, accessToken);
    ok(found.body.items.length >= 3);
    ok(found.body.items.every(({ actor }: Event) => actor.clientId === client.id));
    equal((await get(`${AUDIT}?clientId=nonsense`, accessToken)).status, 422);
    equal((await get(`${AUDIT}/verify`, await own())).body.ok, true);
    // And in the trail that the user sees.
    const physician = await identity.signIn("physician@demo");
    const trail = await get("/api/identity/users/me/security-events", physician.accessToken);
    const listed = trail.body.items.find(({ action }: Event) => action === "member.listed");
    equal(listed.clientId, client.id);
    const started = trail.body.items.filter(({ action }: Event) => action === "session.started");
    // Theirs just now, the program's, and the one in which they agreed.
    deepEqual(
      started.map((event: { clientId?: string }) => event.clientId),
      [undefined, client.id, undefined],
    );
  });
});
