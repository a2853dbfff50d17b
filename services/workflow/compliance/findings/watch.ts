/** Holds runs against their protocols while they are under way: each event, each closing window. */
import { record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { type Db, read, type Sql, transaction } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import * as declare from "../declare/declare.ts";
import type { Verdict } from "../declare/templates.ts";
import { ComplianceViolated } from "../facts.ts";
import type { FindingState, ProtocolDetail } from "../model.ts";
import * as protocolStore from "../protocols/store.ts";
import * as runStore from "../store.ts";
import * as store from "./store.ts";

const POLL_MS = 1_000;
const BATCH = 50;
/** Of one run under one protocol; whoever has more has a constraint that asks for too much. */
const VERDICTS_MAX = 2_000;
const RETRY_MS = 60_000;
const engine = { kind: "service", service: "workflow" } as const;

type Options = {
  sql: Sql;
  now: () => Date;
  log: Log;
  /** Off in tests that look by themselves. */
  isLooking?: boolean;
};

export type Watch = {
  /** Judges everything that is due; resolves when nothing is any more. */
  look(): Promise<void>;
  stop(): Promise<void>;
};

const keyOf = (one: { constraintId: string; part: number; eventId: string }) =>
  `${one.constraintId} ${one.part} ${one.eventId}`;

type Found = Pick<Verdict, "isAtRisk" | "why" | "targetAt" | "dueAt"> & { state: FindingState };
const WITHDRAWN: Found = {
  state: "not_applicable",
  isAtRisk: false,
  why: "withdrawn",
  targetAt: null,
  dueAt: null,
};

/** An excuse holds as long as what it excuses is the same. */
function isUnchanged(known: store.KeptFinding, found: Found): boolean {
  const isSame = known.why === found.why && known.isAtRisk === found.isAtRisk &&
    (known.targetAt?.toISOString() ?? null) === found.targetAt;
  if (known.state === "excused") {
    return isSame && (found.state === "violated" || found.state === "indeterminate");
  }
  return isSame && known.state === found.state;
}

type Case = { organizationId: string; run: runStore.RunFacts; protocol: ProtocolDetail; at: Date };
type Change = { id: string; was: FindingState | null; found: Found; constraint: string };

/** Writes what has changed; what was never worth telling is not kept. */
async function reconcile(
  tx: Db,
  { organizationId, run, protocol, at }: Case,
  verdicts: readonly Verdict[],
): Promise<Change[]> {
  const kept = await store.listOfRun(tx, organizationId, run.id, protocol.id);
  const known = new Map(kept.map((one) => [keyOf(one), one]));
  const changes: Change[] = [];
  for (const verdict of verdicts) {
    const { state, isAtRisk, constraint } = verdict;
    const before = known.get(keyOf(verdict));
    known.delete(keyOf(verdict));
    if (!before) {
      if (state === "satisfied" || (state === "pending" && !isAtRisk)) continue;
      const id = newId();
      await store.insertFinding(tx, organizationId, { id, protocolId: protocol.id, at, verdict });
      changes.push({ id, was: null, found: verdict, constraint });
    } else if (!isUnchanged(before, verdict)) {
      await store.updateFinding(tx, organizationId, before.id, { ...verdict, at });
      changes.push({ id: before.id, was: before.state, found: verdict, constraint });
    }
  }
  // Of a run with more verdicts than are looked at, nothing is known about the others.
  const isWhole = verdicts.length < VERDICTS_MAX;
  for (const gone of isWhole ? known.values() : []) {
    if (gone.state === "not_applicable") continue;
    await store.updateFinding(tx, organizationId, gone.id, { ...WITHDRAWN, at });
    changes.push({ id: gone.id, was: gone.state, found: WITHDRAWN, constraint: gone.name });
  }
  for (const { id, found } of changes) {
    const { state, why, targetAt } = found;
    await store.insertVerdict(tx, organizationId, {
      findingId: id,
      at,
      state,
      why,
      targetAt,
      actorId: null,
    });
  }
  return changes;
}

async function tell(
  tx: Db,
  { organizationId, run, protocol, at }: Case,
  changes: readonly Change[],
): Promise<void> {
  const { patientId, requestId, id: runId } = run;
  for (const { id, was, found, constraint } of changes) {
    if (found.state !== "violated" || was === "violated") continue;
    const { severity } = protocol.constraints.find(({ name }) => name === constraint)!;
    await publish(tx, ComplianceViolated, {
      source: "workflow",
      organizationId,
      subject: runId,
      at,
      requestId,
      data: {
        findingId: id,
        protocol: protocol.key,
        version: protocol.version,
        constraint,
        severity,
        runId,
        patientId,
        why: found.why,
        dueAt: found.dueAt,
      },
    });
  }
}

export function startWatch({ sql, now, log, isLooking = true }: Options): Watch {
  let stopping = false;

  /** One run, in one transaction that nothing of the run can happen beside unseen. */
  async function judgeRun(watched: store.Watched): Promise<void> {
    const { organizationId, runId } = watched;
    const scope = { organizationId };
    const { run, protocols } = await read(sql, scope, async (tx) => {
      const run = await runStore.findRun(tx, organizationId, runId);
      return {
        run,
        protocols: run ? await protocolStore.listActive(tx, organizationId, run.key) : [],
      };
    });
    const calendars = await declare.calendarsOf(sql, organizationId, protocols);
    await transaction(sql, scope, async (tx) => {
      if (!await store.lockWatched(tx, watched, now())) return;
      const at = now();
      const all: { one: Case; changes: Change[] }[] = [];
      const again: number[] = [];
      for (const protocol of run ? protocols : []) {
        const which = { organizationId, asOf: at, knownAt: null, runId };
        const verdicts = await declare.judge(tx, protocol, which, calendars, VERDICTS_MAX);
        const one = { organizationId, run: run!, protocol, at };
        all.push({ one, changes: await reconcile(tx, one, verdicts) });
        for (const verdict of verdicts) {
          const changesAt = declare.changesAt(verdict, at);
          if (changesAt) again.push(changesAt.getTime());
        }
      }
      await store.watchAgain(
        tx,
        watched,
        again.length === 0 ? undefined : new Date(Math.min(...again)),
      );
      // Facts and audit come last: they lock.
      for (const { one, changes } of all) await tell(tx, one, changes);
      const entries = all.flatMap(({ one, changes }) =>
        changes.map(({ id, was, found }) => ({
          actor: engine,
          organizationId,
          action: `finding.${found.state}`,
          subject: { type: "finding", id },
          requestId: one.run.requestId,
          details: { runId, was, why: found.why, isAtRisk: found.isAtRisk },
        }))
      );
      if (entries.length > 0) await record(tx, at, ...entries);
    });
  }

  /** A run that cannot be judged must not keep the others from it. */
  async function judgeSafely(watched: store.Watched): Promise<void> {
    try {
      await judgeRun(watched);
    } catch (error) {
      log.error("run not judged", error, { runId: watched.runId });
      const { organizationId } = watched;
      const later = new Date(now().getTime() + RETRY_MS);
      await transaction(sql, { organizationId }, (tx) => store.watchAgain(tx, watched, later));
    }
  }

  async function lookOnce(): Promise<void> {
    for (;;) {
      const due = await read(sql, "system", (tx) => store.listDue(tx, now(), BATCH));
      for (const watched of due) {
        if (stopping) return;
        await judgeSafely(watched);
      }
      if (due.length < BATCH || stopping) return;
    }
  }

  let working: Promise<void> | undefined;
  function look(): Promise<void> {
    if (stopping) return Promise.resolve();
    working ??= lookOnce()
      .catch((error) => log.error("runs not looked for", error))
      .finally(() => working = undefined);
    return working;
  }

  const timer = isLooking ? setInterval(look, POLL_MS) : undefined;
  return {
    look,
    async stop() {
      stopping = true;
      clearInterval(timer);
      await working;
    },
  };
}
