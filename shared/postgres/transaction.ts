/** Every statement of a service runs in a transaction that says whose rows it may see. */
import type { Db, Sql } from "./connect.ts";

/**
 * Whose rows a transaction may see: one organization's, one user's own across organizations, or,
 * for the platform's own work (sign-in, relay, jobs), all of them. Row-level security enforces it.
 */
export type Scope = { organizationId: string; userId?: string } | { userId: string } | "system";

function settings(scope: Scope): [organizationId: string, userId: string, scope: string] {
  if (scope === "system") return ["", "", "system"];
  const organizationId = "organizationId" in scope ? scope.organizationId : "";
  return [organizationId, scope.userId ?? "", ""];
}

/**
 * Runs `work` in one transaction under `scope`. `begin`, the settings and the first statement of
 * `work` leave in one batch, so a scoped read costs two round trips instead of four.
 */
async function run<T>(
  sql: Sql,
  scope: Scope,
  mode: "read only" | "read write",
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  const { tx, lost, release } = await sql.lease();
  try {
    const [organizationId, userId, name] = settings(scope);
    const opening = Promise.all([
      (tx as Sql).unsafe(`begin ${mode}`).execute(),
      tx`
        select set_config('app.organization_id', ${organizationId}, true),
               set_config('app.user_id', ${userId}, true),
               set_config('app.scope', ${name}, true)`.execute(),
    ]);
    // Without a listener a failed opening would end the process before `work` has failed too.
    opening.catch(() => {});
    try {
      const result = await Promise.race([work(tx), lost]);
      await opening;
      if (mode === "read only") {
        // Nothing depends on its answer, and whoever has the connection next stands in line behind.
        (tx as Sql).unsafe("commit").execute().catch(() => {});
        return result;
      }
      // On an aborted transaction Postgres answers a commit with ROLLBACK and no error.
      const { command } = await Promise.race([(tx as Sql).unsafe("commit"), lost]);
      if (command !== "COMMIT") throw new Error("the transaction was rolled back");
      return result;
    } catch (error) {
      await Promise.race([(tx as Sql).unsafe("rollback"), lost]).catch(() => {});
      throw error;
    }
  } finally {
    release();
  }
}

/** A write: what `work` did is there as a whole, or not at all. */
export const transaction = <T>(sql: Sql, scope: Scope, work: (tx: Db) => Promise<T>) =>
  run(sql, scope, "read write", work);

/** A read: Postgres refuses a change inside it. */
export const read = <T>(sql: Sql, scope: Scope, work: (tx: Db) => Promise<T>) =>
  run(sql, scope, "read only", work);

/**
 * One statement as a transaction of its own, which states no scope: row-level security shows it
 * nothing. For functions that run with their owner's rights and choose their rows themselves, where
 * the round trips and statements of a whole transaction would cost more than the work.
 */
export async function call<T>(sql: Sql, statement: (db: Db) => Promise<T>): Promise<T> {
  const { tx, lost, release } = await sql.lease();
  try {
    return await Promise.race([statement(tx), lost]);
  } finally {
    release();
  }
}
