/** The command behind `deno task dev`: the whole platform on this machine, until Ctrl-C. */
import { StackFailure } from "./failure.ts";
import { type Host, isSupported, readHost } from "./host.ts";
import { watchLaunchers } from "./launchers.ts";
import { type Line, type Platform, STACK_SOURCE, startPlatform } from "./platform.ts";
import { portsOf, SERVICES } from "./services.ts";

/** Fixed by the contract; they exist in development and test only. */
const DEMO_PASSWORD = "harbour-lantern-copper-42";
const DEMO_SIGN_INS = [
  {
    organization: "Harbour Clinic",
    domain: "demo.praxis.test",
    people: ["owner", "physician", "nurse", "receptionist", "auditor", "patient"],
  },
  { organization: "Hill Clinic", domain: "rival.praxis.test", people: ["owner", "physician"] },
];
const SOURCE_WIDTH = Math.max(...SERVICES.map(({ name }) => name.length));
const EXIT_FAILURE = 1;
const encoder = new TextEncoder();

function say(text: string): void {
  try {
    Deno.stdout.writeSync(encoder.encode(`${text}\n`));
  } catch {
    // Nobody reads any more; the platform goes on until it is told to stop.
  }
}

function sayLine({ source, text }: Line, startedAt: number): void {
  const label = `[${source}]`.padEnd(SOURCE_WIDTH + 2);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  say(source === STACK_SOURCE ? `${label} ${seconds} s  ${text}` : `${label} ${text}`);
}

function banner(platform: Platform, { settings }: Host, tookMs: number): string {
  const services = SERVICES.filter(({ name }) => name !== "gateway")
    .map((service) => `${service.name} ${portsOf(service, settings.portOffset).service}`);
  const signIns = DEMO_SIGN_INS.map(({ organization, domain, people }) =>
    `    ${organization}: ${people.join(", ")} @${domain}`
  );
  return [
    "",
    `  Praxis is ready after ${(tookMs / 1000).toFixed(1)} s`,
    "",
    `  Gateway   ${platform.url}`,
    `  API docs  ${platform.url}/docs`,
    `  Services  ${services.join(" · ")}`,
    `  Data      ${settings.dataDir}`,
    "",
    `  Demo sign-ins, password ${DEMO_PASSWORD}`,
    ...signIns,
    "",
    "  Ctrl-C stops everything.",
    "",
  ].join("\n");
}

/** Returns the exit code. `root` (the only argument of the command) is where `services/` is, when that is not this repository. */
export async function runCommand(root?: string): Promise<number> {
  try {
    const host = readHost();
    return await runPlatform(host, root ?? host.root);
  } catch (error) {
    if (!(error instanceof StackFailure)) throw error;
    say(error.message);
    return EXIT_FAILURE;
  }
}

async function runPlatform(host: Host, root: string): Promise<number> {
  if (!isSupported(Deno.build)) {
    say(
      "The embedded stack runs on Linux x64 only. Elsewhere containers are the way (compose.yaml).",
    );
    return EXIT_FAILURE;
  }
  const startedAt = performance.now();
  const calledOff = new AbortController();
  const isToldToStop = new Promise<string>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => {
        calledOff.abort();
        resolve("told to stop");
      });
    }
    watchLaunchers(() => {
      calledOff.abort();
      resolve("the launcher is gone");
    });
  });
  const onLine = (line: Line) => sayLine(line, startedAt);
  const note = (text: string) => onLine({ source: STACK_SOURCE, text });
  note(`starting in ${host.settings.dataDir}`);
  let platform: Platform;
  try {
    platform = await startPlatform({
      dataDir: host.settings.dataDir,
      portOffset: host.settings.portOffset,
      mode: "development",
      watch: true,
      host,
      root,
      signal: calledOff.signal,
      onLine,
    });
  } catch (error) {
    if (!calledOff.signal.aborted) throw error;
    note("stopped");
    return 0;
  }
  say(banner(platform, host, performance.now() - startedAt));
  const lost = await Promise.race([platform.lost, isToldToStop.then(() => undefined)]);
  note(lost === undefined ? "stopping" : `${lost}: stopping everything`);
  await platform.stop();
  note("stopped");
  return lost === undefined ? 0 : EXIT_FAILURE;
}

if (import.meta.main) Deno.exit(await runCommand(Deno.args[0]));
