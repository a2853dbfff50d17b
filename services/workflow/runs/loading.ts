/** Runs as a worker needs them: with their program, the steps under way, and what was told. */
import { newId } from "@praxis/shared/id";
import { read, type Sql } from "@praxis/shared/postgres";
import * as calendars from "../calendars/calendars.ts";
import * as definitions from "../definitions/definitions.ts";
import {
  type CatalogueFunction,
  compile,
  type Program,
  type Sandbox,
} from "../language/language.ts";
import * as steps from "../steps/steps.ts";
import * as pools from "../tasks/tasks.ts";
import { createMachine, type Machine } from "./machine.ts";
import type { Signal } from "./state.ts";
import * as store from "./store.ts";

const PROGRAMS_MAX = 500;

export type Loaded = {
  machine: Machine;
  run: store.KeptRun;
  /** What has been told to the step that was taken up. */
  signals: Signal[];
  /** Of the steps under way, by their ids. */
  fences: Map<string, string>;
};

type Taken = Pick<steps.Held, "id" | "runId" | "organizationId">;

type Compiled = { program: Program; authorId: string };

/**
 * Programs never change once their definition has runs, so they are compiled once. Runs of one that
 * is not what was approved stand still: what it would do is on nobody's word.
 */
export function createPrograms(sql: Sql) {
  const programs = new Map<string, Compiled>();
  return async (organizationId: string, definitionId: string): Promise<Compiled> => {
    const known = programs.get(definitionId);
    if (known) return known;
    const scope = { organizationId };
    const found = await read(
      sql,
      scope,
      (tx) => definitions.findById(tx, organizationId, definitionId),
    );
    if (!found) throw new Error("a run has no definition");
    if (!await definitions.isAsApproved(found)) {
      throw new Error("the definition of a run is not what was approved");
    }
    if (programs.size >= PROGRAMS_MAX) programs.clear();
    const compiled = { program: compile(found.document), authorId: found.createdBy };
    programs.set(definitionId, compiled);
    return compiled;
  };
}

type Options = {
  sql: Sql;
  sandbox: Sandbox;
  functions: readonly CatalogueFunction[];
  now: () => Date;
};

export type Loader = ReturnType<typeof createLoader>;

/** Loads the runs of steps that were taken up, all of one organization in one round trip. */
export function createLoader({ sql, sandbox, functions, now }: Options) {
  const programOf = createPrograms(sql);

  async function make(
    run: store.KeptRun,
    live: readonly steps.KeptStep[],
    signals: Signal[],
  ): Promise<Loaded> {
    const { organizationId } = run;
    const { program, authorId } = await programOf(organizationId, run.definitionId);
    const machine = createMachine({
      program,
      authorId,
      run,
      steps: [...live],
      functions,
      evaluate: sandbox.evaluate,
      calendarOf: (name) => calendars.find(sql, organizationId, name),
      membersOf: (names) => pools.membersOf(sql, organizationId, names),
      now,
      newId,
    });
    return { machine, run, signals, fences: new Map(live.map(({ id, fence }) => [id, fence])) };
  }

  async function loadOf(organizationId: string, taken: readonly Taken[]) {
    const runIds = [...new Set(taken.map(({ runId }) => runId))];
    const [runs, live, signals] = await read(
      sql,
      { organizationId },
      (tx) =>
        Promise.all([
          store.listByIds(tx, organizationId, runIds),
          steps.listLiveOf(tx, organizationId, runIds),
          steps.listSignals(tx, organizationId, taken.map(({ id }) => id)),
        ]),
    );
    const liveOf = Map.groupBy(live, ({ runId }) => runId);
    const signalsOf = Map.groupBy(signals, ({ stepId }) => stepId);
    const byId = new Map(runs.map((run) => [run.id, run]));
    return await Promise.all(taken.map(async ({ id, runId }) => {
      const run = byId.get(runId);
      if (!run) return undefined;
      // Each worker changes what it has loaded, so that two branches of a run share nothing.
      const own = structuredClone({ run, live: liveOf.get(runId) ?? [] });
      const told = (signalsOf.get(id) ?? []).map(({ id, kind, payload }) => ({
        id,
        kind,
        payload,
      }));
      return await make(own.run, own.live, told);
    }));
  }

  return {
    /** Undefined for a run that is gone. */
    load: async (one: Taken): Promise<Loaded | undefined> =>
      (await loadOf(one.organizationId, [one]))[0],

    /** In the order asked for; undefined for what is gone, and for what has to be tried alone. */
    async loadAll(taken: readonly Taken[]): Promise<(Loaded | undefined)[]> {
      const found = new Map<Taken, Loaded | undefined>();
      const byOrganization = Map.groupBy(taken, ({ organizationId }) => organizationId);
      await Promise.all([...byOrganization].map(async ([organizationId, own]) => {
        const loaded = await loadOf(organizationId, own).catch(() => []);
        for (const [at, one] of own.entries()) found.set(one, loaded[at]);
      }));
      return taken.map((one) => found.get(one));
    },
  };
}
