/** How tokens leave: to a program in the body, to a browser with the refresh token in a cookie. */
import { reply } from "@praxis/shared/http";
import type { Context } from "hono";
import { parse } from "hono/utils/cookie";
import type { Deps } from "../deps.ts";
import { networkBehind } from "../limits.ts";
import { cookieOf, deviceCookieOf } from "./cookies.ts";
import { type Client, Tokens } from "./model.ts";
import type { Origin } from "./sign_in.ts";
import type { Grant } from "./starting.ts";

/** RFC 6749 §5.1: nobody on the way may keep a token. */
export const NO_STORE = { "cache-control": "no-store" };

export const originOf = (c: Context): Origin => ({
  address: networkBehind(c.req.raw.headers),
  cookie: (name) => parse(c.req.header("cookie") ?? "", name)[name],
});

export function answerWith(
  c: Context,
  { now }: Pick<Deps, "now">,
  client: Client,
  grant: Grant & { recoveryCodes?: string[] },
) {
  const { accessToken, expiresIn, refreshToken, recoveryCodes } = grant;
  const tokens = {
    accessToken,
    tokenType: "Bearer",
    expiresIn,
    ...(recoveryCodes === undefined ? {} : { recoveryCodes }),
  } as const;
  const answer = client === "api"
    ? reply(c, 200, Tokens, { ...tokens, refreshToken }, NO_STORE)
    : reply(c, 200, Tokens, tokens, { ...NO_STORE, "set-cookie": cookieOf(grant, now()) });
  if (client === "web" && grant.device) {
    answer.headers.append("set-cookie", deviceCookieOf(grant.device));
  }
  return answer;
}
