/** Runs beside their definitions: one run step by step, or all of a definition counted. */
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read } from "@praxis/shared/postgres";
import * as definitions from "../../definitions/definitions.ts";
import type { Deps } from "../../deps.ts";
import { compile, type Program } from "../../language/language.ts";
import { problem } from "../../problems.ts";
import { conform, type Deviation, type RunConformance } from "./model.ts";
import * as store from "./store.ts";

const RUNS_MAX = 500;
/** Fewer runs than this might be known by what is said of them. */
const CELL_MIN = 5;

async function conformAll(
  tx: Db,
  organizationId: string,
  rows: readonly store.RunRow[],
  now: Date,
): Promise<RunConformance[]> {
  const ids = rows.map(({ id }) => id);
  const [steps, told, variances] = await Promise.all([
    store.listSteps(tx, organizationId, ids),
    store.listTold(tx, organizationId, ids),
    store.listVariances(tx, organizationId, ids),
  ]);
  const programs = new Map<string, Program>();
  for (const id of new Set(rows.map(({ definitionId }) => definitionId))) {
    const definition = await definitions.findById(tx, organizationId, id);
    programs.set(id, compile(definition!.document));
  }
  const by = <T extends { runId: string }>(list: readonly T[]) => Map.groupBy(list, (r) => r.runId);
  const [stepsBy, toldBy, variancesBy] = [by(steps), by(told), by(variances)];
  return rows.map(({ id, key, version, definitionId }) => ({
    runId: id,
    key,
    version,
    ...conform(programs.get(definitionId)!, {
      steps: stepsBy.get(id) ?? [],
      told: toldBy.get(id) ?? [],
      variances: variancesBy.get(id) ?? [],
      now,
    }),
  }));
}

export async function ofRun(
  deps: Deps,
  actor: UserActor,
  { runId, requestId }: { runId: string; requestId: string },
): Promise<RunConformance> {
  const { organizationId } = actor;
  const [found] = await read(deps.sql, { organizationId }, async (tx) => {
    const rows = await store.listRuns(tx, organizationId, { runId, limit: 1 });
    if (rows.length === 0) throw problem("run-not-found");
    return await conformAll(tx, organizationId, rows, deps.now());
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "compliance.conformance_read",
    subject: { type: "run", id: runId },
    requestId,
  });
  return found!;
}

type Cell = { kind: Deviation["kind"]; activity: string; runs: number; explainedRuns: number };

/** No run is named, and what only a few runs have in common is left out. */
export async function ofDefinition(
  deps: Deps,
  { organizationId }: UserActor,
  { key, version, from, to }: {
    key: string;
    version?: number | undefined;
    from?: Date | undefined;
    to?: Date | undefined;
  },
) {
  const all = await read(deps.sql, { organizationId }, async (tx) => {
    const filter = { key, version, from, to, limit: RUNS_MAX };
    const rows = await store.listRuns(tx, organizationId, filter);
    return await conformAll(tx, organizationId, rows, deps.now());
  });
  const cells = new Map<string, Cell>();
  for (const { deviations } of all) {
    const byCell = Map.groupBy(deviations, ({ kind, activity }) => `${kind} ${activity}`);
    for (const [name, [first, ...others]] of byCell) {
      const { kind, activity } = first!;
      const cell = cells.get(name) ?? { kind, activity, runs: 0, explainedRuns: 0 };
      cell.runs++;
      if ([first!, ...others].every(({ variance }) => variance !== null)) cell.explainedRuns++;
      cells.set(name, cell);
    }
  }
  const shown = [...cells.values()].filter(({ runs }) => runs >= CELL_MIN);
  const fitnesses = all.flatMap(({ fitness }) => fitness === null ? [] : [fitness]);
  const isShown = all.length >= CELL_MIN;
  return {
    runs: isShown ? all.length : 0,
    fitness: isShown && fitnesses.length > 0
      ? fitnesses.reduce((sum, one) => sum + one, 0) / fitnesses.length
      : null,
    conformingRuns: isShown ? all.filter(({ deviations }) => deviations.length === 0).length : 0,
    deviations: isShown ? shown.toSorted((a, b) => b.runs - a.runs) : [],
    suppressedCells: isShown ? cells.size - shown.length : 1,
  };
}
