/** The bell of one process: rung by its own commits, and by a look at what others have committed. */
import type { Log } from "@praxis/shared/telemetry";
import type { Bell } from "./model.ts";

/** Another process's revocation is known here after at most this long. */
const LOOK_MS = 1_000;

type Options = {
  /** The number of the newest revocation. Asked once per second, and only while someone waits. */
  newest: () => Promise<string>;
  log: Log;
  lookMs?: number;
};

export function createBell({ newest, log, lookMs = LOOK_MS }: Options): Bell {
  const waiting = new Set<(isRung: boolean) => void>();
  let rings = 0;
  let isStopped = false;
  let known: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function release(isRung: boolean) {
    const released = [...waiting];
    waiting.clear();
    for (const release of released) release(isRung);
  }

  function ring() {
    rings++;
    release(true);
  }

  function lookSoon() {
    timer ??= setTimeout(look, lookMs);
  }

  async function look() {
    try {
      const seen = await newest();
      if (seen !== known) ring();
      known = seen;
    } catch (error) {
      log.error("revocations cannot be read", error);
    }
    timer = undefined;
    if (waiting.size > 0) lookSoon();
  }

  return {
    ring,
    rings: () => rings,
    wait(heard, ms) {
      if (isStopped) return Promise.resolve(false);
      if (rings > heard) return Promise.resolve(true);
      lookSoon();
      return new Promise((resolve) => {
        const end = (isRung: boolean) => {
          clearTimeout(limit);
          waiting.delete(end);
          resolve(isRung);
        };
        const limit = setTimeout(() => end(false), ms);
        waiting.add(end);
      });
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      release(false);
    },
  };
}
