/** What becomes of tries whose end nobody saw: each provider has its own way to find out. */
import { read, transaction } from "@praxis/shared/postgres";
import * as accounts from "../accounts/accounts.ts";
import * as attempts from "../attempts/attempts.ts";
import type { Deps } from "../deps.ts";
import { rulesOf } from "../preferences/model.ts";
import { providers } from "../providers/providers.ts";
import * as templates from "../templates/templates.ts";
import { outgoingOf } from "./preparing.ts";
import { move } from "./sending.ts";
import * as store from "./store.ts";

type Settled = "accepted" | "not_accepted" | "repeated" | "resent" | "held";

/** A worker died: before its call nothing was said, during it nobody knows. */
async function takeOver(deps: Deps, of: store.Claimed): Promise<void> {
  const { organizationId, id } = of;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const open = (await attempts.list(tx, id)).find(({ outcome }) => outcome === null);
    if (!open) {
      await store.advance(tx, id, ["sending"], { state: "queued", reason: "worker-lost", at });
      await store.notifyWorkers(tx);
      return;
    }
    await attempts.end(tx, {
      deliveryId: id,
      n: open.n,
      outcome: "ambiguous",
      detail: "worker lost",
      providerMessageId: null,
      at,
    });
    const { settlement } = providers[open.provider as keyof typeof providers];
    const waits = settlement === "repeat" ? 0 : deps.limits.settleSeconds;
    const leasedUntil = new Date(at.getTime() + waits * 1000);
    const change = { state: "unknown" as const, reason: "worker lost", leasedUntil, at };
    await store.advance(tx, id, ["sending"], change);
  });
}

/** What the provider knows of the last try, or what the category wants when it knows nothing. */
async function findOut(
  deps: Deps,
  of: store.Claimed,
  pending: store.Pending,
  last: attempts.AttemptRow,
): Promise<{ settled: Settled; providerMessageId?: string } | undefined> {
  const { organizationId } = of;
  const provider = providers[last.provider as keyof typeof providers];
  if (provider.settlement === "repeat") return { settled: "repeated" };
  const [account, template] = await read(deps.sql, { organizationId }, async (tx) => {
    const all = await accounts.candidates(deps, tx, organizationId, pending.channel);
    return [
      all.find(({ id }) => id === last.accountId),
      await templates.findForMessage(tx, organizationId, {
        key: pending.template,
        testVersion: pending.testVersion,
      }),
    ] as const;
  });
  const policy = {
    settled: rulesOf(pending.category).whenAmbiguous === "hold" ? "held" : "resent",
  } as const;
  if (!provider.lookUp || !account || !template || pending.address === null) return policy;
  const isKnown = (providerMessageId: string) =>
    read(
      deps.sql,
      { organizationId },
      (tx) => attempts.isProviderIdKnown(tx, organizationId, providerMessageId),
    );
  let providerMessageId: string | undefined;
  try {
    const level = template.level;
    const outgoing = outgoingOf(deps, of, pending, { template, level, account });
    const { startedAt } = last;
    providerMessageId = await provider.lookUp(deps.calls, account, outgoing, startedAt, isKnown);
  } catch {
    // It cannot say just now; it is asked again.
    return undefined;
  }
  if (providerMessageId !== undefined) return { settled: "accepted", providerMessageId };
  // OVH and Mailgun list by our own id. Twilio's list may lag behind: the category decides.
  return last.provider === "twilio" ? policy : { settled: "not_accepted" };
}

async function settleUnknown(
  deps: Deps,
  of: store.Claimed,
  pending: store.Pending,
  last: attempts.AttemptRow,
): Promise<void> {
  const { organizationId, id } = of;
  const found = await findOut(deps, of, pending, last);
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    if (!found) {
      const leasedUntil = new Date(at.getTime() + deps.limits.settleSeconds * 1000);
      const isOver = pending.expiresAt <= at;
      const change = isOver
        ? { state: "held" as const, reason: "unknown", at }
        : { state: "unknown" as const, reason: "look-up failed", leasedUntil, at };
      await move(tx, organizationId, pending, ["unknown"], change);
      return;
    }
    const { settled, providerMessageId } = found;
    const change = settled === "accepted"
      ? { state: "accepted" as const, providerMessageId: providerMessageId!, at }
      : settled === "held"
      ? { state: "held" as const, reason: "unknown", at }
      : { state: "queued" as const, reason: settled, dueAt: at, at };
    // A callback may have told in the meantime: then there is nothing to settle.
    if (await move(tx, organizationId, pending, ["unknown"], change)) {
      await attempts.settle(tx, { deliveryId: id, n: last.n, settled });
      await store.notifyWorkers(tx);
    }
  });
}

/** Takes one leased delivery out of doubt, as far as that can be done now. */
export async function settle(deps: Deps, of: store.Claimed): Promise<void> {
  const { organizationId, id } = of;
  const [pending, tries] = await read(
    deps.sql,
    { organizationId },
    (tx) => Promise.all([store.findPending(tx, of, deps.now()), attempts.list(tx, id)]),
  );
  if (pending?.state === "sending") return await takeOver(deps, of);
  const last = tries.at(-1);
  if (pending?.state === "unknown" && last) await settleUnknown(deps, of, pending, last);
}
