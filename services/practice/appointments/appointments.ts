/** What can be done with appointments: book, move, step on, in a series or alone. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import * as calendars from "../calendars/calendars.ts";
import { occupied } from "../calendars/model.ts";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { appointmentEvents } from "../events.ts";
import * as locations from "../locations/locations.ts";
import { isCurrent } from "../patients/model.ts";
import * as patients from "../patients/patients.ts";
import type { Practitioner } from "../practitioners/model.ts";
import * as practitioners from "../practitioners/practitioners.ts";
import { problem } from "../problems.ts";
import {
  after,
  type Appointment,
  type AppointmentInput,
  type Booked,
  isMovable,
  type MoveInput,
  occurrencesOf,
  type Series,
  type SeriesInput,
  type Status,
  type Step,
} from "./model.ts";
import * as store from "./store.ts";

type Wanted = {
  practitionerId: string;
  locationId: string | null;
  startsAt: string;
  endsAt: string;
};

async function publishAbout(
  tx: Db,
  what: keyof typeof appointmentEvents,
  appointment: Appointment,
  { organizationId, at, requestId }: { organizationId: string; at: Date; requestId: string },
): Promise<void> {
  const { id, version, patientId, practitionerId, locationId, startsAt, endsAt, status } =
    appointment;
  await publish(tx, appointmentEvents[what], {
    source: "practice",
    organizationId,
    subject: id,
    at,
    requestId,
    data: {
      appointmentId: id,
      version,
      patientId,
      practitionerId,
      locationId,
      startsAt,
      endsAt,
      status,
    },
  });
}

const entryOf = (
  { actor, requestId }: Call,
  action: string,
  { id, version, patientId }: Appointment,
): AuditEntry => ({
  actor,
  organizationId: actor.organizationId,
  action,
  subject: { type: "appointment", id },
  requestId,
  details: { patientId, version },
});

/**
 * The practitioner and the room, locked: who wants the same waits instead of running into a
 * deadlock inside the exclusion constraint. Always in this order.
 */
async function lockPlace(tx: Db, organizationId: string, wanted: Wanted) {
  const practitioner = await practitioners.lock(tx, organizationId, wanted.practitionerId);
  if (!practitioner.isActive) throw problem("practitioner-not-found");
  const location = wanted.locationId === null
    ? undefined
    : await locations.lock(tx, organizationId, wanted.locationId);
  if (location && !location.isActive) throw problem("location-not-found");
  return { practitioner, location };
}

function placeOf(
  practitioner: Practitioner,
  location: { isRoom: boolean } | undefined,
  { practitionerId, locationId, startsAt, endsAt }: Wanted,
): store.Place {
  const span = { from: Date.parse(startsAt), to: Date.parse(endsAt) };
  const { from, to } = occupied(practitioner.calendar, span);
  return {
    practitionerId,
    locationId,
    isRoom: location?.isRoom ?? false,
    startsAt: new Date(span.from),
    endsAt: new Date(span.to),
    occupies: { from: new Date(from), to: new Date(to) },
  };
}

/** Says so in the answer when an exclusion constraint has refused a time. */
export async function unlessTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (store.isTaken(error)) throw problem("appointment-taken");
    throw error;
  }
}

/** For whom, whoever it is that orders it. */
type Ordered = { actor: { organizationId: string }; requestId: string };

/** Books within `tx`; the caller records it. */
export async function bookWithin(
  tx: Db,
  { actor: { organizationId }, requestId }: Ordered,
  input: AppointmentInput,
  at: Date,
): Promise<Booked> {
  await patients.lockActive(tx, organizationId, input.patientId);
  const { practitioner, location } = await lockPlace(tx, organizationId, input);
  const place = placeOf(practitioner, location, input);
  const appointment = await store.insert(tx, {
    ...place,
    id: newId(),
    organizationId,
    patientId: input.patientId,
    seriesId: null,
    reason: input.reason,
  }, at);
  const warnings = await calendars.warn(tx, organizationId, practitioner, {
    from: place.startsAt.getTime(),
    to: place.endsAt.getTime(),
  });
  await publishAbout(tx, "booked", appointment, { organizationId, at, requestId });
  return { ...appointment, warnings };
}

/** @throws appointment-taken when practitioner or room are not free, whoever asks at once. */
export async function book(
  deps: Deps,
  call: Call,
  input: AppointmentInput,
  key: string | undefined,
): Promise<Booked> {
  const { actor } = call;
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf(input);
  return await unlessTaken(() =>
    transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const route = "appointment.book";
      const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
        const booked = await bookWithin(tx, call, input, at);
        await record(tx, at, entryOf(call, "appointment.booked", booked));
        return booked;
      });
      return answer;
    })
  );
}

/** Calls an appointment off within `tx`, if it still can be; the caller records it. */
export async function cancelWithin(
  tx: Db,
  { actor: { organizationId }, requestId }: Ordered,
  id: string,
  { at, reason }: { at: Date; reason: string },
): Promise<boolean> {
  const before = await lock(tx, organizationId, id, undefined);
  const status = after(before.status, "cancel");
  if (!status) return false;
  const change = { status, cancellationReason: reason };
  const appointment = await store.setStatus(tx, organizationId, id, change, at);
  await publishAbout(tx, "cancelled", appointment, { organizationId, at, requestId });
  return true;
}

/** @throws appointment-not-found, for another organization's as well. */
async function lock(tx: Db, organizationId: string, id: string, ifMatch: string | undefined) {
  const appointment = await store.lock(tx, organizationId, id);
  if (!appointment) throw problem("appointment-not-found");
  if (ifMatch !== undefined && !isCurrent(appointment, ifMatch)) throw problem("stale");
  return appointment;
}

type Change = { id: string; ifMatch: string | undefined };

/** Another time, practitioner or place. What was confirmed has to be confirmed again. */
export async function move(
  deps: Deps,
  call: Call,
  { id, ifMatch, input }: Change & { input: MoveInput },
): Promise<Booked> {
  const { organizationId, userId } = call.actor;
  const at = deps.now();
  return await unlessTaken(() =>
    transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const before = await lock(tx, organizationId, id, ifMatch);
      if (!isMovable(before.status)) throw problem("appointment-state");
      const wanted = {
        practitionerId: input.practitionerId ?? before.practitionerId,
        locationId: input.locationId === undefined ? before.locationId : input.locationId,
        startsAt: input.startsAt,
        endsAt: input.endsAt,
      };
      const { practitioner, location } = await lockPlace(tx, organizationId, wanted);
      const place = placeOf(practitioner, location, wanted);
      const appointment = await store.move(tx, organizationId, id, place, at);
      const warnings = await calendars.warn(tx, organizationId, practitioner, {
        from: place.startsAt.getTime(),
        to: place.endsAt.getTime(),
      });
      const { requestId } = call;
      await publishAbout(tx, "moved", appointment, { organizationId, at, requestId });
      await record(tx, at, entryOf(call, "appointment.moved", appointment));
      return { ...appointment, warnings };
    })
  );
}

const FACTS: Record<Step, keyof typeof appointmentEvents> = {
  confirm: "confirmed",
  arrive: "arrived",
  fulfil: "fulfilled",
  cancel: "cancelled",
  miss: "missed",
};

/** Takes a step. What is already there stays as it is and is not recorded again. */
export async function take(
  deps: Deps,
  call: Call,
  { id, ifMatch, step, reason }: Change & { step: Step; reason: string | null },
): Promise<Appointment> {
  const { actor: { organizationId, userId }, requestId } = call;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const before = await lock(tx, organizationId, id, ifMatch);
    if (before.status === FACTS[step]) return before;
    const status = after(before.status, step);
    if (!status) throw problem("appointment-state", { detail: `It is ${before.status}.` });
    const change = { status, cancellationReason: reason };
    const appointment = await store.setStatus(tx, organizationId, id, change, at);
    await publishAbout(tx, FACTS[step], appointment, { organizationId, at, requestId });
    await record(tx, at, entryOf(call, `appointment.${FACTS[step]}`, appointment));
    return appointment;
  });
}

export async function open(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
): Promise<Appointment> {
  const { organizationId } = actor;
  const appointment = await read(
    deps.sql,
    { organizationId },
    (tx) => store.find(tx, organizationId, id),
  );
  if (!appointment) throw problem("appointment-not-found");
  await deps.auditRead(entryOf({ actor, requestId }, "appointment.read", appointment));
  return appointment;
}

/** One more than `limit` when there are more. */
export async function list(
  deps: Deps,
  { actor, requestId }: Call,
  filter: store.Filter,
  { after, limit }: store.Page,
): Promise<Appointment[]> {
  const { organizationId } = actor;
  const appointments = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { after, limit: limit + 1 }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "appointment.listed",
    subject: { type: "appointment" },
    requestId,
    details: { ...filter, count: Math.min(appointments.length, limit) },
  });
  return appointments;
}

/** For another feature that records the read itself. */
export const listWithin = store.list;
export const listNewestWithin = store.listNewest;
export type Filter = store.Filter;
export type { Status };

/**
 * Books all of a series or nothing of it.
 * @throws appointment-taken that names each occurrence whose time is gone.
 */
export async function bookSeries(
  deps: Deps,
  call: Call,
  input: SeriesInput,
  key: string | undefined,
): Promise<Series> {
  const { actor, requestId } = call;
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf(input);
  return await unlessTaken(() =>
    transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const route = "series.book";
      const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
        await patients.lockActive(tx, organizationId, input.patientId);
        const wanted = { ...input, startsAt: "", endsAt: "" };
        const { practitioner, location } = await lockPlace(tx, organizationId, wanted);
        const timeZone = input.timeZone ?? location?.timeZone ?? practitioner.calendar.timeZone;
        const occurrences = occurrencesOf(input, timeZone);
        const places = occurrences.map((one) =>
          placeOf(practitioner, location, { ...input, ...one })
        );
        await refuseTaken(tx, organizationId, places);
        const seriesId = newId();
        await store.insertSeries(tx, { id: seriesId, organizationId }, at);
        const { patientId, reason } = input;
        const series: Series = { id: seriesId, timeZone, appointments: [], shifted: [] };
        for (const [n, place] of places.entries()) {
          const id = newId();
          const one = { ...place, id, organizationId, patientId, seriesId, reason };
          const appointment = await store.insert(tx, one, at);
          await publishAbout(tx, "booked", appointment, { organizationId, at, requestId });
          series.appointments.push(appointment);
          if (occurrences[n]!.isShifted) series.shifted.push(id);
        }
        await record(tx, at, {
          actor,
          organizationId,
          action: "series.booked",
          subject: { type: "series", id: seriesId },
          requestId,
          details: { patientId, appointments: series.appointments.map(({ id }) => id) },
        });
        return series;
      });
      return answer;
    })
  );
}

async function refuseTaken(
  tx: Db,
  organizationId: string,
  places: store.Place[],
): Promise<void> {
  const errors: { pointer: string; detail: string }[] = [];
  for (const [n, place] of places.entries()) {
    if (await calendars.isTaken(tx, organizationId, place)) {
      const detail = `The time at ${place.startsAt.toISOString()} is taken.`;
      errors.push({ pointer: `/occurrences/${n}`, detail });
    }
  }
  if (errors.length > 0) throw problem("appointment-taken", { errors });
}

/** Cancels what of a series is yet to come. */
export async function cancelSeries(
  deps: Deps,
  call: Call,
  { id, reason }: { id: string; reason: string | null },
): Promise<Appointment[]> {
  const { actor, requestId } = call;
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    if (!await store.hasSeries(tx, organizationId, id)) throw problem("series-not-found");
    const cancelled: Appointment[] = [];
    for (const one of await store.lockOpenOfSeries(tx, organizationId, id, at)) {
      const change = { status: "cancelled", cancellationReason: reason } as const;
      const appointment = await store.setStatus(tx, organizationId, one.id, change, at);
      await publishAbout(tx, "cancelled", appointment, { organizationId, at, requestId });
      cancelled.push(appointment);
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: "series.cancelled",
      subject: { type: "series", id },
      requestId,
      details: { appointments: cancelled.map((one) => one.id) },
    });
    return cancelled;
  });
}
