/** What is kept secret in rows: AES-256-GCM, bound to its row so that rows cannot be swapped. */
import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** What a key is for; keys for different purposes tell nothing of each other. */
export type Purpose =
  | "provider-secrets"
  | "message-data"
  | "webhook-secret"
  | "reply"
  | "address"
  | "link";

const derived = new Map<string, Buffer>();

/** A key for one purpose, made from ENCRYPTION_KEY (HKDF, RFC 5869). */
export function deriveKey(encryptionKey: string, purpose: Purpose): Buffer {
  const name = `${purpose} ${encryptionKey}`;
  let key = derived.get(name);
  if (!key) {
    key = Buffer.from(hkdfSync("sha256", encryptionKey, "", `communication ${purpose}`, KEY_BYTES));
    derived.set(name, key);
  }
  return key;
}

export function seal(encryptionKey: string, purpose: Purpose, rowId: string, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, deriveKey(encryptionKey, purpose), nonce);
  cipher.setAAD(Buffer.from(rowId));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws when the row was changed, or belongs to another row or key. */
export function unseal(
  encryptionKey: string,
  purpose: Purpose,
  rowId: string,
  sealed: Uint8Array,
): string {
  const bytes = Buffer.from(sealed);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, deriveKey(encryptionKey, purpose), nonce);
  decipher.setAAD(Buffer.from(rowId));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString();
}

/** The same address has the same hash within one organization, and another one elsewhere. */
export function hashAddress(
  encryptionKey: string,
  { organizationId, channel, address }: {
    organizationId: string;
    channel: string;
    address: string;
  },
): string {
  return createHmac("sha256", deriveKey(encryptionKey, "address"))
    .update(`${organizationId} ${channel} ${address}`).digest("base64url");
}
