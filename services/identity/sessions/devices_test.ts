import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { DEMO_PASSWORD } from "../demo_data.ts";
import { pseudonymOf } from "../derived_keys.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { createAdmission } from "./admission.ts";
import { ATTEMPTS, ATTEMPTS_FROM, ATTEMPTS_KNOWN } from "./attempts.ts";
import { DEVICE_SECONDS, deviceCookieName, issueDevice, readDevice } from "./devices.ts";

const KEY = "a key of this test";
const NOON = new Date("2026-01-05T12:00:00Z");
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1_000);

describe("the cookie of a known device", () => {
  const value = issueDevice(KEY, "account", NOON);

  it("is good for its account and half a year, and keeps its nonce when renewed", () => {
    const nonce = readDevice(KEY, "account", NOON, value);
    ok(nonce);
    equal(readDevice(KEY, "account", at(DEVICE_SECONDS), value), nonce);
    equal(readDevice(KEY, "account", at(DEVICE_SECONDS + 1), value), undefined);
    const renewed = issueDevice(KEY, "account", at(60), nonce);
    notEqual(renewed, value);
    equal(readDevice(KEY, "account", at(60), renewed), nonce);
  });

  it("is nothing for another account, under another key, or when anything was changed", () => {
    equal(readDevice(KEY, "another", NOON, value), undefined);
    equal(readDevice("another key", "account", NOON, value), undefined);
    const [nonce, issuedAt, mac] = value.split(".");
    for (
      const bad of [
        undefined,
        "",
        "..",
        `${nonce}.${Number(issuedAt) + 1}.${mac}`,
        `${"A".repeat(16)}.${issuedAt}.${mac}`,
        `${nonce}.${issuedAt}.${"A".repeat(22)}`,
        `${value}.x`,
        `${nonce}.${issuedAt}.${mac}\n`,
        `${nonce}.${"9".repeat(12)}.${mac}`,
      ]
    ) equal(readDevice(KEY, "account", NOON, bad), undefined, String(bad));
  });
});

describe("M15", () => {
  const email = "physician@demo.praxis.test";
  const login = (
    identity: TestIdentity,
    password: string,
    headers: Record<string, string> = {},
    who = email,
  ) => identity.post("/auth/login", { email: who, password }, headers);

  async function deviceOf(identity: TestIdentity): Promise<string> {
    const response = await login(identity, DEMO_PASSWORD);
    const cookie = response.headers.getSetCookie().find((one) => one.startsWith("praxis_device"));
    return cookie!.split(";")[0]!;
  }

  it("wrong guesses from anywhere do not lock the owner out of a known device", async () => {
    await using identity = await openIdentity();
    const cookie = await deviceOf(identity);
    for (let n = 0; n <= ATTEMPTS.limit; n++) {
      const from = { "x-forwarded-for": `192.0.2.${n}` };
      const { status } = await login(identity, "wrong", from);
      equal(status, n < ATTEMPTS.limit ? 401 : 429);
    }
    equal((await login(identity, DEMO_PASSWORD)).status, 429);
    equal((await login(identity, DEMO_PASSWORD, { cookie })).status, 200);
    // Another's device is no known one, nor is this one to another.
    const nurse = "nurse@demo.praxis.test";
    const theirs = await login(identity, DEMO_PASSWORD, { cookie }, nurse);
    equal(theirs.status, 200);
    const [, foreign] = theirs.headers.getSetCookie();
    const stranger = { cookie: foreign!.split(";")[0]! };
    equal((await login(identity, DEMO_PASSWORD, stranger)).status, 429);
  });

  it("a known device has no more guesses than anyone", async () => {
    await using identity = await openIdentity();
    const cookie = await deviceOf(identity);
    for (let n = 0; n < ATTEMPTS.limit; n++) {
      equal((await login(identity, "wrong", { cookie })).status, 401);
    }
    equal((await login(identity, DEMO_PASSWORD, { cookie })).status, 429);
    // And its guesses are its own: from elsewhere the account can be signed in to.
    equal((await login(identity, DEMO_PASSWORD)).status, 200);
  });

  it("many known devices are not many times as many guesses", async () => {
    await using identity = await openIdentity((deps) => ({
      hasher: { ...deps.hasher, verify: () => Promise.resolve(false) },
    }));
    const { encryptionKey, now } = identity.deps;
    const account = pseudonymOf(encryptionKey, email);
    const statuses: number[] = [];
    for (let n = 0; n <= ATTEMPTS_KNOWN.limit; n++) {
      const cookie = `${deviceCookieName(account)}=${issueDevice(encryptionKey, account, now())}`;
      statuses.push((await login(identity, "wrong", { cookie })).status);
    }
    deepEqual(statuses, [...Array(ATTEMPTS_KNOWN.limit).fill(401), 429]);
    // Nor do they keep a stranger's browser out, which may be the owner's new one.
    equal((await login(identity, "wrong")).status, 401);
  });

  it("one address may not try one password on ever more accounts", async () => {
    await using identity = await openIdentity((deps) => ({
      hasher: { ...deps.hasher, verify: () => Promise.resolve(false) },
    }));
    const guess = (n: number, address: string) =>
      login(identity, "wrong", { "x-forwarded-for": address }, `nobody-${n}@demo.praxis.test`);
    let refused = 0;
    for (let start = 0; start < ATTEMPTS_FROM.limit + 20; start += 40) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => guess(start + n, "192.0.2.1")),
      );
      refused += answers.filter(({ status }) => status === 429).length;
    }
    equal(refused, 20);
    equal((await guess(1_000, "192.0.2.2")).status, 401);
    const counters = () => identity.deps.redis.keys("sign-in-from:*");
    const before = (await counters()).length;
    // One subscriber owns a whole /64 network of IPv6.
    for (let n = 0; n < 20; n++) await guess(2_000 + n, `2001:db8:0:1::${n.toString(16)}`);
    const names = await counters();
    equal(names.length, before + 1);
    // Addresses are personal data: the counter knows a pseudonym.
    ok(names.length > 0 && !names.some((name) => name.includes("192.0.2")));
  });
});

describe("M20: the admission of sign-ins", () => {
  it("sends the rest away before anything was read or counted for them", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let admitted = 0;
    await using identity = await openIdentity((deps) => ({
      admission: createAdmission(2),
      hasher: {
        ...deps.hasher,
        async verify() {
          // Whoever is let in beyond the two would otherwise wait for answers that never come.
          if (++admitted > 2) release();
          await held;
          return false;
        },
      },
    }));
    const answers = Array.from(
      { length: 20 },
      (_, n) =>
        identity.post("/auth/login", { email: `nobody-${n}@demo.praxis.test`, password: "wrong" }),
    );
    const busy = await Promise.all(answers.slice(2));
    ok(busy.every(({ status }) => status === 503));
    ok(busy.every(({ headers }) => headers.get("retry-after") === "2"));
    release();
    for (const answer of answers.slice(0, 2)) equal((await answer).status, 401);
    const names = Array.from({ length: 20 }, (_, n) => {
      const { encryptionKey } = identity.deps;
      return `sign-in:${pseudonymOf(encryptionKey, `nobody-${n}@demo.praxis.test`)}`;
    });
    const counted = await identity.deps.redis.mget<(number | null)[]>(names);
    deepEqual(counted.filter((count) => count !== null), [1, 1]);
  });
});
