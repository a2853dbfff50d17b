import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { describeBusyPorts, findBusyPorts, findFreePort } from "./ports.ts";
import { pauseAfterCrashes } from "./supervised.ts";
import { classifyChange } from "./watch.ts";
import { SERVICES } from "./services.ts";

describe("ports", () => {
  it("names every busy port with its holder", () => {
    for (const hostname of ["127.0.0.1", "0.0.0.0", "::"]) {
      // A gap below: the listing's own descriptor takes it, and is gone when it is read.
      const gap = Deno.openSync("/dev/null");
      const listeners = [1, 2].map(() => Deno.listen({ hostname, port: 0 }));
      const [first, second] = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
      gap.close();
      const busy = findBusyPorts([
        { port: first!, purpose: "gateway" },
        { port: findFreePort(), purpose: "identity" },
        { port: second!, purpose: "content Redis" },
      ]);
      const text = describeBusyPorts(busy);
      assert.deepEqual(busy.map(({ port }) => port), [first, second]);
      assert.ok(text.includes(`${first} (gateway) is held by process ${Deno.pid}: `), text);
      assert.ok(text.includes(`${second} (content Redis)`) && text.includes("PRAXIS_PORT_OFFSET"));
      for (const listener of listeners) listener.close();
    }
  });
});

describe("restarts", () => {
  it("come after pauses that double up to ten seconds", () => {
    const pauses = [1, 2, 3, 6, 7, 50].map(pauseAfterCrashes);
    assert.deepEqual(pauses, [250, 500, 1000, 8000, 10_000, 10_000]);
  });

  it("concern the services whose sources changed", () => {
    const affected = (path: string) => classifyChange(`/r/${path}`, "/r", SERVICES)?.services;
    assert.deepEqual(affected("services/content/documents/store.ts"), ["content"]);
    assert.equal(affected("shared/http/mod.ts")?.length, SERVICES.length);
    assert.equal(affected("services/content/documents/store_test.ts"), undefined);
    assert.equal(affected("services/content/notes.md"), undefined);
    assert.equal(affected("docs/openapi/content.json"), undefined);
    const migration = classifyChange("/r/services/identity/migrations/0002_x.sql", "/r", SERVICES);
    assert.equal(migration?.isMigration, true);
  });
});
