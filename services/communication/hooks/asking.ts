/**
 * Providers that do not sign what they tell (OVH): whatever they call is a hint, and they are asked.
 * Hints may be lost as well, so that they are asked once a minute in any case.
 */
import { newId } from "@praxis/shared/id";
import { type KnownAccount, listAsked } from "../accounts/accounts.ts";
import type { Deps } from "../deps.ts";
import { providers } from "../providers/providers.ts";
import { takeInbound, takeReports } from "./hooks.ts";

const EVERY_MS = 60_000;

/** Takes in what people wrote back, answers, and leaves nothing of it at the provider. */
export async function collectReplies(deps: Deps, account: KnownAccount): Promise<number> {
  const provider = providers[account.provider];
  if (!provider.listInbound) return 0;
  const inbound = await provider.listInbound(deps.calls, account);
  for (const one of inbound) {
    // A stranger may be asked about again and again, should nothing be forgotten there.
    const answer = await takeInbound(deps, account, one, { answersStrangers: false });
    if (answer !== undefined) {
      const content = { subject: "", text: answer };
      const outgoing = { deliveryId: newId(), to: one.from, content, callbackUrl: "" };
      await provider.send(deps.calls, account, outgoing);
    }
    await provider.forgetInbound?.(deps.calls, account, one.messageId);
  }
  return inbound.length;
}

async function takeStanding(
  deps: Deps,
  account: KnownAccount,
  providerMessageId: string,
): Promise<void> {
  const standing = await providers[account.provider].findStanding?.(
    deps.calls,
    account,
    providerMessageId,
  );
  if (!standing) return;
  const { type, to: address, at = deps.now() } = standing;
  const eventId = `${providerMessageId} ${type}`;
  const report = { eventId, type, deliveryId: undefined, providerMessageId, address, at };
  await takeReports(deps, account, [report]);
}

/** Something has happened there, perhaps to this message. What cannot be had now is asked for later. */
export async function takeHint(
  deps: Deps,
  account: KnownAccount,
  providerMessageId: string | undefined,
): Promise<void> {
  const told = await Promise.allSettled([
    providerMessageId === undefined ? undefined : takeStanding(deps, account, providerMessageId),
    collectReplies(deps, account),
  ]);
  for (const one of told) {
    if (one.status === "rejected") {
      deps.log.error("a provider did not say more", one.reason, { accountId: account.id });
    }
  }
}

/** Asks until it is stopped. */
export function startCollecting(deps: Deps): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const round = async () => {
    for (const account of await listAsked(deps)) {
      try {
        await collectReplies(deps, account);
      } catch (error) {
        deps.log.error("replies wait at a provider", error, { accountId: account.id });
      }
    }
  };
  const lost = (error: unknown) => deps.log.error("no provider is asked for replies", error);
  const timer = setInterval(() => {
    running = running.then(round).catch(lost);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
