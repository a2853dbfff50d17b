import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { playChaos } from "./uploads.ts";

/** The processes that an upload passes through; `deno task chaos` plays all. */
const VICTIMS = ["content", "content-db", "gateway", "identity-db", "bridge"];

describe("kill -9 during uploads", () => {
  it("loses nothing that was acknowledged and shows nothing half-stored", async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "praxis-chaos-" });
    try {
      const rounds = await playChaos({
        dataDir,
        portOffset: findFreeOffset(),
        uploads: 120,
        victims: VICTIMS,
      });
      deepEqual(rounds.map(({ victim }) => victim), VICTIMS);
      for (const { victim, wrong, acknowledged } of rounds) {
        equal(wrong.length, 0, `${victim}: ${wrong.slice(0, 5).join("; ")}`);
        ok(acknowledged > 0, `${victim}: nothing was acknowledged`);
      }
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
});
