/**
 * Commits messages together: those of one organization that come while a commit is under way share
 * the next one. Each sender still waits for the commit that holds its own message.
 */
import type { AuditEntry } from "@praxis/shared/audit";
import { transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import * as documents from "../documents/documents.ts";
import { MESSAGES_TOGETHER_MAX } from "../ingestion/model.ts";
import { answerAll, type Batch } from "./answers.ts";
import { type Acknowledgement, type Claim, isAccepted, nameOf } from "./model.ts";

/** What came in one request: a message, or the messages of a batch, each with its answer. */
export type Arrival = Claim & { batch?: Batch; message: documents.NewMessage };

/** `documentId` null: it was refused, or had been stored before. */
export type Outcome = Acknowledgement & { documentId: string | null };
export type Commit = (organizationId: string, arrival: Arrival) => Promise<Outcome>;

const BYTES_TOGETHER_MAX = 2 * 1024 * 1024;
/** More senders than these are asked to come again. */
const WAITING_MAX = 1_000;

type Waiting = {
  arrival: Arrival;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
};

export function createCommits(deps: Deps): Commit {
  const queues = new Map<string, Waiting[]>();

  async function drain(organizationId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch(queue);
      try {
        const outcomes = await commit(batch.map(({ arrival }) => arrival));
        batch.forEach(({ resolve }, at) => resolve(outcomes[at]!));
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        // One that cannot be stored must not keep the others out: each tries its own luck.
        else {
          for (const { arrival, resolve, reject } of batch) {
            await commit([arrival]).then(([outcome]) => resolve(outcome!), reject);
          }
        }
      }
    }
    queues.delete(organizationId);

    async function commit(arrivals: Arrival[]) {
      return await commitAll(deps, organizationId, arrivals);
    }
  }

  return (organizationId, arrival) =>
    new Promise((resolve, reject) => {
      deps.senders.arrived();
      const waiting = { arrival, resolve, reject };
      const queue = queues.get(organizationId);
      if (queue && queue.length >= WAITING_MAX) {
        reject(common("unavailable", { headers: { "retry-after": "1" } }));
      } else if (queue) queue.push(waiting);
      else {
        const first = [waiting];
        queues.set(organizationId, first);
        drain(organizationId, first);
      }
    });
}

function takeBatch(queue: Waiting[]): Waiting[] {
  let count = 0;
  let bytes = 0;
  while (count < queue.length && count < MESSAGES_TOGETHER_MAX) {
    bytes += queue[count]!.arrival.message.size;
    if (count > 0 && bytes > BYTES_TOGETHER_MAX) break;
    count++;
  }
  return queue.splice(0, count);
}

/** Those of `all` that have different keys; of equal ones the first, the others repeat it. */
function firstsOf<T extends Claim>(all: readonly T[]): Map<string, T> {
  const firsts = new Map<string, T>();
  for (const one of all) {
    const name = nameOf(one.key);
    if (!firsts.has(name)) firsts.set(name, one);
  }
  return firsts;
}

/** One transaction for all of them; the answers in their order. */
async function commitAll(
  deps: Deps,
  organizationId: string,
  arrivals: readonly Arrival[],
): Promise<Outcome[]> {
  const at = deps.now();
  const firsts = firstsOf(arrivals);
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const { answers, fresh } = await answerAll(tx, organizationId, [...firsts.values()], at);
    const filed = fresh.filter(({ isStored }) => isStored);
    const refused = fresh.filter(({ acknowledgement: { code } }) => !isAccepted(code));
    await documents.fileAll(
      deps,
      tx,
      organizationId,
      filed.map(({ message }) => message),
      refused.map((arrival) => refusalOf(arrival, organizationId)),
    );
    const owners = new Set(filed.map(({ message }) => message.id));
    return arrivals.map(({ key, message: { id } }) => {
      const { code, answer } = answers.get(nameOf(key))!;
      return { code, answer, documentId: owners.has(id) ? id : null };
    });
  });
}

const refusalOf = (
  { acknowledgement: { code }, message: { call, size } }: Arrival,
  organizationId: string,
): AuditEntry => ({
  actor: call.actor,
  organizationId,
  action: "hl7.message_refused",
  subject: { type: "hl7-message" },
  outcome: "refused",
  requestId: call.requestId,
  details: { code, size },
});
