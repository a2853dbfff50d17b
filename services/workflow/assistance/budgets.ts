/** What can be done with a clinic's budget: reserve before a call, settle after it. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import type { Budget } from "./model.ts";
import * as store from "./store.ts";

/** A call that has not come back by then counts as spent. */
const MINUTES_MAX = 10;
const MINUTE_MS = 60_000;

const monthOf = (at: Date) => `${at.toISOString().slice(0, 7)}-01`;

/** The id of the reservation; undefined when it would go beyond the limit. */
export async function reserve(
  { sql, now }: Pick<Deps, "sql" | "now">,
  organizationId: string,
  tokens: number,
): Promise<string | undefined> {
  const at = now();
  const month = monthOf(at);
  return await transaction(sql, { organizationId }, async (tx) => {
    const { limit, used, reserved } = await store.lockBudget(tx, organizationId, month, at);
    if (used + reserved + tokens > limit) return undefined;
    const id = newId();
    const expiresAt = new Date(at.getTime() + MINUTES_MAX * MINUTE_MS);
    await store.insertReservation(tx, { id, organizationId, month, tokens, expiresAt });
    return id;
  });
}

/** Charges `tokens` for a reservation, once; nothing gives it back without a charge. */
export const settle = (tx: Db, organizationId: string, id: string, tokens: number) =>
  store.settle(tx, organizationId, id, tokens);

export async function get(
  { sql, now }: Deps,
  { organizationId }: UserActor,
): Promise<Budget> {
  const month = monthOf(now());
  const found = await read(
    sql,
    { organizationId },
    (tx) => store.findBudget(tx, organizationId, month),
  );
  const { limit: tokensPerMonth, used: usedTokens, reserved: reservedTokens } = found;
  return { month, tokensPerMonth, usedTokens, reservedTokens };
}

export async function put(
  deps: Deps,
  actor: UserActor,
  { tokensPerMonth, requestId }: { tokensPerMonth: number; requestId: string },
): Promise<Budget> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await store.putBudget(tx, organizationId, { tokensPerMonth, changedBy: userId, at });
    await record(tx, at, {
      actor,
      organizationId,
      action: "assistance.budget_changed",
      subject: { type: "assistance-budget", id: organizationId },
      requestId,
      details: { tokensPerMonth },
    });
  });
  return await get(deps, actor);
}
