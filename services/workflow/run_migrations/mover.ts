/** Moves runs to another version, one transaction each, until the order is worked off. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import { read, type Sql, transaction } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import * as commits from "../commits/commits.ts";
import * as definitions from "../definitions/definitions.ts";
import { compile, type Program } from "../language/language.ts";
import * as runs from "../runs/runs.ts";
import * as steps from "../steps/steps.ts";
import { lostNodes, moved } from "./judging.ts";
import * as store from "./store.ts";

const POLL_MS = 2_000;
const PAGE = 100;
/** Longer than the transaction of one run may take. */
const LEASE_SECONDS = 30;
/** A worker may write a run at the moment in which it is about to be moved. */
const TRIES_MAX = 8;
const engine = { kind: "service", service: "workflow" } as const;

/** Somebody else has the migration by now, or it was cancelled. */
class Lost extends Error {
  override name = "Lost";
}
/** The run has another revision by now. */
class Conflict extends Error {
  override name = "Conflict";
}

type Options = {
  sql: Sql;
  now: () => Date;
  log: Log;
  /** Off in tests that look by themselves. */
  isLooking?: boolean;
};

export type Mover = {
  /** Works off what was ordered; resolves when nothing is left that nobody else works on. */
  look(): Promise<void>;
  stop(): Promise<void>;
};

export function startMover({ sql, now, log, isLooking = true }: Options): Mover {
  let stopping = false;

  /** The run, its count and the audit are written together or not at all. */
  async function moveOnce(held: store.Held, runId: string, program: Program): Promise<void> {
    const { organizationId } = held;
    const at = now();
    await transaction(sql, { organizationId }, async (tx) => {
      const run = await runs.find(tx, organizationId, runId);
      const advance = async (what: "moved" | "left" | "gone") => {
        const how = { runId, what, leaseSeconds: LEASE_SECONDS };
        if (!await store.advance(tx, held, how)) throw new Lost();
      };
      const isUnderWay = run !== undefined && run.definitionId === held.fromDefinitionId &&
        ["running", "suspended", "failed"].includes(run.status);
      if (!isUnderWay) return await advance("gone");
      const live = (await steps.listLive(tx, organizationId, runId))
        .filter(({ node }) => node !== "");
      const nodes = lostNodes(run, live, held, program);
      if (nodes.length > 0) {
        await advance("left");
        return await store.insertLeftover(tx, held, { runId, reason: "no-place", nodes, at });
      }
      const there = moved(run, live, held);
      run.state.visits = there.visits;
      run.definitionId = held.toDefinitionId;
      run.version = held.to;
      const detail = `version ${held.from} to ${held.to}`;
      const isMine = await commits.commit(tx, {
        run,
        by: undefined,
        steps: there.steps,
        history: [{ stepId: null, node: null, event: "migrated", detail, lateMs: null }],
        signals: [],
        nextId: undefined,
        leaseSeconds: 0,
        actorId: held.createdBy,
      }, at);
      if (!isMine) throw new Conflict();
      await advance("moved");
      const entry: AuditEntry = {
        actor: engine,
        organizationId,
        action: "run.migrated",
        subject: { type: "run", id: runId },
        requestId: held.requestId,
        details: { from: held.from, to: held.to, migration: held.id, orderedBy: held.createdBy },
      };
      await record(tx, at, entry);
    });
  }

  async function leave(held: store.Held, runId: string, reason: "busy" | "error"): Promise<void> {
    const { organizationId } = held;
    await transaction(sql, { organizationId }, async (tx) => {
      const how = { runId, what: "left", leaseSeconds: LEASE_SECONDS } as const;
      if (!await store.advance(tx, held, how)) throw new Lost();
      await store.insertLeftover(tx, held, { runId, reason, nodes: [], at: now() });
    });
  }

  async function move(held: store.Held, runId: string, program: Program): Promise<void> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      try {
        return await moveOnce(held, runId, program);
      } catch (error) {
        if (error instanceof Lost) throw error;
        if (error instanceof Conflict) continue;
        log.error("run not moved", error, { runId, migration: held.id });
        return await leave(held, runId, "error");
      }
    }
    await leave(held, runId, "busy");
  }

  async function finish(held: store.Held): Promise<void> {
    const { id, organizationId, fence, requestId } = held;
    const at = now();
    await transaction(sql, { organizationId }, async (tx) => {
      const ended = await store.end(tx, organizationId, id, { status: "completed", fence, at });
      if (!ended) throw new Lost();
      await record(tx, at, {
        actor: engine,
        organizationId,
        action: "run_migration.completed",
        subject: { type: "run_migration", id },
        requestId,
        details: { moved: ended.moved, leftBehind: ended.leftBehind },
      });
    });
  }

  async function work(held: store.Held): Promise<void> {
    const { organizationId, fromDefinitionId: definitionId } = held;
    const scope = { organizationId };
    const next = await read(
      sql,
      scope,
      (tx) => definitions.findById(tx, organizationId, held.toDefinitionId),
    );
    if (!next || !await definitions.isAsApproved(next)) {
      throw new Error("the version that runs are moved to is not what was approved");
    }
    const program = compile(next.document);
    let after = held.afterRunId;
    for (;;) {
      const page = { definitionId, after, limit: PAGE };
      const ids = await read(sql, scope, (tx) => store.listUnderWay(tx, organizationId, page));
      for (const id of ids) {
        if (stopping) return;
        await move(held, id, program);
      }
      if (ids.length < PAGE) return await finish(held);
      after = ids.at(-1)!;
    }
  }

  async function lookOnce(): Promise<void> {
    while (!stopping) {
      const held = await transaction(sql, "system", (tx) => store.claim(tx, LEASE_SECONDS));
      if (!held) return;
      await work(held).catch((error) => {
        // The lease runs out, and whoever finds the order goes on where it stands.
        if (!(error instanceof Lost)) {
          log.error("migration of runs interrupted", error, { migration: held.id });
        }
      });
    }
  }

  let working: Promise<void> | undefined;
  function look(): Promise<void> {
    if (stopping) return Promise.resolve();
    working ??= lookOnce()
      .catch((error) => log.error("migrations of runs not looked for", error))
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
