/** pg-boss on postgres.js: its documented `IDatabase`, over our driver and inside our transactions. */
import type { Db as JobsDb } from "pg-boss";
import postgres from "postgres";
import type { Db } from "../postgres/connect.ts";

type Rows = Record<string, unknown>[];

/** A script of several statements answers with one list of rows per statement. */
const flatten = (result: Rows | Rows[]): Rows =>
  result.some(Array.isArray) ? result.flat() : result as Rows;

/** pg-boss speaks through `tx`, so a job exists if and only if the transaction commits. */
export function insideTransaction(tx: Db): JobsDb {
  return {
    executeSql: async (text, values = []) => ({
      rows: flatten(await (tx as postgres.Sql).unsafe(text, values as never[])),
    }),
  };
}

/** Connections of pg-boss's own, with its own column names and a place to listen. */
export function overPool(sql: postgres.Sql): JobsDb {
  return {
    async executeSql(text, values = []) {
      // Scripts that open a transaction need one connection and the simple protocol.
      if (/^\s*BEGIN\b/i.test(text)) {
        const connection = await sql.reserve();
        try {
          return { rows: flatten(await connection.unsafe(text).simple()) };
        } finally {
          connection.release();
        }
      }
      const query = sql.unsafe(text, values as never[]);
      return { rows: flatten(await (values.length === 0 ? query.simple() : query)) };
    },
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await sql.listen(channel, onNotification, onReconnect);
      return { close: unlisten };
    },
  };
}
