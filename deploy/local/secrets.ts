/** Secrets of one data folder: made once, kept in `secrets.json`, never in the repository. */
import { DEVELOPMENT_SECRET } from "@praxis/shared/config";
import { generateKeyPairSync } from "node:crypto";
import { randomKey, writePrivateFile } from "./keys.ts";
import { SERVICES } from "./services.ts";

export type ServiceSecrets = {
  contextKey: string;
  credential: string;
  redisPassword: string;
  redisToken: string;
  ownerPassword: string;
  encryptionKey: string;
};

export type SigningKey = {
  kty: "OKP";
  crv: "Ed25519";
  d: string;
  x: string;
  kid: string;
  alg: "EdDSA";
  use: "sig";
};

export type Secrets = {
  services: Record<string, ServiceSecrets>;
  signingKeys: SigningKey[];
};

const KEY_ID_BYTES = 9;

/** Reads `secrets.json`, adds what is missing (a new service, a new kind of key) and writes it back. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = `${dataDir}/secrets.json`;
  let text = "";
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const secrets = completeSecrets(text === "" ? {} : JSON.parse(text));
  const completed = JSON.stringify(secrets, null, 2) + "\n";
  if (completed !== text) await writePrivateFile(file, completed);
  return secrets;
}

export function completeSecrets(known: Partial<Secrets>): Secrets {
  const services: Record<string, ServiceSecrets> = { ...known.services };
  for (const { name } of SERVICES) {
    services[name] = {
      contextKey: developmentSecret(),
      credential: developmentSecret(),
      redisPassword: randomKey(),
      redisToken: developmentSecret(),
      ownerPassword: randomKey(),
      encryptionKey: developmentSecret(),
      ...services[name],
    };
  }
  return {
    services,
    signingKeys: known.signingKeys?.length ? known.signingKeys : [generateSigningKey()],
  };
}

/** Random, and recognisable, so that production refuses it. */
function developmentSecret(): string {
  return DEVELOPMENT_SECRET + randomKey();
}

function generateSigningKey(): SigningKey {
  const { d, x } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  if (!d || !x) throw new Error("an Ed25519 key has both halves");
  const kid = DEVELOPMENT_SECRET + randomKey(KEY_ID_BYTES);
  return { kty: "OKP", crv: "Ed25519", d, x, kid, alg: "EdDSA", use: "sig" };
}
