/** Sums up what has to be done for a patient for a chart. */
import { isPermission, type ServiceActor } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as workflowTasks from "../tasks/tasks.ts";
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

/** Which of `asked` a member holds. */
async function permissionsOf(
  deps: Deps,
  { organizationId, userId }: Pick<Asked, "organizationId" | "userId">,
  asked: readonly string[],
): Promise<string[]> {
  const held = await Promise.all(
    asked.filter(isPermission).map(async (permission) => {
      const members = await deps.identity.listMembers(organizationId, permission);
      return members.includes(userId) ? [permission] : [];
    }),
  );
  return held.flat();
}

/** Whoever assigns tasks sees those of every pool. */
const SUPERVISES = "tasks:assign";

/**
 * Nothing for a patient of whom nothing is kept: who exists is practice's to say. A task that the
 * reader may not see in their own list is not in the chart either.
 */
export async function summarize(
  deps: Deps,
  { actor, organizationId, patientId, userId, requestId }: Asked,
): Promise<PatientSummary> {
  const patient = { organizationId, patientId };
  const scope = { organizationId };
  const [asked, pathways] = await read(deps.sql, scope, (tx) =>
    Promise.all([
      workflowTasks.listPermissionsOf(tx, organizationId, patientId),
      store.listPathways(tx, patient, ITEMS_MAX),
    ]));
  const permissions = asked.length === 0
    ? []
    : await permissionsOf(deps, { organizationId, userId }, [...new Set([...asked, SUPERVISES])]);
  const open = permissions.length === 0
    ? []
    : await read(deps.sql, scope, (tx) =>
      workflowTasks.listOpenOf(tx, organizationId, { userId, permissions }, {
        patientId,
        limit: ITEMS_MAX,
      }));
  const tasks = open.map(({ id, title, state, dueAt }) => ({ id, title, state, dueAt }));
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
