/** Sums up what has to be done for a patient for a chart. */
import type { ServiceActor } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import type { PatientSummary } from "./model.ts";
import * as store from "./store.ts";

type Asked = {
  actor: ServiceActor;
  organizationId: string;
  patientId: string;
  /** Who is going to read it. The asking service has made sure that they may. */
  userId: string;
  requestId: string;
};

const ITEMS_MAX = 20;

/** Nothing for a patient of whom nothing is kept: who exists is practice's to say. */
export async function summarize(
  deps: Deps,
  { actor, organizationId, patientId, userId, requestId }: Asked,
): Promise<PatientSummary> {
  const patient = { organizationId, patientId };
  const [tasks, pathways] = await read(
    deps.sql,
    { organizationId },
    (tx) =>
      Promise.all([
        store.listTasks(tx, patient, ITEMS_MAX),
        store.listPathways(tx, patient, ITEMS_MAX),
      ]),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "patient.summarized",
    subject: { type: "patient", id: patientId },
    requestId,
    details: { userId, tasks: tasks.length, pathways: pathways.length },
  });
  return { tasks, pathways };
}
