/** Keys for single purposes, made from ENCRYPTION_KEY: none of them tells anything of another. */
import type { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

type Purpose =
  | "refresh-token-successor"
  | "account-pseudonym"
  | "factor-secret"
  | "known-device"
  | "signing-key"
  | "oauth-refresh-token-successor";

const derived = new Map<string, Buffer>();

export function deriveKey(encryptionKey: string, purpose: Purpose): Buffer {
  const name = `${purpose} ${encryptionKey}`;
  let key = derived.get(name);
  if (!key) {
    key = createHmac("sha256", encryptionKey).update(`praxis identity ${purpose}`).digest();
    derived.set(name, key);
  }
  return key;
}

const PSEUDONYM_BYTES = 16;

/** Stands for an address in counters and audit events, where the address itself may not be. */
export function pseudonymOf(encryptionKey: string, email: string): string {
  const digest = createHmac("sha256", deriveKey(encryptionKey, "account-pseudonym")).update(email);
  return digest.digest().subarray(0, PSEUDONYM_BYTES).toString("hex");
}
