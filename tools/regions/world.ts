/** Two regions, the oceans between them, and which requests people made in the one that is not theirs. */
import { findFreePort } from "@praxis/local/ports";
import { findFreeOffset } from "@praxis/local/stand-ins";
import { otherOf, type RegionName, REGIONS } from "./canaries.ts";
import type { Network } from "./network.ts";
import { type Ocean, openOcean } from "./ocean.ts";
import { type Answer, type Call, call, type Caller, type Person } from "./people.ts";
import { type Region, type RegionSettings, startRegion } from "./region.ts";

/** One way: a round trip is 150 ms. */
export const DELAY_MS = 75;

/** A third region, whose name no resolver knows. */
export const LOST_REGION = "us";

export type World = {
  network: Network;
  settings: Record<RegionName, RegionSettings>;
  /** By the region that asks. */
  oceans: Record<RegionName, Ocean>;
  regions: Map<RegionName, Region>;
  /** Ids of the requests that people made abroad, by the region at whose door they stood. */
  madeAbroad: Record<RegionName, Set<string>>;
  start(region: RegionName): Promise<Region>;
  close(): Promise<void>;
};

export function openWorld(network: Network, folder: string): World {
  const of = <T>(make: (region: RegionName) => T) =>
    Object.fromEntries(REGIONS.map((region) => [region, make(region)])) as Record<RegionName, T>;
  const doors = of((region) => ({
    hostname: network.sites[region].address,
    port: findFreePort(),
  }));
  const oceans = of((region) =>
    openOcean({
      from: region,
      to: otherOf(region),
      hostname: network.sites[region].shore,
      door: doors[otherOf(region)],
      delayMs: DELAY_MS,
    })
  );
  const settings = of((region): RegionSettings => ({
    region,
    dataDir: `${folder}/${region}`,
    portOffset: findFreeOffset(),
    door: doors[region],
    others: {
      [otherOf(region)]: `http://${network.sites[region].shore}:${oceans[region].port}`,
      [LOST_REGION]: `http://${LOST_REGION}.region.invalid`,
    },
  }));
  const regions = new Map<RegionName, Region>();
  return {
    network,
    settings,
    oceans,
    regions,
    madeAbroad: of(() => new Set<string>()),
    async start(name) {
      const region = await startRegion(settings[name], network.sites[name]);
      regions.set(name, region);
      return region;
    },
    async close() {
      for (const name of REGIONS) oceans[name].close();
      for (const region of regions.values()) await region.stop();
      await network.close();
    },
  };
}

export const urlOf = ({ settings }: World, region: RegionName): string => {
  const { hostname, port } = settings[region].door;
  return `http://${hostname}:${port}`;
};

/** Asks at the door of the person's own region. */
export const atHome = (world: World, { region }: Person): Caller => (path, given) =>
  call(urlOf(world, region), path, given);

/** Asks at the other region's door, and notes the request: nothing else may cross. */
export const abroad =
  (world: World, { region }: Person): Caller => async (path: string, given?: Call) => {
    const host = otherOf(region);
    const answer: Answer = await call(urlOf(world, host), path, given);
    world.madeAbroad[host].add(answer.requestId);
    return answer;
  };
