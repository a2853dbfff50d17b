import { after, afterEach, before, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type Line, type Platform, startPlatform } from "./platform.ts";
import { findMarked, stopMarked } from "./reaper.ts";
import { eventually, findFreeOffset, makeFolder, writeStandIns } from "./stand_ins.ts";

describe("platform", () => {
  let root: string;
  let dataDir: string;
  let platform: Platform;
  const lines: Line[] = [];
  const said = (text: RegExp) => lines.filter((line) => text.test(line.text)).length;
  const pidOf = (name: string) =>
    platform.processes().find((process) => process.name === name)?.pid;

  before(async () => {
    [root, dataDir] = [await writeStandIns(), await makeFolder()];
    platform = await startPlatform({
      dataDir,
      root,
      portOffset: findFreeOffset(),
      mode: "test",
      watch: true,
      services: ["gateway", "identity"],
      readyLimitMs: 30_000,
      onLine: (line) => lines.push(line),
    });
  });

  after(async () => {
    await platform?.stop();
    assert.deepEqual(findMarked(dataDir), []);
    for (const folder of [root, dataDir]) await Deno.remove(folder, { recursive: true });
  });

  it("has migrated, serves, and tells what it consists of", async () => {
    assert.equal(said(/stand-in migrated/), 1);
    assert.equal((await fetch(`${platform.url}/ready`)).status, 200);
    assert.deepEqual(platform.processes().map(({ name }) => name).sort(), [
      "bridge",
      "gateway",
      "gateway-redis",
      "guardian",
      "identity",
      "identity-db",
      "identity-redis",
    ]);
    assert.match(platform.env("identity").DATABASE_URL ?? "", /identity_user:identity_pass/);
  });

  it("starts a crashed service again, later each time", async () => {
    const before = pidOf("identity");
    for (const pauseMs of [250, 500]) {
      await fetch(`${platform.urls.identity}/crash`).catch(() => {});
      await eventually(
        `a restart announced after ${pauseMs} ms`,
        () => said(new RegExp(`identity ended with code 7; .* in ${pauseMs} ms`)) || undefined,
      );
      await eventually("an answer", () => isUp(platform.urls.identity));
    }
    assert.notEqual(pidOf("identity"), before);
  });

  it("restarts exactly the service whose source changed", async () => {
    const [gateway, identity] = [pidOf("gateway"), pidOf("identity")];
    const file = `${root}/services/identity/main.ts`;
    await Deno.writeTextFile(file, await Deno.readTextFile(file) + "\n");
    await eventually("another identity", () => {
      const now = pidOf("identity");
      return now && now !== identity ? now : undefined;
    });
    await eventually("an answer", () => isUp(platform.urls.identity));
    assert.equal(pidOf("gateway"), gateway);
  });

  it("lets any one process be killed and brought back", async () => {
    for (const name of ["identity", "identity-redis", "bridge", "identity-db", "gateway-redis"]) {
      const before = pidOf(name);
      await platform.kill(name);
      assert.equal(pidOf(name), undefined, name);
      await platform.restart(name);
      assert.ok(pidOf(name) && pidOf(name) !== before, name);
    }
    await eventually("identity", () => isUp(platform.urls.identity));
    const guardian = pidOf("guardian");
    await platform.kill("guardian");
    await eventually("another guardian", () => {
      const now = pidOf("guardian");
      return now && now !== guardian ? now : undefined;
    });
  });

  it("refuses a second platform on the same data", async () => {
    await assert.rejects(
      startPlatform({ dataDir, root, portOffset: 0, mode: "test", watch: false }),
      new RegExp(`Another platform \\(process ${Deno.pid}\\) is running on ${dataDir}`),
    );
  });
});

describe("dev command", () => {
  let root: string;
  let dataDir: string;
  const portOffset = findFreeOffset();
  const command = new URL("dev.ts", import.meta.url).pathname;
  let supervisor: Deno.ChildProcess | undefined;

  const start = async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", command, root],
      env: { PRAXIS_DATA: dataDir, PRAXIS_PORT_OFFSET: String(portOffset), NO_COLOR: "1" },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    supervisor = child;
    let output = "";
    const reading = (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) output += text;
    })();
    let hasEnded = false;
    child.status.then(() => hasEnded = true);
    await eventually(
      "the ready banner or the end",
      () => hasEnded || output.includes("Praxis is ready") || undefined,
    );
    assert.ok(output.includes("Praxis is ready"), output);
    return { child, reading, output: () => output };
  };
  const nothingIsLeft = () =>
    eventually("nothing left running", () => findMarked(dataDir).length === 0 || undefined);

  before(async () => {
    [root, dataDir] = [await writeStandIns(), await makeFolder()];
  });

  afterEach(() => {
    try {
      supervisor?.kill("SIGKILL");
    } catch {
      // Ended as it should.
    }
  });

  after(async () => {
    await stopMarked(dataDir);
    for (const folder of [root, dataDir]) await Deno.remove(folder, { recursive: true });
  });

  it("prints where everything is, and ends with 0 when told to stop", async () => {
    const { child, reading, output } = await start();
    assert.ok(output().includes(`Gateway   http://127.0.0.1:${8000 + portOffset}`), output());
    assert.match(output(), /physician.*@demo\.praxis\.test/);
    assert.ok(output().includes("harbour-lantern-copper-42"));
    assert.match(output(), /\[identity\] +stand-in/);
    child.kill("SIGINT");
    assert.equal((await child.status).code, 0);
    await reading;
    assert.deepEqual(findMarked(dataDir), []);
  });

  it("leaves nothing running when it is killed with -9", async () => {
    const { child, reading } = await start();
    assert.ok(findMarked(dataDir).length > 10);
    child.kill("SIGKILL");
    await child.status;
    await reading.catch(() => {});
    await nothingIsLeft();
  });

  it("ends everything with a failure when a database is lost", async () => {
    const { child, reading, output } = await start();
    const text = await Deno.readTextFile(`${dataDir}/postgres/content/postmaster.pid`);
    Deno.kill(Number(text.split("\n")[0]), "SIGKILL");
    assert.equal((await child.status).code, 1);
    await reading;
    assert.match(output(), /content-db was ended by SIGKILL: stopping everything/);
    assert.deepEqual(findMarked(dataDir), []);
  });

  it("names a busy port and its holder before it starts anything", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 8002 + portOffset });
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", command, root],
      env: { PRAXIS_DATA: dataDir, PRAXIS_PORT_OFFSET: String(portOffset) },
    }).output();
    listener.close();
    const output = new TextDecoder().decode(stdout);
    assert.equal(code, 1);
    assert.ok(output.includes(`${8002 + portOffset} (content) is held by process ${Deno.pid}`));
    assert.doesNotMatch(output, /Redis: /);
  });
});

async function isUp(url: string | undefined): Promise<true | undefined> {
  try {
    const response = await fetch(`${url}/health`);
    await response.body?.cancel();
    return response.ok || undefined;
  } catch {
    return undefined;
  }
}
