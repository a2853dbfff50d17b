import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { readUserAgent } from "./user_agent.ts";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("what a browser calls itself", () => {
  for (
    const [userAgent, browser, system] of [
      [
        `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0`,
        "Edge",
        "Windows",
      ],
      [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/140.0 Safari/537.36`, "Chrome", "Linux"],
      [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
        "Safari",
        "iPhone",
      ],
      [
        "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
        "Firefox",
        "Android",
      ],
    ] as const
  ) {
    it(`${browser} on ${system}`, () => deepEqual(readUserAgent(userAgent), { browser, system }));
  }

  it("is nothing known, whatever else it says", () => {
    for (const userAgent of ["", "Deno/2.9.6", "<script>alert(1)</script>"]) {
      deepEqual(readUserAgent(userAgent), {});
    }
  });
});
