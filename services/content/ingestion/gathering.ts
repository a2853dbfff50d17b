/** Brings messages of several commits together, to be read and kept at the price of one. */
import type { Deps } from "../deps.ts";
import { type IngestJob, MESSAGES_TOGETHER_MAX } from "./model.ts";

/**
 * Messages of one organization whose jobs come while others of it are being read are read together
 * next, whatever commits they came with: a commit of few costs as much to keep as one of many.
 */
export function gather(
  deps: Deps,
  ingestAll: (deps: Deps, jobs: readonly IngestJob[]) => Promise<void>,
) {
  type Waiting = { documentIds: string[]; settled: PromiseWithResolvers<void> };
  const queues = new Map<string, Waiting[]>();

  async function drain(organizationId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      let count = 0;
      let messages = 0;
      while (count < queue.length) {
        messages += queue[count]!.documentIds.length;
        if (count > 0 && messages > MESSAGES_TOGETHER_MAX) break;
        count++;
      }
      const together = queue.splice(0, count);
      const jobs = together.flatMap(({ documentIds }) =>
        documentIds.map((documentId) => ({ organizationId, documentId, version: 1 }))
      );
      await ingestAll(deps, jobs).then(
        () => together.forEach(({ settled }) => settled.resolve()),
        // What was kept is kept: each job is tried again for what is not.
        (error) => together.forEach(({ settled }) => settled.reject(error)),
      );
    }
    queues.delete(organizationId);
  }

  return (organizationId: string, documentIds: string[]): Promise<void> => {
    const settled = Promise.withResolvers<void>();
    const queue = queues.get(organizationId);
    if (queue) queue.push({ documentIds, settled });
    else {
      const first = [{ documentIds, settled }];
      queues.set(organizationId, first);
      void drain(organizationId, first);
    }
    return settled.promise;
  };
}
