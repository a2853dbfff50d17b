import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { silent } from "@praxis/shared/telemetry";
import { createBell } from "./bell.ts";

/** Long enough never to be reached. */
const NEVER_MS = 3_600_000;

const quiet = { newest: () => Promise.resolve("1"), log: silent, lookMs: NEVER_MS };

describe("createBell()", () => {
  it("wakes everyone who waits", async () => {
    const bell = createBell(quiet);
    const waits = [1, 2, 3].map(() => bell.wait(bell.rings(), NEVER_MS));
    bell.ring();
    deepEqual(await Promise.all(waits), [true, true, true]);
    bell.stop();
  });

  it("forgets no ring between a look and the wait after it", async () => {
    const bell = createBell(quiet);
    const heard = bell.rings();
    bell.ring();
    equal(await bell.wait(heard, NEVER_MS), true);
  });

  it("lets go after the time, and at once when stopped", async () => {
    const bell = createBell(quiet);
    equal(await bell.wait(bell.rings(), 1), false);
    const waiting = bell.wait(bell.rings(), NEVER_MS);
    bell.stop();
    equal(await waiting, false);
    equal(await bell.wait(bell.rings(), NEVER_MS), false);
  });

  it("looks for what other processes did, also after a failed look", async () => {
    const answers = [() => "1", () => "1", () => {
      throw new Error("no database");
    }, () => "2"];
    const failures: string[] = [];
    const bell = createBell({
      // deno-lint-ignore require-await
      newest: async () => (answers.shift() ?? (() => "2"))(),
      log: { ...silent, error: (event) => void failures.push(event) },
      lookMs: 1,
    });
    // The first look learns where things stand.
    equal(await bell.wait(bell.rings(), NEVER_MS), true);
    equal(answers.length, 3);
    equal(await bell.wait(bell.rings(), NEVER_MS), true);
    equal(answers.length, 0);
    deepEqual(failures, ["revocations cannot be read"]);
    bell.stop();
  });
});
