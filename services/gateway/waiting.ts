/**
 * Requests that wait for a service. One timer looks after all of them: a timer and a listener for
 * each would cost a quick request more than its limits and its token do.
 */

/** How late a deadline, or a client that has gone, may be noticed. */
const LOOK_EVERY_MS = 50;

type Wait = {
  dueInMs: number;
  /** The time is up. */
  onDue: () => void;
  /** It takes long enough, one look at least, that somebody may lose patience. Called once. */
  onLong: () => void;
};

type Waiting = {
  /** The time starts anew. */
  extend(dueInMs: number): void;
  /** It waits no more. True when it was long. */
  leave(): boolean;
};

export function createWaitingRoom(nowMs: () => number = () => performance.now()) {
  type Guest = Wait & { enteredAtMs: number; dueAtMs: number; isLong: boolean };
  const guests = new Set<Guest>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    if (guests.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    const now = nowMs();
    for (const guest of guests) {
      if (now >= guest.dueAtMs) {
        guests.delete(guest);
        guest.onDue();
      } else if (!guest.isLong && now - guest.enteredAtMs >= LOOK_EVERY_MS) {
        guest.isLong = true;
        guest.onLong();
      }
    }
  }

  return {
    enter(wait: Wait): Waiting {
      const enteredAtMs = nowMs();
      const guest: Guest = {
        ...wait,
        enteredAtMs,
        dueAtMs: enteredAtMs + wait.dueInMs,
        isLong: false,
      };
      guests.add(guest);
      timer ??= setInterval(look, LOOK_EVERY_MS);
      return {
        extend: (dueInMs) => void (guest.dueAtMs = nowMs() + dueInMs),
        leave() {
          guests.delete(guest);
          return guest.isLong;
        },
      };
    },
  };
}
