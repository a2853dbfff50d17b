import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLog, createOutput } from "./log.ts";

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

  it("outlives a reader that is slow, one that has left, and a disk that is full", () => {
    let read = "";
    let fails: Error | undefined;
    const write = createOutput((bytes) => {
      if (fails) throw fails;
      const taken = bytes.subarray(0, 7);
      read += new TextDecoder().decode(taken);
      return taken.length;
    });
    const said = () => {
      const before = read;
      read = "";
      return before;
    };
    write("one", true);
    equal(said(), "one\n");
    fails = new Deno.errors.WouldBlock();
    for (const line of ["two", "three", "four"]) write(line, true);
    fails = undefined;
    write("five", true);
    equal(said(), "two\nthree\nfour\nfive\n");
    fails = new Deno.errors.BrokenPipe();
    for (const line of ["six", "seven"]) write(line, true);
    fails = new Error("no space is left");
    write("eight", true);
    fails = undefined;
    write("nine", true);
    equal(said(), '{"level":"error","event":"lines were lost","count":3}\nnine\n');
    fails = new Deno.errors.WouldBlock();
    for (let n = 0; n < 5_300; n++) write(`${n}`, false);
    fails = undefined;
    write("last", true);
    const lines = said().trimEnd().split("\n");
    // The very last one finds the waiting room full, too.
    equal(lines[0], "0");
    equal(lines.length, 5_200 + 1);
    equal(lines.at(200), '{"level":"error","event":"lines were lost","count":101}');
    write("more", true);
    equal(said(), "more\n");
  });
});
