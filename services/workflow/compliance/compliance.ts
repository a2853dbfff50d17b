/** What can be asked about protocols that were kept or not, and what can be said about it. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as declare from "./declare/declare.ts";
import type { Verdict } from "./declare/templates.ts";
import { type CareEventInput, explain, type Finding, type Report } from "./model.ts";
import * as findings from "./findings/store.ts";
import * as protocols from "./protocols/protocols.ts";
import * as store from "./store.ts";

type Request = { requestId: string };
const VERDICTS_MAX = 1_000;

const auditRead = (
  deps: Deps,
  actor: UserActor,
  action: string,
  subject: { type: string; id?: string },
  requestId: string,
  details: Record<string, unknown> = {},
) =>
  deps.auditRead({
    actor,
    organizationId: actor.organizationId,
    action: `compliance.${action}`,
    subject,
    requestId,
    details,
  });

/** What is known at this time is what had been told by then; the future is not known. */
function timesOf(deps: Deps, asOf: string | undefined): { asOf: Date; knownAt: Date | null } {
  if (asOf === undefined) return { asOf: deps.now(), knownAt: null };
  const at = new Date(asOf);
  if (at <= deps.now()) return { asOf: at, knownAt: at };
  throw common("invalid-request", {
    errors: [{ pointer: "/asOf", detail: "Nobody knows what will have happened by then." }],
  });
}

type Asked = Request & { key: string; version: number; asOf?: string | undefined };

/** One run, or the runs of one patient, under any version: a draft may be tried on them, too. */
export async function check(
  deps: Deps,
  actor: UserActor,
  { runId, patientId, requestId, ...asked }: Asked & {
    runId?: string | undefined;
    patientId?: string | undefined;
  },
): Promise<{ asOf: string; items: Verdict[]; isCut: boolean }> {
  const { organizationId } = actor;
  const protocol = await protocols.get(deps, actor, asked);
  const times = timesOf(deps, asked.asOf);
  const asOf = times.asOf.toISOString();
  if ((runId === undefined) === (patientId === undefined)) {
    throw common("invalid-request", {
      errors: [{ pointer: "/runId", detail: "Name a run or a patient." }],
    });
  }
  const calendars = await declare.calendarsOf(deps.sql, organizationId, [protocol]);
  const items = await read(deps.sql, { organizationId }, async (tx) => {
    if (runId !== undefined && !await store.findRun(tx, organizationId, runId)) {
      throw problem("run-not-found");
    }
    const which = {
      organizationId,
      ...times,
      ...(runId === undefined ? {} : { runId }),
      ...(patientId === undefined ? {} : { patientId }),
    };
    return await declare.judge(tx, protocol, which, calendars, VERDICTS_MAX + 1);
  });
  const subject = runId === undefined
    ? { type: "patient", ...(patientId === undefined ? {} : { id: patientId }) }
    : { type: "run", id: runId };
  await auditRead(deps, actor, "checked", subject, requestId, {
    protocol: protocol.key,
    version: protocol.version,
    asOf,
  });
  return { asOf, items: items.slice(0, VERDICTS_MAX), isCut: items.length > VERDICTS_MAX };
}

/** How well a protocol was kept in all runs that began in a period, as known at `asOf`. */
export async function report(
  deps: Deps,
  actor: UserActor,
  { from, to, requestId, ...asked }: Asked & { from?: string | undefined; to?: string | undefined },
): Promise<Report> {
  const { organizationId } = actor;
  const times = timesOf(deps, asked.asOf);
  const asOf = times.asOf.toISOString();
  const protocol = await protocols.get(deps, actor, asked);
  const calendars = await declare.calendarsOf(deps.sql, organizationId, [protocol]);
  const which = {
    organizationId,
    ...times,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
  const { counts, judged } = await read(
    deps.sql,
    { organizationId },
    (tx) => declare.count(tx, protocol, which, calendars),
  );
  await auditRead(deps, actor, "reported", { type: "protocol", id: protocol.id }, requestId, {
    asOf,
  });
  const runsOf = (id: string | null) =>
    judged.find(({ constraintId }) => constraintId === id)?.runs ?? 0;
  return {
    asOf,
    runs: runsOf(null),
    constraints: protocol.constraints.map(({ id, name, severity }) => {
      const of = (state: string) =>
        counts.find((one) => one.constraintId === id && one.state === state)?.count ?? 0;
      const [kept, decided] = [
        of("satisfied") + of("excused"),
        of("satisfied") + of("excused") + of("violated"),
      ];
      return {
        name,
        severity,
        satisfied: of("satisfied"),
        violated: of("violated"),
        pending: of("pending"),
        excused: of("excused"),
        indeterminate: of("indeterminate"),
        notApplicableRuns: runsOf(null) - runsOf(id),
        rate: decided === 0 ? null : kept / decided,
      };
    }),
  };
}

const iso = (at: Date | null) => at?.toISOString() ?? null;
const toFinding = (row: findings.KeptFinding): Finding => ({
  id: row.id,
  protocol: { key: row.protocolKey, version: row.version, title: row.title },
  constraint: { name: row.name, severity: row.severity },
  runId: row.runId,
  patientId: row.patientId,
  state: row.state,
  isAtRisk: row.isAtRisk,
  why: row.why,
  explanation: explain(row.why),
  activity: row.activity,
  activatedAt: iso(row.activatedAt),
  targetAt: iso(row.targetAt),
  dueAt: iso(row.dueAt),
  foundAt: row.foundAt.toISOString(),
  changedAt: row.changedAt.toISOString(),
  excuse: row.excusedBy === null
    ? null
    : { by: row.excusedBy, at: row.excusedAt!.toISOString(), reason: row.excuse! },
});

/** Newest first; one more than `limit` when there are more. */
export async function listFindings(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: Request & {
    filter: findings.FindingFilter;
    before: string | undefined;
    limit: number;
  },
): Promise<Finding[]> {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => findings.listFindings(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
  await auditRead(deps, actor, "listed", { type: "finding" }, requestId, {
    ...filter,
    count: Math.min(rows.length, limit),
  });
  return rows.map(toFinding);
}

async function findFinding(tx: Db, organizationId: string, id: string, mode: "read" | "lock") {
  const found = await findings.findFinding(tx, organizationId, id, mode);
  if (!found) throw problem("finding-not-found");
  return found;
}

export async function getFinding(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Request & { id: string },
) {
  const { organizationId } = actor;
  const { found, history } = await read(deps.sql, { organizationId }, async (tx) => ({
    found: await findFinding(tx, organizationId, id, "read"),
    history: await findings.listVerdicts(tx, organizationId, id),
  }));
  await auditRead(deps, actor, "read", { type: "finding", id }, requestId);
  return {
    ...toFinding(found),
    history: history.map(({ at, targetAt, ...one }) => ({
      ...one,
      at: at.toISOString(),
      targetAt: iso(targetAt),
    })),
  };
}

/** Somebody says why it was right all the same; never the one who was late. */
export async function excuse(
  deps: Deps,
  actor: UserActor,
  { id, reason, requestId }: Request & { id: string; reason: string },
): Promise<Finding> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await findFinding(tx, organizationId, id, "lock");
    if (found.state !== "violated" && found.state !== "indeterminate") {
      throw problem("finding-state", { detail: `It is ${found.state}.` });
    }
    if (await store.findDoer(tx, organizationId, found) === userId) throw problem("own-finding");
    const at = deps.now();
    await findings.excuse(tx, organizationId, id, { by: userId, at, reason });
    await findings.insertVerdict(tx, organizationId, {
      findingId: id,
      at,
      state: "excused",
      why: found.why,
      targetAt: iso(found.targetAt),
      actorId: userId,
    });
    const excused = await findFinding(tx, organizationId, id, "read");
    await record(tx, at, {
      actor,
      organizationId,
      action: "finding.excused",
      subject: { type: "finding", id },
      requestId,
      details: { reason, was: found.state },
    });
    return toFinding(excused);
  });
}

/** Keeps what a run did not see when it happened, or saw otherwise: nothing is overwritten. */
export async function tellOfCare(
  deps: Deps,
  actor: UserActor,
  { runId, event, requestId }: Request & { runId: string; event: CareEventInput },
): Promise<string> {
  const { organizationId, userId } = actor;
  const recordedAt = deps.now();
  if (new Date(event.at) > recordedAt) {
    throw common("invalid-request", {
      errors: [{ pointer: "/at", detail: "It has not happened yet." }],
    });
  }
  const id = newId();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.findRun(tx, organizationId, runId)) throw problem("run-not-found");
    const isKept = await store.insertCareEvent(tx, organizationId, {
      ...event,
      id,
      runId,
      recordedBy: userId,
      recordedAt,
    });
    if (!isKept) throw problem("correction-invalid");
    await record(tx, recordedAt, {
      actor,
      organizationId,
      action: event.isRetraction ? "care_event.retracted" : "care_event.told",
      subject: { type: "run", id: runId },
      requestId,
      details: {
        careEventId: id,
        activity: event.activity,
        ...(event.corrects === undefined ? {} : { corrects: event.corrects }),
      },
    });
  });
  return id;
}

export async function listLog(
  deps: Deps,
  actor: UserActor,
  { runId, requestId }: Request & { runId: string },
) {
  const { organizationId } = actor;
  const items = await read(deps.sql, { organizationId }, async (tx) => {
    if (!await store.findRun(tx, organizationId, runId)) throw problem("run-not-found");
    return await store.listLog(tx, organizationId, runId);
  });
  await auditRead(deps, actor, "log_read", { type: "run", id: runId }, requestId);
  return { items };
}

export { startWatch, type Watch } from "./findings/watch.ts";
