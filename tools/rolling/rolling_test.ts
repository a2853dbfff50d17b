import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { rollUnderLoad } from "./rolling.ts";

const REQUESTS = 300;

describe("a rolling restart under load", () => {
  it("fails no request; `deno run -A tools/rolling/main.ts` takes all services and 20,000", async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "praxis-rolling-" });
    try {
      const { answered, failed, restarts } = await rollUnderLoad({
        dataDir,
        portOffset: findFreeOffset(),
        requests: REQUESTS,
        // What hands requests on, and what takes them.
        services: ["gateway", "content"],
        workers: 4,
      });
      equal(restarts, 4);
      deepEqual([...failed], []);
      ok(answered >= REQUESTS);
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
});
