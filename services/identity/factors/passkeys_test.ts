import { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD } from "../demo_data.ts";
import { openIdentity, PUBLIC_URL, type TestIdentity } from "../testing.ts";

const FACTORS = "/api/identity/users/me/factors";
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
const url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();

const UP = 1, UV = 4, AT = 64;

type Twist = { origin?: string; rpId?: string; flags?: number; challenge?: string; type?: string };

/** An authenticator in software (WebAuthn §6), with ES256. */
function createAuthenticator() {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privateKey: KeyObject = pair.privateKey;
  const { x, y } = pair.publicKey.export({ format: "jwk" });
  const id = randomBytes(16);
  let counter = 0;
  /** COSE_Key (RFC 9053): {1: 2, 3: -7, -1: 1, -2: x, -3: y} */
  const cose = Buffer.concat([
    Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]),
    Buffer.from(x!, "base64url"),
    Buffer.from([0x22, 0x58, 32]),
    Buffer.from(y!, "base64url"),
  ]);
  const clientData = (type: string, challenge: string, { origin = PUBLIC_URL }: Twist) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authData = (flags: number, rpId: string, rest: Uint8Array = Buffer.alloc(0)) => {
    const head = Buffer.alloc(5);
    head[0] = flags;
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(rpId), head, rest]);
  };
  const common = { id: url(id), rawId: url(id), type: "public-key", clientExtensionResults: {} };
  const ownRp = new URL(PUBLIC_URL).hostname;
  return {
    create(challenge: string, twist: Twist = {}) {
      const { rpId = ownRp, flags = UP | UV } = twist;
      const length = Buffer.from([0, id.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, cose]);
      const data = authData(flags | AT, rpId, attested);
      const text = (name: string) => Buffer.from([0x60 + name.length, ...Buffer.from(name)]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text("fmt"),
        text("none"),
        text("attStmt"),
        Buffer.from([0xa0]),
        text("authData"),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      return {
        ...common,
        response: {
          clientDataJSON: url(clientData("webauthn.create", challenge, twist)),
          attestationObject: url(attestationObject),
          transports: ["internal"],
        },
      };
    },
    get(challenge: string, twist: Twist & { isStale?: boolean; isForged?: boolean } = {}) {
      const { rpId = ownRp, flags = UP | UV, isStale = false, isForged = false } = twist;
      if (!isStale) counter++;
      const data = authData(flags, rpId);
      const client = clientData("webauthn.get", challenge, twist);
      const signature = sign("sha256", Buffer.concat([data, sha256(client)]), privateKey);
      if (isForged) signature[signature.length - 1]! ^= 1;
      return {
        ...common,
        response: {
          clientDataJSON: url(client),
          authenticatorData: url(data),
          signature: url(signature),
        },
      };
    },
  };
}

describe("passkeys", () => {
  let identity: TestIdentity;
  const authenticator = createAuthenticator();
  let accessToken: string;
  before(async () => {
    identity = await openIdentity();
    const first = await identity.signIn("nurse@demo");
    const stepped = await identity.post("/auth/reauthenticate", {
      password: DEMO_PASSWORD,
      acr: "aal1",
    }, bearer(first.accessToken));
    accessToken = (await stepped.json()).accessToken;
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const options = async (path: string, body: unknown = {}, headers = {}) =>
    await (await identity.post(path, body, headers)).json();

  it("M7: are enrolled only by the answer to their own challenge", async () => {
    const path = `${FACTORS}/passkeys`;
    const attempt = async (twist: Twist) => {
      const { challengeId, options: asked } = await options(
        `${path}/options`,
        {},
        bearer(accessToken),
      );
      const passkey = authenticator.create(twist.challenge ?? asked.challenge, twist);
      return await identity.post(path, { challengeId, passkey }, bearer(accessToken));
    };
    const wrong = [
      { challenge: url(randomBytes(32)) },
      { origin: "https://app-clinic.test" },
      { rpId: "evil.example" },
      { flags: UP },
    ];
    for (const twist of wrong) equal((await attempt(twist)).status, 401, JSON.stringify(twist));
    const done = await attempt({});
    equal(done.status, 201);
    equal((await done.json()).recoveryCodes.length, 10);
  });

  it("M7: sign in without a password, and refuse everything that does not fit", async () => {
    const attempt = async (
      twist: Parameters<typeof authenticator.get>[1] & { id?: string } = {},
    ) => {
      const { challengeId, options: asked } = await options("/auth/passkeys/options");
      const passkey = authenticator.get(twist.challenge ?? asked.challenge, twist);
      const sent = twist.id === undefined ? passkey : { ...passkey, id: twist.id, rawId: twist.id };
      const body = { challengeId, passkey: sent, client: "api" };
      return { body, response: await identity.post("/auth/passkeys/verify", body) };
    };
    const { body, response } = await attempt();
    equal(response.status, 200);
    const { acr, amr } = decodeJwt((await response.json()).accessToken);
    deepEqual([acr, amr], ["aal2", ["hwk", "user", "mfa"]]);
    equal((await identity.post("/auth/passkeys/verify", body)).status, 410);
    const wrong = [
      // First: the others raise the counter.
      { isStale: true },
      { challenge: url(randomBytes(32)) },
      { origin: "https://app-clinic.test" },
      { rpId: "evil.example" },
      { flags: UP },
      { isForged: true },
      { id: url(randomBytes(16)) },
    ];
    for (const twist of wrong) {
      equal((await attempt(twist)).response.status, 401, JSON.stringify(twist));
    }
    equal((await attempt()).response.status, 200);
  });

  it("are a second factor beside the password, and a step-up", async () => {
    const login = { email: "nurse@demo.praxis.test", password: DEMO_PASSWORD, client: "api" };
    const { challengeId, factors } = await options("/auth/login", login);
    deepEqual(factors, ["passkey", "recovery-code"]);
    const { options: asked } = await options("/auth/mfa/challenge", { challengeId });
    const passkey = authenticator.get(asked.challenge);
    const passed = await identity.post("/auth/mfa/verify", { challengeId, passkey });
    equal(passed.status, 200);
    const headers = bearer((await passed.json()).accessToken);
    const again = await options("/auth/reauthenticate/options", {}, headers);
    const stepped = await identity.post("/auth/reauthenticate", {
      challengeId: again.challengeId,
      passkey: authenticator.get(again.options.challenge),
    }, headers);
    equal(stepped.status, 200);
  });
});
