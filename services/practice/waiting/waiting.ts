/** What can be done with the waiting list. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Booked } from "../appointments/model.ts";
import * as appointments from "../appointments/appointments.ts";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as patients from "../patients/patients.ts";
import * as practitioners from "../practitioners/practitioners.ts";
import { problem } from "../problems.ts";
import type { WaitingBooking, WaitingEntry, WaitingInput } from "./model.ts";
import * as store from "./store.ts";

const MINUTE_MS = 60_000;

export async function join(
  deps: Deps,
  { actor, requestId }: Call,
  input: WaitingInput,
  key: string | undefined,
): Promise<WaitingEntry> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf(input);
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const route = "waiting.join";
    const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
      await patients.lockActive(tx, organizationId, input.patientId);
      const { practitionerId, patientId } = input;
      if (practitionerId) await practitioners.get(tx, organizationId, practitionerId);
      const entry = await store.insert(tx, { ...input, id: newId(), organizationId }, at);
      await record(tx, at, {
        actor,
        organizationId,
        action: "waiting.joined",
        subject: { type: "waiting_entry", id: entry.id },
        requestId,
        details: { patientId },
      });
      return entry;
    });
    return answer;
  });
}

type Page = {
  practitionerId: string | undefined;
  startsAt: string | undefined;
  endsAt: string | undefined;
  after: string | undefined;
  limit: number;
};

/** Who has waited longest first; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  { actor, requestId }: Call,
  { practitionerId, startsAt, endsAt, after, limit }: Page,
): Promise<WaitingEntry[]> {
  const { organizationId } = actor;
  if ((startsAt === undefined) !== (endsAt === undefined)) {
    const detail = "Say both when the time begins and when it ends.";
    throw common("invalid-request", { errors: [{ pointer: "/endsAt", detail }] });
  }
  const entries = await read(deps.sql, { organizationId }, async (tx) => {
    const calendar = practitionerId === undefined
      ? undefined
      : (await practitioners.get(tx, organizationId, practitionerId)).calendar;
    const time = startsAt === undefined || endsAt === undefined ? undefined : {
      on: Temporal.Instant.from(startsAt).toZonedDateTimeISO(calendar?.timeZone ?? "UTC")
        .toPlainDate().toString(),
      minutes: Math.floor((Date.parse(endsAt) - Date.parse(startsAt)) / MINUTE_MS),
    };
    const page = { after, limit: limit + 1 };
    return await store.listWaiting(tx, organizationId, { practitionerId, time }, page);
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "waiting.listed",
    subject: { type: "waiting_entry" },
    requestId,
    details: { count: Math.min(entries.length, limit) },
  });
  return entries;
}

/** Books for who waits, and takes them off the list: both or neither. */
export async function book(
  deps: Deps,
  call: Call,
  { id, booking }: { id: string; booking: WaitingBooking },
): Promise<{ entry: WaitingEntry; appointment: Booked }> {
  const { actor, requestId } = call;
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await appointments.unlessTaken(() =>
    transaction(deps.sql, { organizationId, userId }, async (tx) => {
      // The patient first, as a merge does: else the two could wait for each other.
      const patientId = await store.findPatientId(tx, organizationId, id);
      if (patientId === undefined) throw problem("waiting-entry-not-found");
      await patients.lockActive(tx, organizationId, patientId);
      const before = await store.lock(tx, organizationId, id);
      if (before?.status !== "waiting") throw problem("waiting-entry-closed");
      const { note } = before;
      const input = { ...booking, patientId, reason: note };
      const appointment = await appointments.bookWithin(tx, call, input, at);
      const entry = await store.close(tx, organizationId, { id, appointmentId: appointment.id });
      await record(tx, at, {
        actor,
        organizationId,
        action: "appointment.booked",
        subject: { type: "appointment", id: appointment.id },
        requestId,
        details: { patientId, waitingEntryId: id },
      });
      return { entry, appointment };
    })
  );
}

export async function withdraw(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
): Promise<WaitingEntry> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const before = await store.lock(tx, organizationId, id);
    if (!before) throw problem("waiting-entry-not-found");
    if (before.status !== "waiting") throw problem("waiting-entry-closed");
    const entry = await store.close(tx, organizationId, { id, appointmentId: null });
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "waiting.withdrawn",
      subject: { type: "waiting_entry", id },
      requestId,
    });
    return entry;
  });
}
