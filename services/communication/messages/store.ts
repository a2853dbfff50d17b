/** Where it is kept what was asked to be said, about what, and until when. */
import type { Db } from "@praxis/shared/postgres";
import type { Category } from "../preferences/model.ts";
import type { MessageView } from "./model.ts";

type NewRows = {
  id: string;
  organizationId: string;
  category: string;
  template: string;
  sealedData: Uint8Array;
  subject: { type: string; id: string } | undefined;
  dedupeKey: string | undefined;
  /** The version that is tried out, in which language. */
  test: { version: number; locale: string | undefined } | undefined;
  expiresAt: Date;
  createdBy: string;
  requestId: string;
  at: Date;
};

/** False when the key was used before. */
export async function insert(db: Db, message: NewRows): Promise<boolean> {
  const { count } = await db`
    insert into messages (id, organization_id, category, template, sealed_data, subject_type,
                          subject_id, dedupe_key, test_version, test_locale, expires_at, created_by,
                          request_id, created_at)
    values (${message.id}, ${message.organizationId}, ${message.category}, ${message.template},
            ${message.sealedData as never}, ${message.subject?.type ?? null},
            ${message.subject?.id ?? null}, ${message.dedupeKey ?? null},
            ${message.test?.version ?? null}, ${message.test?.locale ?? null}, ${message.expiresAt},
            ${message.createdBy}, ${message.requestId}, ${message.at})
    on conflict (organization_id, dedupe_key) do nothing`;
  return count === 1;
}

export async function find(
  db: Db,
  organizationId: string,
  by: { id: string } | { dedupeKey: string },
): Promise<Omit<MessageView, "deliveries"> | undefined> {
  type Row = {
    id: string;
    category: Category;
    template: string;
    subjectType: string | null;
    subjectId: string | null;
    expiresAt: Date;
    createdAt: Date;
    cancelledAt: Date | null;
  };
  const [row] = await db<Row[]>`
    select id, category, template, subject_type, subject_id, expires_at, created_at, cancelled_at
    from messages where organization_id = ${organizationId}
      and ${"id" in by ? db`id = ${by.id}` : db`dedupe_key = ${by.dedupeKey}`}`;
  if (!row) return undefined;
  const { subjectType: type, subjectId, ...rest } = row;
  return {
    ...rest,
    subject: type === null || subjectId === null ? null : { type, id: subjectId },
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    cancelledAt: row.cancelledAt?.toISOString() ?? null,
  };
}

/** Returns how many deliveries were still waiting, or undefined without such a message. */
export async function cancel(
  db: Db,
  organizationId: string,
  id: string,
  at: Date,
): Promise<number | undefined> {
  const found = await db`
    update messages set cancelled_at = coalesce(cancelled_at, ${at})
    where organization_id = ${organizationId} and id = ${id}`;
  if (found.count === 0) return undefined;
  const { count } = await db`
    update deliveries set state = 'cancelled', reason = 'cancelled', updated_at = ${at}
    where organization_id = ${organizationId} and message_id = ${id}
      and state in ('queued', 'deferred')`;
  return count;
}

/** Everything that waits to be said about one thing, as an appointment that was called off. */
export async function cancelSubject(
  db: Db,
  organizationId: string,
  { type, id }: { type: string; id: string },
  at: Date,
): Promise<number> {
  await db`
    update messages set cancelled_at = ${at}
    where organization_id = ${organizationId} and subject_type = ${type} and subject_id = ${id}
      and cancelled_at is null`;
  const { count } = await db`
    update deliveries d set state = 'cancelled', reason = 'cancelled', updated_at = ${at}
    from messages m
    where m.id = d.message_id and m.organization_id = ${organizationId}
      and m.subject_type = ${type} and m.subject_id = ${id}
      and d.state in ('queued', 'deferred')`;
  return count;
}
