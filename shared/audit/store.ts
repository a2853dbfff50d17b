/** Where audit events are kept: appended by one function, never changed. */
import type { Db } from "../postgres/connect.ts";
import type { AuditEvent, NewAuditEvent, Verification } from "./model.ts";

/** Locks the chains' heads until the transaction ends, so append last. */
export async function append(db: Db, events: NewAuditEvent[]): Promise<void> {
  await db`select append_audit_events(${db.json(events as never)})`;
}

type Filter = { organizationId: string; subjectId?: string; action?: string; clientId?: string };

export async function list(
  db: Db,
  { organizationId, subjectId, action, clientId }: Filter,
  before: number | undefined,
  limit: number,
): Promise<AuditEvent[]> {
  const rows = await db`
    select id, seq::int, at, actor_kind, actor_id, action, subject_type, subject_id, outcome,
           request_id, details, client_id
    from audit_events
    where organization_id = ${organizationId}
      ${subjectId === undefined ? db`` : db`and subject_id = ${subjectId}`}
      ${action === undefined ? db`` : db`and action = ${action}`}
      ${clientId === undefined ? db`` : db`and client_id = ${clientId}`}
      ${before === undefined ? db`` : db`and seq < ${before}`}
    order by seq desc limit ${limit}`;
  return rows.map((row) => ({
    id: row.id,
    seq: row.seq,
    at: row.at.toISOString(),
    actor: {
      kind: row.actorKind,
      id: row.actorId,
      ...(row.clientId === null ? {} : { clientId: row.clientId }),
    },
    action: row.action,
    subject: { type: row.subjectType, id: row.subjectId },
    outcome: row.outcome,
    requestId: row.requestId,
    details: row.details,
  }));
}

/**
 * Recomputes an organization's chain: every hash, every link, no gap, and the end where the head
 * says it is. `firstBad` is the first event that does not fit; "head" when events are missing at
 * the end.
 */
export async function verify(db: Db, organizationId: string): Promise<Verification> {
  const [row] = await db`
    with links as (
      select e.id, e.seq,
             e.hash = audit_hash(e)
             and e.seq = row_number() over (order by e.seq)
             and e.prev_hash = lag(e.hash, 1, sha256('')) over (order by e.seq) as fits
      from audit_events e where e.organization_id = ${organizationId}
    ), head as (
      select seq, hash from audit_heads where organization_id = ${organizationId}
    ), last as (
      select seq, hash from audit_events where organization_id = ${organizationId}
      order by seq desc limit 1
    )
    select (select count(*)::int from links) as checked,
           (select id::text from links where not fits order by seq limit 1) as first_bad,
           (select coalesce(
              (select (h.seq, h.hash) is not distinct from (l.seq, l.hash)
               from head h full join last l on true), true)) as head_fits`;
  const firstBad: string | undefined = row?.firstBad ?? (row?.headFits ? undefined : "head");
  const checked: number = row?.checked ?? 0;
  return firstBad === undefined ? { ok: true, checked } : { ok: false, checked, firstBad };
}
