/** Forgetting a person: what identity knows of them goes, what they did stays, under a bare id. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as sessions from "../sessions/sessions.ts";
import * as store from "./store.ts";

/**
 * For patients. Whoever works or worked in a clinic signed, prescribed and opened things there, and
 * the clinic must be able to say who that was for as long as it keeps the records (GDPR art. 17 (3)).
 * @throws Problem `records-name-you`, `step-up-required`
 */
export async function eraseOwn(
  deps: Deps,
  actor: UserActor,
  { requestId }: { requestId: string },
): Promise<void> {
  await sessions.expectSteppedUp(deps, actor);
  const { userId } = actor;
  const at = deps.now();
  await transaction(deps.sql, "system", async (tx) => {
    // Of several at once the others wait here, and find that nobody is left.
    if (!await store.erase(tx, userId, at)) throw common("not-signed-in");
    const memberships = await store.listMemberships(tx, userId);
    if (memberships.some(({ role }) => role !== "patient")) throw problem("records-name-you");
    await sessions.revokeOthersWithin(tx, actor, { userId, requestId }, at);
    const clinics = new Set(memberships.map(({ organizationId }) => organizationId));
    const entries = [...clinics].map((organizationId) => ({
      actor,
      organizationId,
      action: "user.erased",
      subject: { type: "user", id: userId },
      requestId,
    }));
    await record(tx, at, ...entries);
  });
  deps.bell.ring();
}
