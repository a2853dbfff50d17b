/** An authenticator in software (WebAuthn §6), for tests and the demo: it keeps no key safe. */
import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();

/** Flags of authenticator data: the user was present, was verified, and a key is attached. */
export const UP = 1;
const UV = 4;
const AT = 64;

export type Twist = {
  origin?: string;
  rpId?: string;
  flags?: number;
  challenge?: string;
  type?: string;
};

/** With ES256, and for the pages of `publicUrl`; a `Twist` is what an attacker would change. */
export function createAuthenticator(publicUrl: string) {
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
  const clientData = (type: string, challenge: string, { origin = publicUrl }: Twist) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authData = (flags: number, rpId: string, rest: Uint8Array = Buffer.alloc(0)) => {
    const head = Buffer.alloc(5);
    head[0] = flags;
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(rpId), head, rest]);
  };
  const common = { id: url(id), rawId: url(id), type: "public-key", clientExtensionResults: {} };
  const ownRp = new URL(publicUrl).hostname;
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
