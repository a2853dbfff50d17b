/** Who makes this call. Every use case that changes something receives one. */
import { common } from "../problem/problem.ts";
import type { Permission } from "./permissions.ts";

export type UserActor = {
  kind: "user";
  userId: string;
  organizationId: string;
  sessionId: string;
  permissions: readonly Permission[];
  /** The program of others that acts for this user, within the scope they gave it (OAuth). */
  clientId?: string;
};
export type ServiceActor = { kind: "service"; service: string };
export type Actor = UserActor | ServiceActor | { kind: "anonymous" };

export const anonymous: Actor = { kind: "anonymous" };

type HasActor = { get(key: "actor"): Actor };

/** The signed-in user. On a route with a permission this cannot fail: `permit` ran first. */
export function signedIn(c: HasActor): UserActor {
  const actor = c.get("actor");
  if (actor.kind !== "user") throw common("not-signed-in");
  return actor;
}

/** The calling service, on a route of kind `service`. */
export function callingService(c: HasActor): ServiceActor {
  const actor = c.get("actor");
  if (actor.kind !== "service") throw common("not-signed-in");
  return actor;
}
