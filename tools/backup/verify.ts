/** Compares a database with what the archive says of it: bytes, counts, and the audit's chains. */
import { createHash } from "node:crypto";
import { UNFINISHED_RESTORE } from "@praxis/shared/migrations";
import { verify as verifyChain } from "../../shared/audit/store.ts";
import { connect, transaction } from "@praxis/shared/postgres";
import { connectAsAdmin } from "./cut.ts";
import type { Manifest } from "./model.ts";
import { Refusal } from "./refusal.ts";
import { copyOut, countRows, readFacts } from "./store.ts";

export type Verified = {
  tables: number;
  rows: number;
  chains: number;
  /** Chains that do not verify, and did not when the backup was made: all bytes are the same. */
  broken: { organizationId: string; firstBad: string }[];
};

/** @throws Refusal that names the first thing that differs. */
export async function verifyDatabase(
  adminUrl: string,
  expected: Manifest["databases"][string],
): Promise<Verified> {
  const sql = connectAsAdmin(adminUrl);
  const db = await sql.reserve();
  let rows = 0;
  try {
    // The mark of the restore itself is not the archive's.
    await db.unsafe("begin");
    await db`delete from migrations where name = ${UNFINISHED_RESTORE}`;
    for (const [name, table] of Object.entries(expected.tables)) {
      const hash = createHash("sha256");
      for await (const chunk of copyOut(db, { name, columns: table.columns })) {
        hash.update(chunk);
      }
      if (await countRows(db, name) !== table.rows || hash.digest("hex") !== table.sha256) {
        throw new Refusal(`The table ${name} is not what the archive says. Restore again.`);
      }
      rows += table.rows;
    }
    const { chains, sequences } = await readFacts(db);
    if (JSON.stringify({ chains, sequences }) !== JSON.stringify(sorted(expected))) {
      throw new Refusal("The audit's heads or the sequences are not what the archive says.");
    }
    await db.unsafe("rollback");
  } finally {
    db.release();
    await sql.end({ timeout: 5 });
  }
  const organizations = expected.chains.map(({ organizationId }) => organizationId);
  return {
    tables: Object.keys(expected.tables).length,
    rows,
    chains: organizations.length,
    broken: await findBroken(adminUrl, organizations),
  };
}

/** As the manifest's own text has them. */
const sorted = ({ chains, sequences }: Manifest["databases"][string]) => ({ chains, sequences });

/** Every hash of every chain, with the services' own function. */
async function findBroken(
  url: string,
  organizations: readonly string[],
): Promise<Verified["broken"]> {
  const sql = connect(url, { connectionsMax: 1 });
  const broken: Verified["broken"] = [];
  try {
    for (const organizationId of organizations) {
      const result = await transaction(
        sql,
        { organizationId },
        (tx) => verifyChain(tx, organizationId),
      );
      if (!result.ok) broken.push({ organizationId, firstBad: result.firstBad ?? "head" });
    }
    return broken;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
