/** Organizations use the database in turn. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createTurns } from "./turns.ts";

describe("[28] turns", () => {
  it("go round between organizations, in order within each, and never more at once", async () => {
    const inTurn = createTurns(2);
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    let running = 0;
    let most = 0;
    const ask = (organization: string, n: number) =>
      inTurn(organization, async () => {
        most = Math.max(most, ++running);
        started.push(organization + n);
        const { promise, resolve } = Promise.withResolvers<void>();
        ends.set(organization + n, resolve);
        await promise;
        running--;
      });
    const all = [1, 2, 3, 4, 5].map((n) => ask("big", n));
    all.push(ask("small", 1), ask("small", 2));
    for (let at = 0; at < all.length; at++) {
      while (started[at] === undefined) await Promise.resolve();
      ends.get(started[at]!)!();
    }
    await Promise.all(all);
    deepEqual(started, ["big1", "big2", "big3", "small1", "big4", "small2", "big5"]);
    equal(most, 2);
  });

  it("go on after work that fails", async () => {
    const inTurn = createTurns(1);
    await rejects(inTurn("one", () => Promise.reject(new Error("no"))));
    equal(await inTurn("one", () => Promise.resolve("yes")), "yes");
  });
});
