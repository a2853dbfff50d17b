import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { rollUnderLoad } from "./rolling.ts";

describe("a rolling restart under load", () => {
  it("fails no request; `deno run -A tools/rolling/main.ts` takes all services and 20,000", async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "praxis-rolling-" });
    try {
      const { answered, failed, restarts } = await rollUnderLoad({
        dataDir,
        portOffset: findFreeOffset(),
        requests: 1_000,
        services: ["content", "practice"],
      });
      equal(restarts, 4);
      deepEqual([...failed], []);
      ok(answered >= 1_000);
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
});
