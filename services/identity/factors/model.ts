/** Second factors: what they are, and how they prove themselves. */
import { z } from "@hono/zod-openapi";
import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export const FACTORS_MAX = 10;
/** A secret that was shown but not confirmed is worth nothing after this. */
export const ENROLMENT_MS = 10 * 60_000;

export type FactorKind = "totp" | "passkey";

const Name = z.string().trim().min(1).max(60).regex(/^[^\p{Cc}\p{Cf}<>]+$/u);

export const Factor = z.object({
  id: z.uuid(),
  kind: z.enum(["totp", "passkey"]),
  name: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
}).openapi("Factor");
export type Factor = z.infer<typeof Factor>;

export const FactorList = z.object({
  items: z.array(Factor),
  recoveryCodesLeft: z.number().int(),
}).openapi("FactorList");
export type FactorList = z.infer<typeof FactorList>;

export const StartTotp = z.strictObject({ name: Name.default("Authenticator app") })
  .openapi("StartTotp");

export const TotpSecret = z.object({
  factorId: z.uuid(),
  secret: z.string().openapi({ description: "Base32, shown once." }),
  uri: z.string().openapi({ description: "For a QR code (otpauth://)." }),
}).openapi("TotpSecret");

/** ASCII digits only: other scripts have digits, too. */
export const Code = z.string().regex(/^[0-9]{6}$/);
export const ConfirmTotp = z.strictObject({ factorId: z.uuid(), code: Code })
  .openapi("ConfirmTotp");

export const Enrolled = z.object({
  factor: Factor,
  recoveryCodes: z.array(z.string()).optional().openapi({
    description: "With the first factor only; shown once.",
  }),
}).openapi("EnrolledFactor");
export type Enrolled = z.infer<typeof Enrolled>;

export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })
  .openapi("RecoveryCodes");

export const RecoveryCode = z.string().min(1).max(60);

const Base64Url = z.string().max(20_000).regex(/^[A-Za-z0-9_-]+$/);

/** WebAuthn §5.8: what a browser's `navigator.credentials` gives, as JSON. */
const credential = {
  id: Base64Url.max(1_400),
  rawId: Base64Url.max(1_400),
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).nullish(),
  clientExtensionResults: z.looseObject({}).default({}),
};
export const PasskeyAnswer = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.nullish(),
  }),
}).openapi("PasskeyAnswer");
export type PasskeyAnswer = z.output<typeof PasskeyAnswer>;

export const NewPasskey = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
}).openapi("NewPasskey");
export type NewPasskey = z.output<typeof NewPasskey>;

export const ChallengeId = z.string().min(1).max(500);

export const AddPasskey = z.strictObject({
  challengeId: ChallengeId,
  name: Name.default("Passkey"),
  passkey: NewPasskey,
}).openapi("AddPasskey");

export const PasskeyOptions = z.object({
  challengeId: z.string(),
  options: z.looseObject({}).openapi({ description: "For the browser, as it is." }),
}).openapi("PasskeyOptions");

/** How a second factor is proven: one of the three. */
export type Proof = { code: string } | { recoveryCode: string } | { passkey: PasskeyAnswer };

/** RFC 8176, as far as it has names. */
export type Method = "otp" | "hwk" | "recovery";

const STEP_SECONDS = 30;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => BASE32[parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** RFC 6238 with SHA-1, 30 s and six digits: what every authenticator app understands. */
export function totpOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const at = digest[19]! & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export const stepOf = (now: Date) => Math.floor(now.getTime() / 1000 / STEP_SECONDS);

/** The step whose code this is, when it is now, the one before or the one after. */
export function matchingStep(secret: Uint8Array, code: string, now: Date): number | undefined {
  const current = stepOf(now);
  return [current - 1, current, current + 1].find((step) =>
    timingSafeEqual(Buffer.from(totpOf(secret, step)), Buffer.from(code))
  );
}

export const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 15;

/** 120 bits, in groups of four that people can copy. */
export function newRecoveryCode(): string {
  const code = base32(crypto.getRandomValues(new Uint8Array(RECOVERY_BYTES)));
  return code.match(/.{4}/g)!.join("-");
}

/** As people type them: any case, with or without the hyphens. */
export function recoveryHashOf(code: string): Buffer {
  return createHash("sha256").update(code.toUpperCase().replace(/[\s-]/g, "")).digest();
}
