/** Known devices: browsers in which someone has signed in to an account (OWASP: device cookies). */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveKey } from "../derived_keys.ts";

const NONCE_BYTES = 12;
const MAC_BYTES = 16;
export const DEVICE_SECONDS = 180 * 86_400;
/** On a shared computer each person's account is known by a cookie of its own. */
const NAME_CHARS = 12;

const PATTERN = /^([\w-]{16})\.(\d{1,12})\.([\w-]{22})$/;

function macOf(encryptionKey: string, account: string, nonce: string, issuedAt: string): Buffer {
  const text = `${account}.${nonce}.${issuedAt}`;
  return createHmac("sha256", deriveKey(encryptionKey, "known-device")).update(text).digest()
    .subarray(0, MAC_BYTES);
}

export const deviceCookieName = (account: string) =>
  `praxis_device_${account.slice(0, NAME_CHARS)}`;

/** The same device keeps its nonce: its guesses go on being counted as one's. */
export function issueDevice(
  encryptionKey: string,
  account: string,
  now: Date,
  nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString("base64url"),
): string {
  const issuedAt = String(Math.floor(now.getTime() / 1000));
  const mac = macOf(encryptionKey, account, nonce, issuedAt).toString("base64url");
  return `${nonce}.${issuedAt}.${mac}`;
}

/** The nonce of a device that is known for this account; undefined for anything else. */
export function readDevice(
  encryptionKey: string,
  account: string,
  now: Date,
  value: string | undefined,
): string | undefined {
  const [, nonce, issuedAt, mac] = PATTERN.exec(value ?? "") ?? [];
  if (nonce === undefined || issuedAt === undefined || mac === undefined) return undefined;
  const age = now.getTime() / 1000 - Number(issuedAt);
  if (age > DEVICE_SECONDS || age < -60) return undefined;
  const given = Buffer.from(mac, "base64url");
  const expected = macOf(encryptionKey, account, nonce, issuedAt);
  return timingSafeEqual(given, expected) ? nonce : undefined;
}
