/** Lets a patient who signs in see their own: nothing of anybody else, no note of the clinic. */
import { record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { read, transaction } from "@praxis/shared/postgres";
import * as appointments from "../appointments/appointments.ts";
import type { Appointment } from "../appointments/model.ts";
import type { Call } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { patientUnlinked } from "../events.ts";
import type { Patient } from "../patients/model.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import type { PatientUser } from "./model.ts";
import * as store from "./store.ts";

type Link = { patientId: string; userId: string };

export async function link(
  deps: Deps,
  { actor, requestId }: Call,
  { patientId, userId }: Link,
): Promise<PatientUser> {
  const { organizationId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId: actor.userId }, async (tx) => {
    await patients.lockActive(tx, organizationId, patientId);
    if (!await store.insert(tx, { organizationId, userId, patientId }, at)) {
      throw problem("user-linked");
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: "patient.linked",
      subject: { type: "patient", id: patientId },
      requestId,
      details: { userId },
    });
    return { userId, patientId, linkedAt: at.toISOString() };
  });
}

export async function unlink(
  deps: Deps,
  { actor, requestId }: Call,
  { patientId, userId }: Link,
): Promise<void> {
  const { organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId, userId: actor.userId }, async (tx) => {
    if (!await store.remove(tx, { organizationId, userId, patientId })) {
      throw problem("link-not-found");
    }
    await publish(tx, patientUnlinked, {
      source: "practice",
      organizationId,
      subject: patientId,
      at,
      requestId,
      data: { patientId, userId },
    });
    await record(tx, at, {
      actor,
      organizationId,
      action: "patient.unlinked",
      subject: { type: "patient", id: patientId },
      requestId,
      details: { userId },
    });
  });
}

/** @throws link-not-found for a user who is nobody's. */
async function ownId(deps: Deps, { actor: { organizationId, userId } }: Call): Promise<string> {
  const id = await read(
    deps.sql,
    { organizationId, userId },
    (tx) => store.findPatientId(tx, { organizationId, userId }),
  );
  if (id === undefined) throw problem("link-not-found");
  return id;
}

export async function openOwn(deps: Deps, call: Call): Promise<Patient> {
  return await patients.open(deps, call, await ownId(deps, call));
}

/** One more than `limit` when there are more. */
export async function listOwn(
  deps: Deps,
  call: Call,
  { after, limit }: { after: { startsAt: string; id: string } | undefined; limit: number },
): Promise<Appointment[]> {
  const patientId = await ownId(deps, call);
  return await appointments.list(deps, call, { patientId }, { after, limit });
}
