/** How tokens leave: to a program in the body, to a browser with the refresh token in a cookie. */
import { reply } from "@praxis/shared/http";
import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import { cookieOf } from "./cookies.ts";
import { type Client, Tokens } from "./model.ts";
import type { Grant } from "./starting.ts";

/** RFC 6749 §5.1: nobody on the way may keep a token. */
export const NO_STORE = { "cache-control": "no-store" };

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
  return client === "api"
    ? reply(c, 200, Tokens, { ...tokens, refreshToken }, NO_STORE)
    : reply(c, 200, Tokens, tokens, { ...NO_STORE, "set-cookie": cookieOf(grant, now()) });
}
