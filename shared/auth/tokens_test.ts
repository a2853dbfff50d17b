import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
} from "jose";
import {
  ACCESS_AUDIENCE,
  ACCESS_TOKEN_TYPE,
  bearerOf,
  CLIENT_AUDIENCE,
  createTokenVerifier,
  SERVICE_AUDIENCE,
  SERVICE_TOKEN_TYPE,
} from "./tokens.ts";

const ISSUER = "http://localhost:8000";
const NOON = new Date("2026-01-05T12:00:00Z");
const now = Math.floor(NOON.getTime() / 1000);
const id = "01936d2e-0000-7000-8000-000000000001";

const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true });
const jwk = await exportJWK(publicKey);
const keys = createLocalJWKSet({ keys: [{ ...jwk, kid: "a", alg: "EdDSA", use: "sig" }] });
const tokens = createTokenVerifier({ issuer: ISSUER, keys, now: () => NOON });

const claims = {
  iss: ISSUER,
  aud: ACCESS_AUDIENCE,
  sub: id,
  sid: id,
  org: id,
  mid: id,
  jti: id,
  pv: 1,
  acr: "aal1",
  amr: ["pwd"],
  auth_time: now,
  iat: now,
  exp: now + 600,
  rgn: "eu",
};
const header = { alg: "EdDSA", typ: ACCESS_TOKEN_TYPE, kid: "a" };

function sign(payload: object = {}, protectedHeader: object = {}): Promise<string> {
  return new SignJWT({ ...claims, ...payload })
    .setProtectedHeader({ ...header, ...protectedHeader } as JWTHeaderParameters)
    .sign(privateKey);
}

const base64 = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });

describe("access tokens", () => {
  it("a good one gives its claims", async () => {
    const read = await tokens.access(await sign());
    deepEqual([read?.sub, read?.kid], [id, "a"]);
  });

  it("of a program of others has a scope, and only such a one has", async () => {
    const program = { aud: CLIENT_AUDIENCE, client_id: id, scope: "openid documents:read" };
    const read = await tokens.access(await sign(program));
    ok(read && "scope" in read);
    equal(read.scope, program.scope);
    for (
      const payload of [
        { aud: CLIENT_AUDIENCE },
        { ...program, scope: undefined },
        { ...program, client_id: undefined },
        { ...program, scope: ["documents:read"] },
        { ...program, aud: [CLIENT_AUDIENCE, ACCESS_AUDIENCE] },
        { ...program, aud: [CLIENT_AUDIENCE] },
        { aud: [ACCESS_AUDIENCE] },
      ]
    ) equal(await tokens.access(await sign(payload)), undefined, JSON.stringify(payload));
    // What stands beside the claims of our own program says nothing, and is dropped.
    const own = await tokens.access(await sign({ client_id: id, scope: "documents:read" }));
    ok(own && !("scope" in own) && !("client_id" in own));
  });

  it("J18: signed by a key that was given up is refused, whatever the key set still holds", async () => {
    const isKeyRetired = (kid: string) => kid === "a";
    const strict = createTokenVerifier({ issuer: ISSUER, keys, isKeyRetired, now: () => NOON });
    const token = await sign();
    ok(await tokens.access(token));
    equal(await strict.access(token), undefined);
    const service = { iat: now, exp: now + 300, jti: id, sub: "service:content", iss: ISSUER };
    const own = await sign({ ...service, aud: SERVICE_AUDIENCE }, { typ: SERVICE_TOKEN_TYPE });
    equal(await tokens.service(own), "content");
    equal(await strict.service(own), undefined);
  });

  const bad: Record<string, [payload: object, header?: object]> = {
    "J6 no kid": [{}, { kid: undefined }],
    "J5 unknown kid": [{}, { kid: "../../dev/null" }],
    "J8 typ missing": [{}, { typ: undefined }],
    "J8 typ of another kind": [{}, { typ: "JWT" }],
    "J10 expired": [{ iat: now - 700, exp: now - 6 }],
    "J10 issued in the future": [{ iat: now + 60 }],
    "J10 not yet valid": [{ nbf: now + 60 }],
    "J11 exp beyond any age": [{ exp: 1e308 }],
    "J11 old but with a far exp": [{ iat: now - 3600, exp: now + 1e6 }],
    "J11 exp missing": [{ exp: undefined }],
    "J12 issuer with a suffix": [{ iss: `${ISSUER}.evil.test` }],
    "J12 audience of another": [{ aud: "praxis-services" }],
    "J13 sub is a number": [{ sub: 1 }],
    "J13 org is an object": [{ org: { id } }],
    "no session": [{ sid: undefined }],
  };
  for (const [name, [payload, protectedHeader]] of Object.entries(bad)) {
    it(`${name} is refused`, async () => {
      equal(await tokens.access(await sign(payload, protectedHeader)), undefined);
    });
  }

  it("J1 alg none, J2 HS256 with the public key, J15 tampered and misshapen are refused", async () => {
    const good = await sign();
    const [head, body, signature] = good.split(".");
    const hs = await new SignJWT(claims).setProtectedHeader({ ...header, alg: "HS256" })
      .sign(new TextEncoder().encode(jwk.x!));
    const variants = [
      `${base64({ ...header, alg: "none" })}.${body}.`,
      `${base64({ ...header, alg: "nOnE" })}.${body}.${signature}`,
      hs,
      `${head}.${base64({ ...claims, org: "01936d2e-0000-7000-8000-00000000000f" })}.${signature}`,
      `${head}.${body}.`,
      `${good}.x.y`,
      "",
      "a".repeat(1_000_000),
    ];
    deepEqual(await Promise.all(variants.map((token) => tokens.access(token))), [
      ...variants.map(() => undefined),
    ]);
  });

  it("J17 a service token is no access token, and the other way round", async () => {
    const service = await sign(
      { aud: SERVICE_AUDIENCE, sub: "service:content" },
      { typ: SERVICE_TOKEN_TYPE },
    );
    equal(await tokens.access(service), undefined);
    equal(await tokens.service(service), "content");
    equal(await tokens.service(await sign()), undefined);
  });

  it("J12 a service token is for services: any other audience is refused", async () => {
    for (const aud of [ACCESS_AUDIENCE, CLIENT_AUDIENCE, `${SERVICE_AUDIENCE}x`, undefined]) {
      const token = await sign({ aud, sub: "service:content" }, { typ: SERVICE_TOKEN_TYPE });
      equal(await tokens.service(token), undefined, String(aud));
    }
  });

  it("J3 a key of another algorithm is refused, although it stands in the set", async () => {
    const other = await generateKeyPair("ES256", { extractable: true });
    const both = createTokenVerifier({
      issuer: ISSUER,
      keys: createLocalJWKSet({
        keys: [{ ...jwk, kid: "a" }, { ...await exportJWK(other.publicKey), kid: "b" }],
      }),
      now: () => NOON,
    });
    ok(await both.access(await sign()));
    const token = await new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: "ES256", kid: "b" }).sign(other.privateKey);
    equal(await both.access(token), undefined);
  });

  it("no answer from the key server is not a refusal", async () => {
    const dead = createTokenVerifier({
      issuer: ISSUER,
      now: () => NOON,
      keys: () => Promise.reject(new TypeError("connection refused")),
    });
    await rejects(dead.access(await sign()), TypeError);
  });
});

describe("bearerOf()", () => {
  const of = (value: string) => bearerOf(new Headers({ authorization: value }));
  it("takes one token and nothing else", () => {
    equal(of("Bearer abc.def"), "abc.def");
    equal(of("bearer abc"), "abc");
    equal(of("Bearer a, Bearer b"), undefined);
    equal(of("Basic abc"), undefined);
    equal(of("Bearer"), undefined);
    equal(bearerOf(new Headers()), undefined);
  });
});
