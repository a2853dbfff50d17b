/** Argon2id in native code, behind a queue with an end. */
import { hash, verify } from "@node-rs/argon2";
import { common } from "@praxis/shared/problem";
import { COST, type Hasher, QUEUE_MAX } from "./model.ts";

const RETRY_AFTER_SECONDS = 2;

type Work = Pick<Hasher, "hash" | "verify">;

/** A lone surrogate has no UTF-8: it becomes U+FFFD here, and not an error in native code. */
const bytesOf = (password: string) => new TextEncoder().encode(password);

const argon2: Work = {
  hash: (password) => hash(bytesOf(password), COST),
  verify: (passwordHash, password) => verify(passwordHash, bytesOf(password)),
};

/**
 * More hashes at once than cores are no faster together and hold up every other request, so the
 * rest wait in turn, and beyond `queueMax` are sent away.
 */
export function createHasher(
  {
    concurrency = navigator.hardwareConcurrency,
    queueMax = QUEUE_MAX,
    work = argon2,
    onStart = () => {},
  }: { concurrency?: number; queueMax?: number; work?: Work; onStart?: () => void } = {},
): Hasher {
  const waiting: (() => void)[] = [];
  let free = concurrency;

  async function inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (free > 0) free--;
    else if (waiting.length < queueMax) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      throw common("unavailable", { headers: { "retry-after": String(RETRY_AFTER_SECONDS) } });
    }
    onStart();
    try {
      return await run();
    } finally {
      // The place is handed on, not freed: nobody who comes now overtakes who waits.
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }

  return {
    hash: (password) => inTurn(() => work.hash(password)),
    verify: (passwordHash, password) => inTurn(() => work.verify(passwordHash, password)),
  };
}
