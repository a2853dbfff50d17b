/** How a person lets an account that has paused itself go on. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { transaction } from "@praxis/shared/postgres";
import * as accounts from "../accounts/accounts.ts";
import type { Deps } from "../deps.ts";
import { holdBack, PAUSED, release } from "../holds/holds.ts";
import { problem } from "../problems.ts";
import * as pauses from "./pauses.ts";

/** What was sent before counts no more, and what waited is sent. */
export async function resume(
  deps: Deps,
  actor: UserActor,
  accountId: string,
  { requestId }: { requestId: string },
): Promise<void> {
  const { organizationId, userId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await holdBack(tx, organizationId);
    const at = deps.now();
    if (!await pauses.end(tx, { organizationId, accountId, userId, at })) {
      const isKnown = await accounts.isKnown(deps, tx, organizationId, accountId);
      throw problem(isKnown ? "account-not-paused" : "account-not-found");
    }
    await release(tx, organizationId, { reason: PAUSED, at });
    await record(tx, at, {
      actor,
      organizationId,
      action: "provider-account.resumed",
      subject: { type: "provider-account", id: accountId },
      requestId,
    });
  });
}
