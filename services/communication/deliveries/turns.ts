/** Who uses the database next: organizations in turn, whatever each of them has under way. */
export type InTurn = <T>(organizationId: string, work: () => Promise<T>) => Promise<T>;

/** For tools that send one by one. */
export const atOnce: InTurn = (_, work) => work();

/**
 * Lets `max` pieces of work run at once. Within an organization first come, first served; between
 * them round-robin: whoever comes with ten does not stand behind another's thousands.
 */
export function createTurns(max: number): InTurn {
  /** In the order in which they were served last. */
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;
  function serve(): void {
    const [first] = waiting;
    if (running >= max || !first) return;
    const [organizationId, queue] = first;
    waiting.delete(organizationId);
    const start = queue.shift()!;
    if (queue.length > 0) waiting.set(organizationId, queue);
    running++;
    start();
  }
  return async (organizationId, work) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const queue = waiting.get(organizationId);
    if (queue) queue.push(resolve);
    else waiting.set(organizationId, [resolve]);
    serve();
    await promise;
    try {
      return await work();
    } finally {
      running--;
      serve();
    }
  };
}
