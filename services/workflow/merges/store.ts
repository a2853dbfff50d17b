/** What workflow holds while it follows a merge, and what stays where it is. */
import type { Merge } from "@praxis/shared/merges";
import type { Db } from "@praxis/shared/postgres";

/**
 * Who works a run holds it before opening a task, who ends a call before keeping its draft, who
 * accepts a draft before signing it; and each would wait for the other.
 */
const HELD = ["runs", "tasks", "assistance_calls", "assistance_proposals"];

export async function lockRows(
  db: Db,
  { organizationId, fromId, intoId }: Merge,
): Promise<void> {
  const patients = [fromId, intoId];
  for (const table of HELD) {
    await db`
      select id from ${db(table)}
      where organization_id = ${organizationId} and patient_id = any(${patients}::uuid[])
      order by id for no key update`;
  }
}

/** What a client was told is of a patient by the client's name for them, which is no id of ours. */
export const isOwn = (db: Db) => db`t.client_id is null`;

/**
 * Nobody is on a pathway twice: an enrolment stays where it is while whoever took over has one of
 * their own.
 */
export const isNotTwice = (db: Db, { intoId }: Merge) =>
  db`
    t.status not in ('active', 'on_hold') or not exists (
      select 1 from enrolments own
      where own.organization_id = t.organization_id and own.patient_id = ${intoId}
        and own.key = t.key and own.status in ('active', 'on_hold'))`;
