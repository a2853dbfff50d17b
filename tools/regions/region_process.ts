/**
 * One region: a whole platform and its door, in a process of its own. It is asked by lines of JSON
 * on standard input and answers with one line each; the end of the input ends all of it.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { startPlatform } from "@praxis/local/platform";
import { SERVICES } from "@praxis/local/services";
import type { Question, RegionSettings } from "./region.ts";
import { scanDatabases, scanRedis } from "./scan.ts";

const READY_LIMIT_MS = 180_000;
const CONNECT_LIMIT_MS = 3_000;
/** So many calls of one person come from one address that limits would be what is measured. */
const LIMITS = {
  RATE_LIMIT_USER: "2000/4000",
  RATE_LIMIT_ADDRESS: "2000/4000",
  RATE_LIMIT_SIGN_IN: "100/200",
};

const settings: RegionSettings = JSON.parse(Deno.args[0]!);
const { region, dataDir, portOffset, door, others } = settings;
const encoder = new TextEncoder();
const answer = (value: unknown) =>
  void Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(value)}\n`));

await Deno.mkdir(`${dataDir}/logs`, { recursive: true });
const log = await Deno.open(`${dataDir}/logs/services.log`, { create: true, append: true });

const platform = await startPlatform({
  dataDir,
  portOffset,
  region,
  mode: "development",
  watch: false,
  readyLimitMs: READY_LIMIT_MS,
  environment: { ...LIMITS, REGIONS: JSON.stringify(others) },
  onLine: ({ source, text }) => void log.writeSync(encoder.encode(`[${source}] ${text}\n`)),
});

/** The load balancer of a region, as small as can be: services listen on loopback only. */
async function keepDoor(): Promise<void> {
  const gateway = { hostname: "127.0.0.1", port: Number(new URL(platform.url).port) };
  for await (const outside of Deno.listen(door)) {
    Deno.connect(gateway).then((inside) => {
      // Whichever side ends first ends the other; neither is an error of the door.
      outside.readable.pipeTo(inside.writable).catch(() => {});
      inside.readable.pipeTo(outside.writable).catch(() => {});
    }, () => outside.close());
  }
}

async function reach(address: Deno.ConnectOptions): Promise<string> {
  try {
    const signal = AbortSignal.timeout(CONNECT_LIMIT_MS);
    (await Deno.connect({ ...address, signal })).close();
    return "reached";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const redises = SERVICES.map(({ name }) => {
  const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = platform.env(name);
  return { service: name, url: UPSTASH_REDIS_REST_URL!, token: UPSTASH_REDIS_REST_TOKEN! };
});

function answerTo({ ask, needles, address }: Question): Promise<unknown> {
  const wanted = new Map(needles);
  switch (ask) {
    case "databases":
      return scanDatabases(dataDir, portOffset, wanted);
    case "redis":
      return scanRedis(redises, wanted);
    case "reach":
      return reach(address!);
  }
}

keepDoor();
answer(platform.processes());
const lines = createInterface({ input: process.stdin });
for await (const line of lines) answer(await answerTo(JSON.parse(line)));
await platform.stop();
Deno.exit(0);
