/** Runs under way that become runs of another version. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { z } from "zod";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import { clinicOf, compile, type Program } from "../language/language.ts";
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

const mapped = (node: string, { map }: Pick<Asked, "map">) =>
  Object.hasOwn(map, node) ? map[node]! : node;

/** The task that a list of tasks stands in; undefined for the definition's own list. */
const holderOf = (list: string): string | undefined =>
  list.replace(/\/(do|try|catch\/do|fork\/branches)$/, "") || undefined;

/**
 * Whether a step can go on at its new place, which is as the map says or else the same: a task of
 * the same kind, within the task that its parent has become. A call that may be under way keeps its
 * place, since its key is made of it.
 */
function hasPlace(step: Step, live: readonly Step[], asked: Asked, program: Program): boolean {
  const place = mapped(step.node, asked);
  const found = program.nodes.get(place);
  const parent = live.find(({ id }) => id === step.parentId);
  const isCalling = step.kind === "call" && step.state === "ready" && step.isBegun;
  return found?.kind === step.kind &&
    holderOf(found.list) === (parent && mapped(parent.node, asked)) &&
    !(isCalling && place !== step.node);
}

/** What is to be undone is undone by the key under which it was done: it keeps its place, too. */
const canBeUndone = (node: string, asked: Asked, program: Program) =>
  mapped(node, asked) === node &&
  clinicOf(program.nodes.get(node)?.task ?? {}).compensate !== undefined;

function judge({ program, runs, steps }: Found, asked: Asked): z.input<typeof Migration> {
  const missing = new Map<string, number>();
  for (const [at, { state }] of runs.entries()) {
    const live = steps[at]!;
    const lost = new Set([
      ...live.filter((step) => !hasPlace(step, live, asked, program)).map(({ node }) => node),
      ...state.undo.filter(({ state }) => state === "open").map(({ node }) => node)
        .filter((node) => !canBeUndone(node, asked, program)),
    ]);
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
          detail: `${runs} runs stand at ${node} and cannot go on in version ${asked.to} there.`,
        })),
      });
    }
    for (const [n, run] of found.runs.entries()) {
      const visits: Record<string, number> = {};
      for (const [node, count] of Object.entries(run.state.visits)) {
        const place = mapped(node, asked);
        visits[place] = Math.max(visits[place] ?? 0, count);
      }
      const steps = found.steps[n]!.map((step) => {
        const node = mapped(step.node, asked);
        if (node === step.node) return step;
        // Another task may have stood there before: this is a visit of its own.
        return { ...step, node, visit: visits[node] = (visits[node] ?? 0) + 1 };
      });
      run.state.visits = visits;
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
