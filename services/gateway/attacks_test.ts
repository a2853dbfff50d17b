/** Attacks on the gateway over real sockets, by the numbers of the threat list. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { generateKeyPair, SignJWT } from "jose";
import {
  listen,
  openGateway,
  requestRaw,
  sendRaw,
  standInIdentity,
  standInService,
  until,
} from "./testing.ts";

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

describe("an attack", () => {
  let identity: Awaited<ReturnType<typeof standInIdentity>>;
  let content: ReturnType<typeof standInService>;
  let gateway: ReturnType<typeof openGateway>;
  const header = { alg: "EdDSA", typ: "at+jwt", kid: "key-1" };

  before(async () => {
    identity = await standInIdentity();
    content = standInService("content");
    gateway = openGateway({
      urls: { identity: identity.url, content: content.url },
      environment: { RATE_LIMIT_ADDRESS: "100000/100000" },
    });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(() => Promise.all([gateway.close(), identity.close(), content.close()]));

  const get = (authorization: string | undefined, extra: string[] = []) =>
    requestRaw(gateway.port, "GET /api/content/x", [
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      ...extra,
    ]);
  async function statusOf(token: string): Promise<number> {
    return (await get(`Bearer ${token}`)).status;
  }
  async function expectRefused(tokens: Iterable<string>): Promise<void> {
    const before = content.seen.length;
    for (const token of tokens) equal(await statusOf(token), 401, token.slice(0, 200));
    equal(content.seen.length, before);
  }
  /** A good token's claims, with changes; signed by the real key. */
  async function signed(over: Record<string, unknown>, head: Record<string, unknown> = header) {
    const { claims } = await identity.token();
    return identity.sign(JSON.stringify(head), JSON.stringify({ ...claims, ...over }));
  }
  const nowSeconds = () => Math.floor(Date.now() / 1000);

  it("starts from a token that is good", async () => {
    equal(await statusOf(await signed({})), 200);
  });

  it("J1: no algorithm, and an empty signature", async () => {
    const { token, claims } = await identity.token();
    await expectRefused([
      ...["none", "nOnE", "NONE"].map((alg) => `${encode({ ...header, alg })}.${encode(claims)}.`),
      token.replace(/[^.]+$/, ""),
    ]);
  });

  it("J2: HMAC with the public key", async () => {
    const { claims } = await identity.token();
    const input = `${encode({ ...header, alg: "HS256" })}.${encode(claims)}`;
    const keys = [identity.publicKey, Buffer.from(identity.publicKey, "base64url")];
    await expectRefused(
      keys.map((key) => `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`),
    );
  });

  it("J3: another algorithm", async () => {
    const { claims } = await identity.token();
    const tokens = await Promise.all(["RS256", "ES256"].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg);
      return new SignJWT({ ...claims }).setProtectedHeader({ ...header, alg }).sign(privateKey);
    }));
    await expectRefused(tokens);
  });

  it("J4: a key of the attacker's own, and nobody is asked for it", async () => {
    let asked = 0;
    const evil = listen(() => {
      asked++;
      return Response.json({ keys: [] });
    });
    const { privateKey } = await generateKeyPair("EdDSA");
    const { claims } = await identity.token();
    const url = `${evil.url}/keys`;
    const heads = [{ jku: url }, { x5u: url }, { jwk: { kty: "OKP", crv: "Ed25519", x: "AA" } }];
    await expectRefused(
      await Promise.all(
        heads.map((extra) =>
          new SignJWT({ ...claims }).setProtectedHeader({ ...header, ...extra } as typeof header)
            .sign(privateKey)
        ),
      ),
    );
    equal(asked, 0);
    await evil.close();
  });

  it("J5: a key id that means something to somebody", async () => {
    const kids = ["../../dev/null", "' or 1=1 --", "key-1\r\nx: y", "k".repeat(10_000), "none"];
    await expectRefused(await Promise.all(kids.map((kid) => signed({}, { ...header, kid }))));
    await expectRefused([await signed({}, { ...header, kid: { a: 1 } })]);
  });

  it("J6: no key id", async () => {
    await expectRefused([await signed({}, { alg: "EdDSA", typ: "at+jwt" })]);
  });

  it("J7: 200 unknown keys make one question at most", async () => {
    const before = identity.asked.filter((what) => what === "jwks").length;
    await expectRefused(
      await Promise.all(Array.from({ length: 200 }, () => signed({}, { ...header, kid: newId() }))),
    );
    ok(identity.asked.filter((what) => what === "jwks").length - before <= 1);
  });

  it("J8: a token of another type", async () => {
    const types = [undefined, "JWT", "svc+jwt", "id+jwt", ""];
    await expectRefused(
      await Promise.all(types.map((typ) => signed({}, { alg: "EdDSA", kid: "key-1", typ }))),
    );
  });

  it("J9: a critical extension that nobody knows", async () => {
    await expectRefused([await signed({}, { ...header, crit: ["exp2"], exp2: 1 })]);
  });

  it("J10: a time that has passed, or has not come", async () => {
    const now = nowSeconds();
    await expectRefused([
      await signed({ exp: now - 7 }),
      await signed({ nbf: now + 60 }),
      await signed({ iat: now + 60, exp: now + 600 }),
    ]);
    equal(await statusOf(await signed({ exp: now - 1 })), 200);
  });

  it("J11: an expiry that is none", async () => {
    const exps = ["tomorrow", null, undefined, 1e308, -1, {}];
    await expectRefused(await Promise.all(exps.map((exp) => signed({ exp }))));
  });

  it("J12: another issuer or audience", async () => {
    const { claims } = await identity.token();
    const { iss, aud } = claims as unknown as { iss: string; aud: string };
    await expectRefused(
      await Promise.all([
        ...[`${iss}.evil.test`, [iss], "", null].map((bad) => signed({ iss: bad })),
        ...[`${aud}-services`, aud.slice(1), [], null].map((bad) => signed({ aud: bad })),
      ]),
    );
  });

  it("J13: claims of another shape", async () => {
    const bad = [{ sub: 1 }, { sub: {} }, { sub: "admin" }, { pv: "1" }, { org: [newId()] }];
    await expectRefused(await Promise.all(bad.map((over) => signed(over))));
  });

  it("J14: a claim twice means the last one, here and in the services", async () => {
    const { claims } = await identity.token();
    const last = newId();
    const text = JSON.stringify(claims).replace(/}$/, `,"sub":"${last}"}`);
    equal(await statusOf(identity.sign(JSON.stringify(header), text)), 200);
    equal(content.seen.at(-1)?.headers.get("x-user-id"), last);
  });

  it("J15: a token that is torn, padded, too long or nothing", async () => {
    const { token } = await identity.token();
    const [head, body, signature] = token.split(".") as [string, string, string];
    const other = encode({ ...JSON.parse(Buffer.from(body, "base64url").toString()), pv: 9 });
    await expectRefused([
      `${head}.${other}.${signature}`,
      `${head}.${body}.${signature}.x.y`,
      `${head}.${body}`,
      "..",
      "a".repeat(20_000),
    ]);
    equal((await get("Bearer")).status, 401);
    equal((await get("Bearer ")).status, 401);
    const huge = await get(`Bearer ${"a".repeat(1_048_576)}`).catch(() => ({ status: 400 }));
    ok(huge.status === 400 || Number.isNaN(huge.status), `${huge.status}`);
    equal(await statusOf(token), 200);
  });

  it("J16: another spelling of a token that was signed out", async () => {
    const { token, claims } = await identity.token();
    equal(await statusOf(token), 200);
    // Base64url's last character holds bits that no decoder reads.
    const last = token.at(-1)!;
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const at = alphabet.indexOf(last);
    const spellings = [1, 2, 3].map((step) =>
      token.slice(0, -1) + alphabet[(at & ~3) | ((at + step) & 3)]
    );
    const headers = [
      `bearer ${token}`,
      `BEARER ${token}`,
      ...spellings.map((text) => `Bearer ${text}`),
      `Bearer ${token}=`,
      `Bearer ${token}==`,
    ];
    for (const text of headers) {
      const { status } = await get(text);
      ok(status === 200 || status === 401, `${status}`);
    }
    identity.revoke({ kind: "session", id: claims.sid, permissionVersion: null });
    await until(async () => await statusOf(token) === 401);
    for (const text of headers) equal((await get(text)).status, 401, text.slice(0, 12));
  });

  it("J17: tokens that are for something else", async () => {
    const service = await signed({ aud: "praxis-services", sub: "service:content" }, {
      ...header,
      typ: "svc+jwt",
    });
    await expectRefused([service, `eu_${"r".repeat(43)}`, newId(), "service-token"]);
  });

  it("J18: a key that identity never had", async () => {
    const { privateKey } = await generateKeyPair("EdDSA");
    await expectRefused([(await identity.token({}, privateKey)).token]);
  });

  it("G1: identity headers of the client's own, twice and with underscores", async () => {
    const { token, claims } = await identity.token();
    const forged = ["X-User-ID", "X-Org-ID", "X-Roles", "X_User_ID", "X-Forwarded-User"];
    const lines = [...forged, ...forged].map((name) => `${name}: attacker`);
    equal((await get(`Bearer ${token}`, lines)).status, 200);
    const seen = content.seen.at(-1)!.headers;
    equal(seen.get("x-user-id"), claims.sub);
    ok(![...seen.values()].some((value) => value.includes("attacker")));
  });

  it("G1: without a token, too", async () => {
    await get(undefined, ["X-User-ID: attacker", "X-Praxis-Context: v1.1.content.x"]);
    ok(![...content.seen.at(-1)!.headers.values()].some((value) => value.includes("attacker")));
  });

  for (
    const path of [
      "/api/content/../identity",
      "/api/content/%2e%2e/x",
      "/api/content\\..\\x",
      "//internal",
      "/api/content/%2finternal",
      "/api/content/%00",
      "/api/content/%zz",
    ]
  ) {
    it(`G2: ${path}`, async () => {
      const before = content.seen.length;
      equal((await requestRaw(gateway.port, `GET ${path}`)).status, 400);
      equal(content.seen.length, before);
    });
  }

  it("G4: two tokens", async () => {
    const [one, two] = [await identity.token(), await identity.token()];
    const lines = [`Authorization: Bearer ${two.token}`];
    equal((await get(`Bearer ${one.token}`, lines)).status, 401);
    equal((await get(`Bearer ${one.token}, Bearer ${two.token}`)).status, 401);
  });

  it("G5: a request that two readers would split differently", async () => {
    const before = content.seen.length;
    const requests: [lines: string[], body?: string][] = [
      [["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
      [["Content-Length: 5", "Content-Length: 6"], "hello!"],
      [["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"],
      [["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
      [["X-A: 1", " folded"]],
      [["X-A: a\0b"]],
      [["Content-Length : 5"], "hello"],
      [["Content-Length: +5"], "hello"],
    ];
    for (const [lines, body] of requests) {
      const { status } = await requestRaw(gateway.port, "POST /api/content/x", lines, body);
      equal(status, 400, lines.join(" | "));
    }
    deepEqual(content.seen.slice(before).map(({ path }) => path), []);
  });

  it("G5: a second request hidden in a body stays a body", async () => {
    const hidden = "GET /internal/secrets HTTP/1.1\r\nHost: x\r\n\r\n";
    const lines = [`Content-Length: ${hidden.length}`, "Content-Type: text/plain"];
    const before = content.seen.length;
    equal((await requestRaw(gateway.port, "POST /api/content/x", lines, hidden)).status, 200);
    deepEqual(content.seen.slice(before).map(({ body }) => body), [hidden]);
  });

  it("G5: header lines that end in a bare LF mean the same to service and gateway", async () => {
    const text =
      "GET /api/content/lf HTTP/1.1\nHost: x\nX-User-ID: attacker\nConnection: close\n\n";
    const { status } = await sendRaw(gateway.port, text);
    ok(status === 200 || status === 400);
    ok(![...content.seen.at(-1)!.headers.values()].includes("attacker"));
  });

  it("G6: methods that nobody offers", async () => {
    for (const method of ["TRACE", "FOO"]) {
      equal((await requestRaw(gateway.port, `${method} /api/content/x`)).status, 405);
    }
    await get(undefined, ["X-HTTP-Method-Override: DELETE"]);
    equal(content.seen.at(-1)!.method, "GET");
  });

  it("G7: a body that says it is too large", async () => {
    const { status } = await requestRaw(gateway.port, "POST /api/content/x", [
      `Content-Length: ${gateway.deps.forwardLimits.bodyBytesMax + 1}`,
    ]);
    equal(status, 413);
  });

  it("G11: an address that somebody claims", async () => {
    await get(undefined, ["X-Forwarded-For: 198.51.100.7", "Forwarded: for=198.51.100.7"]);
    equal(content.seen.at(-1)!.headers.get("x-forwarded-for"), "127.0.0.1");
  });

  for (
    const origin of [
      "null",
      "http://evil.test",
      "http://praxis.test.evil.test",
      "http://x.praxis.test",
    ]
  ) {
    it(`G12: the origin ${origin}`, async () => {
      const answer = await get(undefined, [`Origin: ${origin}`]);
      equal(answer.headers.get("access-control-allow-origin"), null);
    });
  }
});
