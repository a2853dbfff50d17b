/** The coarse gate: may this actor do this kind of thing at all? Rows are the store's concern. */
import { createMiddleware } from "hono/factory";
import { common } from "../problem/problem.ts";
import { type Actor, callingService, signedIn } from "./actor.ts";
import { type Access, isPermission } from "./permissions.ts";

/**
 * `signature` and `link` routes let everyone through here: their handler proves the signature or
 * the one-time link before it does anything, since only it knows the key.
 */
export function permit(access: Access) {
  return createMiddleware<{ Variables: { actor: Actor } }>(async (c, next) => {
    if (access === "service") callingService(c);
    else if (access === "signed-in") {
      // People's own things: no scope is given for them, so no program of others gets them.
      if (signedIn(c).clientId !== undefined) throw common("not-permitted");
    } else if (isPermission(access) && !signedIn(c).permissions.includes(access)) {
      throw common("not-permitted");
    }
    await next();
  });
}
