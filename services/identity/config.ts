/** Everything identity reads from its environment. */
import { json, secret, serviceConfig } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";
import { SigningKeys } from "./keys/model.ts";
import { CredentialHashes } from "./service_tokens/model.ts";

export const Config = z.object({
  ...serviceConfig,
  ...discoveryConfig,
  PORT: serviceConfig.PORT.default(8001),
  /**
   * A JSON array of private Ed25519 keys as JWK (RFC 8037), imported when the database holds none
   * yet: the first one signs. Without it the first key is made at the first start.
   */
  SIGNING_KEYS: json(SigningKeys).optional(),
  /** The root of the keys for refresh tokens and for pseudonyms in logs. */
  ENCRYPTION_KEY: secret,
  /** A JSON object: the name of a service → the SHA-256 of its credential, in hexadecimal. */
  SERVICE_CREDENTIAL_HASHES: json(CredentialHashes),
});

/** What `rotate_keys.ts` reads. */
export const RotationConfig = z.object({
  DATABASE_URL: serviceConfig.DATABASE_URL,
  ENCRYPTION_KEY: secret,
});

/** What `seed.ts` reads. */
export const SeedConfig = z.object({
  DATABASE_URL: serviceConfig.DATABASE_URL,
  PRAXIS_ENV: serviceConfig.PRAXIS_ENV,
});
