/** Who is next when there are fewer places than there is work. */

/**
 * `max` places, for reading or drawing; organizations that wait take turns, however much one asks
 * for. Of one organization no more than `waitingMax` may wait.
 */
export function createTurns(max: number, waitingMax = Infinity) {
  let running = 0;
  const waiting = new Map<string, (() => void)[]>();
  return {
    /** False when too many of the organization wait already. */
    async take(organizationId: string): Promise<boolean> {
      if (running < max) {
        running++;
        return true;
      }
      const turn = Promise.withResolvers<void>();
      const queue = waiting.get(organizationId);
      if (queue && queue.length >= waitingMax) return false;
      if (queue) queue.push(turn.resolve);
      else waiting.set(organizationId, [turn.resolve]);
      await turn.promise;
      return true;
    },
    give(): void {
      const [first] = waiting;
      if (!first) {
        running--;
        return;
      }
      const [organizationId, queue] = first;
      const go = queue.shift()!;
      // To the end of the line with those that have more.
      waiting.delete(organizationId);
      if (queue.length > 0) waiting.set(organizationId, queue);
      go();
    },
  };
}
