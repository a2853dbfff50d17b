/** Who might be the same person, by index. */
import type { Db } from "@praxis/shared/postgres";

export async function findCandidates(
  db: Db,
  { keys, birthDate }: { keys: string[]; birthDate: string | null },
  most: number,
): Promise<string[]> {
  const rows = await db<{ patientId: string }[]>`
    select patient_id from find_duplicate_candidates(${keys}::text[], ${birthDate}::text, ${most})`;
  return rows.map(({ patientId }) => patientId);
}
