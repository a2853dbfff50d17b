import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac, createPrivateKey, sign } from "node:crypto";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { newSigningKey, openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";
import { type SigningKey, SigningKeys } from "./model.ts";

const ME = "/api/identity/users/me";

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token made by hand, so that it may say anything. */
function forge(key: SigningKey, header: object, payload: unknown): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  const privateKey = createPrivateKey({ key: { ...key }, format: "jwk" });
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

describe("access tokens", () => {
  let identity: TestIdentity;
  let good: string;
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;
  before(async () => {
    identity = await openIdentity();
    good = (await identity.signIn("nurse@demo")).accessToken;
    header = { alg: "EdDSA", typ: "at+jwt", kid: "first" };
    claims = { ...decodeJwt(good) };
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const status = async (token: string) => (await identity.get(ME, token)).status;
  const mint = (headers: object, changed: object = {}, key = identity.signingKey) =>
    forge(key, { ...header, ...headers }, { ...claims, ...changed });

  it("are good when made by hand with the right key, so that what follows fails for its own reason", async () => {
    equal(await status(good), 200);
    equal(await status(mint({})), 200);
  });

  it("J1 J2 J3: are refused in any algorithm but ours", async () => {
    const unsigned = `${encode({ ...header, alg: "none" })}.${encode(claims)}.`;
    equal(await status(unsigned), 401);
    for (const alg of ["none", "nOnE", "ES256", "RS256", "Ed25519", "", null, 1]) {
      equal(await status(mint({ alg })), 401, String(alg));
    }
    for (const secret of [Buffer.from(identity.signingKey.x, "base64url"), identity.signingKey.x]) {
      const signed = `${encode({ ...header, alg: "HS256" })}.${encode(claims)}`;
      const mac = createHmac("sha256", secret).update(signed).digest("base64url");
      equal(await status(`${signed}.${mac}`), 401);
    }
  });

  it("J4 J5 J6 J9: are refused when the header names another key, none, or what we do not know", async () => {
    const theirs = newSigningKey("first");
    const { d: _, ...jwk } = theirs;
    equal(await status(mint({ jwk, jku: "https://evil.example/jwks.json" }, {}, theirs)), 401);
    equal(await status(mint({}, {}, theirs)), 401);
    equal(await status(mint({ kid: undefined })), 401);
    for (const kid of ["second", "../../dev/null", "' or 1=1", "x".repeat(5_000), { a: 1 }]) {
      equal(await status(mint({ kid })), 401);
    }
    equal(await status(mint({ crit: ["exp2"], exp2: 1 })), 401);
  });

  it("J8: are refused when they say to be of another type", async () => {
    for (const typ of [undefined, "JWT", "svc+jwt", "refresh"]) {
      equal(await status(mint({ typ })), 401, typ ?? "none");
    }
  });

  it("J10 J11: are refused outside their time", async () => {
    const iat = claims.iat as number;
    for (
      const wrong of [
        { exp: iat - 6 },
        { iat: iat + 60 },
        { iat: iat - 16 * 60 },
        { nbf: iat + 60 },
        { exp: undefined },
        { exp: null },
        { exp: String(iat + 600) },
        { exp: 1e308, iat: iat - 16 * 60 },
        { exp: 1e308 },
        { iat: undefined },
      ]
    ) equal(await status(mint({}, wrong)), 401, JSON.stringify(wrong));
    equal(await status(mint({}, { exp: iat - 4 })), 200);
  });

  it("J12: are refused from another issuer or for another audience", async () => {
    for (
      const wrong of [
        { iss: `${PUBLIC_URL}.evil.example` },
        { iss: `${PUBLIC_URL}/` },
        { iss: [PUBLIC_URL] },
        { iss: undefined },
        { aud: "praxis-services" },
        { aud: "prax" },
        { aud: undefined },
      ]
    ) equal(await status(mint({}, wrong)), 401, JSON.stringify(wrong));
  });

  it("J13: are refused when a claim is not what it should be", async () => {
    for (
      const wrong of [
        { sub: 1 },
        { sub: { id: claims.sub } },
        { sub: "root" },
        { sid: "' or 1=1" },
        { org: undefined },
        { mid: null },
        { pv: -1 },
        { pv: "1" },
        { amr: "pwd" },
        { jti: "x" },
      ]
    ) equal(await status(mint({}, wrong)), 401, JSON.stringify(wrong));
  });

  it("hold only together: another user, session or organization beside them is refused", async () => {
    const other = { ...decodeJwt((await identity.signIn("owner@rival")).accessToken) };
    for (const name of ["sub", "sid", "org", "mid"]) {
      equal(await status(mint({}, { [name]: other[name] })), 401, name);
    }
  });

  it("J14: with a claim twice mean the last one, for every verifier alike", async () => {
    const theirs = { ...decodeJwt((await identity.signIn("owner@rival")).accessToken) };
    const twice = (first: unknown, last: unknown) => {
      const rest = JSON.stringify({ ...claims, sub: undefined }).slice(1);
      return forge(
        identity.signingKey,
        header,
        `{"sub":${JSON.stringify(first)},"sub":${JSON.stringify(last)},${rest}`,
      );
    };
    // What the edge verifies with, and what a service verifies with, are one function.
    const read = async (token: string) => (await identity.deps.tokens.access(token))?.sub;
    for (
      const [first, last, expected] of [[theirs.sub, claims.sub, 200], [
        claims.sub,
        theirs.sub,
        401,
      ]]
    ) {
      const token = twice(first, last);
      equal(await read(token), last);
      equal(await status(token), expected);
    }
  });

  it("J20: of one clinic find nothing of another's", async () => {
    const { accessToken } = await identity.signIn("owner@demo");
    const [own, rival] = [demoOrganizationId("demo"), demoOrganizationId("rival")];
    const at = async (id: string) =>
      (await identity.get(`/api/identity/organizations/${id}`, accessToken)).status;
    equal(await at(own), 200);
    equal(await at(rival), 404);
    equal(await at(crypto.randomUUID()), 404);
  });

  it("J15: are refused when altered or not tokens at all", async () => {
    const [head, body, signature] = good.split(".") as [string, string, string];
    const promoted = encode({ ...claims, sub: crypto.randomUUID() });
    for (
      const token of [
        `${head}.${promoted}.${signature}`,
        `${head}.${body}`,
        `${good}.x.y`,
        `${head}.${body}.`,
        "..",
        "x".repeat(8_193),
        `${good},${good}`,
      ]
    ) equal(await status(token), 401);
    const twice = new Headers([["authorization", `Bearer ${good}`], [
      "authorization",
      `Bearer ${good}`,
    ]]);
    equal((await identity.app.request(ME, { headers: twice })).status, 401);
  });

  it("J17: a service's token is nobody's, and a refresh token neither", async () => {
    const { refreshToken } = await identity.signIn("nurse@demo");
    equal(await status(refreshToken), 401);
    equal(
      await status(mint({ typ: "svc+jwt" }, { aud: "praxis-services", sub: "service:content" })),
      401,
    );
  });
});

describe("GET /.well-known/jwks.json", () => {
  it("publishes the public half of every key, for five minutes", async () => {
    await using identity = await openIdentity();
    const response = await identity.get("/.well-known/jwks.json");
    equal(response.status, 200);
    equal(response.headers.get("cache-control"), "public, max-age=300");
    const { keys } = await response.json();
    deepEqual(keys.map(({ kid }: SigningKey) => kid), ["first", "second"]);
    for (const key of keys) {
      deepEqual(Object.keys(key).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
    }
  });
});

describe("signing keys", () => {
  it("are refused when they are none, not ours, or two by one name", () => {
    const key = newSigningKey("a");
    ok(SigningKeys.safeParse([key, newSigningKey("b")]).success);
    for (
      const wrong of [
        [],
        [key, newSigningKey("a")],
        [{ ...key, d: undefined }],
        [{ ...key, crv: "P-256" }],
        [{ ...key, kid: "" }],
        [{ ...key, x: "short" }],
      ]
    ) equal(SigningKeys.safeParse(wrong).success, false);
  });
});
