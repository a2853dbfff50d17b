/** Where the answers that messages got are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Acknowledgement } from "./model.ts";

type ResendKey = {
  organizationId: string;
  sender: string;
  controlId: string;
  bodySha256: string;
};

/** Takes the message's place; false when it has been answered before (or just now: it waits). */
export async function insertAcknowledgement(
  db: Db,
  { organizationId, sender, controlId, bodySha256 }: ResendKey,
  { code, answer }: Acknowledgement,
  documentId: string | null,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    insert into hl7_acknowledgements
      (organization_id, sender, control_id, body_sha256, code, answer, document_id, created_at)
    values (${organizationId}, ${sender}, ${controlId}, ${bodySha256}, ${code}, ${answer},
            ${documentId}, ${at})
    on conflict do nothing`;
  return count === 1;
}

export async function findAcknowledgement(
  db: Db,
  { organizationId, sender, controlId, bodySha256 }: ResendKey,
): Promise<Acknowledgement | undefined> {
  const [row] = await db<{ code: Acknowledgement["code"]; answer: Uint8Array | null }[]>`
    select code, answer from hl7_acknowledgements
    where organization_id = ${organizationId} and sender = ${sender}
      and control_id = ${controlId} and body_sha256 = ${bodySha256}`;
  return row && { code: row.code, answer: row.answer && new Uint8Array(row.answer) };
}
