/** Private keys at rest: AES-256-GCM, bound to the kid, so that no row can pose as another. */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";
import { deriveKey } from "../derived_keys.ts";
import { SigningKey } from "./model.ts";

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

export function seal(encryptionKey: string, key: SigningKey): Buffer {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const cipher = createCipheriv(CIPHER, deriveKey(encryptionKey, "signing-key"), iv);
  cipher.setAAD(Buffer.from(key.kid));
  const text = Buffer.concat([cipher.update(JSON.stringify(key)), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, text, cipher.getAuthTag()]);
}

/** @throws when ENCRYPTION_KEY is another one than at sealing, or someone changed the row. */
export function unseal(encryptionKey: string, kid: string, sealed: Uint8Array): SigningKey {
  try {
    if (sealed[0] !== VERSION) throw new TypeError("another version");
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const decipher = createDecipheriv(CIPHER, deriveKey(encryptionKey, "signing-key"), iv);
    decipher.setAAD(Buffer.from(kid));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = sealed.subarray(1 + IV_BYTES, -TAG_BYTES);
    const bytes = Buffer.concat([decipher.update(text), decipher.final()]);
    return SigningKey.parse(JSON.parse(bytes.toString()));
  } catch (cause) {
    throw new Error(`the signing key ${kid} cannot be opened: has ENCRYPTION_KEY changed?`, {
      cause,
    });
  }
}
