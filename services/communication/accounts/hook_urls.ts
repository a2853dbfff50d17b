/** Where each provider is told to call. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Deps } from "../deps.ts";
import type { ProviderName } from "../providers/model.ts";
import { deriveKey } from "../sealing.ts";

type Signing = Pick<Deps, "encryptionKey" | "publicUrl">;

const tokenOf = ({ encryptionKey }: Pick<Signing, "encryptionKey">, accountId: string) =>
  createHmac("sha256", deriveKey(encryptionKey, "link")).update(`hook ${accountId}`)
    .digest("base64url");

/** Null for those that tell nothing. What cannot be signed must at least not be guessed. */
export function hookUrlOf(
  signing: Signing,
  { provider, id }: { provider: ProviderName; id: string },
): string | null {
  const url = `${signing.publicUrl}/hooks/${provider}/${id}`;
  switch (provider) {
    case "resend":
    case "sendgrid":
    case "mailgun":
      return url;
    case "twilio":
      return `${url}/inbound`;
    case "ovh":
      return `${url}/${tokenOf(signing, id)}`;
    default:
      return null;
  }
}

/** Whether a call came to the address that only the provider was given. */
export function isHint(signing: Pick<Signing, "encryptionKey">, id: string, token: string) {
  const [expected, given] = [tokenOf(signing, id), token].map((text) =>
    new TextEncoder().encode(text)
  ) as [Uint8Array, Uint8Array];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
