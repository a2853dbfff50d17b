import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLog } from "./log.ts";

function lines(say: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  say(createLog("content", (line) => written.push(line), () => new Date(0)));
  return written.map((line) => JSON.parse(line));
}

describe("log", () => {
  it("writes one JSON object per line", () => {
    deepEqual(lines((log) => log.info("request", { status: 200, route: "/a\n/b" })), [{
      at: "1970-01-01T00:00:00.000Z",
      level: "info",
      service: "content",
      event: "request",
      status: 200,
      route: "/a\n/b",
    }]);
  });

  it("leaves out what sounds secret and scrubs what errors repeat", () => {
    const [line] = lines((log) =>
      log.error(
        "failed",
        new Error('no user ada@clinic.example with "Ada Lovelace" eyJh.eyJz.sig'),
        {
          password: "x",
          accessToken: "y",
          documentTitle: "z",
        },
      )
    );
    const text = JSON.stringify(line);
    equal(/ada|Lovelace|eyJh|"x"|"y"|"z"/i.test(text.replace("stack", "")), false, text);
  });
});
