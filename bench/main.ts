/** `deno task bench [name]`: starts a platform of its own and measures the main paths through it. */
import { startPlatform } from "@praxis/local/platform";
import { signIn } from "@praxis/tools/client";
import { benchCommunication } from "./communication.ts";
import { content } from "./content.ts";
import { benchDecisions } from "./decisions.ts";
import { benchGateway } from "./gateway.ts";
import { benchEvents } from "./events.ts";
import { identity } from "./identity.ts";
import { type Case, measure, residentMiB } from "./measure.ts";
import { practice } from "./practice.ts";
import { benchProcessMap } from "./process_map.ts";
import { report, say } from "./report.ts";
import { benchWorkflow } from "./workflow.ts";
import { soak } from "./soak.ts";

const PORT_OFFSET = 8_100;

type Bench = (platform: Awaited<ReturnType<typeof startPlatform>>) => Promise<void>;

/** What the gateway adds to a read, and what reading with audit costs over reading without. */
const path: Bench = async (platform) => {
  const client = await signIn(platform.url, "physician@demo.praxis.test");
  const bytes = new TextEncoder().encode("The patient feels well today.");
  const { id } = await client.upload({ name: "bench.txt", bytes });
  const pidsOf = (...names: string[]) =>
    platform.processes().filter(({ name }) => names.includes(name)).map(({ pid }) => pid);
  const get = (url: string) => async () => {
    const response = await client.request(url);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  };
  const all = ["gateway", "content", "identity"];
  const cases: Case[] = [
    {
      name: "health of content, direct",
      pids: pidsOf(...all),
      run: get(`${platform.urls.content}/health`),
    },
    {
      name: "list, through the gateway",
      pids: pidsOf(...all),
      run: get("/api/content/documents?limit=1"),
    },
    {
      name: "metadata, audited",
      pids: pidsOf(...all),
      run: get(`/api/content/documents/${id}`),
    },
    {
      name: "bytes, audited",
      pids: pidsOf(...all),
      run: get(`/api/content/documents/${id}/content`),
    },
  ];
  const results = await measure(cases, { rounds: 5, seconds: 1.5, parallel: 8 });
  report("The path of a read", results, [
    ["list, through the gateway", "health of content, direct"],
    ["metadata, audited", "list, through the gateway"],
    ["bytes, audited", "metadata, audited"],
  ]);
  for (const { name, pid } of platform.processes().filter(({ name }) => all.includes(name))) {
    say(`${name}: ${(await residentMiB(pid)).toFixed(0)} MiB resident after the run`);
  }
};

const EVENTS = 1_000;
const benches: Record<string, Bench> = {
  path,
  gateway: benchGateway,
  soak: (platform) => soak(platform, Number(Deno.env.get("PRAXIS_SOAK_MINUTES") ?? 10)),
  content,
  decisions: benchDecisions,
  events: () => benchEvents(EVENTS),
  communication: () => benchCommunication(500, 50_000),
  identity,
  practice,
  process_map: () => benchProcessMap(),
  workflow: benchWorkflow,
};

const names = Deno.args.length > 0 ? Deno.args : ["path"];
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  say(
    `No benchmark is called ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}`,
  );
  Deno.exit(2);
}
const dataDir = await Deno.makeTempDir({ prefix: "praxis-bench-" });
const platform = await startPlatform({
  dataDir,
  portOffset: PORT_OFFSET,
  mode: "development",
  watch: false,
  readyLimitMs: 120_000,
  // What is measured is the work, not the limit.
  environment: {
    RATE_LIMIT_USER: "1000000/1000000",
    RATE_LIMIT_ADDRESS: "1000000/1000000",
    RATE_LIMIT_ORGANIZATION: "1000000/1000000",
  },
});
try {
  for (const name of names) await benches[name]!(platform);
} finally {
  await platform.stop();
  await Deno.remove(dataDir, { recursive: true });
}
