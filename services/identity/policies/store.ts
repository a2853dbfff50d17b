/** Where the clinics' security policies are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { NewPolicy, Policy } from "./model.ts";

export async function find(db: Db, organizationId: string): Promise<Policy | undefined> {
  const [row] = await db<Policy[]>`
    select second_factor, session_minutes, idle_minutes, version from security_policies
    where organization_id = ${organizationId}`;
  return row;
}

/** Undefined when somebody else has written since `version`. */
export async function put(
  db: Db,
  { organizationId, version, ...policy }: NewPolicy & { organizationId: string; version: number },
  at: Date,
): Promise<Policy | undefined> {
  const { secondFactor, sessionMinutes, idleMinutes } = policy;
  const [row] = await db<Policy[]>`
    insert into security_policies as p (organization_id, second_factor, session_minutes,
                                        idle_minutes, version, updated_at)
    select ${organizationId}::uuid, ${secondFactor}::text, ${sessionMinutes}::int,
           ${idleMinutes}::int, ${version + 1}::int, ${at}::timestamptz
    where ${version}::int = 0 or exists (
      select 1 from security_policies s where s.organization_id = ${organizationId})
    on conflict (organization_id) do update
    set second_factor = excluded.second_factor, session_minutes = excluded.session_minutes,
        idle_minutes = excluded.idle_minutes, version = excluded.version,
        updated_at = excluded.updated_at
    where p.version = ${version}
    returning second_factor, session_minutes, idle_minutes, version`;
  return row;
}
