/** Where the answers that messages got are kept. */
import { Buffer } from "node:buffer";
import type { Db } from "@praxis/shared/postgres";
import type { Acknowledgement, MessageKey } from "./model.ts";

/** `documentId` null: nothing of it is stored. */
type New = { key: MessageKey; acknowledgement: Acknowledgement; documentId: string | null };

/**
 * Takes these messages' places, and answers which were free; whoever takes one of them at the same
 * time is waited for. In the order of their keys: two transactions may share several.
 */
export async function claim(
  db: Db,
  organizationId: string,
  claims: readonly New[],
  at: Date,
): Promise<MessageKey[]> {
  if (claims.length === 0) return [];
  const rows = claims.map(({ key, acknowledgement: { code, answer }, documentId }) => ({
    ...key,
    code,
    answer: answer && Buffer.from(answer).toString("base64"),
    documentId,
  }));
  return await db<MessageKey[]>`
    insert into hl7_acknowledgements
      (organization_id, sender, control_id, body_sha256, code, answer, document_id, created_at)
    select ${organizationId}::uuid, a.sender, a."controlId", a."bodySha256", a.code,
           decode(a.answer, 'base64'), a."documentId", ${at}::timestamptz
    from jsonb_to_recordset(${db.json(rows)}::jsonb) as a(
      sender text, "controlId" text, "bodySha256" text, code text, answer text, "documentId" uuid)
    order by a.sender collate "C", a."controlId" collate "C", a."bodySha256" collate "C"
    on conflict do nothing
    returning sender, control_id, body_sha256`;
}

/** What was answered to these messages before. */
export async function list(
  db: Db,
  organizationId: string,
  keys: readonly MessageKey[],
): Promise<(MessageKey & Acknowledgement)[]> {
  if (keys.length === 0) return [];
  const rows = await db<
    (MessageKey & { code: Acknowledgement["code"]; answer: Uint8Array | null })[]
  >`
    select a.sender, a.control_id, a.body_sha256, a.code, a.answer
    from jsonb_to_recordset(${db.json(keys as never)}::jsonb) as k(
      sender text, "controlId" text, "bodySha256" text)
    join hl7_acknowledgements a on a.organization_id = ${organizationId}
      and a.sender = k.sender and a.control_id = k."controlId" and a.body_sha256 = k."bodySha256"`;
  return rows.map(({ answer, ...row }) => ({ ...row, answer: answer && new Uint8Array(answer) }));
}

/** Messages of new documents, by their places from 1, that had been sent before. */
export async function insertRepetitions(
  db: Db,
  organizationId: string,
  repetitions: readonly { documentId: string; place: number }[],
): Promise<void> {
  if (repetitions.length === 0) return;
  await db`
    insert into hl7_repetitions (organization_id, document_id, version, place)
    select ${organizationId}::uuid, r.document_id, 1, r.place
    from unnest(${repetitions.map(({ documentId }) => documentId)}::uuid[],
                ${repetitions.map(({ place }) => place)}::int[]) as r(document_id, place)`;
}
