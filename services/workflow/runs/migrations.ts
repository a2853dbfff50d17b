/** Runs under way that become runs of another version. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { z } from "zod";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import { compile, type Program } from "../language/language.ts";
import { problem } from "../problems.ts";
import type { Migration, MigrationInput } from "./model.ts";
import type { Step } from "./state.ts";
import * as commits from "../commits/commits.ts";
import * as stepRows from "../steps/steps.ts";
import * as store from "./store.ts";

const RUNS_MAX = 500;

type Asked = z.output<typeof MigrationInput>;
type Found = { program: Program; definitionId: string; runs: store.KeptRun[]; steps: Step[][] };

async function find(tx: Db, organizationId: string, { key, from, to }: Asked): Promise<Found> {
  const [old, next] = await Promise.all([
    definitions.findRunnable(tx, organizationId, key, from),
    definitions.findRunnable(tx, organizationId, key, to),
  ]);
  if (!old || !next) throw problem("definition-not-found");
  const all = await store.list(tx, organizationId, { definitionId: old.id }, {
    before: undefined,
    limit: 10_000,
  });
  const runs = all.filter(({ status }) => ["running", "suspended", "failed"].includes(status))
    .slice(0, RUNS_MAX);
  const steps: Step[][] = [];
  for (const { id } of runs) {
    steps.push((await stepRows.listLive(tx, organizationId, id)).filter(({ node }) => node !== ""));
  }
  return { program: compile(next.document), definitionId: next.id, runs, steps };
}

/** The new place of a step: as the map says, else the same one, if it is of the same kind. */
function placeOf({ node, kind }: Step, { map }: Asked, program: Program): string | undefined {
  const place = Object.hasOwn(map, node) ? map[node]! : node;
  return program.nodes.get(place)?.kind === kind ? place : undefined;
}

function judge({ program, runs, steps }: Found, asked: Asked): z.input<typeof Migration> {
  const missing = new Map<string, number>();
  for (const live of steps) {
    const lost = new Set(
      live.filter((step) => placeOf(step, asked, program) === undefined).map(({ node }) => node),
    );
    for (const node of lost) missing.set(node, (missing.get(node) ?? 0) + 1);
  }
  return {
    runs: runs.length,
    missing: [...missing].map(([node, count]) => ({ node, runs: count })),
    affected: runs.map(({ id }) => id),
  };
}

/** Which runs would move, and which of their steps have no place in the new version. */
export const preview = (deps: Deps, { organizationId }: UserActor, asked: Asked) =>
  read(
    deps.sql,
    { organizationId },
    async (tx) => judge(await find(tx, organizationId, asked), asked),
  );

/** Moves them all, or none. */
export async function migrate(
  deps: Deps,
  actor: UserActor,
  { requestId, ...asked }: Asked & { requestId: string },
): Promise<z.input<typeof Migration>> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await find(tx, organizationId, asked);
    const judged = judge(found, asked);
    if (judged.missing.length > 0) {
      throw problem("migration-map", {
        errors: judged.missing.map(({ node, runs }) => ({
          pointer: "/map",
          detail: `${runs} runs stand at ${node}, which version ${asked.to} does not have.`,
        })),
      });
    }
    for (const [n, run] of found.runs.entries()) {
      const place = (node: string) => Object.hasOwn(asked.map, node) ? asked.map[node]! : node;
      const steps = found.steps[n]!.map((step) => ({ ...step, node: place(step.node) }));
      const { visits, undo } = run.state;
      run.state.visits = Object.fromEntries(
        Object.entries(visits).map(([node, count]) => [place(node), count]),
      );
      run.state.undo = undo.map((one) => ({ ...one, node: place(one.node) }));
      run.definitionId = found.definitionId;
      run.version = asked.to;
      const detail = `version ${asked.from} to ${asked.to}`;
      const told = { stepId: null, node: null, event: "migrated", detail, lateMs: null };
      const isMine = await commits.commit(tx, {
        run,
        by: undefined,
        steps,
        history: [told],
        signals: [],
        nextId: undefined,
        leaseSeconds: 0,
        actorId: userId,
      }, at);
      if (!isMine) throw problem("run-changed");
    }
    await deps.wakeRuns(tx);
    const entries = found.runs.map(({ id }) => ({
      actor,
      organizationId,
      action: "run.migrated",
      subject: { type: "run", id },
      requestId,
      details: { from: asked.from, to: asked.to },
    }));
    if (entries.length > 0) await record(tx, at, ...entries);
    return judged;
  });
}
