/** Lets those who wait for an answer go first: reading their messages may come a little later. */

export type Senders = {
  /** A message has come in. */
  arrived(): void;
  /** Resolves when none has come for a moment, or at `until` (as `Date.now()` counts). */
  quiet(until: number): Promise<void>;
};

const QUIET_MS = 500;

export function createSenders(): Senders {
  let last = 0;
  return {
    arrived() {
      last = Date.now();
    },
    async quiet(until) {
      for (;;) {
        const left = Math.min(last + QUIET_MS, until) - Date.now();
        if (left <= 0) return;
        await new Promise((resolve) => setTimeout(resolve, left));
      }
    },
  };
}
