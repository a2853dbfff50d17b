import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { startPostgres } from "@praxis/local/postgres";
import { findFreePort } from "@praxis/local/ports";
import { connectAsAdmin } from "./cut.ts";
import { copyOut, countRows } from "./store.ts";

/** More than the driver lets lie before it pauses its socket. */
const SIZES = [1, 100, 1_000];

describe("copyOut", () => {
  it("leaves its connection able to answer, however many rows there were", async () => {
    const folder = await Deno.makeTempDir({ prefix: "praxis-copy-" });
    const server = await startPostgres({
      dataDir: `${folder}/pg`,
      logFile: "/dev/null",
      port: findFreePort(),
      stack: folder,
      fsync: false,
      connectionsMax: 10,
    });
    const sql = connectAsAdmin(server.superuserUrl);
    try {
      await sql`create table letters (words text)`;
      const counted: [rows: number, bytes: number][] = [];
      for (const size of SIZES) {
        await sql`truncate letters`;
        await sql`insert into letters select repeat('x', 999) from generate_series(1, ${size})`;
        const db = await sql.reserve();
        let bytes = 0;
        const table = { name: "public.letters", columns: ["words"] };
        for await (const chunk of copyOut(db, table)) bytes += chunk.byteLength;
        counted.push([await countRows(db, "public.letters"), bytes]);
        db.release();
      }
      deepEqual(counted, SIZES.map((size) => [size, size * 1_000]));
    } finally {
      await sql.end();
      await server.stop();
      await Deno.remove(folder, { recursive: true });
    }
  });
});
