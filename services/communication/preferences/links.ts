/** Links that speak for somebody without signing in: signed, for one person and one purpose. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { deriveKey } from "../sealing.ts";
import { Category } from "./model.ts";

/** A letter may be answered long after it was read. */
const UNSUBSCRIBE_SECONDS = 400 * 86_400;
const CENTRE_SECONDS = 30 * 86_400;
const TOKEN = /^[a-z]{2,8}_([A-Za-z0-9_-]{20,600})\.([A-Za-z0-9_-]{43})$/;

const Payload = z.object({
  use: z.enum(["unsubscribe", "preferences"]),
  organizationId: z.uuid(),
  recipientId: z.uuid(),
  /** Of an unsubscribe link: the address it was sent to, and what is refused. */
  addressHash: z.string().optional(),
  category: Category.optional(),
  endsAt: z.number().int(),
});
export type Link = z.infer<typeof Payload>;

type Signing = Pick<Deps, "encryptionKey" | "region" | "publicUrl" | "now">;

const sign = (encryptionKey: string, text: string) =>
  createHmac("sha256", deriveKey(encryptionKey, "link")).update(text).digest();

/** The whole address; its prefix tells every gateway which region's link it is. */
export function linkTo(
  { encryptionKey, region, publicUrl, now }: Signing,
  { use, ...about }: Omit<Link, "endsAt">,
  /** The same text for the same time: a letter that is sent again must be the same letter. */
  from: Date = now(),
): string {
  const seconds = use === "unsubscribe" ? UNSUBSCRIBE_SECONDS : CENTRE_SECONDS;
  const endsAt = Math.floor(from.getTime() / 1000) + seconds;
  const payload: Link = { use, ...about, endsAt };
  const options = { alphabet: "base64url", omitPadding: true } as const;
  const text = new TextEncoder().encode(JSON.stringify(payload)).toBase64(options);
  const signature = sign(encryptionKey, text).toString("base64url");
  return `${publicUrl}/api/communication/public/${use}/${region}_${text}.${signature}`;
}

/** When a link that is given out at `from` ends. */
export const centreEndsAt = (from: Date) => new Date(from.getTime() + CENTRE_SECONDS * 1000);

/** @throws Problem `not-found` for what we never signed, `link-expired` for what has ended. */
export function readLink(
  { encryptionKey, now }: Signing,
  use: Link["use"],
  token: string,
): Link {
  const [, text, signature] = token.match(TOKEN) ?? [];
  if (!text || !signature) throw common("not-found");
  const given = Uint8Array.fromBase64(signature, { alphabet: "base64url" });
  if (!timingSafeEqual(sign(encryptionKey, text), given)) throw common("not-found");
  const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
  const link = Payload.parse(JSON.parse(new TextDecoder().decode(bytes)));
  if (link.use !== use) throw common("not-found");
  if (link.endsAt * 1000 < now().getTime()) throw problem("link-expired");
  return link;
}
