/** Opaque secrets of the protocol: 256 random bits, known to the database by their SHA-256 only. */
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import { deriveKey } from "../derived_keys.ts";

const BYTES = 32;

/** The prefix tells every gateway which region's secret it is. */
const write = (region: string, bytes: Buffer) => `${region}_${bytes.toString("base64url")}`;

export function newSecret(region: string): string {
  return write(region, Buffer.from(crypto.getRandomValues(new Uint8Array(BYTES))));
}

/**
 * The refresh token that `parent` is exchanged for. It follows from its parent, so that it can be
 * given a second time although it was never stored.
 */
export function successorOf(
  parent: string,
  { encryptionKey, region }: { encryptionKey: string; region: string },
): string {
  const key = deriveKey(encryptionKey, "oauth-refresh-token-successor");
  return write(region, createHmac("sha256", key).update(parent).digest());
}

export const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
