/** Sums up what a user was told about a patient for a chart. */
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
  const messages = await read(
    deps.sql,
    { organizationId, userId },
    (tx) => store.listMessages(tx, { organizationId, patientId, userId }, ITEMS_MAX),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "patient.summarized",
    subject: { type: "patient", id: patientId },
    requestId,
    details: { userId, count: messages.length },
  });
  return { messages };
}
