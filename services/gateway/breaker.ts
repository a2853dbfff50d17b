/** Leaves an instance alone that keeps failing, and tries it again a little later. */

/** So many failures in a row open it. */
const FAILURES_MAX = 5;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 8_000;
/** A try may be an upload that takes an hour: nobody waits longer than this for what it tells. */
const TRY_MAX_MS = 1_000;
const INSTANCES_MAX = 1_000;

type State = { failures: number; openings: number; openUntilMs: number; tryingUntilMs: number };

export type Breaker = {
  /** May this instance be asked now? Once the pause is over, one request a second may try. */
  allows(id: string): boolean;
  /** An allowed request is about to be sent. */
  starts(id: string): void;
  succeeded(id: string): void;
  failed(id: string): void;
  /** It ended without telling anything about the instance. */
  abandoned(id: string): void;
};

export function createBreaker(nowMs: () => number = () => performance.now()): Breaker {
  const states = new Map<string, State>();
  return {
    allows(id) {
      const state = states.get(id);
      if (!state || state.failures < FAILURES_MAX) return true;
      return nowMs() >= Math.max(state.openUntilMs, state.tryingUntilMs);
    },
    starts(id) {
      const state = states.get(id);
      if (state && state.failures >= FAILURES_MAX) state.tryingUntilMs = nowMs() + TRY_MAX_MS;
    },
    succeeded: (id) => void states.delete(id),
    abandoned(id) {
      const state = states.get(id);
      if (state) state.tryingUntilMs = 0;
    },
    failed(id) {
      const state = states.get(id) ??
        { failures: 0, openings: 0, openUntilMs: 0, tryingUntilMs: 0 };
      state.failures++;
      state.tryingUntilMs = 0;
      if (state.failures >= FAILURES_MAX) {
        state.openUntilMs = nowMs() + Math.min(PAUSE_FIRST_MS * 2 ** state.openings, PAUSE_MAX_MS);
        state.openings++;
      }
      if (!states.has(id) && states.size >= INSTANCES_MAX) {
        states.delete(states.keys().next().value!);
      }
      states.set(id, state);
    },
  };
}
