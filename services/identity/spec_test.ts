import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createTokenVerifier } from "@praxis/shared/auth";
import { COST, DUMMY_HASH, stateOf } from "./credentials/model.ts";
import { DEMO_PASSWORD } from "./demo_data.ts";
import { basicOf, codeFor, grantFor, registerClient } from "./oauth/testing.ts";
import { openIdentity, PUBLIC_URL, SERVICE_CREDENTIAL, type TestIdentity } from "./testing.ts";

type Schema =
  & { $ref?: string; type?: string; additionalProperties?: unknown }
  & {
    [union in "anyOf" | "oneOf" | "allOf"]?: Schema[];
  };
type Operation = {
  "x-permission": string;
  requestBody?: { content: Record<string, { schema: Schema }> };
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Cases that are read from the OpenAPI document, so that no route can be forgotten. */
describe("every route of the document", () => {
  let identity: TestIdentity;
  let routes: { method: string; path: string; operation: Operation }[];
  let schemas: Record<string, Schema>;
  before(async () => {
    identity = await openIdentity();
    const document = await (await identity.get("/openapi.json")).json();
    schemas = document.components.schemas;
    routes = Object.entries<Record<string, Operation>>(document.paths).flatMap(
      ([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path: path.replace(/\{\w+\}/g, () => crypto.randomUUID()),
          operation,
        })),
    );
    ok(routes.length > 50);
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const jsonOf = ({ operation }: typeof routes[number]) =>
    operation.requestBody?.content["application/json"]?.schema;
  const call = async (
    route: typeof routes[number],
    headers: Record<string, string>,
    body = "{}",
  ): Promise<number> => {
    const init = jsonOf(route)
      ? { body, headers: { "content-type": "application/json", ...headers } }
      : { headers };
    const response = await identity.app.request(route.path, { method: route.method, ...init });
    await response.body?.cancel();
    return response.status;
  };

  it("J17: takes no token of another kind for an access token", async () => {
    const { accessToken, refreshToken } = await identity.signIn("nurse@demo");
    const client = await registerClient(identity);
    const granted = await grantFor(identity, client);
    const email = "auditor@demo.praxis.test";
    await identity.post("/auth/password/forgot", { email });
    const { challengeId } = await (await identity.post("/auth/passkeys/options", {})).json();
    const exchanged = await identity.app.request("/oauth/token", {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials" }),
      headers: basicOf({ id: "content", clientSecret: SERVICE_CREDENTIAL }),
    });
    const serviceToken = (await exchanged.json()).access_token;
    const strangers = {
      "a refresh token": refreshToken,
      "a challenge": challengeId,
      "a mailed link": await identity.mailedToken(email, "password-reset"),
      "an ID token": granted.id_token,
      "a client's refresh token": granted.refresh_token,
      "a code": await codeFor(identity, client),
    };
    let tried = 0;
    for (const route of routes) {
      const access = route.operation["x-permission"];
      if (["public", "link", "signature"].includes(access)) continue;
      const at = `${route.method} ${route.path}`;
      for (const [name, token] of Object.entries(strangers)) {
        equal(await call(route, bearer(token)), 401, `${at} takes ${name}`);
      }
      const [other, name] = access === "service"
        ? [accessToken, "a user's token"]
        : [serviceToken, "a service's token"];
      equal(await call(route, bearer(other)), 401, `${at} takes ${name}`);
      tried++;
    }
    ok(tried > 20);
  });

  const strict = (schema: Schema): boolean => {
    if (schema.$ref) return strict(schemas[schema.$ref.split("/").at(-1)!]!);
    const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (parts) return parts.every(strict);
    return schema.type !== "object" || schema.additionalProperties === false;
  };

  it("A7: names every field that it takes, and refuses any other", async () => {
    const headers = identity.service.headersOf({});
    const given = JSON.stringify({
      isAdmin: true,
      role: "owner",
      emailVerified: true,
      passwordHash: DUMMY_HASH,
      constructor: { prototype: {} },
    });
    let tried = 0;
    for (const route of routes) {
      const schema = jsonOf(route);
      if (!schema) continue;
      const at = `${route.method} ${route.path}`;
      ok(strict(schema), `${at} takes fields that it does not name`);
      const who = route.operation["x-permission"] === "service"
        ? bearer("service-content")
        : headers;
      for (const body of [given, `{"__proto__":{"isAdmin":true},${given.slice(1)}`]) {
        const status = await call(route, who, body);
        ok([401, 403, 404, 422, 428].includes(status), `${at} answers ${status}`);
        ok(status !== 401 || !at.includes("/api/"), `${at} was not reached`);
      }
      tried++;
    }
    ok(tried > 15);
    equal(({} as Record<string, unknown>).isAdmin, undefined);
  });

  it("is a problem for a body of a mebibyte, one that is no JSON, and one that is nested without end", async () => {
    const headers = identity.service.headersOf({});
    const huge = JSON.stringify({ password: "x".repeat(1024 * 1024) });
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    for (const route of routes.filter(jsonOf)) {
      const who = route.operation["x-permission"] === "service"
        ? bearer("service-content")
        : headers;
      for (const body of [huge, deep, "{", "\ud800", "null"]) {
        const status = await call(route, who, body);
        ok(status >= 400 && status < 500, `${route.method} ${route.path} answers ${status}`);
      }
    }
  });
});

describe("the rest of the list", () => {
  it("M13: an unknown user costs the very hash that a wrong password costs", async () => {
    const seen: string[] = [];
    await using identity = await openIdentity((deps) => ({
      hasher: {
        ...deps.hasher,
        verify: (hash, password) => (seen.push(hash), deps.hasher.verify(hash, password)),
      },
    }));
    const { owner } = identity.service;
    const userOf = (who: string) => owner`(select id from users where email = ${who})`;
    await owner`update users set disabled_at = now() where email = 'auditor@demo.praxis.test'`;
    await owner`
      update memberships set ended_at = now() where user_id = ${
      userOf("patient@demo.praxis.test")
    }`;
    await owner`delete from credentials where user_id = ${userOf("owner@demo.praxis.test")}`;
    const costs: (string | undefined)[] = [];
    for (const who of ["nurse", "nobody", "auditor", "patient", "owner"]) {
      seen.length = 0;
      const email = `${who}@demo.praxis.test`;
      equal((await identity.post("/auth/login", { email, password: "wrong" })).status, 401);
      equal(seen.length, 1, who);
      costs.push(seen[0]!.match(/^\$argon2id\$v=19\$[^$]+/)?.[0]);
    }
    const { memoryCost, timeCost, parallelism } = COST;
    deepEqual(
      new Set(costs),
      new Set([`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}`]),
    );
    equal(stateOf(DUMMY_HASH), "current");
  });

  it("S10: a clock that is ten minutes wrong makes no token last longer", async () => {
    await using identity = await openIdentity();
    const { accessToken } = await identity.signIn("nurse@demo");
    const issuedAt = identity.deps.now().getTime();
    const readAt = async (seconds: number) => {
      const now = () => new Date(issuedAt + seconds * 1_000);
      const keys = identity.deps.keys.resolve;
      const claims = await createTokenVerifier({ issuer: PUBLIC_URL, keys, now }).access(
        accessToken,
      );
      return claims !== undefined;
    };
    deepEqual(await Promise.all([0, 599, 604, 606].map(readAt)), [true, true, true, false]);
    // A node that is ten minutes ahead gives up too early, one that is behind does not begin.
    deepEqual(await Promise.all([610, -600, -6].map(readAt)), [false, false, false]);
    // And identity itself believes the session's end, not the token's.
    identity.pass(606);
    equal((await identity.get("/api/identity/users/me", accessToken)).status, 401);
  });

  it("D5: sign-ins at the same moment make one chain, without a fork or a gap", async () => {
    await using identity = await openIdentity();
    await Promise.all(Array.from({ length: 20 }, () => identity.signIn("nurse@demo")));
    const { accessToken } = await identity.signIn("owner@demo");
    const verified = await identity.get("/api/identity/audit-events/verify", accessToken);
    const { ok: isWhole, checked } = await verified.json();
    ok(isWhole && checked >= 21);
  });

  it("D3: neither the log nor the audit trail holds a secret", async () => {
    const lines: string[] = [];
    await using identity = await openIdentity(() => ({
      log: {
        info: (...given) => void lines.push(JSON.stringify(given)),
        error: (...given) => void lines.push(JSON.stringify(given) + String(given[1])),
      },
    }));
    const guess = "a-guess-that-nobody-may-read";
    await identity.post("/auth/login", { email: "nurse@demo.praxis.test", password: guess });
    const { owner } = identity.service;
    await owner`update credentials set password_hash = '$argon2id$broken'`;
    const email = "owner@demo.praxis.test";
    await identity.post("/auth/login", { email, password: DEMO_PASSWORD });
    ok(lines.length > 0);
    const rows = await owner`select e::text as text from audit_events e`;
    const all = lines.join() + JSON.stringify(rows);
    for (const secret of [guess, DEMO_PASSWORD, "$broken", email]) {
      ok(!all.includes(secret), secret);
    }
  });

  it("D9: an error of ours is a problem that says nothing of itself", async () => {
    await using identity = await openIdentity(() => ({
      strengthOf: () => Promise.reject(new Error("the inner working")),
    }));
    const response = await identity.post("/auth/register", {
      email: "ada@new.example",
      password: "otter-violet-cannon-81",
      fullName: "Ada",
    });
    equal(response.status, 500);
    equal(response.headers.get("content-type"), "application/problem+json");
    const problem = await response.json();
    deepEqual(Object.keys(problem).sort(), ["instance", "status", "title", "type"]);
    ok(!JSON.stringify(problem).includes("inner"));
  });
});
