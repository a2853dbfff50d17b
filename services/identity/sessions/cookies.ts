/** The refresh token of a browser: in a cookie that no script and no other site can use. */
import { parse } from "hono/utils/cookie";
import { problem } from "../problems.ts";
import { DEVICE_SECONDS } from "./devices.ts";
import type { Grant } from "./starting.ts";

const NAME = "praxis_refresh";
const ATTRIBUTES = "HttpOnly; Secure; SameSite=Strict; Path=/auth";

export function cookieOf({ refreshToken, refreshExpiresAt }: Grant, now: Date): string {
  const seconds = Math.max(Math.floor((refreshExpiresAt.getTime() - now.getTime()) / 1000), 0);
  return `${NAME}=${refreshToken}; Max-Age=${seconds}; ${ATTRIBUTES}`;
}

/** Worth no session: it only says that this browser has signed in to an account before. */
export const deviceCookieOf = ({ name, value }: { name: string; value: string }) =>
  `${name}=${value}; Max-Age=${DEVICE_SECONDS}; ${ATTRIBUTES}`;

export const CLEARED = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/**
 * The token in the cookie, if there is one.
 * @throws Problem `cross-site` when a browser says that another site's page sent it along.
 */
export function refreshTokenOf(headers: Headers, publicUrl: string): string | undefined {
  const token = parse(headers.get("cookie") ?? "", NAME)[NAME];
  if (token === undefined || token === "") return undefined;
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  // Browsers before Sec-Fetch-Site send Origin with every POST; programs send neither.
  const isOurs = site === "same-origin" || site === "none" ||
    origin === new URL(publicUrl).origin || (site === null && origin === null);
  if (!isOurs) throw problem("cross-site");
  return token;
}
