/** Transitions of runs that come together are written together. The folder's public face. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import { type Db, type Sql, transaction } from "@praxis/shared/postgres";
import { setImmediate } from "node:timers";
import type { Commit } from "./model.ts";
import * as store from "./store.ts";

export type { Commit } from "./model.ts";

/** Transitions of one organization in one transaction; with more, others wait longer for theirs. */
const BATCH_MAX = 12;
/** One is worked out here while the other is written there. */
const BATCHES_AT_ONCE = 2;

/** A transition and what it does beside the run's own rows; it returns what is to be audited. */
export type Transition = Commit & {
  apply(tx: Db, at: Date): Promise<AuditEntry[]>;
};

/**
 * Writes one transition within `tx`. False, and then `tx` must not be committed: somebody else has
 * changed the run since it was read, or has the step by now.
 */
export async function commit(tx: Db, commit: Commit, at: Date): Promise<boolean> {
  return (await store.write(tx, commit.run.organizationId, [commit], at)).has(commit.run.id);
}

type Waiting = {
  transition: Transition;
  resolve: (isWritten: boolean) => void;
  reject: (error: unknown) => void;
};
type Queue = { waiting: Waiting[]; writing: Set<string>; batches: number };

const DEADLOCK = "40P01";
const isDeadlock = (error: unknown) =>
  error instanceof Error && (error as { code?: string }).code === DEADLOCK;

/** Lets what the last commit has set going come as far as its own. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

export type Committer = (transition: Transition) => Promise<boolean>;

/**
 * Says whether the transition was written: false when somebody was quicker. Those of an
 * organization that come while others are written share the next transaction, and its one flush to
 * the disk; one that fails fails alone.
 */
export function createCommitter({ sql, now }: { sql: Sql; now: () => Date }): Committer {
  const queues = new Map<string, Queue>();

  async function writeAll(organizationId: string, batch: readonly Transition[]) {
    const at = now();
    return await transaction(sql, { organizationId }, async (tx) => {
      const written = await store.write(tx, organizationId, batch, at);
      // All are awaited whatever becomes of one: nothing may be sent once the transaction is over.
      const applied = await Promise.allSettled(
        batch.filter(({ run }) => written.has(run.id)).map((one) => one.apply(tx, at)),
      );
      const failed = applied.find(({ status }) => status === "rejected");
      if (failed) throw (failed as PromiseRejectedResult).reason;
      const entries = applied.flatMap((one) => one.status === "fulfilled" ? one.value : []);
      if (entries.length > 0) await record(tx, at, ...entries);
      return written;
    });
  }

  async function settle(organizationId: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const written = await writeAll(organizationId, batch.map(({ transition }) => transition));
      for (const { transition, resolve } of batch) resolve(written.has(transition.run.id));
    } catch (error) {
      const [only, ...others] = batch;
      if (others.length > 0) {
        for (const one of batch) await settle(organizationId, [one]);
      } else if (isDeadlock(error)) only!.resolve(false);
      else only!.reject(error);
    }
  }

  /** Of each run the first one: what comes after it has been overtaken, and hears so. */
  function takeBatch(queue: Queue): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const one of queue.waiting) {
      const { id } = one.transition.run;
      if (batch.length >= BATCH_MAX || queue.writing.has(id)) rest.push(one);
      else {
        queue.writing.add(id);
        batch.push(one);
      }
    }
    queue.waiting = rest;
    return batch;
  }

  async function drain(organizationId: string, queue: Queue): Promise<void> {
    queue.batches++;
    for (;;) {
      await breathe();
      const batch = takeBatch(queue);
      if (batch.length === 0) break;
      await settle(organizationId, batch);
      for (const { transition } of batch) queue.writing.delete(transition.run.id);
    }
    queue.batches--;
    if (queue.batches === 0) queues.delete(organizationId);
  }

  return (transition) =>
    new Promise((resolve, reject) => {
      const { organizationId } = transition.run;
      const known = queues.get(organizationId);
      const queue = known ?? { waiting: [], writing: new Set<string>(), batches: 0 };
      if (!known) queues.set(organizationId, queue);
      queue.waiting.push({ transition, resolve, reject });
      if (queue.batches < BATCHES_AT_ONCE) drain(organizationId, queue);
    });
}
