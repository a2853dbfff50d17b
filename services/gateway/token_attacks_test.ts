/** Attacks with tokens on the gateway over real sockets, by the numbers of the threat list. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { generateKeyPair, SignJWT } from "jose";
import { type Attacked, openAttacked } from "./attacked_testing.ts";
import { requestRaw } from "./raw_testing.ts";
import { listen, openGateway, until } from "./testing.ts";

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

describe("an attack with a token", () => {
  let attacked: Attacked;
  let identity: Attacked["identity"];
  let content: Attacked["content"];
  let get: Attacked["get"];
  const header = { alg: "EdDSA", typ: "at+jwt", kid: "key-1" };

  before(async () => {
    attacked = await openAttacked();
    ({ identity, content, get } = attacked);
  });
  after(() => attacked.close());

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
    const jwk = { kty: "OKP", crv: "Ed25519", x: "AA" };
    const heads = [{ jku: url }, { x5u: url }, { x5c: ["AA"] }, { jwk }];
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
});

describe("keys that change", () => {
  let attacked: Attacked;
  let edges: Attacked["gateway"][];
  /** Signs with the key that waits, published before any edge has asked. */
  let signNext: () => Promise<string>;

  before(async () => {
    attacked = await openAttacked();
    const { identity, content, gateway } = attacked;
    const another = openGateway({
      urls: { identity: identity.url, content: content.url },
      environment: { RATE_LIMIT_ADDRESS: "100000/100000" },
    });
    another.follow();
    await until(() => another.deps.staleSeconds() < 60);
    edges = [gateway, another];
    const next = await identity.publish("key-2");
    signNext = async () => (await identity.token({}, next, "key-2")).token;
  });
  after(() => Promise.all([edges[1]!.close(), attacked.close()]));

  const statusAt = async (edge: Attacked["gateway"], token: string) =>
    (await requestRaw(edge.port, "GET /api/content/x", [`Authorization: Bearer ${token}`])).status;

  it("J19: no false refusal at any edge while a published key takes over under load", async () => {
    const { identity } = attacked;
    const counts = new Map<string, number>();
    const old: string[] = [];
    let hasRotated = false;
    async function work(edge: Attacked["gateway"]): Promise<void> {
      for (let i = 0; i < 50; i++) {
        if (i === 25) hasRotated = true;
        const kid = hasRotated ? "key-2" : "key-1";
        const token = hasRotated ? await signNext() : (await identity.token()).token;
        if (!hasRotated) old.push(token);
        // What was signed before is good until it expires.
        for (const [name, one] of [[kid, token], ["old", old[i % old.length]!]] as const) {
          const key = `${name} ${await statusAt(edge, one)}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
    }
    await Promise.all([...edges, ...edges].map(work));
    deepEqual([...counts.keys()].sort(), ["key-1 200", "key-2 200", "old 200"]);
    ok(counts.get("key-2 200")! >= 50);
    // Once for each edge: nobody had to ask again when the signer changed.
    equal(identity.asked.filter((what) => what === "jwks").length, edges.length);
  });

  it("J18: a key that was given up is worth nothing at any edge, the others are", async () => {
    const { identity } = attacked;
    const stolen = (await identity.token()).token;
    for (const edge of edges) equal(await statusAt(edge, stolen), 200);
    identity.revoke({ kind: "key", id: "key-1", permissionVersion: null });
    for (const edge of edges) {
      await until(async () => await statusAt(edge, stolen) === 401);
      // Neither what was seen before, nor what the thief signs now.
      equal(await statusAt(edge, (await identity.token()).token), 401);
      equal(await statusAt(edge, await signNext()), 200);
    }
  });
});
