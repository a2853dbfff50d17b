import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { playSagaChaos } from "./sagas.ts";

describe("kill -9 of workflow, its database and those it asks", () => {
  it("loses no fact, leaves no saga half done, and does nothing twice", async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "praxis-chaos-" });
    try {
      const result = await playSagaChaos({
        dataDir,
        portOffset: 20_100,
        documents: 40,
        sagas: 18,
        kills: 6,
      });
      deepEqual(result.wrong, []);
      const { completed = 0, compensated = 0 } = result.ended;
      deepEqual([completed, compensated], [11, 7]);
      equal(result.kills, 6);
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
});
