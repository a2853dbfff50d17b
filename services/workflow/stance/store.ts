/** Where a clinic's switches are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Switch } from "./model.ts";

type Row = Omit<Switch, "switchedAt"> & { switchedAt: Date };

export async function find(
  db: Db,
  organizationId: string,
): Promise<{ country: string | null; switches: Switch[] }> {
  const [countries, rows] = await Promise.all([
    db<{ country: string }[]>`
      select country from stance_countries where organization_id = ${organizationId}`,
    db<Row[]>`
      select feature, nullif(country, '') as country, is_on, reason, switched_by, switched_at
      from stance_switches where organization_id = ${organizationId} order by feature, country`,
  ]);
  const switches = rows.map((row) => ({ ...row, switchedAt: row.switchedAt.toISOString() }));
  return { country: countries[0]?.country ?? null, switches };
}

export async function putSwitch(
  db: Db,
  organizationId: string,
  { feature, country, isOn, reason, switchedBy, switchedAt }: Switch,
): Promise<void> {
  await db`
    insert into stance_switches
      (organization_id, feature, country, is_on, reason, switched_by, switched_at)
    values (${organizationId}, ${feature}, ${country ?? ""}, ${isOn}, ${reason}, ${switchedBy},
            ${switchedAt})
    on conflict (organization_id, feature, country) do update
    set is_on = excluded.is_on, reason = excluded.reason, switched_by = excluded.switched_by,
        switched_at = excluded.switched_at`;
}

export async function putCountry(db: Db, organizationId: string, country: string): Promise<void> {
  await db`
    insert into stance_countries (organization_id, country) values (${organizationId}, ${country})
    on conflict (organization_id) do update set country = excluded.country`;
}
