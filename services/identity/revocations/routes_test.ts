import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { RevocationPage } from "@praxis/shared/auth";
import { transaction } from "@praxis/shared/postgres";
import { asService } from "@praxis/shared/testing";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { createBell } from "./bell.ts";
import { add, awaitAfter, newest } from "./revocations.ts";

describe("GET /internal/revocations", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  async function poll(after?: string): Promise<RevocationPage> {
    const query = after === undefined ? "" : `?after=${after}`;
    const response = await identity.app.request(`/internal/revocations${query}`, {
      headers: asService("gateway"),
    });
    equal(response.status, 200);
    return RevocationPage.parse(await response.json());
  }

  async function signOut(): Promise<string> {
    const { accessToken, refreshToken } = await identity.signIn("nurse@demo");
    equal((await identity.post("/auth/logout", { refreshToken })).status, 204);
    return decodeJwt(accessToken).sid as string;
  }

  const sessionItem = (id: string) => ({ kind: "session", id, permissionVersion: null });

  it("answers at once without `after`: with what is recent, and where to go on", async () => {
    await using fresh = await openIdentity();
    const response = await fresh.app.request("/internal/revocations", {
      headers: asService("gateway"),
    });
    deepEqual(await response.json(), { items: [], cursor: "0" });

    const old = await signOut();
    identity.pass(15 * 60);
    const recent = await signOut();
    const page = await poll("");
    deepEqual(page.items, [sessionItem(recent)]);
    deepEqual((await poll("0")).items, [sessionItem(old), sessionItem(recent)]);
  });

  it("answers a waiting service as soon as a session ends", async () => {
    const { cursor } = await poll();
    const waiting = [poll(cursor), poll(cursor)];
    const id = await signOut();
    for (const page of await Promise.all(waiting)) {
      deepEqual(page.items, [sessionItem(id)]);
      ok(BigInt(page.cursor) > BigInt(cursor));
    }
  });

  it("hears of what another process did", async () => {
    const { sql, log } = identity.deps;
    const bell = createBell({ newest: () => newest(sql), log, lookMs: 5 });
    const other = { ...identity.deps, bell };
    const { cursor } = await poll();
    const waiting = awaitAfter(other, cursor);
    const id = await signOut();
    deepEqual((await waiting).items, [sessionItem(id)]);
    bell.stop();
  });

  it("lets everyone go when the process ends", async () => {
    await using ending = await openIdentity();
    const waiting = ending.app.request("/internal/revocations?after=0", {
      headers: asService("gateway"),
    });
    ending.deps.bell.stop();
    deepEqual(await (await waiting).json(), { items: [], cursor: "0" });
  });

  it("starts anew with a service that knows of more than there is", async () => {
    await signOut();
    const known = await poll();
    const page = await poll("999999999999999999");
    deepEqual(page, known);
  });

  it("refuses a cursor that is none", async () => {
    for (const after of ["x", "-1", "1.5", "1e3", "9".repeat(19), "%00"]) {
      const path = `/internal/revocations?after=${after}`;
      const response = await identity.app.request(path, { headers: asService("gateway") });
      equal(response.status, 422, after);
      await response.body?.cancel();
    }
  });

  it("numbers parallel revocations in the order of their commits", async () => {
    const { sql, now } = identity.deps;
    const { cursor } = await poll();
    const organizationId = demoOrganizationId("demo");
    const first = crypto.randomUUID();
    const second = crypto.randomUUID();
    let commit = () => {};
    const held = new Promise<void>((resolve) => commit = resolve);
    let inserted = () => {};
    const isInserted = new Promise<void>((resolve) => inserted = resolve);
    const slow = transaction(sql, "system", async (tx) => {
      await add(tx, { kind: "session", id: first, organizationId }, now());
      inserted();
      await held;
    });
    await isInserted;
    const fast = transaction(sql, "system", (tx) =>
      add(tx, {
        kind: "membership",
        id: second,
        organizationId,
        permissionVersion: 2,
      }, now()));
    let isDone = false;
    fast.finally(() => isDone = true);
    // Nobody may see the second before the first: it must wait for the first one's commit.
    const isWaiting = async () =>
      (await identity.service.owner`
        select 1 from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`)
        .length > 0;
    while (!isDone && !await isWaiting()) { /* until one or the other */ }
    equal(isDone, false);
    commit();
    await Promise.all([slow, fast]);
    deepEqual((await poll(cursor)).items, [
      sessionItem(first),
      { kind: "membership", id: second, permissionVersion: 2 },
    ]);
  });
});
