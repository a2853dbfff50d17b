/** pg-boss on postgres.js: its documented `IDatabase`, over our driver and inside our transactions. */
import type { Db as JobsDb } from "pg-boss";
import type { Db, Sql } from "../postgres/connect.ts";

type Rows = Record<string, unknown>[];

/** A script of several statements answers with one list of rows per statement. */
const flatten = (result: Rows | Rows[]): Rows =>
  result.some(Array.isArray) ? result.flat() : result as Rows;

/**
 * pg-boss speaks through `tx`, so a job exists if and only if the transaction commits. Prepared: to
 * plan its long statement costs three times what running it does, and there are few of them.
 */
export function insideTransaction(tx: Db): JobsDb {
  return {
    executeSql: async (text, values = []) => ({
      rows: flatten(await (tx as Sql).unsafe(text, values as never[], { prepare: true })),
    }),
  };
}

/** Connections of pg-boss's own, with its own column names and a place to listen. */
export function overPool(sql: Sql): JobsDb {
  return {
    async executeSql(text, values = []) {
      const { tx, lost, release } = await sql.lease();
      try {
        const query = (tx as Sql).unsafe(text, values as never[]);
        // Scripts of several statements need the simple protocol.
        const sent = values.length === 0 ? query.simple() : query;
        return { rows: flatten(await Promise.race([sent, lost])) };
      } catch (error) {
        // A script that failed may have left its transaction open.
        await Promise.race([(tx as Sql).unsafe("rollback"), lost]).catch(() => {});
        throw error;
      } finally {
        release();
      }
    },
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await sql.listen(channel, onNotification, onReconnect);
      return { close: unlisten };
    },
  };
}
