/** What can be done with practitioners. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Calendar } from "../calendars/model.ts";
import type { Deps } from "../deps.ts";
import * as locations from "../locations/locations.ts";
import { isCurrent } from "../patients/model.ts";
import { problem } from "../problems.ts";
import type { NewPractitioner, Practitioner, PractitionerInput } from "./model.ts";
import * as store from "./store.ts";

/** @throws location-not-found when hours name one that is not the organization's. */
async function checkHours(tx: Db, organizationId: string, { hours }: Calendar): Promise<void> {
  await locations.zonesOf(
    tx,
    organizationId,
    hours.flatMap(({ locationId }) => locationId ?? []),
  );
}

export async function add(
  deps: Deps,
  { actor, requestId }: Call,
  input: NewPractitioner,
  key: string | undefined,
): Promise<Practitioner> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf(input);
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const route = "practitioner.add";
    const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
      await checkHours(tx, organizationId, input.calendar);
      const id = newId();
      const practitioner = await store.insert(tx, { ...input, id, organizationId }, at);
      await record(tx, at, {
        actor,
        organizationId,
        action: "practitioner.added",
        subject: { type: "practitioner", id },
        requestId,
      });
      return practitioner!;
    });
    return answer;
  });
}

type Change = { id: string; ifMatch: string | undefined };

async function changeWith(
  deps: Deps,
  { actor, requestId }: Call,
  { id, ifMatch, action }: Change & { action: string },
  work: (tx: Db) => Promise<Practitioner>,
): Promise<Practitioner> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const before = await lock(tx, organizationId, id);
    if (ifMatch === undefined) throw problem("condition-missing");
    if (!isCurrent(before, ifMatch)) throw problem("stale");
    const practitioner = await work(tx);
    await record(tx, at, {
      actor,
      organizationId,
      action,
      subject: { type: "practitioner", id },
      requestId,
      details: { version: practitioner.version },
    });
    return practitioner;
  });
}

export const change = (
  deps: Deps,
  call: Call,
  { input, ...of }: Change & { input: PractitionerInput },
) =>
  changeWith(deps, call, { ...of, action: "practitioner.changed" }, (tx) => {
    const { organizationId } = call.actor;
    return store.update(tx, { ...input, id: of.id, organizationId });
  });

/** Appointments that were booked before stay as they are. */
export const setCalendar = (
  deps: Deps,
  call: Call,
  { calendar, ...of }: Change & { calendar: Calendar },
) =>
  changeWith(deps, call, { ...of, action: "practitioner.calendar_set" }, async (tx) => {
    const { organizationId } = call.actor;
    await checkHours(tx, organizationId, calendar);
    return await store.setCalendar(tx, { id: of.id, organizationId }, calendar);
  });

/** @throws practitioner-not-found, for another organization's as well. */
export async function get(tx: Db, organizationId: string, id: string): Promise<Practitioner> {
  const practitioner = await store.find(tx, organizationId, id);
  if (!practitioner) throw problem("practitioner-not-found");
  return practitioner;
}

export async function lock(tx: Db, organizationId: string, id: string): Promise<Practitioner> {
  const practitioner = await store.lock(tx, organizationId, id);
  if (!practitioner) throw problem("practitioner-not-found");
  return practitioner;
}

export const open = (deps: Deps, { actor: { organizationId } }: Call, id: string) =>
  read(deps.sql, { organizationId }, (tx) => get(tx, organizationId, id));

/** One more than `limit` when there are more. `name` is the beginning of a name. */
export function list(
  deps: Deps,
  { actor: { organizationId } }: Call,
  filter: { name?: string; identifier?: string; userId?: string },
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Practitioner[]> {
  return read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { after, limit: limit + 1 }),
  );
}
