/** Recording what happened: with a write, in its transaction; for a read, before its bytes leave. */
import type { Db, Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { type AuditEntry, type NewAuditEvent, toEvent } from "./model.ts";
import { common } from "../problem/problem.ts";
import * as store from "./store.ts";

/** Records within the transaction of the change itself. Call it last: it locks the chain. */
export async function record(tx: Db, at: Date, ...entries: AuditEntry[]): Promise<void> {
  await store.append(tx, entries.map((entry) => toEvent(entry, at)));
}

/** Resolves once the entry is committed; then the answer may leave. */
export type ReadAudit = (entry: AuditEntry) => Promise<void>;

const BATCH_MAX = 500;
const QUEUE_MAX = 10_000;

type Waiting = { event: NewAuditEvent; resolve: () => void; reject: (error: unknown) => void };

/**
 * Reads of one organization that come while a commit is under way share the next one: the chain
 * costs one lock per commit, not per read.
 */
export function createReadAudit(sql: Sql, now: () => Date): ReadAudit {
  const queues = new Map<string, Waiting[]>();

  async function drain(organizationId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH_MAX);
      try {
        const events = batch.map(({ event }) => event);
        await transaction(sql, { organizationId }, (tx) => store.append(tx, events));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(organizationId);
  }

  return (entry) =>
    new Promise((resolve, reject) => {
      const waiting = { event: toEvent(entry, now()), resolve, reject };
      const queue = queues.get(entry.organizationId);
      if (queue && queue.length >= QUEUE_MAX) {
        reject(common("unavailable", { headers: { "retry-after": "1" } }));
      } else if (queue) queue.push(waiting);
      else {
        const first = [waiting];
        queues.set(entry.organizationId, first);
        drain(entry.organizationId, first);
      }
    });
}
