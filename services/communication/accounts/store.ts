/** Where accounts, routes, health and kill switches are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Level, ProviderName } from "../providers/model.ts";
import type { Health, KillSwitch, NewRoute, Route } from "./model.ts";

export type AccountRow = {
  id: string;
  provider: ProviderName;
  channel: "email" | "sms" | "push";
  name: string;
  settings: Record<string, string>;
  sealedSecrets: Uint8Array;
  region: string;
  hasAgreement: boolean;
  levelMax: Level;
  ratePerMinute: number;
  isEnabled: boolean;
};

export async function insert(
  db: Db,
  account: AccountRow & { organizationId: string; at: Date },
): Promise<boolean> {
  const { count } = await db`
    insert into provider_accounts (id, organization_id, provider, channel, name, settings,
      sealed_secrets, region, has_agreement, level_max, rate_per_minute, created_at)
    values (${account.id}, ${account.organizationId}, ${account.provider}, ${account.channel},
      ${account.name}, ${db.json(account.settings)}, ${account.sealedSecrets as never},
      ${account.region}, ${account.hasAgreement}, ${account.levelMax}, ${account.ratePerMinute},
      ${account.at})
    on conflict do nothing`;
  return count === 1;
}

const columns = (db: Db) =>
  db`id, provider, channel, name, settings, sealed_secrets, region, has_agreement, level_max,
     rate_per_minute, is_enabled`;

export async function list(db: Db, organizationId: string): Promise<AccountRow[]> {
  return await db<AccountRow[]>`
    select ${columns(db)} from provider_accounts
    where organization_id = ${organizationId} order by id`;
}

export async function listOfChannel(
  db: Db,
  organizationId: string,
  channel: string,
): Promise<AccountRow[]> {
  return await db<AccountRow[]>`
    select ${columns(db)} from provider_accounts
    where organization_id = ${organizationId} and channel = ${channel} order by id`;
}

/** Whose it is, too: a webhook names the account and nobody else. */
export async function find(
  db: Db,
  id: string,
): Promise<(AccountRow & { organizationId: string }) | undefined> {
  const [row] = await db<(AccountRow & { organizationId: string })[]>`
    select organization_id, ${columns(db)} from provider_accounts where id = ${id}`;
  return row;
}

/** Of every organization. */
export async function listEnabledOf(
  db: Db,
  names: readonly ProviderName[],
): Promise<(AccountRow & { organizationId: string })[]> {
  return await db<(AccountRow & { organizationId: string })[]>`
    select organization_id, ${columns(db)} from provider_accounts
    where provider = any (${names as string[]}) and is_enabled order by id`;
}

export async function updateSecrets(
  db: Db,
  organizationId: string,
  id: string,
  sealedSecrets: Uint8Array,
): Promise<void> {
  await db`
    update provider_accounts set sealed_secrets = ${sealedSecrets as never}, version = version + 1
    where organization_id = ${organizationId} and id = ${id}`;
}

export async function setEnabled(
  db: Db,
  organizationId: string,
  id: string,
  isEnabled: boolean,
): Promise<boolean> {
  const { count } = await db`
    update provider_accounts set is_enabled = ${isEnabled}, version = version + 1
    where organization_id = ${organizationId} and id = ${id}`;
  return count === 1;
}

export type HealthRow = {
  accountId: string;
  failures: number;
  accepted: number;
  failed: number;
  lastFailure: string | null;
  lastFailureAt: Date | null;
  openUntil: Date | null;
  retryAt: Date | null;
};

export async function listHealth(db: Db, organizationId: string): Promise<HealthRow[]> {
  return await db<HealthRow[]>`
    select account_id, failures, accepted::int, failed::int, last_failure, last_failure_at,
           open_until, retry_at
    from provider_health where organization_id = ${organizationId}`;
}

export const toHealth = (row: HealthRow | undefined): Health => ({
  failures: row?.failures ?? 0,
  accepted: row?.accepted ?? 0,
  failed: row?.failed ?? 0,
  lastFailure: row?.lastFailure ?? null,
  lastFailureAt: row?.lastFailureAt?.toISOString() ?? null,
  openUntil: row?.openUntil?.toISOString() ?? null,
  retryAt: row?.retryAt?.toISOString() ?? null,
});

/** A success closes the breaker. The row is only written when that says something new. */
export async function markSuccess(
  db: Db,
  organizationId: string,
  accountId: string,
): Promise<void> {
  await db`
    insert into provider_health as h (organization_id, account_id, accepted)
    values (${organizationId}, ${accountId}, 1)
    on conflict (organization_id, account_id) do update
    set failures = 0, accepted = h.accepted + 1, open_until = null
    where h.failures > 0 or h.open_until is not null`;
}

/** Returns how many failures there have been in a row. */
export async function markFailure(
  db: Db,
  { organizationId, accountId, detail, at }: {
    organizationId: string;
    accountId: string;
    detail: string;
    at: Date;
  },
): Promise<number> {
  const [row] = await db<{ failures: number }[]>`
    insert into provider_health as h
      (organization_id, account_id, failures, failed, last_failure, last_failure_at)
    values (${organizationId}, ${accountId}, 1, 1, ${detail}, ${at})
    on conflict (organization_id, account_id) do update
    set failures = h.failures + 1, failed = h.failed + 1, last_failure = excluded.last_failure,
        last_failure_at = excluded.last_failure_at
    returning failures`;
  return row?.failures ?? 1;
}

export async function block(
  db: Db,
  { organizationId, accountId, openUntil, retryAt }: {
    organizationId: string;
    accountId: string;
    openUntil?: Date | undefined;
    retryAt?: Date | undefined;
  },
): Promise<void> {
  await db`
    insert into provider_health as h (organization_id, account_id, open_until, retry_at)
    values (${organizationId}, ${accountId}, ${openUntil ?? null}, ${retryAt ?? null})
    on conflict (organization_id, account_id) do update
    set open_until = greatest(h.open_until, excluded.open_until),
        retry_at = greatest(h.retry_at, excluded.retry_at)`;
}

/** Tries per account since `since`: a rate is kept by what was really tried. */
export async function countTries(
  db: Db,
  organizationId: string,
  accountIds: readonly string[],
  since: Date,
): Promise<Map<string, number>> {
  const rows = await db<{ accountId: string; count: number }[]>`
    select account_id, count(*)::int as count from delivery_attempts
    where account_id = any (${accountIds as string[]}::uuid[]) and started_at > ${since}
      and organization_id = ${organizationId}
    group by account_id`;
  return new Map(rows.map(({ accountId, count }) => [accountId, count]));
}

export async function listRoutes(
  db: Db,
  organizationId: string,
  channel?: string,
): Promise<Route[]> {
  return await db<Route[]>`
    select id, channel, category, country, account_ids, may_fail_over, region
    from provider_routes
    where organization_id = ${organizationId}
      ${channel === undefined ? db`` : db`and channel = ${channel}`}
    order by id`;
}

/** There is one route for each channel, category and country. */
export async function putRoute(
  db: Db,
  organizationId: string,
  route: NewRoute & { id: string },
): Promise<Route> {
  const [row] = await db<Route[]>`
    insert into provider_routes
      (id, organization_id, channel, category, country, account_ids, may_fail_over, region)
    values (${route.id}, ${organizationId}, ${route.channel}, ${route.category}, ${route.country},
      ${route.accountIds}::uuid[], ${route.mayFailOver}, ${route.region})
    on conflict (organization_id, channel, category, country) do update
    set account_ids = excluded.account_ids, may_fail_over = excluded.may_fail_over,
        region = excluded.region
    returning id, channel, category, country, account_ids, may_fail_over, region`;
  return row!;
}

export async function removeRoute(db: Db, organizationId: string, id: string): Promise<boolean> {
  const { count } = await db`
    delete from provider_routes where organization_id = ${organizationId} and id = ${id}`;
  return count === 1;
}

export async function listSwitches(db: Db, organizationId: string): Promise<KillSwitch[]> {
  const rows = await db<(Omit<KillSwitch, "setAt"> & { setAt: Date })[]>`
    select scope, reason, set_by, set_at from kill_switches
    where organization_id = ${organizationId} order by scope`;
  return rows.map((row) => ({ ...row, setAt: row.setAt.toISOString() }));
}

export async function setSwitch(
  db: Db,
  organizationId: string,
  { scope, reason, setBy, at }: { scope: string; reason: string; setBy: string; at: Date },
): Promise<void> {
  await db`
    insert into kill_switches (organization_id, scope, reason, set_by, set_at)
    values (${organizationId}, ${scope}, ${reason}, ${setBy}, ${at})
    on conflict (organization_id, scope) do update
    set reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`;
}

export async function clearSwitch(
  db: Db,
  organizationId: string,
  scope: string,
): Promise<boolean> {
  const { count } = await db`
    delete from kill_switches where organization_id = ${organizationId} and scope = ${scope}`;
  return count === 1;
}
