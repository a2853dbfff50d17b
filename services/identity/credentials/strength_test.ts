import { equal, ok, rejects } from "node:assert/strict";
import { afterEach, describe, it } from "@std/testing/bdd";
import { createStrength, type Strength } from "./strength.ts";

/** Says 4, cannot judge "odd", forgets "late", and never comes back from "for ever". */
const scripted = new URL(`data:text/javascript,${
  encodeURIComponent(`
    self.onmessage = ({ data: { password } }) => {
      if (password === "late") return;
      if (password === "odd") return self.postMessage("failed");
      while (password === "for ever");
      self.postMessage(4);
    };
    self.postMessage("ready");`)
}`);

const isUnavailable = (error: { status?: number }) => error.status === 503;

describe("createStrength()", () => {
  let strength: Strength;
  afterEach(() => strength.close());

  it("knows a common password from one that is hard to guess", async () => {
    strength = createStrength({ timeMs: 30_000 });
    const { strengthOf } = strength;
    ok(await strengthOf("password1234567", []) < 3);
    ok(await strengthOf("otter-violet-cannon-81", []) >= 3);
    ok(await strengthOf("quistquistquist", ["quist"]) < 3);
  });

  it("judges no more than what it needs of the longest password", async () => {
    strength = createStrength({ timeMs: 30_000 });
    const { strengthOf } = strength;
    equal(await strengthOf("a".repeat(32) + "otter-violet-cannon-81", []), 0);
  });

  it("holds nobody up while it judges what was made up to take long", async () => {
    strength = createStrength({ timeMs: 30_000 });
    const { strengthOf } = strength;
    await strengthOf("loaded", []);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const dear = "p455w0rd1!".repeat(7).slice(0, 64);
    await Promise.all(Array.from({ length: 20 }, () => strengthOf(dear, [])));
    clearInterval(timer);
    // On this thread each would have been one turn.
    ok(turns > 20, String(turns));
  });

  for (const password of ["odd", "late", "for ever"]) {
    it(`gives up a judgement that does not end well (${password}), and judges the next`, async () => {
      strength = createStrength({ url: scripted, timeMs: 2_000 });
      const { strengthOf } = strength;
      const [bad, next] = await Promise.allSettled([strengthOf(password, []), strengthOf("x", [])]);
      equal(bad.status, "rejected");
      ok(isUnavailable((bad as PromiseRejectedResult).reason));
      ok(!JSON.stringify(bad).includes(password));
      equal(next.status, "fulfilled");
      equal(await strengthOf("x", []), 4);
    });
  }

  it("sends away who would be one too many to wait", async () => {
    strength = createStrength({ url: scripted, waitingMax: 3, timeMs: 30_000 });
    const { strengthOf } = strength;
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => strengthOf("x", [])));
    equal(all.filter(({ status }) => status === "fulfilled").length, 3);
    equal(await strengthOf("x", []), 4);
  });

  it("takes none without its list, and tries to get it again", async () => {
    strength = createStrength({ url: new URL("data:text/javascript,throw new Error('gone')") });
    const { strengthOf } = strength;
    await rejects(strengthOf("x", []), isUnavailable);
    await rejects(strengthOf("x", []), isUnavailable);
  });
});
