import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createTokenVerifier, remoteKeys } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { openTestService, type TestService } from "@praxis/shared/testing";
import { decodeProtectedHeader, SignJWT } from "jose";
import { createKeys, newSigningKey, retireNow, rotateNow, rotateWhenDue } from "./keys.ts";
import {
  type KeyTimes,
  planOf,
  PUBLISH_AHEAD_MS,
  RETIRE_AFTER_MS,
  ROTATE_EVERY_MS,
} from "./model.ts";

const ISSUER = "https://clinic.example";
const NOON = Date.UTC(2026, 0, 5, 12);
const MINUTE = 60_000;

describe("planOf()", () => {
  const now = new Date(NOON);
  const ago = (ms: number) => new Date(NOON - ms);
  const key = (given: Partial<KeyTimes>): KeyTimes => ({
    kid: "a",
    state: "current",
    publishedAt: ago(ROTATE_EVERY_MS),
    activatedAt: null,
    retiringAt: null,
    ...given,
  });
  const old = key({ activatedAt: ago(ROTATE_EVERY_MS) });
  const young = key({ activatedAt: ago(ROTATE_EVERY_MS - 1) });
  const ready = key({ kid: "b", state: "next", publishedAt: ago(PUBLISH_AHEAD_MS) });
  const unready = { ...ready, publishedAt: ago(PUBLISH_AHEAD_MS - 1) };

  it("waits at least eleven minutes between publishing and signing", () => {
    ok(PUBLISH_AHEAD_MS >= 11 * MINUTE);
  });

  it("promotes a key that has waited when the current one is old, and has another one wait", () => {
    deepEqual(planOf([old, ready], now), { retire: [], promote: "b", publish: true });
    deepEqual(planOf([young, ready], now), { retire: [], publish: false });
    deepEqual(planOf([old, unready], now), { retire: [], publish: false });
    deepEqual(planOf([old], now), { retire: [], publish: true });
  });

  it("retires a key when all it signed has expired", () => {
    const retiring = (ms: number) => key({ kid: "c", state: "retiring", retiringAt: ago(ms) });
    deepEqual(planOf([young, ready, retiring(RETIRE_AFTER_MS)], now).retire, ["c"]);
    deepEqual(planOf([young, ready, retiring(RETIRE_AFTER_MS - 1)], now).retire, []);
  });
});

describe("signing keys", () => {
  let service: TestService;
  let at = NOON;
  const now = () => new Date(at);
  const realNow = Date.now;
  before(async () => {
    const folder = new URL("../migrations/", import.meta.url);
    service = await openTestService({ service: "identity", folder, now });
  });
  after(async () => {
    Date.now = realNow;
    await service[Symbol.asyncDispose]();
  });

  const encryptionKey = "a key for tests only, 32 characters or more";
  const deps = () => ({ sql: service.deps.sql, now, encryptionKey });
  /** An instance of identity, on the one database. */
  const instance = (given: Parameters<typeof createKeys>[1] = undefined) =>
    createKeys(deps(), given);
  const clear = async () => void await service.owner`delete from signing_keys`;
  const rows = async () =>
    await service.owner`
      select kid, state, sealed_private_jwk is not null as is_sealed
      from signing_keys order by published_at, state`;

  function claims() {
    const iat = Math.floor(at / 1000);
    const service = { iss: ISSUER, aud: "praxis-services", sub: "service:content" };
    return { ...service, jti: newId(), iat, exp: iat + 300 };
  }
  const sign = (keys: ReturnType<typeof instance>) => keys.sign(claims(), "svc+jwt");

  type Verifier = { reads(token: string): Promise<boolean>; fetches(): number };

  /** Another service: the shared verifier with its cache and cool-down, fetching over HTTP. */
  function verifier(source: ReturnType<typeof instance>): Verifier & AsyncDisposable {
    let fetches = 0;
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async () => {
      fetches++;
      return Response.json(await source.published());
    });
    const keys = remoteKeys(`http://127.0.0.1:${server.addr.port}`);
    const tokens = createTokenVerifier({ issuer: ISSUER, keys, now });
    return {
      reads: async (token) => await tokens.service(token) === "content",
      fetches: () => fetches,
      [Symbol.asyncDispose]: () => server.shutdown(),
    };
  }

  it("are agreed upon by instances that start together", async () => {
    await clear();
    const instances = Array.from({ length: 8 }, () => instance([newSigningKey()]));
    const sets = await Promise.all(instances.map((keys) => keys.published()));
    equal(new Set(sets.map((set) => JSON.stringify(set))).size, 1);
    deepEqual((await rows()).map(({ state }) => state).sort(), ["current", "next"]);
    const tokens = await Promise.all(instances.map(sign));
    equal(new Set(tokens.map((token) => decodeProtectedHeader(token).kid)).size, 1);
  });

  it("are imported once, and made where none is given", async () => {
    await clear();
    await instance([newSigningKey("given")]).published();
    const { keys } = await instance([newSigningKey("later")]).published();
    equal(keys[0]?.kid, "given");
    equal(keys.length, 2);
    await clear();
    equal((await instance().published()).keys.length, 2);
  });

  it("lie in the database sealed, each under its own name", async () => {
    await clear();
    const key = newSigningKey("sealed");
    const keys = instance([key, newSigningKey("other")]);
    await sign(keys);
    const [row] = await service.owner`
      select kid, public_jwk::text, encode(sealed_private_jwk, 'escape') as sealed
      from signing_keys where kid = 'sealed'`;
    ok(!row!.publicJwk.includes(key.d) && !row!.publicJwk.includes('"d"'));
    ok(!row!.sealed.includes(key.d));
    const stranger = createKeys({
      ...deps(),
      encryptionKey: "another key of 32 characters or more",
    });
    await rejects(sign(stranger), /ENCRYPTION_KEY/);
    // It may still publish: checking needs no secret.
    equal((await stranger.published()).keys.length, 2);
    await service.owner`
      update signing_keys set sealed_private_jwk =
        (select sealed_private_jwk from signing_keys where kid = 'other') where kid = 'sealed'`;
    await rejects(sign(instance()), /cannot be opened/);
  });

  it("are nobody's but the platform's", async () => {
    await clear();
    await instance().published();
    const count = (scope: Parameters<typeof read>[1]) =>
      read(service.deps.sql, scope, async (tx) => (await tx`select 1 from signing_keys`).length);
    equal(await count("system"), 2);
    equal(await count({ organizationId: newId() }), 0);
    equal(await count({ userId: newId() }), 0);
  });

  it("rotate once, whoever ticks, and every change is on record", async () => {
    await clear();
    const keys = instance();
    const [first, second] = (await keys.published()).keys;
    at += ROTATE_EVERY_MS;
    const changed = await Promise.all(Array.from({ length: 6 }, () => rotateWhenDue(deps())));
    deepEqual(changed.filter((n) => n > 0), [3]);
    await keys.reload();
    const published = (await keys.published()).keys.map(({ kid }) => kid);
    deepEqual([published[0], published[2], published.length], [second!.kid, first!.kid, 3]);
    deepEqual((await rows()).map(({ state, isSealed }) => [state, isSealed]), [
      ["current", true],
      ["retiring", false],
      ["next", true],
    ]);
    const events = await service.owner`
      select action, actor_id from audit_events where subject_id = any(${published}) order by seq`;
    deepEqual(events.slice(-3).map((row) => [row.action, row.actorId]), [
      ["signing_key.retiring", "identity"],
      ["signing_key.activated", "identity"],
      ["signing_key.published", "identity"],
    ]);
    at += RETIRE_AFTER_MS;
    equal(await rotateWhenDue(deps()), 1);
    equal((await keys.published()).keys.length, 2);
    equal(await rotateWhenDue(deps()), 0);
  });

  it("are not rotated by hand before everyone knows the next one", async () => {
    await clear();
    const keys = instance();
    const before = decodeProtectedHeader(await sign(keys)).kid;
    at += PUBLISH_AHEAD_MS - 1;
    equal(await rotateNow(deps()), false);
    at += 1;
    equal(await rotateNow(deps()), true);
    await keys.reload();
    notEqual(decodeProtectedHeader(await sign(keys)).kid, before);
  });

  it("are used on while the database cannot be asked: five minutes for signing", async () => {
    await clear();
    let isDown = false;
    const { sql } = service.deps;
    const flaky = new Proxy(sql, {
      get(target, name) {
        if (isDown) throw new Error("down");
        return Reflect.get(target, name);
      },
    });
    const keys = createKeys({ ...deps(), sql: flaky });
    await sign(keys);
    isDown = true;
    at += 4 * MINUTE;
    const token = await sign(keys);
    at += 2 * MINUTE;
    await rejects(sign(keys), /down/);
    const tokens = createTokenVerifier({ issuer: ISSUER, keys: keys.resolve, now });
    equal(await tokens.service(token), "content");
    isDown = false;
    await sign(keys);
  });

  it("J7: 200 unknown kids in a burst cost one fetch", async () => {
    await clear();
    Date.now = () => at;
    const keys = instance();
    await using remote = verifier(keys);
    ok(await remote.reads(await sign(keys)));
    equal(remote.fetches(), 1);
    const stranger = newSigningKey();
    const key = await crypto.subtle.importKey("jwk", stranger as JsonWebKey, "Ed25519", false, [
      "sign",
    ]);
    const burst = async () => {
      const tokens = await Promise.all(Array.from({ length: 200 }, () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: "EdDSA", typ: "svc+jwt", kid: newId() }).sign(key)));
      const read = await Promise.all(tokens.map((token) => remote.reads(token)));
      ok(!read.includes(true));
    };
    await burst();
    equal(remote.fetches(), 1);
    at += 31_000;
    await burst();
    equal(remote.fetches(), 2);
    Date.now = realNow;
  });

  it("J18: a key retired at once is refused here at once, elsewhere within ten minutes", async () => {
    await clear();
    Date.now = () => at;
    const keys = instance();
    const other = instance();
    await using remote = verifier(keys);
    const bad = await sign(keys);
    const own = createTokenVerifier({ issuer: ISSUER, keys: keys.resolve, now });
    const theirs = createTokenVerifier({ issuer: ISSUER, keys: other.resolve, now });
    ok(await remote.reads(bad));
    ok(await theirs.service(bad));
    const { kid } = decodeProtectedHeader(bad);
    equal(await retireNow(deps(), kid!), true);
    equal(await retireNow(deps(), kid!), false);
    await keys.reload();
    equal(await own.service(bad), undefined);
    // The key that waited takes over: nobody has to fetch anything to read its tokens.
    const good = await sign(keys);
    ok(await remote.reads(good));
    ok(await remote.reads(bad));
    at += 15_000;
    equal(await theirs.service(bad), undefined);
    at += 10 * MINUTE;
    // Not refused for its age: the verifier has fetched the keys again and knows no such key.
    const fetches = remote.fetches();
    equal(await remote.reads(bad), false);
    equal(remote.fetches(), fetches + 1);
    deepEqual((await rows()).map(({ state }) => state).sort(), ["current", "next", "retired"]);
    Date.now = realNow;
  });

  /**
   * Two instances and three verifiers that began at different times, a token from each instance
   * every ten seconds, read by all of them now and until it expires. Returns what was refused.
   */
  async function underLoad(rotate: () => Promise<unknown>): Promise<string[]> {
    await clear();
    Date.now = () => at;
    const instances = [instance(), instance()];
    await using a = verifier(instances[0]!);
    await using b = verifier(instances[1]!);
    await using c = verifier(instances[1]!);
    const verifiers = [a, b, c];
    const refused: string[] = [];
    const alive: { token: string; until: number }[] = [];
    const kids = new Set<string>();
    const start = at;
    const read = async (token: string) => {
      for (const [n, verifier] of verifiers.entries()) {
        if (at - start < n * 3 * MINUTE) continue;
        if (!await verifier.reads(token)) {
          refused.push(`${(at - start) / 1000}s verifier ${n} ${decodeProtectedHeader(token).kid}`);
        }
      }
    };
    while (at - start < 80 * MINUTE) {
      if (at - start === 30 * MINUTE) await rotate();
      else if ((at - start) % MINUTE === 0) await rotateWhenDue(deps());
      for (const keys of instances) {
        const token = await sign(keys);
        kids.add(decodeProtectedHeader(token).kid!);
        await read(token);
        alive.push({ token, until: at + 290_000 });
      }
      while (alive[0] && alive[0].until <= at) await read(alive.shift()!.token);
      at += 10_000;
    }
    equal(kids.size, 2);
    Date.now = realNow;
    return refused;
  }

  it("J19: rotate under load without one false refusal", async () => {
    deepEqual(await underLoad(() => rotateNow(deps())), []);
  });

  it("J19: would be refused if they signed before they were published", async () => {
    const refused = await underLoad(async () => {
      // What rotation without pre-publication does: the waiting key is one nobody has fetched.
      await service.owner`delete from signing_keys where state = 'next'`;
      const current = (await rows()).find(({ state }) => state === "current");
      await retireNow(deps(), current!.kid);
    });
    ok(refused.length > 0);
  });
});
