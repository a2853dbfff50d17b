/** Where letters are kept in development. */
import type { Db } from "@praxis/shared/postgres";
import { type Mail, MAILS_MAX } from "./model.ts";

export async function insert(
  db: Db,
  { id, organizationId, to, subject, body, at, channel, from, html }: Mail & {
    organizationId: string;
  },
): Promise<void> {
  await db`
    insert into mails (id, organization_id, recipient, subject, body, at, channel, sender, html)
    values (${id}, ${organizationId}, ${to}, ${subject}, ${body}, ${at}, ${channel}, ${from},
            ${html})`;
}

/** The newest letters first. */
export async function list(db: Db, to: string | undefined): Promise<Mail[]> {
  const rows = await db<(Omit<Mail, "at"> & { at: Date })[]>`
    select id, recipient as to, subject, body, at, channel, sender as from, html
    from mails
    ${to === undefined ? db`` : db`where recipient = ${to}`}
    order by id desc limit ${MAILS_MAX}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
