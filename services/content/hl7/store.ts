/** Where messages and their observations are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { MessageSummary } from "./summary.ts";
import type { Hl7Message } from "./view.ts";

export type Key = { organizationId: string; documentId: string; version: number };

/** A version and the messages in it. */
export type Messages = Omit<Key, "organizationId"> & { messages: readonly MessageSummary[] };

/**
 * Replaces what earlier readings of these versions found; all are of one organization. A message
 * of a batch that had been sent before has its rows already, and gets none here.
 */
export async function replace(
  db: Db,
  organizationId: string,
  versions: readonly Messages[],
): Promise<void> {
  const ids = versions.map(({ documentId }) => documentId);
  const numbers = versions.map(({ version }) => version);
  const messages = versions.flatMap(({ documentId, version, messages }) =>
    messages.map(({ header, place, group, patient, visit, orders }) => ({
      documentId,
      fileVersion: version,
      place,
      group,
      ...header,
      patient,
      visit,
      orders,
    }))
  );
  const observations = versions.flatMap(({ documentId, version, messages }) => {
    const positions = new Map<number, number>();
    return messages.flatMap(({ place, group, observations }) =>
      observations.map((observation) => {
        const position = (positions.get(place) ?? 0) + 1;
        positions.set(place, position);
        const order = observation.order === null ? null : observation.order + 1;
        return { ...observation, documentId, version, place, group, position, order };
      })
    );
  });
  await Promise.all([
    db`
      delete from hl7_observations o
      using unnest(${ids}::uuid[], ${numbers}::int[]) as v(document_id, version)
      where o.document_id = any(${ids}::uuid[]) and o.document_id = v.document_id
        and o.version = v.version and o.organization_id = ${organizationId}`,
    db`
      delete from hl7_messages m
      using unnest(${ids}::uuid[], ${numbers}::int[]) as v(document_id, version)
      where m.document_id = any(${ids}::uuid[]) and m.document_id = v.document_id
        and m.version = v.version and m.organization_id = ${organizationId}`,
    db`
      insert into hl7_messages
        (organization_id, document_id, version, message, message_type, trigger_event, control_id,
         hl7_version, processing_id, sending_application, sending_facility, receiving_application,
         receiving_facility, sent_at, patient_group, patient, visit, orders)
      select ${organizationId}::uuid, m."documentId", m."fileVersion", m.place, m.type, m.trigger,
             m."controlId", m.version, m."processingId", m."sendingApplication",
             m."sendingFacility", m."receivingApplication", m."receivingFacility", m."sentAt",
             m."group", m.patient, m.visit, m.orders
      from jsonb_to_recordset(${db.json(messages as never)}::jsonb) as m(
        "documentId" uuid, "fileVersion" int, place int, "group" int, type text, trigger text,
        "controlId" text, version text, "processingId" text, "sendingApplication" text,
        "sendingFacility" text, "receivingApplication" text, "receivingFacility" text,
        "sentAt" text, patient jsonb, visit jsonb, orders jsonb)
      where not exists (
        select 1 from hl7_repetitions r
        where r.document_id = m."documentId" and r.version = m."fileVersion"
          and r.place = m.place)`,
    ...(observations.length === 0 ? [] : [db`
      insert into hl7_observations
        (organization_id, document_id, version, message, patient_group, position, order_position,
         value_type, code, label, code_system, sub_id, value, units, reference_range, flags, status, observed_at,
         notes)
      select ${organizationId}::uuid, o."documentId", o.version, o.place, o."group", o.position,
             o."order", o."valueType", o.code, o.text, o.system, o."subId", o.value, o.units,
             o."referenceRange", o.flags, o.status, o."observedAt", o.notes
      from jsonb_to_recordset(${db.json(observations as never)}::jsonb) as o(
        "documentId" uuid, version int, place int, "group" int, position int, "order" int, "valueType" text,
        code text, text text, system text, "subId" text, value text, units text,
        "referenceRange" text, flags text, status text, "observedAt" text, notes text)
      where not exists (
        select 1 from hl7_repetitions r
        where r.document_id = o."documentId" and r.version = o.version and r.place = o.place)`]),
  ]);
}

/** Every message of one version, with its observations. */
export async function list(
  db: Db,
  { organizationId, documentId, version }: Key,
): Promise<Hl7Message[]> {
  const messages = await db<Omit<Hl7Message, "observations">[]>`
    select message, patient_group, message_type, trigger_event, control_id, hl7_version, processing_id,
           sending_application, sending_facility, receiving_application, receiving_facility,
           sent_at, patient, visit, orders
    from hl7_messages
    where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId} order by message, patient_group`;
  type Row = Hl7Message["observations"][number] & { message: number; patientGroup: number };
  const observations = await db<Row[]>`
    select message, patient_group, position, order_position, value_type, code, label, code_system, sub_id, value,
           units, reference_range, flags, status, observed_at, notes
    from hl7_observations
    where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId} order by message, position`;
  const keyOf = (row: { message: number; patientGroup: number }) =>
    `${row.message} ${row.patientGroup}`;
  const byGroup = Map.groupBy(observations, keyOf);
  return messages.map((row) => ({ ...row, observations: byGroup.get(keyOf(row)) ?? [] }));
}
