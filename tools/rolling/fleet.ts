/** Several instances of each service behind balancers, on one platform's databases. */
import { type Platform, startPlatform } from "@praxis/local/platform";
import { isFree } from "@praxis/local/ports";
import { permissionsOf, portsOf, type ServiceName, SERVICES } from "@praxis/local/services";
import { readHost } from "../../deploy/local/host.ts";
import { endProcess, pollUntil, type Running, spawn } from "../../deploy/local/process.ts";
import { type Balancer, startBalancer } from "./balancer.ts";

type Instance = { service: ServiceName; port: number; running: Running };

export type Fleet = {
  /** The balancer in front of the gateways. */
  url: string;
  instances(service: ServiceName): readonly { pid: number; port: number }[];
  /** One more of it; resolves when it is ready. */
  add(service: ServiceName): Promise<void>;
  /** Ends the last that was added. */
  remove(service: ServiceName): Promise<void>;
  /** Each instance in turn: told to end, and once it has, started anew until it is ready. */
  roll(service: ServiceName): Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  dataDir: string;
  portOffset: number;
  /** Those that stand behind balancers, all unless told; others stay the platform's own process. */
  services?: readonly ServiceName[];
  /** Instances of each such service to begin with; one of those that are not named. */
  counts?: Partial<Record<ServiceName, number>>;
  environment?: Record<string, string>;
  /** Called with the process id of each instance that was started. */
  onStart?: (service: ServiceName, pid: number) => Promise<void>;
  onLine?: (source: string, text: string) => void;
};

/** Above those of the platform itself. */
const FIRST_PORT = 8_300;
const READY_LIMIT_MS = 60_000;
/** Drain, then the grace for requests under way, and a little. */
const STOP_LIMIT_MS = 20_000;
const DRAIN_SECONDS = "2";
/** What is tried is the restart, not the limits. */
const UNLIMITED = {
  RATE_LIMIT_USER: "1000000/1000000",
  RATE_LIMIT_ADDRESS: "1000000/1000000",
  RATE_LIMIT_ORGANIZATION: "1000000/1000000",
};

export async function startFleet(options: Options): Promise<Fleet> {
  const { dataDir, portOffset, counts = {}, environment = {}, onStart, onLine = () => {} } =
    options;
  const balanced = SERVICES.filter(({ name }) => options.services?.includes(name) ?? true);
  const host = readHost();
  const platform: Platform = await startPlatform({
    dataDir,
    portOffset,
    mode: "test",
    watch: false,
    readyLimitMs: 120_000,
    environment: { ...UNLIMITED, ...environment },
    onLine: ({ source, text }) => onLine(source, text),
  });
  const balancers = new Map<ServiceName, Balancer>();
  const instances: Instance[] = [];

  let nextPort = FIRST_PORT + portOffset;
  /** Not one of the system's own choice: between finding it and listening, it would lend it out. */
  function takePort(): number {
    while (!isFree(nextPort)) nextPort++;
    return nextPort++;
  }

  async function launch(service: ServiceName): Promise<Instance> {
    const definition = SERVICES.find(({ name }) => name === service)!;
    const [port, adminPort] = [takePort(), takePort()];
    const own: Record<string, string> = {
      ...platform.env(service),
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      DRAIN_SECONDS,
    };
    delete own.DATABASE_MIGRATION_URL;
    // Each instance would want to listen there.
    delete own.SMTP_SINK_PORT;
    const flags = permissionsOf(
      definition,
      { root: host.root, dataDir, portOffset },
      Object.keys(own),
    )
      .map((flag) =>
        flag.startsWith("--allow-net=") ? `${flag},127.0.0.1:${port},127.0.0.1:${adminPort}` : flag
      );
    let said = "";
    const running = spawn({
      command: Deno.execPath(),
      args: [
        ...["run", "--no-check", "--cached-only", "--frozen"],
        ...flags,
        `${host.root}/${definition.folder}/main.ts`,
      ],
      env: { ...host.denoEnvironment, ...own },
      mark: { stack: dataDir, role: "service" },
      onLine(text) {
        said = text;
        onLine(service, text);
      },
    });
    await onStart?.(service, running.pid);
    const instance = { service, port, running };
    instances.push(instance);
    const isReady = await pollUntil(async () => {
      if (running.hasExited()) throw new Error(`${service} ended at its start: ${said}`);
      return await fetch(`http://127.0.0.1:${port}/ready`).then(async (answer) => {
        await answer.body?.cancel();
        return answer.ok || undefined;
      }, () => undefined);
    }, READY_LIMIT_MS);
    if (!isReady) throw new Error(`${service} did not become ready`);
    balancers.get(service)!.add(port);
    return instance;
  }

  async function end(instance: Instance): Promise<void> {
    // As in Kubernetes, whoever balances learns of it by asking, not by being told.
    await endProcess(instance.running, ["SIGTERM", "SIGKILL"], STOP_LIMIT_MS);
    instances.splice(instances.indexOf(instance), 1);
    balancers.get(instance.service)!.remove(instance.port);
  }

  const of = (service: ServiceName) => instances.filter((instance) => instance.service === service);

  async function stop(): Promise<void> {
    await Promise.allSettled(
      instances.map(({ running }) => endProcess(running, ["SIGKILL"], STOP_LIMIT_MS)),
    );
    await Promise.all([...balancers.values()].map((balancer) => balancer.stop()));
    await platform.stop();
  }

  try {
    await Promise.all(balanced.map(({ name }) => platform.kill(name)));
    for (const service of balanced) {
      balancers.set(service.name, startBalancer(portsOf(service, portOffset).service));
    }
    // The gateway, which is ready once all others are, comes first in the list and is started last.
    for (const { name } of balanced.toReversed()) {
      await Promise.all(Array.from({ length: counts[name] ?? 1 }, () => launch(name)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: platform.url,
    instances: (service) => of(service).map(({ port, running }) => ({ port, pid: running.pid })),
    add: async (service) => void await launch(service),
    remove: async (service) => await end(of(service).at(-1)!),
    async roll(service) {
      for (const instance of of(service)) {
        await end(instance);
        await launch(service);
      }
    },
    stop,
  };
}
