/** Which services are up: asked every second, and noticed at once when a connection fails. */
import type { Discovery } from "@praxis/shared/discovery";
import { checkReadiness, type ReadyChecks } from "@praxis/shared/http";
import { type ServiceName, services } from "./routing.ts";

const ROUND_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

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

type Options = { discover: Discovery; redis: () => Promise<unknown> };

export function createReadiness({ discover, redis }: Options): Readiness {
  const up = new Set<string>();
  const neverUp = new Set<string>([...services, "redis"]);

  const checks: ReadyChecks = { redis };
  for (const service of services) checks[service] = () => askReady(discover(service));

  async function check(): Promise<void> {
    const missing = new Set(await checkReadiness(checks));
    for (const name of Object.keys(checks)) {
      if (missing.has(name)) up.delete(name);
      else {
        up.add(name);
        neverUp.delete(name);
      }
    }
  }

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
      while (!signal.aborted) {
        await check();
        await pause(ROUND_MS, signal);
      }
    },
  };
}

async function askReady(url: string): Promise<void> {
  const answer = await fetch(new URL("/ready", url), {
    signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error("not ready");
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
