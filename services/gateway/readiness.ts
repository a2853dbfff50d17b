/** Which services are up: asked every second, and noticed at once when a connection fails. */
import { type Directory, isHealthy } from "@praxis/shared/discovery";
import { checkReadiness } from "@praxis/shared/http";
import { type ServiceName, services } from "./routing.ts";

const ROUND_MS = 1_000;

export type State = "up" | "down";

export type Report = {
  status: "ready" | "not ready";
  /** What has never been ready yet; empty from the first time that everything has. */
  missing: string[];
  services: Record<ServiceName, State>;
  redis: State;
};

export type Readiness = {
  report(): Report;
  /** A connection to `service` has just failed. */
  markDown(service: ServiceName): void;
  /** Asks everyone once. */
  check(): Promise<void>;
  /** Asks again and again until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
};

type Options = { directory: Directory; redis: () => Promise<unknown> };

export function createReadiness({ directory, redis }: Options): Readiness {
  const up = new Set<string>();
  const neverUp = new Set<string>([...services, "redis"]);

  function note(name: string, isUp: boolean): void {
    if (!isUp) return void up.delete(name);
    up.add(name);
    neverUp.delete(name);
  }

  /** One instance that is ready is enough. */
  async function askService(service: ServiceName): Promise<void> {
    const asked = directory.instances(service).map(({ url }) => isHealthy(`${url}/ready`));
    note(service, (await Promise.all(asked)).includes(true));
  }

  const askRedis = async () => note("redis", (await checkReadiness({ redis })).length === 0);

  const check = async () => void await Promise.all([...services.map(askService), askRedis()]);

  const stateOf = (name: string): State => up.has(name) ? "up" : "down";

  return {
    report: () => ({
      status: neverUp.size === 0 ? "ready" : "not ready",
      missing: [...neverUp],
      services: Object.fromEntries(services.map((name) => [name, stateOf(name)])) as Record<
        ServiceName,
        State
      >,
      redis: stateOf("redis"),
    }),
    markDown: (service) => void up.delete(service),
    check,
    async follow(signal) {
      // Each for itself: one that hangs must not hide what becomes of the others.
      const asks = [...services.map((service) => () => askService(service)), askRedis];
      await Promise.all(asks.map(async (ask) => {
        while (!signal.aborted) {
          await ask();
          await pause(ROUND_MS, signal);
        }
      }));
    },
  };
}

/** Resolves after `ms`, or as soon as the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
