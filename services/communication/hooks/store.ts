/** Where reports of providers and replies of people are kept, each once. */
import type { Db } from "@praxis/shared/postgres";
import type { Category } from "../preferences/model.ts";
import type { Channel } from "../providers/model.ts";

export type Known = {
  id: string;
  organizationId: string;
  messageId: string;
  recipientId: string;
  onBehalfOf: string | null;
  channel: Channel;
  nextChannels: Channel[];
  accountId: string | null;
  addressHash: string | null;
  category: Category;
};

/**
 * The delivery that a report names, if that account has carried it. Another account's report about
 * it is no report about it.
 */
export async function findDelivery(
  db: Db,
  { accountId, organizationId, deliveryId, providerMessageId }: {
    accountId: string;
    organizationId: string | undefined;
    deliveryId: string | undefined;
    providerMessageId: string | undefined;
  },
): Promise<Known | undefined> {
  const [row] = await db<Known[]>`
    select d.id, d.organization_id, d.message_id, d.recipient_id, d.on_behalf_of, d.channel,
           d.next_channels, d.account_id, d.address_hash, m.category
    from deliveries d join messages m on m.id = d.message_id
    where ${
    deliveryId === undefined
      ? db`d.provider_message_id = ${providerMessageId ?? null}`
      : db`d.id = ${deliveryId}`
  }
      ${organizationId === undefined ? db`` : db`and d.organization_id = ${organizationId}`}
      and exists (select 1 from delivery_attempts a
                  where a.delivery_id = d.id and a.account_id = ${accountId})
    limit 1`;
  return row;
}

/** True the first time. */
export async function insertEvent(
  db: Db,
  event: {
    organizationId: string;
    accountId: string;
    eventId: string;
    deliveryId: string | null;
    type: string;
    at: Date;
    receivedAt: Date;
  },
): Promise<boolean> {
  const { count } = await db`
    insert into provider_events
      (organization_id, account_id, event_id, delivery_id, type, at, received_at)
    values (${event.organizationId}, ${event.accountId}, ${event.eventId}, ${event.deliveryId},
            ${event.type}, ${event.at}, ${event.receivedAt})
    on conflict do nothing`;
  return count === 1;
}

export async function isEventKnown(db: Db, accountId: string, eventId: string): Promise<boolean> {
  const [row] = await db`
    select 1 from provider_events where account_id = ${accountId} and event_id = ${eventId}`;
  return row !== undefined;
}

/** Proof that a try whose end nobody saw was taken after all. */
export async function settleByReport(
  db: Db,
  { deliveryId, accountId, providerMessageId }: {
    deliveryId: string;
    accountId: string;
    providerMessageId: string | undefined;
  },
): Promise<void> {
  await db`
    update delivery_attempts
    set settled = 'accepted',
        provider_message_id = coalesce(provider_message_id, ${providerMessageId ?? null})
    where delivery_id = ${deliveryId} and account_id = ${accountId}
      and (outcome is null or outcome = 'ambiguous') and settled is null`;
}

/** Organizations that have written through an account of the platform. */
export async function listOrganizationsWritingTo(
  db: Db,
  accountId: string,
  since: Date,
): Promise<string[]> {
  const rows = await db<{ organizationId: string }[]>`
    select distinct organization_id from delivery_attempts
    where account_id = ${accountId} and started_at > ${since}`;
  return rows.map(({ organizationId }) => organizationId);
}

export type Asked = { deliveryId: string; subjectType: string | null; subjectId: string | null };

/** What was last asked at an address and may be answered: one row for each thing asked about. */
export async function listAsked(
  db: Db,
  organizationId: string,
  addressHash: string,
  since: Date,
): Promise<Asked[]> {
  return await db<Asked[]>`
    select distinct on (m.subject_type, m.subject_id) d.id as delivery_id, m.subject_type,
           m.subject_id
    from deliveries d join messages m on m.id = d.message_id
    where d.organization_id = ${organizationId} and d.address_hash = ${addressHash}
      and d.channel = 'sms' and m.category = 'appointment' and d.updated_at > ${since}
      and d.state in ('accepted', 'sent', 'delivered', 'unknown')
    order by m.subject_type, m.subject_id, d.id desc`;
}

export async function insertReply(
  db: Db,
  reply: {
    id: string;
    organizationId: string;
    accountId: string;
    addressHash: string;
    kind: string;
    sealedText: Uint8Array;
    deliveryId: string | null;
    at: Date;
  },
): Promise<void> {
  await db`
    insert into replies (id, organization_id, account_id, address_hash, kind, sealed_text,
                         delivery_id, received_at)
    values (${reply.id}, ${reply.organizationId}, ${reply.accountId}, ${reply.addressHash},
            ${reply.kind}, ${reply.sealedText as never}, ${reply.deliveryId}, ${reply.at})`;
}

export type ReplyRow = {
  id: string;
  kind: string;
  sealedText: Uint8Array;
  deliveryId: string | null;
  receivedAt: Date;
};

export async function listReplies(
  db: Db,
  organizationId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<ReplyRow[]> {
  return await db<ReplyRow[]>`
    select id, kind, sealed_text, delivery_id, received_at from replies
    where organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
}
