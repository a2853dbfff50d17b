/** Where every try at a delivery is kept, and how those in doubt were settled. */
import type { Db } from "@praxis/shared/postgres";
import type { Level, Outcome } from "../providers/model.ts";

export type AttemptRow = {
  n: number;
  accountId: string;
  provider: string;
  startedAt: Date;
  endedAt: Date | null;
  outcome: Outcome | null;
  detail: string | null;
  settled: string | null;
};

export async function list(db: Db, deliveryId: string): Promise<AttemptRow[]> {
  return await db<AttemptRow[]>`
    select n, account_id, provider, started_at, ended_at, outcome, detail, settled
    from delivery_attempts where delivery_id = ${deliveryId} order by n`;
}

/** The try is on record before the provider is called. */
export async function begin(
  db: Db,
  attempt: {
    deliveryId: string;
    organizationId: string;
    n: number;
    accountId: string;
    provider: string;
    addressHash: string | null;
    templateVersion: number;
    level: Level;
    at: Date;
    leasedUntil: Date;
  },
): Promise<boolean> {
  const { count } = await db`
    with delivery as (
      update deliveries
      set attempts = ${attempt.n}, account_id = ${attempt.accountId},
          address_hash = ${attempt.addressHash}, template_version = ${attempt.templateVersion},
          level = ${attempt.level}, leased_until = ${attempt.leasedUntil}, updated_at = ${attempt.at}
      where id = ${attempt.deliveryId} and state = 'sending' and attempts = ${attempt.n - 1}
      returning id
    )
    insert into delivery_attempts
      (delivery_id, n, organization_id, account_id, provider, started_at)
    select id, ${attempt.n}, ${attempt.organizationId}, ${attempt.accountId}, ${attempt.provider},
           ${attempt.at}
    from delivery`;
  return count === 1;
}

type Ending = {
  deliveryId: string;
  n: number;
  outcome: Outcome;
  detail: string | null;
  providerMessageId: string | null;
  at: Date;
};

/** A worker that comes back after its lease finds the row ended by somebody else: false. */
export async function end(db: Db, ending: Ending): Promise<boolean> {
  // The delivery before its try, as those do who take a report of the provider.
  await db`select from deliveries where id = ${ending.deliveryId} for no key update`;
  const { count } = await db`
    update delivery_attempts
    set outcome = ${ending.outcome}, detail = ${ending.detail}, ended_at = ${ending.at},
        provider_message_id = ${ending.providerMessageId}
    where delivery_id = ${ending.deliveryId} and n = ${ending.n} and outcome is null`;
  return count === 1;
}

export async function settle(
  db: Db,
  { deliveryId, n, settled }: { deliveryId: string; n: number; settled: string },
): Promise<void> {
  await db`
    update delivery_attempts set settled = ${settled}
    where delivery_id = ${deliveryId} and n = ${n}`;
}

export async function isProviderIdKnown(
  db: Db,
  organizationId: string,
  providerMessageId: string,
): Promise<boolean> {
  const [row] = await db`
    select 1 from deliveries
    where organization_id = ${organizationId} and provider_message_id = ${providerMessageId}
    limit 1`;
  return row !== undefined;
}
