import { ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";

describe("memory", () => {
  it("a transaction leaves nothing behind", async () => {
    // A process of its own: only there can the garbage be collected on demand.
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", "--v8-flags=--expose-gc"],
        new URL("./memory_probe.ts", import.meta.url).href,
      ],
    }).output();
    const text = new TextDecoder().decode(stdout);
    ok(text !== "", new TextDecoder().decode(stderr));
    // The result alone has a thousand characters.
    ok(Number(text) < 500, `${text} bytes per transaction`);
  });
});
