import { equal, ok, rejects } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Problem } from "@praxis/shared/problem";
import { createHasher } from "./hasher.ts";
import { DUMMY_HASH, stateOf } from "./model.ts";

/** Work that stays under way until it is told to end. */
function heldWork() {
  const ends: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const work = {
    hash: () => Promise.resolve(DUMMY_HASH),
    verify: async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
      return true;
    },
  };
  return { work, ends, most: () => most };
}

describe("createHasher()", () => {
  it("M20: runs as many at once as allowed, lets the next wait, and sends the rest away", async () => {
    const held = heldWork();
    const hasher = createHasher({ concurrency: 2, queueMax: 50, work: held.work });
    const calls = Array.from({ length: 500 }, () => hasher.verify(DUMMY_HASH, "x"));
    const results = Promise.allSettled(calls);

    const refused = calls.slice(52);
    for (const call of refused) {
      await rejects(call, (error) => {
        ok(error instanceof Problem);
        equal(error.status, 503);
        equal(error.extra.headers?.["retry-after"], "2");
        return true;
      });
    }
    for (let done = 0; done < 52; done++) {
      while (held.ends.length === 0) await Promise.resolve();
      held.ends.shift()!();
    }

    const fulfilled = (await results).filter(({ status }) => status === "fulfilled");
    equal(fulfilled.length, 52);
    equal(held.most(), 2);
    // Every place has been given back.
    const again = hasher.verify(DUMMY_HASH, "x");
    held.ends.shift()!();
    equal(await again, true);
  });

  it("gives the place back when the work fails", async () => {
    const work = {
      hash: () => Promise.reject(new Error("no")),
      verify: () => Promise.reject(new Error("no")),
    };
    const hasher = createHasher({ concurrency: 1, queueMax: 0, work });
    for (const _ of [1, 2, 3]) await rejects(hasher.hash("x"), /no/);
  });

  it("makes hashes of today's cost that fit one password only, to the last of its characters", async () => {
    const hasher = createHasher();
    for (const password of ["a\0b", "\ud800", "🔑".repeat(128), "e\u0301", "x".repeat(256)]) {
      const hash = await hasher.hash(password);
      equal(stateOf(hash), "current");
      equal(await hasher.verify(hash, password), true);
      equal(await hasher.verify(hash, password.slice(0, -1) + "y"), false);
    }
    // Not normalised: what looks alike is not the same.
    equal(await hasher.verify(await hasher.hash("é"), "e\u0301"), false);
  });
});
