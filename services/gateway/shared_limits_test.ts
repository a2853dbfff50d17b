import { equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { testStack } from "@praxis/local/testing";
import { newId } from "@praxis/shared/id";
import { connectRedis } from "@praxis/shared/redis";
import type { Limiter, Verdict } from "./limits.ts";
import { createSharedLimiter } from "./shared_limits.ts";

const { redisUrl, redisToken } = await testStack();
const redis = connectRedis(redisUrl, redisToken);
// So slow that nothing grows back while a test runs.
const policy = { name: "shared", perSecond: 0.001, burst: 400 };
const limiters = (count: number, over = {}) =>
  Array.from({ length: count }, () => createSharedLimiter({ ...policy, ...over }, { redis }));
const isAllowed = async (verdict: Verdict | Promise<Verdict>) => (await verdict).isAllowed;

describe("a limit that several gateways share", () => {
  for (const gateways of [1, 2, 4]) {
    it(`lets through what it says within a tenth, with ${gateways}`, async () => {
      const all = limiters(gateways);
      const key = newId();
      const verdicts = await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => isAllowed(all[i % gateways]!(key))),
      );
      const allowed = verdicts.filter(Boolean).length;
      ok(allowed >= 360 && allowed <= 440, `${allowed} of 400`);
    });
  }

  it("counts one after another, too, and says how long to wait", async () => {
    const [one, two] = limiters(2, { burst: 40 }) as [Limiter, Limiter];
    const key = newId();
    let allowed = 0;
    for (let i = 0; i < 80; i++) {
      if (await isAllowed((i % 2 ? one : two)(key))) allowed++;
    }
    ok(allowed >= 36 && allowed <= 44, `${allowed} of 40`);
    const { isAllowed: again, headers } = await one(key);
    equal(again, false);
    ok(Number(headers()["retry-after"]) > 0);
    equal(headers()["ratelimit-policy"], '"shared";q=40;w=40000');
  });

  it("keeps keys and policies apart", async () => {
    const [one] = limiters(1, { burst: 1 }) as [Limiter];
    const other = createSharedLimiter({ ...policy, name: "other", burst: 1 }, { redis });
    const key = newId();
    equal(await isAllowed(one(key)), true);
    equal(await isAllowed(one(key)), false);
    equal(await isAllowed(one(newId())), true);
    equal(await isAllowed(other(key)), true);
  });

  it("lets tokens grow back", async () => {
    const fast = createSharedLimiter({ name: "fast", perSecond: 20, burst: 40 }, { redis });
    const key = newId();
    const spent = await Promise.all(Array.from({ length: 200 }, () => isAllowed(fast(key))));
    ok(spent.includes(false));
    const later = async () => {
      for (;;) if (await isAllowed(fast(key))) return true;
    };
    equal(await later(), true);
  });

  it("does not ask Redis for the first requests", () => {
    let asked = 0;
    const take = createSharedLimiter(policy, {
      redis: {
        eval: () => {
          asked++;
          return new Promise<never>(() => {});
        },
      } as never,
    });
    for (let i = 0; i < 10; i++) ok(!(take("a") instanceof Promise));
    equal(asked, 0);
  });

  it("without Redis holds in each gateway alone", async () => {
    for (const answer of [() => Promise.reject(new Error("gone")), () => Promise.resolve("PONG")]) {
      const take = createSharedLimiter(policy, { redis: { eval: answer } as never });
      const verdicts = await Promise.all(
        Array.from({ length: 1_000 }, () => isAllowed(take("a"))),
      );
      const allowed = verdicts.filter(Boolean).length;
      ok(allowed >= 400 && allowed <= 410, `${allowed} of 400`);
    }
  });
});
