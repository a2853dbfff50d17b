import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { PLATFORM } from "@praxis/shared/audit";
import { AccessClaims } from "@praxis/shared/auth";
import { connectRedis } from "@praxis/shared/redis";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { createHasher } from "../credentials/hasher.ts";
import { DUMMY_HASH } from "../credentials/model.ts";
import { DEMO_PASSWORD, demoOrganizationId } from "../demo_data.ts";
import { pseudonymOf } from "../derived_keys.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";
import { ATTEMPTS } from "./attempts.ts";

const NURSE = { email: "nurse@demo.praxis.test", password: DEMO_PASSWORD, client: "api" };

/** What an answer says, without what differs from request to request. */
async function sayingOf(response: Response) {
  const { instance: _, ...problem } = await response.json();
  const headers = Object.fromEntries(response.headers);
  delete headers["x-request-id"];
  return { status: response.status, headers, problem };
}

describe("POST /auth/login", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const lastEvents = async (count: number) =>
    await identity.service.owner`
      select organization_id, action, outcome, actor_kind, subject_type, subject_id, details
      from audit_events order by at desc, id desc limit ${count}`;

  it("gives a program both tokens in the body, and the claims of the contract", async () => {
    const response = await identity.post("/auth/login", NURSE);
    equal(response.status, 200);
    equal(response.headers.get("cache-control"), "no-store");
    equal(response.headers.get("set-cookie"), null);
    const { accessToken, refreshToken, ...rest } = await response.json();
    deepEqual(rest, { tokenType: "Bearer", expiresIn: 600 });
    match(refreshToken, /^eu_[\w-]{43}$/);
    deepEqual(decodeProtectedHeader(accessToken), { alg: "EdDSA", typ: "at+jwt", kid: "first" });
    const claims = decodeJwt(accessToken);
    const { iss, aud, ...own } = claims;
    deepEqual([iss, aud], [PUBLIC_URL, "praxis"]);
    deepEqual(Object.keys(own).sort(), Object.keys(AccessClaims.shape).sort());
    const { org, acr, amr, rgn, exp, iat, pv } = AccessClaims.parse(own);
    deepEqual(
      { org, acr, amr, rgn, pv, life: exp - iat },
      {
        org: demoOrganizationId("demo"),
        acr: "aal1",
        amr: ["pwd"],
        rgn: "eu",
        pv: 1,
        life: 600,
      },
    );
  });

  it("gives a browser its refresh token in a cookie that only /auth of this site sees", async () => {
    const { client: _, ...web } = NURSE;
    const response = await identity.post("/auth/login", web);
    equal(response.status, 200);
    deepEqual(Object.keys(await response.json()).sort(), [
      "accessToken",
      "expiresIn",
      "tokenType",
    ]);
    const [refresh, device] = response.headers.getSetCookie();
    match(
      refresh ?? "",
      /^praxis_refresh=eu_[\w-]{43}; Max-Age=28800; HttpOnly; Secure; SameSite=Strict; Path=\/auth$/,
    );
    match(
      device ?? "",
      /^praxis_device_[\da-f]{12}=[\w.-]+; Max-Age=15552000; HttpOnly; Secure; SameSite=Strict; Path=\/auth$/,
    );
  });

  it("takes the address in any case", async () => {
    equal(
      (await identity.post("/auth/login", { ...NURSE, email: "NURSE@Demo.praxis.test" })).status,
      200,
    );
  });

  it("records who signed in, without the address", async () => {
    await identity.signIn("nurse@demo");
    const [event] = await lastEvents(1);
    deepEqual([event!.action, event!.outcome, event!.actorKind, event!.subjectType], [
      "session.started",
      "success",
      "user",
      "session",
    ]);
    equal(event!.organizationId, demoOrganizationId("demo"));
    const rows = await identity.service.owner`
      select count(*)::int as count from audit_events e where e::text ilike '%praxis.test%'`;
    equal(rows[0]!.count, 0);
  });

  it("signs in where asked, and nowhere one is no member", async () => {
    const owner = identity.service.owner;
    const [nurse] = await owner`select id from users where email = ${NURSE.email}`;
    const rival = demoOrganizationId("rival");
    const there = { ...NURSE, organizationId: rival };
    equal((await identity.post("/auth/login", there)).status, 401);
    const id = crypto.randomUUID();
    await owner`
      insert into memberships (id, organization_id, user_id, role, started_at)
      values (${id}, ${rival}, ${nurse!.id}, 'nurse', '2026-01-05T11:00:00Z')`;
    const { accessToken } = await (await identity.post("/auth/login", there)).json();
    equal(decodeJwt(accessToken).org, rival);
    // When nothing is said it is the first joined: the demo's data are from noon.
    const first = await (await identity.post("/auth/login", NURSE)).json();
    equal(decodeJwt(first.accessToken).org, rival);
    await owner`update memberships set ended_at = now() where id = ${id}`;
    equal((await identity.post("/auth/login", there)).status, 401);
    const again = await (await identity.post("/auth/login", NURSE)).json();
    equal(decodeJwt(again.accessToken).org, demoOrganizationId("demo"));
  });

  it("M14: refuses everyone alike, at the price of one hash, and records why", async () => {
    const owner = identity.service.owner;
    await owner`update users set disabled_at = now() where email = 'auditor@demo.praxis.test'`;
    await owner`
      update memberships set ended_at = now()
      where user_id = (select id from users where email = 'physician@rival.praxis.test')`;
    const cases = [
      ["nurse@demo.praxis.test", "wrong", "wrong-password", "failed"],
      ["nobody@demo.praxis.test", "wrong", "unknown-account", "failed"],
      ["auditor@demo.praxis.test", DEMO_PASSWORD, "user-disabled", "refused"],
      ["physician@rival.praxis.test", DEMO_PASSWORD, "not-a-member", "refused"],
    ] as const;
    const sayings = [];
    for (const [email, password, reason, outcome] of cases) {
      const before = identity.hashCalls();
      const response = await identity.post("/auth/login", { email, password });
      equal(identity.hashCalls() - before, 1, reason);
      sayings.push(await sayingOf(response));
      const [event] = await owner`
        select action, outcome, details, organization_id, subject_type from audit_events
        where action = 'session.refused' order by at desc, id desc limit 1`;
      deepEqual([event!.outcome, event!.details], [outcome, { reason }]);
      equal(event!.organizationId === PLATFORM, /account|member/.test(reason));
      equal(event!.subjectType, reason === "unknown-account" ? "account" : "user");
    }
    for (const saying of sayings) deepEqual(saying, sayings[0]);
    equal(sayings[0]!.status, 401);
    equal(sayings[0]!.problem.type, "/problems/credentials-rejected");
  });

  it("M16: hashes no password over 256 characters", async () => {
    const before = identity.hashCalls();
    for (const password of ["x".repeat(257), "x".repeat(500_000)]) {
      const response = await identity.post("/auth/login", { ...NURSE, password });
      equal(response.status, 422);
      deepEqual((await response.json()).errors[0].pointer, "/password");
    }
    equal(identity.hashCalls(), before);
  });

  it("M16: takes every other password as a password, however odd", async () => {
    for (const password of ["\0", "a\0b", "\ud800", "🔑".repeat(128), "x".repeat(256)]) {
      const response = await identity.post("/auth/login", {
        ...NURSE,
        email: "odd@demo.praxis.test",
        password,
      });
      equal(response.status, 401);
      await response.body?.cancel();
    }
  });

  it("M18: refuses on a damaged hash, and raises an alarm", async () => {
    const owner = identity.service.owner;
    const email = "receptionist@demo.praxis.test";
    const damaged = ["", "garbage", "$2b$12$abcdefghijklmnopqrstuv", DUMMY_HASH.slice(0, 60)];
    for (const hash of damaged) {
      await owner`
        update credentials set password_hash = ${hash}
        where user_id = (select id from users where email = ${email})`;
      const before = identity.errors.length;
      const response = await identity.post("/auth/login", { email, password: DEMO_PASSWORD });
      equal(response.status, 401);
      await response.body?.cancel();
      deepEqual(identity.errors.slice(before), ["a stored hash is damaged"]);
    }
  });

  it("M19: renews a hash that was made at another cost, once", async () => {
    const owner = identity.service.owner;
    const { hash } = await import("@node-rs/argon2");
    const cheap = await hash(DEMO_PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const email = "patient@demo.praxis.test";
    const stored = async () =>
      (await owner`
        select password_hash from credentials c join users u on u.id = c.user_id
        where u.email = ${email}`)[0]!.passwordHash as string;
    await owner`
      update credentials set password_hash = ${cheap}
      where user_id = (select id from users where email = ${email})`;
    await identity.signIn("patient@demo");
    const renewed = await stored();
    match(renewed, /^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    await identity.signIn("patient@demo");
    equal(await stored(), renewed);
  });

  it("is a problem for every body that is no sign-in", async () => {
    const raw = (body: BodyInit | null, type?: string) =>
      identity.app.request("/auth/login", {
        method: "POST",
        ...(body === null ? {} : { body }),
        ...(type === undefined ? {} : { headers: { "content-type": type } }),
      });
    const json = "application/json";
    const invalidUtf8 = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    const cases: [number, Promise<Response> | Response][] = [
      [415, raw(null)],
      [415, raw(new TextEncoder().encode("{}"))],
      [415, raw("<a/>", "text/xml")],
      [415, raw("email=a", "application/x-www-form-urlencoded")],
      [400, raw("", json)],
      [400, raw("{", json)],
      [400, raw(invalidUtf8, json)],
      [400, raw("[".repeat(20_000) + "]".repeat(20_000), json)],
      [413, raw(" ".repeat(1024 * 1024 + 1), json)],
      [422, raw("null", json)],
      [422, raw("[]", json)],
      [422, raw('"x"', json)],
      [422, raw("{}", json)],
      [422, raw(JSON.stringify({ ...NURSE, password: 1 }), json)],
      [422, raw(JSON.stringify({ ...NURSE, password: null }), json)],
      [422, raw(JSON.stringify({ ...NURSE, email: ["a"] }), json)],
      [422, raw(JSON.stringify({ ...NURSE, client: "root" }), json)],
      [422, raw(JSON.stringify({ ...NURSE, organizationId: "1" }), json)],
      [422, raw(JSON.stringify({ ...NURSE, region: "us" }), json)],
      [422, raw(JSON.stringify({ ...NURSE, isAdmin: true }), json)],
      [422, raw(JSON.stringify({ ...NURSE, constructor: {} }), json)],
      [422, raw(JSON.stringify(NURSE).replace("{", '{"__proto__":{"x":1},'), json)],
    ];
    const before = identity.hashCalls();
    for (const [index, [status, sent]] of cases.entries()) {
      const response = await sent;
      equal(response.status, status, `case ${index}`);
      equal(response.headers.get("content-type"), "application/problem+json");
      await response.body?.cancel();
    }
    equal(identity.hashCalls(), before);
  });

  it("D1: takes no address that only looks like one", async () => {
    for (
      const email of [
        "nurse@demo",
        " nurse@demo.praxis.test",
        "nurse@demo.praxis.test\n",
        "nurse\0@demo.praxis.test",
        "miKe@demo.praxis.test".replace("K", "\u212a"),
        "nurse@demo.pr\u0430xis.test",
        `${"a".repeat(250)}@demo.praxis.test`,
      ]
    ) {
      const response = await identity.post("/auth/login", { ...NURSE, email });
      equal(response.status, 422, JSON.stringify(email));
      await response.body?.cancel();
    }
  });
});

describe("the limit of sign-in attempts", () => {
  it("M15: counts wrong guesses per account, also parallel ones, before anything is hashed", async () => {
    await using identity = await openIdentity();
    const guess = (email: string) => identity.post("/auth/login", { email, password: "wrong" });
    for (const email of ["nurse@demo.praxis.test", "nobody@demo.praxis.test"]) {
      const before = identity.hashCalls();
      const statuses = await Promise.all(
        Array.from({ length: ATTEMPTS.limit + 10 }, async () => {
          const response = await guess(email);
          await response.body?.cancel();
          return response.status;
        }),
      );
      equal(statuses.filter((status) => status === 401).length, ATTEMPTS.limit);
      equal(statuses.filter((status) => status === 429).length, 10);
      equal(identity.hashCalls() - before, ATTEMPTS.limit);
    }
    const right = { email: "nurse@demo.praxis.test", password: DEMO_PASSWORD };
    const refused = await identity.post("/auth/login", right);
    equal(refused.status, 429);
    const seconds = Number(refused.headers.get("retry-after"));
    ok(seconds > 0 && seconds <= ATTEMPTS.seconds);
    match(refused.headers.get("ratelimit") ?? "", /^"sign-in";r=0;t=\d+$/);
    match(refused.headers.get("ratelimit-policy") ?? "", /^"sign-in";q=20;w=900$/);
    // Someone else is not affected.
    await identity.signIn("physician@demo");
    const [{ count } = { count: 0 }] = await identity.service.owner`
      select count(*)::int as count from audit_events
      where action = 'session.refused' and details ->> 'reason' = 'too-many-attempts'`;
    equal(count, 21);
  });

  it("does not count right passwords", async () => {
    await using identity = await openIdentity();
    for (let time = 0; time < ATTEMPTS.limit + 2; time++) await identity.signIn("nurse@demo");
  });

  it("lets people in without Redis, and says so in the log", async () => {
    const redis = connectRedis("http://127.0.0.1:1", "x");
    await using identity = await openIdentity(() => ({ redis }));
    await identity.signIn("nurse@demo");
    deepEqual(identity.errors, ["sign-in attempts are not limited"]);
  });

  it("M20: sends away who would wait too long, at no cost to the account", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => release = resolve);
    const hasher = createHasher({
      concurrency: 1,
      queueMax: 1,
      work: {
        hash: () => Promise.resolve(DUMMY_HASH),
        verify: async () => (await held, false),
      },
    });
    await using identity = await openIdentity(() => ({ hasher }));
    const guess = { email: "nurse@demo.praxis.test", password: "wrong" };
    const answers = Array.from({ length: 6 }, () => identity.post("/auth/login", guess));
    // Two are held, so the first four to be settled are those that were sent away.
    const busy = new Set<Promise<Response>>();
    while (busy.size < 4) {
      const [who, response] = await Promise.race(
        answers.filter((one) => !busy.has(one)).map(async (one) => [one, await one] as const),
      );
      busy.add(who);
      equal(response.status, 503);
      equal(response.headers.get("retry-after"), "2");
    }
    // The rest of the service answers meanwhile.
    equal((await identity.get("/.well-known/jwks.json")).status, 200);
    release();
    for (const answer of answers.filter((one) => !busy.has(one))) {
      equal((await answer).status, 401);
    }
    await identity.deps.credits.settle();
    const counter = `sign-in:${pseudonymOf(identity.deps.encryptionKey, guess.email)}`;
    equal(await identity.deps.redis.get(counter), 2);
  });
});

describe("a lost race", () => {
  it("is a refusal when the membership ends between the check and the session", async () => {
    const identity = await openIdentity((deps) => ({
      hasher: {
        ...deps.hasher,
        async verify(hash, password) {
          const fits = await deps.hasher.verify(hash, password);
          await identity.service.owner`update memberships set ended_at = now()`;
          return fits;
        },
      },
    }));
    try {
      const response = await identity.post("/auth/login", NURSE);
      equal(response.status, 401);
      equal((await response.json()).type, "/problems/credentials-rejected");
    } finally {
      await identity[Symbol.asyncDispose]();
    }
  });
});
