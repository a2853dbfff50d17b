/** A region seen from outside: its process, its folder, its door, and how it dies. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { findMarked } from "@praxis/local/reaper";
import { type Canary, type Hit, needlesOf, type RegionName } from "./canaries.ts";
import type { Site } from "./network.ts";
import { scanFiles, type Scanned } from "./scan.ts";

export type RegionSettings = {
  region: RegionName;
  dataDir: string;
  portOffset: number;
  /** Where the gateway is reached from outside. */
  door: { hostname: string; port: number };
  /** The other regions' gateways, as REGIONS names them. */
  others: Record<string, string>;
};

export type Question = {
  ask: "databases" | "redis" | "reach";
  needles?: [form: string, what: string][];
  address?: { hostname: string; port: number };
};

/** What was found of some canaries, by kind of place. */
export type Found = Record<"logs" | "databases" | "redis" | "files", Scanned>;

export type Region = {
  name: RegionName;
  /** Its gateway, through its door. */
  url: string;
  processes: number;
  /** Tries to connect from inside: `reached`, or why not. */
  reach(address: { hostname: string; port: number }): Promise<string>;
  search(canaries: readonly Canary[]): Promise<Found>;
  /** Every process at once, without a word, and `others`; resolves with how many there were. */
  kill(others: readonly number[]): Promise<number>;
  stop(): Promise<void>;
};

const LOGS = "logs/";

/** Rejects when the platform does not start; what it says stands in its folder. */
export async function startRegion(settings: RegionSettings, { prefix }: Site): Promise<Region> {
  const { region, dataDir, door } = settings;
  const script = new URL("region_process.ts", import.meta.url).pathname;
  const command = [
    ...prefix,
    ...[Deno.execPath(), "run", "-A", "--no-prompt", script, JSON.stringify(settings)],
  ];
  const child = new Deno.Command(command[0]!, {
    args: command.slice(1),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  // deno-lint-ignore no-explicit-any -- the web stream of Deno and that of node:stream are one
  const input = Readable.fromWeb(child.stdout as any);
  const lines = createInterface({ input })[Symbol.asyncIterator]();
  async function next(): Promise<unknown> {
    const { done, value } = await lines.next();
    if (done) throw new Error(`the process of region ${region} has ended`);
    return JSON.parse(value);
  }
  async function ask(question: Question): Promise<unknown> {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
    return await next();
  }
  const processes = await next() as { name: string; pid: number }[];
  const guardian = processes.find(({ name }) => name === "guardian")?.pid;

  return {
    name: region,
    url: `http://${door.hostname}:${door.port}`,
    processes: processes.length,
    reach: async (address) => String(await ask({ ask: "reach", address })),
    async search(canaries) {
      const needles = needlesOf(canaries);
      const given = [...needles];
      const databases = await ask({ ask: "databases", needles: given }) as Scanned;
      const redis = await ask({ ask: "redis", needles: given }) as Scanned;
      const { hits, looked } = await scanFiles(dataDir, needles);
      const isLog = ({ place }: Hit) => place.startsWith(LOGS);
      return {
        databases,
        redis,
        logs: { hits: hits.filter(isLog), looked },
        files: { hits: hits.filter((hit) => !isLog(hit)), looked },
      };
    },
    async kill(others) {
      const marked = findMarked(dataDir).map(({ pid }) => pid);
      // First those that would start or stop something when they see others die.
      const pids = new Set([...(guardian ? [guardian] : []), child.pid, ...marked, ...others]);
      for (const pid of pids) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch {
          // Gone already.
        }
      }
      await child.status;
      await writer.abort().catch(() => {});
      return pids.size;
    },
    async stop() {
      await writer.close().catch(() => {});
      await child.status;
    },
  };
}
