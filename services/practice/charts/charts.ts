/** Gathers a chart: all services at once, none waited for longer than its limit. */
import { read } from "@praxis/shared/postgres";
import * as appointments from "../appointments/appointments.ts";
import type { Call } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import { type Chart, type Part, partNames, parts } from "./model.ts";

const APPOINTMENTS_MAX = 20;

/** @throws patient-merged for one who lives on in another: their chart is there. */
export async function gather(deps: Deps, call: Call, patientId: string): Promise<Chart> {
  const { actor: { organizationId, userId, permissions } } = call;
  const patient = await patients.open(deps, call, patientId);
  if (patient.status === "merged") {
    throw problem("patient-merged", { detail: `Use ${patient.mergedInto} instead.` });
  }
  const withheld = partNames.filter((part) => !permissions.includes(parts[part].permission));
  const maySee = (part: Part) => !withheld.includes(part);
  const unavailable: Chart["unavailable"] = [];

  async function ask<S extends Chart["unavailable"][number]>(service: S) {
    if (!partNames.some((part) => parts[part].service === service && maySee(part))) return null;
    try {
      return await deps.chartSources[service]({ patientId, organizationId, userId }) as Awaited<
        ReturnType<Deps["chartSources"][S]>
      >;
    } catch (error) {
      deps.log.error("chart source failed", error, { service });
      unavailable.push(service);
      return null;
    }
  }

  const [own, content, communication, workflow] = await Promise.all([
    maySee("appointments") ? listAppointments(deps, organizationId, patientId) : null,
    ask("content"),
    ask("communication"),
    ask("workflow"),
  ]);
  return {
    patient,
    appointments: own,
    documents: content?.documents ?? null,
    messages: communication?.messages ?? null,
    tasks: maySee("tasks") ? workflow?.tasks ?? null : null,
    pathways: maySee("pathways") ? workflow?.pathways ?? null : null,
    unavailable: unavailable.sort(),
    withheld,
  };
}

function listAppointments(deps: Deps, organizationId: string, patientId: string) {
  const now = deps.now().toISOString();
  const page = { after: undefined, limit: APPOINTMENTS_MAX };
  return read(deps.sql, { organizationId }, async (tx) => ({
    upcoming: await appointments.listWithin(tx, organizationId, { patientId, from: now }, page),
    past: await appointments.listNewestWithin(
      tx,
      organizationId,
      { patientId, to: now },
      APPOINTMENTS_MAX,
    ),
  }));
}
