/** Who may do what in a service's database: one role owns it, another uses it and owns nothing. */
import type postgres from "postgres";
import { administer } from "./postgres.ts";

/** Held by every application role, so that migrations can grant to one name in all databases. */
export const APP_GROUP = "praxis_app";

export type DatabaseRoles = {
  database: string;
  owner: { name: string; password: string };
  user: { name: string; password: string };
};

const PLAIN = "nosuperuser nocreatedb nocreaterole noreplication nobypassrls";

/** Makes or mends roles and database. Safe to repeat; resets passwords and rights to what they should be. */
export async function prepareDatabase(superuserUrl: string, roles: DatabaseRoles): Promise<void> {
  const { database, owner, user } = roles;
  await administer(superuserUrl, async (sql) => {
    await ensureRole(sql, APP_GROUP, `nologin ${PLAIN}`);
    await ensureRole(sql, owner.name, `login ${PLAIN} password ${quote(owner.password)}`);
    await ensureRole(sql, user.name, `login ${PLAIN} password ${quote(user.password)}`);
    await sql.unsafe(`grant ${APP_GROUP} to ${user.name}`);
    const [existing] = await sql`select 1 from pg_database where datname = ${database}`;
    if (!existing) await sql.unsafe(`create database ${database} owner ${owner.name}`);
    for (const name of ["postgres", "template1", database]) {
      await sql.unsafe(`revoke all on database ${name} from public`);
    }
    await sql.unsafe(`grant connect on database ${database} to ${APP_GROUP}`);
  });
  await administer(
    superuserUrl.replace(/\/postgres$/, `/${database}`),
    (sql) => sql.unsafe("revoke create on schema public from public"),
  );
}

export async function ensureRole(sql: postgres.Sql, name: string, options: string): Promise<void> {
  const [existing] = await sql`select 1 from pg_roles where rolname = ${name}`;
  await sql.unsafe(`${existing ? "alter" : "create"} role ${name} ${options}`);
}

/** Role options take no parameters. */
export function quote(text: string): string {
  if (text.includes("\\") || text.includes("\0")) throw new Error("not a text that can be quoted");
  return `'${text.replaceAll("'", "''")}'`;
}
