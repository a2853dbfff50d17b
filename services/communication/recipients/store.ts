/** Where recipients, their addresses and guardians are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Channel } from "../providers/model.ts";
import type { ContactPoint, PointChannel, RecipientInput } from "./model.ts";

export type RecipientRow = {
  id: string;
  kind: "patient" | "user";
  locale: string | null;
  timeZone: string | null;
  quietFrom: string | null;
  quietTo: string | null;
  channelOrder: Channel[] | null;
};

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<RecipientRow | undefined> {
  const [row] = await db<RecipientRow[]>`
    select id, kind, locale, time_zone, quiet_from::text, quiet_to::text, channel_order
    from recipients where organization_id = ${organizationId} and id = ${id}`;
  return row;
}

/** Who each of `ids` is by now: themselves, or whoever took over when they were merged. */
export async function listHeirs(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<{ id: string; heir: string }[]> {
  return await db<{ id: string; heir: string }[]>`
    select asked.id, heir_of(${organizationId}, asked.id) as heir
    from unnest(${ids as string[]}::uuid[]) as asked (id)`;
}

/** Those of `ids` that are known. */
export async function listKnown(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<RecipientRow[]> {
  return await db<RecipientRow[]>`
    select id, kind, locale, time_zone, quiet_from::text, quiet_to::text, channel_order
    from recipients
    where organization_id = ${organizationId} and id = any (${ids as string[]}::uuid[])`;
}

export async function put(
  db: Db,
  organizationId: string,
  { id, kind, locale, timeZone, quietHours, channelOrder }: RecipientInput,
  at: Date,
): Promise<void> {
  await db`
    insert into recipients (organization_id, id, kind, locale, time_zone, quiet_from, quiet_to,
                            channel_order, updated_at)
    values (${organizationId}, ${id}, ${kind}, ${locale}, ${timeZone}, ${quietHours?.from ?? null},
            ${quietHours?.to ?? null}, ${channelOrder as string[] | null}, ${at})
    on conflict (organization_id, id) do update
    set kind = excluded.kind, locale = excluded.locale, time_zone = excluded.time_zone,
        quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
        channel_order = excluded.channel_order, updated_at = excluded.updated_at`;
}

/** Somebody who is only told things inside Praxis needs no more than to be known. */
export async function ensure(
  db: Db,
  organizationId: string,
  recipients: readonly { id: string; kind: string }[],
  at: Date,
): Promise<void> {
  await db`
    insert into recipients (organization_id, id, kind, updated_at)
    select ${organizationId}, id, kind, ${at}
    from unnest(${recipients.map(({ id }) => id)}::uuid[],
                ${recipients.map(({ kind }) => kind)}::text[]) as one (id, kind)
    on conflict do nothing`;
}

export type PointRow = {
  id: string;
  recipientId: string;
  channel: PointChannel;
  address: string;
  addressHash: string;
  country: string | null;
  state: ContactPoint["state"];
};

export async function listPoints(
  db: Db,
  organizationId: string,
  recipientId: string,
): Promise<(PointRow & { isShared: boolean })[]> {
  return await db<(PointRow & { isShared: boolean })[]>`
    select p.id, p.recipient_id, p.channel, p.address, p.address_hash, p.country, p.state,
           exists (select 1 from contact_points o
                   where o.organization_id = p.organization_id and o.address_hash = p.address_hash
                     and o.recipient_id <> all (family.ids)) as is_shared
    from family_ids(${organizationId}, ${recipientId}) as family (ids)
    join contact_points p
      on p.organization_id = ${organizationId} and p.recipient_id = any (family.ids)
    order by p.id`;
}

/** Where the recipients are reached, of those addresses that are not known to be wrong. */
export async function listReachable(
  db: Db,
  organizationId: string,
  recipientIds: readonly string[],
): Promise<{ recipientId: string; channel: PointChannel }[]> {
  return await db<{ recipientId: string; channel: PointChannel }[]>`
    select distinct asked.id as recipient_id, p.channel
    from unnest(${recipientIds as string[]}::uuid[]) as asked (id)
    cross join lateral family_of(${organizationId}, asked.id) as one
    join contact_points p on p.organization_id = ${organizationId} and p.recipient_id = one.id
      and p.state in ('verified', 'unverified')`;
}

/** A device that another person has signed in on is theirs now. */
export async function removeFromOthers(
  db: Db,
  organizationId: string,
  { recipientId, addressHash }: { recipientId: string; addressHash: string },
): Promise<void> {
  await db`
    delete from contact_points
    where organization_id = ${organizationId} and channel = 'push'
      and address_hash = ${addressHash}
      and recipient_id <> all ((select family_ids(${organizationId}, ${recipientId}))::uuid[])`;
}

/** The same address again mends its state. */
export async function putPoint(
  db: Db,
  organizationId: string,
  point: PointRow & { at: Date },
): Promise<string> {
  const [row] = await db<{ id: string }[]>`
    insert into contact_points (id, organization_id, recipient_id, channel, address, address_hash,
                                country, state, created_at)
    values (${point.id}, ${organizationId}, ${point.recipientId}, ${point.channel},
            ${point.address}, ${point.addressHash}, ${point.country}, ${point.state}, ${point.at})
    on conflict (organization_id, recipient_id, channel, address_hash)
    do update set state = excluded.state
    returning id`;
  return row!.id;
}

export async function removePoint(
  db: Db,
  organizationId: string,
  recipientId: string,
  id: string,
): Promise<boolean> {
  const { count } = await db`
    delete from contact_points
    where organization_id = ${organizationId} and id = ${id}
      and recipient_id = any ((select family_ids(${organizationId}, ${recipientId}))::uuid[])`;
  return count === 1;
}

/** Whoever is reached there. */
export async function markAddress(
  db: Db,
  organizationId: string,
  addressHash: string,
  state: "wrong" | "gone",
): Promise<string[]> {
  const rows = await db<{ recipientId: string }[]>`
    update contact_points set state = ${state}
    where organization_id = ${organizationId} and address_hash = ${addressHash}
    returning recipient_id`;
  return rows.map(({ recipientId }) => recipientId);
}

export async function listAtAddress(
  db: Db,
  organizationId: string,
  addressHash: string,
): Promise<string[]> {
  const rows = await db<{ recipientId: string }[]>`
    select recipient_id from contact_points
    where organization_id = ${organizationId} and address_hash = ${addressHash}
    order by recipient_id`;
  return rows.map(({ recipientId }) => recipientId);
}

export type GuardianRow = { patientId: string; guardianId: string; endsAt: Date | null };

/** Of somebody who was merged as well; whoever was ended for one of them is ended. */
export async function listGuardians(
  db: Db,
  organizationId: string,
  patientIds: readonly string[],
): Promise<GuardianRow[]> {
  return await db<GuardianRow[]>`
    select asked.id as patient_id, heir_of(${organizationId}, g.guardian_id) as guardian_id,
           min(g.ends_at) as ends_at
    from unnest(${patientIds as string[]}::uuid[]) as asked (id)
    cross join lateral family_of(${organizationId}, asked.id) as one
    join guardians g on g.organization_id = ${organizationId} and g.patient_id = one.id
    group by 1, 2 order by 2`;
}

export async function replaceGuardians(
  db: Db,
  organizationId: string,
  patientId: string,
  guardians: readonly { guardianId: string; endsAt: string | null }[],
  now: Date,
): Promise<void> {
  // Rows of those who were merged come back when that is undone: ended, as was said here.
  await db`
    update guardians set ends_at = ${now}
    where organization_id = ${organizationId} and patient_id <> ${patientId}
      and patient_id = any ((select family_ids(${organizationId}, ${patientId}))::uuid[])
      and (ends_at is null or ends_at > ${now})
      and heir_of(organization_id, guardian_id) <>
        all (${guardians.map(({ guardianId }) => guardianId)}::uuid[])`;
  await db`
    delete from guardians
    where organization_id = ${organizationId} and patient_id = ${patientId}`;
  await db`
    insert into guardians (organization_id, patient_id, guardian_id, ends_at)
    select ${organizationId}, ${patientId}, guardian_id, ends_at
    from unnest(${guardians.map(({ guardianId }) => guardianId)}::uuid[],
                ${guardians.map(({ endsAt }) => endsAt)}::timestamptz[])
      as one (guardian_id, ends_at)`;
}
