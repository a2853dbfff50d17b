/** Prints how many bytes of heap a transaction leaves behind; run by memory_test.ts. */
import { newId } from "../id/id.ts";
import { openTestService } from "../testing/mod.ts";
import { read } from "./mod.ts";
await using service = await openTestService({
  service: "things",
  folder: new URL("../testing/fixtures/migrations/", import.meta.url),
});
const organizationId = newId();
const run = async (count: number) => {
  for (let n = 0; n < count; n++) {
    await read(service.deps.sql, { organizationId }, (tx) => tx`select ${"x".repeat(1000)}::text`);
  }
  (globalThis as unknown as { gc(): void }).gc();
  return Deno.memoryUsage().heapUsed;
};
const before = await run(500);
const after = await run(3_000);
Deno.stdout.writeSync(new TextEncoder().encode(String((after - before) / 3_000)));
