/** What can be done with security policies. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as sessions from "../sessions/sessions.ts";
import { belowFloor, FLOOR, type NewPolicy, type Policy, satisfies } from "./model.ts";
import * as store from "./store.ts";

export async function get(
  { sql }: Pick<Deps, "sql">,
  { organizationId }: Pick<UserActor, "organizationId">,
): Promise<Policy> {
  const found = await read(sql, { organizationId }, (tx) => store.find(tx, organizationId));
  return found ?? { ...FLOOR, version: 0 };
}

/**
 * Needs from the owner what it asks of others: otherwise they would lock themselves out. Sessions
 * that no longer suffice end at their next refresh, within ten minutes.
 */
export async function put(
  deps: Deps,
  actor: UserActor,
  { policy, version, requestId }: { policy: NewPolicy; version: number; requestId: string },
): Promise<Policy> {
  const { organizationId } = actor;
  await sessions.expectSteppedUp(deps, actor, { needsFactor: true });
  const own = await sessions.getOwn(deps, actor);
  if (!satisfies(own, policy.secondFactor)) throw problem("policy-step-up");
  const errors = belowFloor(policy).map((pointer) => ({
    pointer,
    detail: "Longer than the platform allows.",
  }));
  if (errors.length > 0) throw problem("below-floor", { errors });
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const done = await store.put(tx, { organizationId, version, ...policy }, at);
    if (!done) throw problem("stale");
    await record(tx, at, {
      actor,
      organizationId,
      action: "policy.changed",
      subject: { type: "organization", id: organizationId },
      requestId,
      details: { ...done },
    });
    return done;
  });
}
