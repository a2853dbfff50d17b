import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createBreaker } from "./breaker.ts";

function setting() {
  let now = 0;
  const breaker = createBreaker(() => now);
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) breaker.failed("a");
  };
  return { breaker, fail, pass: (ms: number) => now += ms };
}

describe("a breaker", () => {
  it("opens after five failures in a row, for that instance only", () => {
    const { breaker, fail } = setting();
    fail(4);
    equal(breaker.allows("a"), true);
    breaker.succeeded("a");
    fail(4);
    equal(breaker.allows("a"), true);
    fail(1);
    equal(breaker.allows("a"), false);
    equal(breaker.allows("b"), true);
  });

  it("lets one request try, and closes when it succeeds", () => {
    const { breaker, fail, pass } = setting();
    fail(5);
    pass(500);
    equal(breaker.allows("a"), true);
    breaker.starts("a");
    equal(breaker.allows("a"), false);
    breaker.succeeded("a");
    equal(breaker.allows("a"), true);
  });

  it("learns nothing from what was abandoned, and lets the next one try", () => {
    const { breaker, fail, pass } = setting();
    fail(4);
    breaker.abandoned("a");
    fail(1);
    equal(breaker.allows("a"), false);
    pass(500);
    breaker.starts("a");
    breaker.abandoned("a");
    equal(breaker.allows("a"), true);
    breaker.starts("a");
    fail(1);
    pass(999);
    equal(breaker.allows("a"), false);
  });

  it("does not wait for a try that takes long: another may try a second later", () => {
    const { breaker, fail, pass } = setting();
    fail(5);
    pass(500);
    breaker.starts("a");
    pass(999);
    equal(breaker.allows("a"), false);
    pass(1);
    equal(breaker.allows("a"), true);
    breaker.starts("a");
    equal(breaker.allows("a"), false);
  });

  it("waits longer each time that the try fails, up to eight seconds", () => {
    const { breaker, fail, pass } = setting();
    fail(5);
    for (const pauseMs of [500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
      pass(pauseMs - 1);
      equal(breaker.allows("a"), false, `${pauseMs} ms`);
      pass(1);
      equal(breaker.allows("a"), true, `${pauseMs} ms`);
      breaker.starts("a");
      fail(1);
    }
  });
});
