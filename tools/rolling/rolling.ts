/** Restarts every instance of every service, one after another, while people work. */
import type { ServiceName } from "@praxis/local/services";
import { startFleet } from "./fleet.ts";
import { type Tally, work } from "./load.ts";

type Options = {
  dataDir: string;
  portOffset: number;
  /** At least so many requests; more when the restarts take longer. */
  requests: number;
  services: readonly ServiceName[];
  workers?: number;
  say?: (text: string) => void;
};

const INSTANCES = 2;
const WORKERS = 8;

export async function rollUnderLoad(
  { dataDir, portOffset, requests, services, workers = WORKERS, say = () => {} }: Options,
): Promise<Tally & { restarts: number }> {
  const counts = Object.fromEntries(services.map((name) => [name, INSTANCES]));
  const fleet = await startFleet({ dataDir, portOffset, counts, services });
  try {
    let restarts = 0;
    let isRolled = false;
    const rolling = (async () => {
      for (const service of services) {
        await fleet.roll(service);
        restarts += INSTANCES;
        say(`${service}: ${INSTANCES} instances restarted`);
      }
    })().finally(() => isRolled = true);
    const isOver = ({ answered, failed }: Tally) =>
      isRolled &&
      answered + [...failed.values()].reduce((sum, count) => sum + count, 0) >= requests;
    const tally = await work(fleet.url, workers, isOver);
    await rolling;
    return { ...tally, restarts };
  } finally {
    await fleet.stop();
  }
}
