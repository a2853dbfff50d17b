/** What forbids a try, and the lock between beginning one and saying so. */
import type { Db } from "@praxis/shared/postgres";
import { CHANNEL } from "../deliveries/model.ts";
import type { Standing, Stored } from "../preferences/model.ts";
import type { Channel } from "../providers/model.ts";

export async function lock(
  db: Db,
  organizationId: string,
  { isShared }: { isShared: boolean },
): Promise<void> {
  await db`select lock_sending(${organizationId}, ${isShared})`;
}

/** What was held back for `reason` is due now. After `lock`, so that nobody is holding more back. */
export async function release(
  db: Db,
  organizationId: string,
  { reason, at }: { reason: string; at: Date },
): Promise<void> {
  await db`
    with released as (
      update deliveries set due_at = ${at}
      where organization_id = ${organizationId} and state = 'deferred' and reason = ${reason}
        and due_at > ${at}
    )
    select pg_notify(${CHANNEL}, ${organizationId})`;
}

/** What was said about an address and by somebody, and how much went there in a day. */
export async function findRules(
  db: Db,
  { organizationId, recipientId, channel, addressHash, category, since }: {
    organizationId: string;
    recipientId: string;
    channel: Channel;
    addressHash: string | null;
    category: string;
    since: Date;
  },
): Promise<{
  killSwitches: string[];
  suppressions: { scope: string; reason: string }[];
  preferences: Stored[];
  consents: Standing[];
  sentToday: number;
}> {
  const [switches, suppressions, preferences, consents, [sent]] = await Promise.all([
    db<{ scope: string }[]>`
      select scope from kill_switches where organization_id = ${organizationId}`,
    db<{ scope: string; reason: string }[]>`
      select scope, reason from suppressions
      where organization_id = ${organizationId} and channel = ${channel}
        and address_hash = ${addressHash} and lifted_at is null
      order by id`,
    db<Stored[]>`
      select category, channel, is_allowed from standing_choices(${organizationId}, ${recipientId})
      where channel = ${channel}`,
    db<Standing[]>`
      select channel, purpose, decision from standing_consents(${organizationId}, ${recipientId})
      where channel = ${channel}`,
    db<{ count: number }[]>`
      select count(*)::int as count from deliveries d join messages m on m.id = d.message_id
      where d.organization_id = ${organizationId} and d.address_hash = ${addressHash}
        and d.channel = ${channel} and m.category = ${category} and d.updated_at > ${since}
        and d.state in ('accepted', 'sent', 'delivered', 'unknown')`,
  ]);
  return {
    killSwitches: switches.map(({ scope }) => scope),
    suppressions,
    preferences,
    consents,
    sentToday: sent?.count ?? 0,
  };
}
