import { equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { see } from "./process_table.ts";
import { eventually } from "./stand_ins.ts";

const WATCHER = `
import { findLaunchers, watchLaunchers } from ${
  JSON.stringify(new URL("./launchers.ts", import.meta.url).href)
};
const { length } = findLaunchers();
watchLaunchers(() => Deno.exit(0));
// Not before it watches: from this line on its launcher may be killed.
console.log(Deno.pid, length);
setInterval(() => {}, 1000);
`;

describe("launchers", () => {
  it("a killed launcher ends what it has launched", async () => {
    const folder = await Deno.makeTempDir({ prefix: "praxis-launchers-" });
    await Deno.writeTextFile(`${folder}/watcher.ts`, WATCHER);
    const tasks = { tasks: { wait: "deno run -A watcher.ts" } };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(tasks));
    const launcher = new Deno.Command(Deno.execPath(), {
      args: ["task", "wait"],
      cwd: folder,
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = launcher.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!/\d+ \d+\n/.test(text)) text += (await reader.read()).value ?? "";
    const [, pid, count] = text.match(/(\d+) (\d+)\n/)!;
    ok(Number(count) >= 1);
    launcher.kill("SIGKILL");
    equal((await launcher.status).signal, "SIGKILL");
    await eventually("the end of the watcher", () => !see(Number(pid)) || undefined);
    await reader.cancel();
    await Deno.remove(folder, { recursive: true });
  });
});
