/** By what a browser is known as the one that registered. */
import { z } from "@hono/zod-openapi";
import { parse } from "hono/utils/cookie";

const NAME = "praxis_registration";
/** Longer than any link lives. */
const SECONDS = 86_400;

export const registrationCookieOf = (id: string): string =>
  `${NAME}=${id}; Max-Age=${SECONDS}; HttpOnly; Secure; SameSite=Strict; Path=/auth/email`;

export function registrationOf(headers: Headers): string | undefined {
  const id = parse(headers.get("cookie") ?? "", NAME)[NAME];
  return z.uuid().safeParse(id).data;
}
