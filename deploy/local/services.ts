/** The platform's one table: every service, its ports, its databases and what its process may touch. */

export type ServiceName =
  | "gateway"
  | "identity"
  | "content"
  | "communication"
  | "workflow"
  | "practice";

export type Service = {
  name: ServiceName;
  port: number;
  postgresPort?: number;
  redisPort: number;
  /** The folder below the repository that holds `main.ts`, `migrate.ts` and `seed.ts`. */
  folder: string;
  /** Files are kept in `<data>/<name>`, named by STORAGE_URL. */
  storesFiles?: true;
  /** Reads what strangers wrote in processes of their own: may start Deno, and nothing else. */
  startsReaders?: true;
  /** Loads native code (argon2) from node_modules, whose loader asks what system it is on. */
  runsNativeCode?: true;
  /** Services that may call this one, where they show certificates to one another. */
  callers: readonly ServiceName[];
  /** Development secrets beyond those that every service has. */
  secrets: ("SIGNING_KEYS" | "ENCRYPTION_KEY" | "CONTEXT_KEYS" | "SERVICE_CREDENTIAL_HASHES")[];
};

export const SERVICES: readonly Service[] = [
  {
    name: "gateway",
    port: 8000,
    redisPort: 6384,
    folder: "services/gateway",
    callers: [],
    secrets: ["CONTEXT_KEYS"],
  },
  {
    name: "identity",
    port: 8001,
    postgresPort: 5433,
    redisPort: 6380,
    folder: "services/identity",
    callers: ["gateway", "content", "communication", "workflow", "practice"],
    runsNativeCode: true,
    secrets: ["SIGNING_KEYS", "ENCRYPTION_KEY", "SERVICE_CREDENTIAL_HASHES"],
  },
  {
    name: "content",
    port: 8002,
    postgresPort: 5434,
    redisPort: 6381,
    folder: "services/content",
    callers: ["gateway", "workflow", "practice", "communication"],
    storesFiles: true,
    startsReaders: true,
    secrets: [],
  },
  {
    name: "communication",
    port: 8003,
    postgresPort: 5435,
    redisPort: 6382,
    folder: "services/communication",
    callers: ["gateway", "identity", "content", "workflow", "practice"],
    secrets: ["ENCRYPTION_KEY"],
  },
  {
    name: "workflow",
    port: 8004,
    postgresPort: 5436,
    redisPort: 6383,
    folder: "services/workflow",
    callers: ["gateway", "identity", "content", "communication", "practice"],
    startsReaders: true,
    secrets: [],
  },
  {
    name: "practice",
    port: 8005,
    postgresPort: 5437,
    redisPort: 6385,
    folder: "services/practice",
    callers: ["gateway", "content", "communication", "workflow"],
    secrets: ["ENCRYPTION_KEY"],
  },
];

/** The web app's dev server, which a browser reaches through the gateway. */
export const VITE_PORT = 5173;
/** Where communication's own mail server takes letters in, and delivers none. */
export const SMTP_SINK_PORT = 2525;
/** Metrics listen on loopback at the service's port plus this. */
const METRICS_PORT_STEP = 1000;
/** The Upstash-compatible endpoint of a Redis listens at its port plus this. */
const REDIS_REST_PORT_STEP = 100;

export type Ports = {
  service: number;
  metrics: number;
  postgres?: number;
  redis: number;
  redisRest: number;
};

export function portsOf(service: Service, portOffset: number): Ports {
  return {
    service: service.port + portOffset,
    metrics: service.port + METRICS_PORT_STEP + portOffset,
    ...(service.postgresPort === undefined ? {} : { postgres: service.postgresPort + portOffset }),
    redis: service.redisPort + portOffset,
    redisRest: service.redisPort + REDIS_REST_PORT_STEP + portOffset,
  };
}

export function findService(name: string): Service | undefined {
  return SERVICES.find((service) => service.name === name);
}

export function getService(name: string): Service {
  const service = findService(name);
  if (!service) throw new Error(`no service is called ${name}`);
  return service;
}

export type Place = {
  root: string;
  dataDir: string;
  portOffset: number;
  /** `host:port` of other regions' gateways, to which ours hands what is theirs. */
  regions?: readonly string[];
};

/** `host:port` of every gateway that REGIONS names; none when it cannot be read: the gateway says so. */
export function regionHosts(regions: string | undefined): string[] {
  try {
    return Object.values(JSON.parse(regions ?? "{}")).map((text) => {
      const { hostname, port, protocol } = new URL(String(text));
      return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
    });
  } catch {
    return [];
  }
}

/** Deno's permission flags for a service: its own ports, its own databases, the other services. */
export function permissionsOf(
  service: Service,
  place: Place,
  environmentNames: readonly string[],
): string[] {
  const own = portsOf(service, place.portOffset);
  const reachable = [
    own.service,
    own.metrics,
    own.redisRest,
    ...(own.postgres === undefined ? [] : [own.postgres]),
    ...SERVICES.filter((other) => other.name !== service.name)
      .map((other) => portsOf(other, place.portOffset).service),
    ...(service.name === "gateway" ? [VITE_PORT + place.portOffset] : []),
    ...(service.name === "communication" ? [SMTP_SINK_PORT + place.portOffset] : []),
  ];
  const readable = [
    `${place.root}/${service.folder}`,
    `${place.root}/shared`,
    `${place.root}/node_modules`,
    `${place.root}/deno.json`,
    // Not the folder above: there lies the authority's own key.
    `${place.dataDir}/pki/${service.name}`,
    ...(service.name === "gateway" ? [`${place.root}/web/dist`] : []),
  ];
  const storage = `${place.dataDir}/${service.name}`;
  return [
    "--no-prompt",
    "--ignore-env",
    `--allow-env=${environmentNames.join(",")}`,
    `--allow-net=${
      [
        ...reachable.map((port) => `127.0.0.1:${port}`),
        ...(service.name === "gateway" ? place.regions ?? [] : []),
      ].join(",")
    }`,
    `--allow-read=${[...readable, ...(service.storesFiles ? [storage] : [])].join(",")}`,
    ...(service.storesFiles ? [`--allow-write=${storage}`] : []),
    ...(service.startsReaders ? [`--allow-run=${Deno.execPath()}`] : []),
    ...(service.runsNativeCode
      ? [
        `--allow-ffi=${place.root}/node_modules`,
        "--allow-sys=cpus,hostname,networkInterfaces,systemMemoryInfo,loadavg",
      ]
      // pg-boss registers its instance under the machine's name and watches its load.
      : ["--allow-sys=hostname,cpus,systemMemoryInfo,loadavg"]),
  ];
}
