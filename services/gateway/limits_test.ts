import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLimiter } from "./limits.ts";

const policy = { name: "user", perSecond: 2, burst: 5 };

describe("a token bucket", () => {
  it("allows a burst, then the rate", () => {
    let now = 0;
    const take = createLimiter(policy, () => now);
    const allowed = (count: number) =>
      Array.from({ length: count }, () => take("a").isAllowed).filter(Boolean).length;
    equal(allowed(10), 5);
    now += 499;
    equal(allowed(3), 0);
    now += 1;
    equal(allowed(3), 1);
    now += 1_000;
    equal(allowed(5), 2);
    now += 3_600_000;
    equal(allowed(10), 5);
  });

  it("keeps keys apart", () => {
    const take = createLimiter({ ...policy, burst: 1 }, () => 0);
    ok(take("a").isAllowed);
    ok(!take("a").isAllowed);
    ok(take("b").isAllowed);
  });

  it("says when to come back", () => {
    const take = createLimiter({ name: "sign-in", perSecond: 0.1, burst: 3 }, () => 0);
    for (let i = 0; i < 3; i++) take("a");
    const { isAllowed, headers } = take("a");
    equal(isAllowed, false);
    deepEqual(headers(), {
      "retry-after": "10",
      "ratelimit": '"sign-in";r=0;t=10',
      "ratelimit-policy": '"sign-in";q=3;w=30',
    });
  });

  it("remembers what is in use while strangers fill the memory", () => {
    const take = createLimiter({ name: "a", perSecond: 1, burst: 1 }, () => 0, 10);
    take("busy");
    for (let i = 0; i < 1_000; i++) {
      take(`stranger ${i}`);
      ok(!take("busy").isAllowed, `forgotten after ${i} strangers`);
    }
  });

  it("forgets what is not in use", () => {
    const take = createLimiter({ name: "a", perSecond: 1, burst: 1 }, () => 0, 10);
    take("once");
    for (let i = 0; i < 20; i++) take(`stranger ${i}`);
    ok(take("once").isAllowed);
  });
});
