/** In which order accounts are tried, and what is switched off. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { holdBack, release, switchedOff } from "../holds/holds.ts";
import { problem } from "../problems.ts";
import type { NewRoute, Route } from "./model.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

export async function putRoute(
  deps: Deps,
  actor: UserActor,
  input: NewRoute,
  { requestId }: Request,
): Promise<Route> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const own = await store.listOfChannel(tx, organizationId, input.channel);
    const known = new Set([
      ...own.map(({ id }) => id),
      ...deps.platformAccounts.filter(({ channel }) => channel === input.channel)
        .map(({ id }) => id),
    ]);
    const unknown = input.accountIds.flatMap((id, at) => known.has(id) ? [] : [at]);
    if (unknown.length > 0) {
      throw common("invalid-request", {
        errors: unknown.map((at) => ({
          pointer: `/accountIds/${at}`,
          detail: "There is no such account on this channel.",
        })),
      });
    }
    const route = await store.putRoute(tx, organizationId, { ...input, id: newId() });
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "provider-route.set",
      subject: { type: "provider-route", id: route.id },
      requestId,
      details: { channel: input.channel, accounts: input.accountIds.length },
    });
    return route;
  });
}

export async function removeRoute(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.removeRoute(tx, organizationId, id)) throw problem("route-not-found");
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "provider-route.removed",
      subject: { type: "provider-route", id },
      requestId,
    });
  });
}

/** A reason sets the switch, none clears it. */
export async function setSwitch(
  deps: Deps,
  actor: UserActor,
  { scope, reason }: { scope: string; reason: string | undefined },
  { requestId }: Request,
): Promise<void> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await holdBack(tx, organizationId);
    if (reason !== undefined) {
      await store.setSwitch(tx, organizationId, { scope, reason, setBy: userId, at });
    } else if (!await store.clearSwitch(tx, organizationId, scope)) {
      throw problem("kill-switch-not-found");
    } else {
      await release(tx, organizationId, { reason: switchedOff(scope), at });
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: reason === undefined ? "kill-switch.cleared" : "kill-switch.set",
      subject: { type: "kill-switch", id: scope },
      requestId,
    });
  });
}
