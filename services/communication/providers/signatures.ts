/** Proofs that a webhook comes from the provider it names. All compare in constant time. */
import { Buffer } from "node:buffer";
import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";

const TOLERANCE_SECONDS = 300;

function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}

const isCurrent = (seconds: number, now: Date) =>
  Math.abs(now.getTime() / 1000 - seconds) <= TOLERANCE_SECONDS;

/**
 * Standard Webhooks, which Resend (Svix) signs by: HMAC-SHA256 over `id.timestamp.body`.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function isSignedByStandard(
  { secret, headers, body, now }: {
    secret: string;
    headers: Headers;
    body: Uint8Array;
    now: Date;
  },
): boolean {
  const header = (name: string) => headers.get(`svix-${name}`) ?? headers.get(`webhook-${name}`);
  const [id, timestamp, signatures] = [header("id"), header("timestamp"), header("signature")];
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return false;
  if (!isCurrent(Number(timestamp), now)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body)
    .digest("base64");
  // All are looked at, so that the time taken says nothing.
  return signatures.split(" ").slice(0, 10)
    .map((signature) => isEqual(signature, `v1,${expected}`)).includes(true);
}

/**
 * SendGrid's Signed Event Webhook: ECDSA (P-256, SHA-256) over timestamp and raw body.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 */
export function isSignedBySendgrid(
  { publicKey, headers, body, now }: {
    publicKey: string;
    headers: Headers;
    body: Uint8Array;
    /** Undefined: stale ones as well, as the published vector is. */
    now: Date | undefined;
  },
): boolean {
  const signature = headers.get("x-twilio-email-event-webhook-signature");
  const timestamp = headers.get("x-twilio-email-event-webhook-timestamp");
  if (!signature || !timestamp || signature.length > 200 || !/^\d{1,12}$/.test(timestamp)) {
    return false;
  }
  if (now && !isCurrent(Number(timestamp), now)) return false;
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, "base64"),
      format: "der",
      type: "spki",
    });
    const signed = Buffer.concat([Buffer.from(timestamp), body]);
    return verify("sha256", signed, key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

/**
 * Mailgun signs `timestamp` and `token`, not the event: the caller uses each token once.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
export function isSignedByMailgun(
  { signingKey, signature, now }: {
    signingKey: string;
    signature: { timestamp: string; token: string; signature: string };
    now: Date;
  },
): boolean {
  const { timestamp, token } = signature;
  if (!/^\d{1,12}$/.test(timestamp) || !isCurrent(Number(timestamp), now)) return false;
  const expected = createHmac("sha256", signingKey).update(timestamp + token).digest("hex");
  return isEqual(signature.signature, expected);
}

/**
 * Twilio: HMAC-SHA1 over the public address and the sorted fields of the form.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export function signTwilio(authToken: string, url: string, form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  const fields = names.map((name) => name + [...new Set(form.getAll(name))].sort().join(name));
  return createHmac("sha1", authToken).update(url + fields.join("")).digest("base64");
}

export const isSignedByTwilio = (
  { authToken, url, form, signature }: {
    authToken: string;
    url: string;
    form: URLSearchParams;
    signature: string | null;
  },
): boolean => signature !== null && isEqual(signature, signTwilio(authToken, url, form));
