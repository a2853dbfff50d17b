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

  it("gathers lines without losing one, however the process ends", async () => {
    const log = new URL("./log.ts", import.meta.url).href;
    for (const end of ["Deno.exit(0)", "setTimeout(() => undefined.x)", "Promise.reject(1)", ""]) {
      const code = `import { createLog } from "${log}"; const log = createLog("a");
        for (let i = 0; i < 450; i++) log.info("line", { i });
        ${end};`;
      const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
      const seen = new TextDecoder().decode(stdout).trimEnd().split("\n")
        .map((line) => JSON.parse(line).i);
      deepEqual(seen, Array.from({ length: 450 }, (_, i) => i), end);
    }
  });

  it("lets an error out at once, behind what came before it", () => {
    const urgent: boolean[] = [];
    const log = createLog("a", (_, isUrgent) => void urgent.push(isUrgent));
    log.info("one");
    log.error("two", new Error());
    deepEqual(urgent, [false, true]);
  });
});
