/** Where messages and their observations are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { MessageSummary } from "./summary.ts";
import type { Hl7Message } from "./view.ts";

export type Key = { organizationId: string; documentId: string; version: number };

/** Replaces what an earlier reading found. */
export async function replace(
  db: Db,
  { organizationId, documentId, version }: Key,
  messages: MessageSummary[],
): Promise<void> {
  await db`
    delete from hl7_observations where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId}`;
  await db`
    delete from hl7_messages where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId}`;
  if (messages.length === 0) return;
  const rows = messages.map(({ header, patient, visit, orders }, at) => ({
    message: at + 1,
    ...header,
    patient,
    visit,
    orders,
  }));
  await db`
    insert into hl7_messages
      (organization_id, document_id, version, message, message_type, trigger_event, control_id,
       hl7_version, processing_id, sending_application, sending_facility, receiving_application,
       receiving_facility, sent_at, patient, visit, orders)
    select ${organizationId}, ${documentId}, ${version}, m.message, m.type, m.trigger,
           m."controlId", m.version, m."processingId", m."sendingApplication",
           m."sendingFacility", m."receivingApplication", m."receivingFacility", m."sentAt",
           m.patient, m.visit, m.orders
    from jsonb_to_recordset(${db.json(rows as never)}::jsonb) as m(
      message int, type text, trigger text, "controlId" text, version text, "processingId" text,
      "sendingApplication" text, "sendingFacility" text, "receivingApplication" text,
      "receivingFacility" text, "sentAt" text, patient jsonb, visit jsonb, orders jsonb)`;
  const observations = messages.flatMap((message, at) =>
    message.observations.map((observation, index) => ({
      ...observation,
      message: at + 1,
      position: index + 1,
      order: observation.order === null ? null : observation.order + 1,
    }))
  );
  if (observations.length === 0) return;
  await db`
    insert into hl7_observations
      (organization_id, document_id, version, message, position, order_position, value_type, code,
       label, code_system, sub_id, value, units, reference_range, flags, status, observed_at, notes)
    select ${organizationId}, ${documentId}, ${version}, o.message, o.position, o."order",
           o."valueType", o.code, o.text, o.system, o."subId", o.value, o.units,
           o."referenceRange", o.flags, o.status, o."observedAt", o.notes
    from jsonb_to_recordset(${db.json(observations as never)}::jsonb) as o(
      message int, position int, "order" int, "valueType" text, code text, text text,
      system text, "subId" text, value text, units text, "referenceRange" text, flags text,
      status text, "observedAt" text, notes text)`;
}

/** Every message of one version, with its observations. */
export async function list(
  db: Db,
  { organizationId, documentId, version }: Key,
): Promise<Hl7Message[]> {
  const messages = await db<Omit<Hl7Message, "observations">[]>`
    select message, message_type, trigger_event, control_id, hl7_version, processing_id,
           sending_application, sending_facility, receiving_application, receiving_facility,
           sent_at, patient, visit, orders
    from hl7_messages
    where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId} order by message`;
  const observations = await db<(Hl7Message["observations"][number] & { message: number })[]>`
    select message, position, order_position, value_type, code, label, code_system, sub_id, value,
           units, reference_range, flags, status, observed_at, notes
    from hl7_observations
    where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId} order by message, position`;
  const byMessage = Map.groupBy(observations, ({ message }) => message);
  return messages.map((row) => ({ ...row, observations: byMessage.get(row.message) ?? [] }));
}
