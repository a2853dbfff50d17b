import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { openIdentity, type TestIdentity } from "../testing.ts";

const ME = "/api/identity/users/me";
const SESSIONS = `${ME}/sessions`;

describe("signing out and the list of devices", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
  const signOut = (init: RequestInit = {}) =>
    identity.app.request("/auth/logout", { method: "POST", ...init });
  const revoke = (id: string, accessToken: string) =>
    identity.app.request(`${SESSIONS}/${id}`, { method: "DELETE", headers: bearer(accessToken) });
  const sidOf = (accessToken: string) => decodeJwt(accessToken).sid as string;

  it("S4: ends the session of the access token at once", async () => {
    const { accessToken, refreshToken } = await identity.signIn("nurse@demo");
    equal((await identity.get(ME, accessToken)).status, 200);
    equal((await signOut({ headers: bearer(accessToken) })).status, 204);
    equal((await identity.get(ME, accessToken)).status, 401);
    equal((await identity.post("/auth/refresh", { refreshToken })).status, 401);
  });

  it("J16: ends it for every way of writing the same token", async () => {
    const { accessToken } = await identity.signIn("nurse@demo");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const written = [...alphabet].map((last) => accessToken.slice(0, -1) + last);
    const statuses = () =>
      Promise.all(written.map(async (token) => (await identity.get(ME, token)).status));
    // Two bits of the last character count, so sixteen characters say the same.
    equal((await statuses()).filter((status) => status === 200).length, 16);
    await signOut({ headers: bearer(accessToken) });
    equal((await statuses()).filter((status) => status === 401).length, 64);
    equal((await identity.get(ME, `${accessToken}==`)).status, 401);
  });

  it("ends the session of a refresh token, in the body or already exchanged", async () => {
    const first = await identity.signIn("nurse@demo");
    const exchanged = await identity.post("/auth/refresh", { refreshToken: first.refreshToken });
    const { accessToken } = await exchanged.json();
    equal((await identity.post("/auth/logout", { refreshToken: first.refreshToken })).status, 204);
    equal((await identity.get(ME, accessToken)).status, 401);
  });

  it("says the same to whoever has nothing to end", async () => {
    const { accessToken } = await identity.signIn("nurse@demo");
    for (const _ of [1, 2]) equal((await signOut({ headers: bearer(accessToken) })).status, 204);
    equal((await signOut()).status, 204);
    equal((await signOut({ headers: bearer("nonsense") })).status, 204);
    equal((await identity.post("/auth/logout", {})).status, 204);
    equal((await identity.post("/auth/logout", { refreshToken: "nonsense" })).status, 204);
    const sid = sidOf(accessToken);
    const events = await identity.service.owner`
      select action from audit_events where subject_id = ${sid} order by seq`;
    deepEqual(events.map(({ action }) => action), ["session.started", "session.revoked"]);
  });

  it("refuses a body that cannot be one", async () => {
    const json = { "content-type": "application/json" };
    equal((await signOut({ body: "{", headers: json })).status, 400);
    equal((await signOut({ body: new Uint8Array([0xff]), headers: json })).status, 400);
    equal((await signOut({ body: "{}" })).status, 415);
    equal((await signOut({ body: '{"all":true}', headers: json })).status, 422);
    equal((await signOut({ body: " ".repeat(65_537), headers: json })).status, 413);
  });

  it("lists a user's own live sessions in every clinic, newest first, by pages", async () => {
    await using other = await openIdentity();
    const tokens = [];
    for (const _ of [1, 2, 3]) tokens.push(await other.signIn("nurse@demo"));
    await other.signIn("physician@demo");
    const ids = tokens.map(({ accessToken }) => sidOf(accessToken)).reverse();
    const asker = tokens[1]!.accessToken;
    const page = await (await other.get(`${SESSIONS}?limit=2`, asker)).json();
    deepEqual(page.items.map((session: { id: string }) => session.id), ids.slice(0, 2));
    deepEqual(page.items.map((session: { current: boolean }) => session.current), [false, true]);
    deepEqual(Object.keys(page.items[0]).sort(), [
      "authenticatedAt",
      "client",
      "current",
      "expiresAt",
      "id",
      "lastUsedAt",
      "organizationId",
      "userAgent",
    ]);
    const next = await (await other.get(
      `${SESSIONS}?limit=2&cursor=${page.nextCursor}`,
      asker,
    )).json();
    deepEqual(next.items.map((session: { id: string }) => session.id), ids.slice(2));
    equal(next.nextCursor, null);
    equal((await other.get(`${SESSIONS}?cursor=nonsense`, asker)).status, 422);
    equal((await other.get(`${SESSIONS}?limit=101`, asker)).status, 422);
  });

  it("signs one's other device out, twice if need be", async () => {
    const phone = await identity.signIn("physician@demo");
    const laptop = await identity.signIn("physician@demo");
    for (const _ of [1, 2]) {
      equal((await revoke(sidOf(phone.accessToken), laptop.accessToken)).status, 204);
    }
    equal((await identity.get(ME, phone.accessToken)).status, 401);
    equal((await identity.get(ME, laptop.accessToken)).status, 200);
  });

  it("S7: leaves another user's session alone, and tells nothing of it", async () => {
    const nurse = await identity.signIn("nurse@demo");
    for (const who of ["physician@demo", "owner@demo", "owner@rival"]) {
      const { accessToken } = await identity.signIn(who);
      const theirs = await revoke(sidOf(nurse.accessToken), accessToken);
      const missing = await revoke(crypto.randomUUID(), accessToken);
      equal(theirs.status, 404);
      const [a, b] = [await theirs.json(), await missing.json()];
      deepEqual({ ...a, instance: "" }, { ...b, instance: "" });
    }
    equal((await identity.get(ME, nurse.accessToken)).status, 200);
  });
});
