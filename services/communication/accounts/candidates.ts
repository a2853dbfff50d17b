/** Accounts as the pipeline and webhooks see them: with their secrets, their health, their owner. */
import { type Db, read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { type Level, type ProviderName, providerNames, type Result } from "../providers/model.ts";
import { providers } from "../providers/providers.ts";
import { unseal } from "../sealing.ts";
import { breakerAfter, type Candidate } from "./model.ts";
import * as store from "./store.ts";

/** The platform's own are limited by their providers. */
export const PLATFORM_RATE = 100_000;

export const levelOf = (
  { provider, hasAgreement, levelMax }: Pick<
    store.AccountRow,
    "provider" | "hasAgreement" | "levelMax"
  >,
): Level => hasAgreement ? Math.min(levelMax, providers[provider].levelMax) as Level : 0;

/** An account whose secrets cannot be opened any more is none, and keeps no other from working. */
function openOrOff(deps: Pick<Deps, "encryptionKey">, row: store.AccountRow) {
  try {
    return { secrets: secretsOf(deps, row), isEnabled: row.isEnabled };
  } catch {
    return { secrets: {}, isEnabled: false };
  }
}

type Sources = Pick<Deps, "encryptionKey" | "platformAccounts" | "now">;

/** Everything that might carry a message on this channel, within `tx`. */
export async function candidates(
  deps: Sources,
  tx: Db,
  organizationId: string,
  channel: string,
): Promise<Candidate[]> {
  const [rows, health] = await Promise.all([
    store.listOfChannel(tx, organizationId, channel),
    store.listHealth(tx, organizationId),
  ]);
  // The platform's own are limited by their providers.
  const tries = rows.length === 0 ? new Map<string, number>() : await store.countTries(
    tx,
    organizationId,
    rows.map(({ id }) => id),
    new Date(deps.now().getTime() - 60_000),
  );
  const healthOf = (id: string) => {
    const row = health.find(({ accountId }) => accountId === id);
    return {
      failures: row?.failures ?? 0,
      openUntil: row?.openUntil ?? null,
      retryAt: row?.retryAt ?? null,
    };
  };
  const own = rows.map((row): Candidate => ({
    ...openOrOff(deps, row),
    id: row.id,
    provider: row.provider,
    channel: row.channel,
    settings: row.settings,
    region: row.region,
    level: levelOf(row),
    ratePerMinute: row.ratePerMinute,
    sentInLastMinute: tries.get(row.id) ?? 0,
    isPlatform: false,
    ...healthOf(row.id),
  }));
  const platform = deps.platformAccounts.filter((account) => account.channel === channel)
    .map((account): Candidate => ({
      ...account,
      ratePerMinute: PLATFORM_RATE,
      sentInLastMinute: 0,
      isEnabled: true,
      isPlatform: true,
      ...healthOf(account.id),
    }));
  return [...own, ...platform];
}

export const secretsOf = (
  { encryptionKey }: Pick<Deps, "encryptionKey">,
  { id, sealedSecrets }: Pick<store.AccountRow, "id" | "sealedSecrets">,
): Record<string, string> =>
  JSON.parse(unseal(encryptionKey, "provider-secrets", id, sealedSecrets));

/** Keeps the account's health, within `tx`. Only failures that are the account's own count. */
export async function observe(
  deps: Pick<Deps, "now">,
  tx: Db,
  { organizationId, accountId, result }: {
    organizationId: string;
    accountId: string;
    result: Result;
  },
): Promise<void> {
  const at = deps.now();
  if (result.outcome === "accepted") {
    await store.markSuccess(tx, organizationId, accountId);
    return;
  }
  if (result.outcome === "permanent") return;
  if (result.outcome === "transient" && result.retryAfterSeconds !== undefined) {
    const retryAt = new Date(at.getTime() + result.retryAfterSeconds * 1000);
    await store.block(tx, { organizationId, accountId, retryAt });
    return;
  }
  const { detail } = result;
  const failures = await store.markFailure(tx, { organizationId, accountId, detail, at });
  const isConfig = result.outcome === "config";
  const openUntil = breakerAfter({ failures, isConfig, now: at });
  if (openUntil) await store.block(tx, { organizationId, accountId, openUntil });
}

export type KnownAccount = {
  id: string;
  /** Undefined: the platform's own, whose messages are everybody's. */
  organizationId: string | undefined;
  provider: ProviderName;
  secrets: Record<string, string>;
  settings: Record<string, string>;
  region: string;
};

/** The account that a webhook names, whoever it belongs to. */
export async function findKnown(deps: Deps, id: string): Promise<KnownAccount | undefined> {
  const platform = deps.platformAccounts.find((account) => account.id === id);
  if (platform) return { ...platform, organizationId: undefined };
  const row = await read(deps.sql, "system", (tx) => store.find(tx, id));
  return row && { ...row, secrets: secretsOf(deps, row) };
}

/** Accounts at providers that are asked for replies, whoever they belong to. */
export async function listAsked(deps: Deps): Promise<KnownAccount[]> {
  const isAsked = ({ provider }: { provider: ProviderName }) =>
    providers[provider].listInbound !== undefined;
  const names = providerNames.filter((provider) => isAsked({ provider }));
  const rows = await read(deps.sql, "system", (tx) => store.listEnabledOf(tx, names));
  return [
    ...deps.platformAccounts.filter(isAsked).map((one) => ({ ...one, organizationId: undefined })),
    ...rows.map((row) => ({ ...row, secrets: secretsOf(deps, row) })),
  ];
}
