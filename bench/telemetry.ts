/** `deno run -A bench/telemetry.ts`: what a read and a write cost with telemetry, over without. */
import { startPlatform } from "@praxis/local/platform";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { signIn } from "@praxis/tools/client";
import { telemetryEnvironment } from "../deploy/observability/collector.ts";
import { type Case, measure } from "./measure.ts";
import { report, say } from "./report.ts";

const PLAN = { rounds: 5, seconds: 2, parallel: 8 };
const UNLIMITED = {
  RATE_LIMIT_USER: "1000000/1000000",
  RATE_LIMIT_ADDRESS: "1000000/1000000",
  RATE_LIMIT_ORGANIZATION: "1000000/1000000",
};
const WATCHED = ["gateway", "identity", "content", "workflow"];

/** Takes what is sent and looks at none of it, so that only the senders' cost is seen. */
const collector = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: () => {} },
  async (request) => {
    await request.body?.cancel();
    return Response.json({});
  },
);
const endpoint = `http://127.0.0.1:${collector.addr.port}`;

async function start(environment: Record<string, string>) {
  const dataDir = await Deno.makeTempDir({ prefix: "praxis-telemetry-" });
  const platform = await startPlatform({
    dataDir,
    portOffset: findFreeOffset(),
    mode: "test",
    watch: false,
    readyLimitMs: 180_000,
    environment: { ...UNLIMITED, ...environment },
  });
  const stop = async () => {
    await platform.stop();
    await Deno.remove(dataDir, { recursive: true });
  };
  return { platform, stop };
}

type Started = Awaited<ReturnType<typeof start>>;

async function casesOf(name: string, { platform }: Started): Promise<Case[]> {
  const client = await signIn(platform.url, "physician@demo.praxis.test");
  const pids = platform.processes().filter(({ name }) => WATCHED.includes(name))
    .map(({ pid }) => pid);
  const must = async (response: Response) => {
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`answered ${response.status}`);
  };
  return [
    {
      name: `list, ${name}`,
      pids,
      run: async () => must(await client.request("/api/content/documents?limit=1")),
    },
    {
      name: `upload, ${name}`,
      pids,
      run: async () => {
        const form = new FormData();
        form.append("file", new Blob(["The patient feels well today."]), "bench.txt");
        await must(await client.request("/api/content/documents", { method: "POST", body: form }));
      },
    },
  ];
}

const off = await start({});
const on = await start({
  ...telemetryEnvironment(endpoint),
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
});
try {
  const [without, with_] = [await casesOf("off", off), await casesOf("on", on)];
  const results = await measure([...without, ...with_], PLAN);
  report("Telemetry", results, [["list, on", "list, off"], ["upload, on", "upload, off"]]);
  say("Both platforms run on the same machine; compare the processor time, not the pace.");
} finally {
  await Promise.all([off.stop(), on.stop()]);
  await collector.shutdown();
}
