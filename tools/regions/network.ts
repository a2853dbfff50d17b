/**
 * Where the regions live: a network namespace each, so that whatever passes between them passes the
 * relay. Where namespaces cannot be made, all of them on loopback, and then only the relay knows.
 */
import { type RegionName, REGIONS } from "./canaries.ts";

export type Site = {
  /** What precedes a command that is to run there. */
  prefix: string[];
  /** Where what listens there is reached from outside. */
  address: string;
  /** Where the region reaches the relay. */
  shore: string;
};

export type Network = {
  sites: Record<RegionName, Site>;
  /** Why there are no namespaces. */
  shared?: string;
  /** All that runs in a region's namespace; nothing where there is none. */
  processesIn(region: RegionName): Promise<number[]>;
  close(): Promise<void>;
};

const LOOPBACK: Site = { prefix: [], address: "127.0.0.1", shore: "127.0.0.1" };
/** 198.18.0.0/15 is set aside for trials of networks (RFC 2544). */
const SUBNETS: Record<RegionName, string> = { eu: "198.18.71", ca: "198.18.72" };

const namespaceOf = (region: RegionName) => `praxis-${region}`;

async function run(...words: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(words[0]!, { args: words.slice(1) })
    .output();
  if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

async function processesIn(region: RegionName): Promise<number[]> {
  return (await run("ip", "netns", "pids", namespaceOf(region))).split("\n").filter(Boolean)
    .map(Number);
}

/** What an earlier drill left, if nothing runs in it any more. */
async function clear(region: RegionName): Promise<void> {
  const name = namespaceOf(region);
  const known = (await run("ip", "netns", "list")).split("\n").map((line) => line.split(" ")[0]);
  if (!known.includes(name)) return;
  const pids = await processesIn(region);
  if (pids.length > 0) throw new Error(`processes run in ${name}: ${pids.join(" ")}`);
  await run("ip", "netns", "delete", name);
}

async function makeSite(region: RegionName): Promise<Site> {
  const name = namespaceOf(region);
  const [outside, inside, subnet] = [`praxis-${region}0`, `praxis-${region}1`, SUBNETS[region]];
  await clear(region);
  await run("ip", "netns", "add", name);
  await run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name);
  await run("ip", "address", "add", `${subnet}.1/30`, "dev", outside);
  await run("ip", "link", "set", outside, "up");
  await run("ip", "-n", name, "address", "add", `${subnet}.2/30`, "dev", inside);
  await run("ip", "-n", name, "link", "set", inside, "up");
  await run("ip", "-n", name, "link", "set", "lo", "up");
  return {
    prefix: ["nsenter", `--net=/run/netns/${name}`],
    address: `${subnet}.2`,
    shore: `${subnet}.1`,
  };
}

export async function openNetwork(): Promise<Network> {
  const close = async () => {
    for (const region of REGIONS) await clear(region);
  };
  try {
    return { sites: { eu: await makeSite("eu"), ca: await makeSite("ca") }, processesIn, close };
  } catch (error) {
    await close().catch(() => {});
    const shared = error instanceof Error ? error.message : String(error);
    return {
      sites: { eu: LOOPBACK, ca: LOOPBACK },
      shared,
      processesIn: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    };
  }
}
