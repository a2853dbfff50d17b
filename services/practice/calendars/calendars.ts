/** What can be done with calendars: be away, close for a day, ask what is free. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as locations from "../locations/locations.ts";
import type { Practitioner } from "../practitioners/model.ts";
import * as practitioners from "../practitioners/practitioners.ts";
import { problem } from "../problems.ts";
import {
  type Absence,
  type AbsenceInput,
  type Holiday,
  type HolidayInput,
  overlaps,
  type Slot,
  SLOT_RANGE_DAYS_MAX,
  slotsOf,
  type Span,
  type Warning,
  warningsOf,
} from "./model.ts";
import * as store from "./store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const EXCEPTIONS_MAX = 1_000;

const spanOf = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }): Span => ({
  from: Date.parse(startsAt),
  to: Date.parse(endsAt),
});

export async function addAbsence(
  deps: Deps,
  { actor, requestId }: Call,
  { practitionerId, input, key }: {
    practitionerId: string;
    input: AbsenceInput;
    key: string | undefined;
  },
): Promise<Absence> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf({ practitionerId, input });
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const route = "absence.add";
    return (await once(tx, { actor, route, key, fingerprint }, () => add(tx))).answer;
  });

  async function add(tx: Db): Promise<Absence> {
    await practitioners.lock(tx, organizationId, practitionerId);
    const id = newId();
    const absence = await store.insertAbsence(
      tx,
      { ...input, id, organizationId, practitionerId },
      at,
    );
    await record(tx, at, {
      actor,
      organizationId,
      action: "absence.added",
      subject: { type: "absence", id },
      requestId,
      details: { practitionerId },
    });
    return absence;
  }
}

export async function removeAbsence(
  deps: Deps,
  { actor, requestId }: Call,
  { id, practitionerId }: { id: string; practitionerId: string },
): Promise<void> {
  const { organizationId, userId } = actor;
  await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    if (!await store.removeAbsence(tx, organizationId, { id, practitionerId })) {
      throw problem("absence-not-found");
    }
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "absence.removed",
      subject: { type: "absence", id },
      requestId,
      details: { practitionerId },
    });
  });
}

/** Those that have not ended, the next first. */
export function listAbsences(
  deps: Deps,
  { actor: { organizationId } }: Call,
  practitionerId: string,
  limit: number,
): Promise<Absence[]> {
  return read(deps.sql, { organizationId }, async (tx) => {
    await practitioners.get(tx, organizationId, practitionerId);
    const range = { from: deps.now().getTime(), to: Date.parse("9999-01-01T00:00:00Z") };
    return await store.listAbsences(tx, organizationId, practitionerId, range, limit);
  });
}

export async function addHoliday(
  deps: Deps,
  { actor, requestId }: Call,
  input: HolidayInput,
): Promise<Holiday> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    if (input.locationId) await locations.get(tx, organizationId, input.locationId);
    const id = newId();
    const holiday = await store.insertHoliday(tx, { ...input, id, organizationId });
    if (!holiday) throw problem("holiday-known");
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "holiday.added",
      subject: { type: "holiday", id },
      requestId,
    });
    return holiday;
  });
}

export async function removeHoliday(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
): Promise<void> {
  const { organizationId, userId } = actor;
  await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    if (!await store.removeHoliday(tx, organizationId, id)) throw problem("holiday-not-found");
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "holiday.removed",
      subject: { type: "holiday", id },
      requestId,
    });
  });
}

/** Those of the year that begins today, the next first. */
export function listHolidays(
  deps: Deps,
  { actor: { organizationId } }: Call,
  limit: number,
): Promise<Holiday[]> {
  const from = new Date(deps.now().getTime() - DAY_MS).toISOString().slice(0, 10);
  const range = { from, to: "9999-12-31" };
  return read(
    deps.sql,
    { organizationId },
    (tx) => store.listHolidays(tx, organizationId, range, limit),
  );
}

/** Everything that the pure rules of a calendar need to know about `range`. */
async function factsOf(
  tx: Db,
  organizationId: string,
  { id, calendar }: Practitioner,
  range: Span,
) {
  const around = { from: range.from - DAY_MS, to: range.to + DAY_MS };
  const days = {
    from: new Date(around.from).toISOString().slice(0, 10),
    to: new Date(around.to).toISOString().slice(0, 10),
  };
  const at = calendar.hours.flatMap(({ locationId }) => locationId ?? []);
  const absences = await store.listAbsences(tx, organizationId, id, range, EXCEPTIONS_MAX);
  return {
    calendar,
    zones: await locations.zonesOf(tx, organizationId, at),
    holidays: await store.listHolidays(tx, organizationId, days, EXCEPTIONS_MAX),
    absences: absences.map(spanOf),
    range,
  };
}

export type SlotQuery = {
  practitionerId: string;
  from: string;
  to: string;
  durationMinutes: number;
  locationId: string | undefined;
};

/** What is free: not the past, not in more than `SLOT_RANGE_DAYS_MAX` days at once. */
export async function listSlots(
  deps: Deps,
  { actor: { organizationId } }: Call,
  { practitionerId, from, to, durationMinutes, locationId }: SlotQuery,
): Promise<Slot[]> {
  const asked = { from: Date.parse(from), to: Date.parse(to) };
  if (asked.to <= asked.from || asked.to - asked.from > SLOT_RANGE_DAYS_MAX * DAY_MS) {
    const detail = `Ask for at most ${SLOT_RANGE_DAYS_MAX} days, forwards.`;
    throw common("invalid-request", { errors: [{ pointer: "/to", detail }] });
  }
  return await read(deps.sql, { organizationId }, async (tx) => {
    const practitioner = await practitioners.get(tx, organizationId, practitionerId);
    const range = { from: Math.max(asked.from, deps.now().getTime()), to: asked.to };
    if (!practitioner.isActive || range.from >= range.to) return [];
    const facts = await factsOf(tx, organizationId, practitioner, range);
    const rooms = [...facts.zones.keys()];
    const taken = await store.listTaken(tx, organizationId, { practitionerId, rooms }, range);
    return slotsOf({
      ...facts,
      taken,
      durationMinutes,
      ...(locationId === undefined ? {} : { locationId }),
    });
  });
}

/** What speaks against booking `practitioner` for `range`. */
export async function warn(
  tx: Db,
  organizationId: string,
  practitioner: Practitioner,
  range: Span,
): Promise<Warning[]> {
  return warningsOf(await factsOf(tx, organizationId, practitioner, range));
}

type Place = {
  practitionerId: string;
  locationId: string | null;
  isRoom: boolean;
  startsAt: Date;
  endsAt: Date;
  occupies: { from: Date; to: Date };
};

/** Whether practitioner or room are somebody else's at that time: for a clear message only. */
export async function isTaken(
  tx: Db,
  organizationId: string,
  { practitionerId, locationId, isRoom, startsAt, endsAt, occupies }: Place,
): Promise<boolean> {
  const rooms = isRoom && locationId ? [locationId] : [];
  const needed = { from: occupies.from.getTime(), to: occupies.to.getTime() };
  const itself = { from: startsAt.getTime(), to: endsAt.getTime() };
  const taken = await store.listTaken(tx, organizationId, { practitionerId, rooms }, needed);
  return taken.some(({ room, ...span }) => overlaps(span, room === undefined ? needed : itself));
}
