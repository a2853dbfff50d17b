/** Links that are mailed: opaque, short-lived, and known to the database by their hash only. */
import { z } from "@hono/zod-openapi";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

export const LINK_MS = 30 * 60_000;
const BYTES = 32;

/** Whatever is no token of ours is simply unknown, so only its length is a matter of shape. */
export const LinkToken = z.string().min(1).max(500);

export type LinkKind = "password-reset" | "email-change";

/** The prefix tells every gateway which region's token it is. */
export function newToken(region: string): string {
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(BYTES)));
  return `${region}_${bytes.toString("base64url")}`;
}

/** 256 random bits need no slow hash. */
export const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

/**
 * The address of a page of the web app. The token stands behind `#`: no server on the way, and no
 * Referer, ever sees it. The origin is configured: a Host header may say anything.
 */
export function urlOf(publicUrl: string, page: string, token: string): string {
  return `${new URL(page, publicUrl)}#token=${token}`;
}
