/** Starts the whole platform on this machine and keeps it running: databases, bridge, services. */
import { type BridgeEndpoint, ENDPOINTS_VARIABLE } from "./bridge.ts";
import { certificateFolder, keepCertificates, SUPERVISOR } from "./certificates.ts";
import { type Component, keepServer } from "./component.ts";
import { awaitGuardian, type DataLock, lockDataDir } from "./data_lock.ts";
import {
  databaseOf,
  developmentPasswordOf,
  environmentOf,
  type Mode,
  serviceUrl,
  type Setting,
} from "./environment.ts";
import { fetchPeer, takeIdentity } from "@praxis/shared/mtls";
import { StackFailure } from "./failure.ts";
import { type Guardian, startGuardian } from "./guardian.ts";
import { type Host, readHost } from "./host.ts";
import { describeBusyPorts, findBusyPorts } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import { endProcess, pollUntil, settlesWithin, spawn } from "./process.ts";
import { stopMarked } from "./reaper.ts";
import { findRedis, type RedisBinary, startRedis } from "./redis.ts";
import { prepareDatabase } from "./roles.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import {
  permissionsOf,
  portsOf,
  regionHosts,
  type Service,
  type ServiceName,
  SERVICES,
} from "./services.ts";
import { supervise, type Supervised } from "./supervised.ts";
import { type Change, watchSources } from "./watch.ts";
import { findVite, superviseVite, vitePort } from "./vite.ts";
import { builtWeb } from "./web.ts";

export type Line = { source: string; text: string };

export type PlatformOptions = {
  dataDir: string;
  portOffset: number;
  mode: Mode;
  /** `eu` unless said otherwise. */
  region?: string;
  /** Restart services when their sources change. */
  watch: boolean;
  /** All of them, unless named. */
  services?: ServiceName[];
  /** Where `services/<name>/main.ts` are: the repository, unless a test brings its own. */
  root?: string;
  host?: Host;
  /** For all services, beside what the stack gives them: `{ RATE_LIMIT_USER: "1000/2000" }`. */
  environment?: Record<string, string>;
  /** Off in mode "test" unless said otherwise. */
  fsync?: boolean;
  /** Gives up when the platform is not ready by then; without it, waits for a source to be mended. */
  readyLimitMs?: number;
  /** Services speak mutual TLS to one another; what PRAXIS_MTLS says unless said here. */
  usesMtls?: boolean;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
  onLine?: (line: Line) => void;
};

export type Platform = {
  /** The gateway, or the first service when there is no gateway. */
  url: string;
  urls: Record<string, string>;
  /** What runs now, by name: `identity`, `identity-db`, `identity-redis`, `bridge`, `guardian`, … */
  processes(): { name: string; pid: number }[];
  env(service: string): Record<string, string>;
  /** Ends one process for good, without the platform taking it for lost; `restart` brings it back. */
  kill(name: string, signal?: Deno.Signal): Promise<void>;
  /** Resolves when it serves again. */
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
  /** Resolves with the reason when a database or Redis ended by itself; then call `stop`. */
  lost: Promise<string>;
};

/** Where progress and warnings of the stack itself come from. */
export const STACK_SOURCE = "praxis";
/** Longer than the grace that services give to requests under way. */
const SERVICE_STOP_LIMIT_MS = 12_000;
/** A developer who has just saved a file does not want to wait for long polls to end. */
const CHANGE_STOP_LIMIT_MS = 1_500;
const BRIDGE_STOP_LIMIT_MS = 3_000;
const STEP_LIMIT_MS = 180_000;
const ANSWER_LIMIT_MS = 2_000;
const ANSWER_INTERVAL_MS = 80;
const COMPONENT_READY_LIMIT_MS = 60_000;
const BOOT_SETTLE_LIMIT_MS = 15_000;
const WAITING_NOTE_MS = 10_000;
const CONNECTIONS_MAX = 60;

/** Rejects with a `StackFailure` when it cannot start; nothing is left running then. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const host = options.host ?? readHost();
  await makeDataDir(options.dataDir);
  const dataDir = await Deno.realPath(options.dataDir);
  const lock = await lockDataDir(dataDir);
  const stack = new Stack({ ...options, dataDir }, host, lock);
  const booting = stack.boot();
  try {
    await Promise.race([booting, stack.interrupted()]);
  } catch (error) {
    await stack.stop(booting);
    throw error;
  }
  return stack.face();
}

async function makeDataDir(dataDir: string): Promise<void> {
  if (!isFile("/proc/self/stat")) {
    throw new StackFailure("/proc is not mounted; the stack keeps track of its processes there.");
  }
  try {
    await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StackFailure(
      `${dataDir} cannot be made: ${error instanceof Error ? error.message : error}`,
    );
  }
}

type StackOptions = PlatformOptions & { dataDir: string };

/** Owns every process of one platform. */
class Stack {
  #options: StackOptions;
  #host: Host;
  #lock: DataLock;
  #root: string;
  #services: Service[];
  #secrets: Secrets | undefined;
  #guardian: Guardian | undefined;
  #databases = new Map<string, Component>();
  #redises = new Map<string, Component>();
  #bridge: Component | undefined;
  #apps = new Map<string, Component>();
  #watcher: { close(): void } | undefined;
  #vite: Supervised | undefined;
  #usesMtls: boolean;
  #endRenewing = () => {};
  #changes: Promise<void> = Promise.resolve();
  #lost = Promise.withResolvers<string>();
  #stopped: Promise<void> | undefined;

  constructor(options: StackOptions, host: Host, lock: DataLock) {
    this.#options = options;
    this.#host = host;
    this.#lock = lock;
    this.#root = options.root ?? host.root;
    this.#usesMtls = options.usesMtls ?? host.settings.usesMtls;
    this.#services = SERVICES.filter(({ name }) => options.services?.includes(name) ?? true);
  }

  async boot(): Promise<void> {
    const { dataDir } = this.#options;
    const guardianLock = `${dataDir}/guardian.lock`;
    await awaitGuardian(guardianLock, () => this.#say("waiting for a killed platform to stop"));
    const leftOver = await stopMarked(dataDir);
    if (leftOver > 0) {
      this.#say(`stopped ${leftOver} processes that an earlier platform left running`);
    }
    this.#refuseBusyPorts();
    this.#refuseMissingSources();
    this.#secrets = await loadSecrets(dataDir);
    if (this.#usesMtls) await this.#keepCertificates();
    await this.#startGuardian(guardianLock);
    const redis = this.#startRedises();
    // A failure of one branch ends the start; the others must not count as unhandled meanwhile.
    redis.catch(() => {});
    await Promise.all(this.#services.map((service) => this.#startService(service, redis)));
    if (this.#options.watch) {
      this.#watcher = watchSources(this.#root, this.#services, (changes) => this.#react(changes));
    }
    await this.#awaitReady();
  }

  /** Never resolves; rejects when the start is called off or a database is lost during it. */
  interrupted(): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    const { signal } = this.#options;
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    this.#lost.promise.then((reason) => reject(new StackFailure(reason)));
    return promise;
  }

  face(): Platform {
    const urls = Object.fromEntries(
      this.#services.map((service) => [
        service.name,
        serviceUrl(service, this.#options.portOffset, this.#usesMtls),
      ]),
    );
    return {
      url: urls.gateway ?? Object.values(urls)[0] ?? "",
      urls,
      processes: () =>
        [...this.#components(), ...(this.#guardian ? [this.#guardianComponent()] : [])]
          .flatMap((component) => {
            const pid = component.pid();
            return pid === undefined ? [] : [{ name: component.name, pid }];
          }),
      env: (name) => this.#environmentOf(this.#getService(name)),
      kill: (name, signal = "SIGKILL") => this.#getComponent(name).kill(signal),
      restart: async (name) => {
        const component = this.#getComponent(name);
        await component.stop();
        await component.start();
      },
      stop: () => this.stop(),
      lost: this.#lost.promise,
    };
  }

  stop(booting: Promise<void> = Promise.resolve()): Promise<void> {
    this.#stopped ??= this.#stopAll(booting);
    return this.#stopped;
  }

  async #stopAll(booting: Promise<void>): Promise<void> {
    this.#watcher?.close();
    this.#endRenewing();
    await this.#vite?.stop();
    try {
      await stopTogether([...this.#apps.values()]);
      await stopTogether(this.#bridge ? [this.#bridge] : []);
      await stopTogether([...this.#databases.values(), ...this.#redises.values()]);
      // A start that was called off may have begun something since; what it waits for ends here.
      await stopMarked(this.#options.dataDir);
      await settlesWithin(booting, BOOT_SETTLE_LIMIT_MS);
    } finally {
      await this.#guardian?.dismiss();
      this.#lock.release();
    }
  }

  #refuseBusyPorts(): void {
    const wanted = this.#services.flatMap((service) => {
      const ports = portsOf(service, this.#options.portOffset);
      return [
        { port: ports.service, purpose: service.name },
        { port: ports.metrics, purpose: `${service.name} metrics` },
        ...(ports.postgres ? [{ port: ports.postgres, purpose: `${service.name} Postgres` }] : []),
        { port: ports.redis, purpose: `${service.name} Redis` },
        { port: ports.redisRest, purpose: `${service.name} Redis REST` },
      ];
    });
    if (this.#viteUrl()) wanted.push({ port: vitePort(this.#options.portOffset), purpose: "Vite" });
    const busy = findBusyPorts(wanted);
    if (busy.length > 0) throw new StackFailure(describeBusyPorts(busy));
  }

  #refuseMissingSources(): void {
    const missing = this.#services.map((service) => `${service.folder}/main.ts`)
      .filter((entry) => !isFile(`${this.#root}/${entry}`));
    if (missing.length > 0) {
      throw new StackFailure(`missing in ${this.#root}: ${missing.join(", ")}`);
    }
  }

  async #startGuardian(lockFile: string): Promise<void> {
    this.#refuseWhenStopping();
    const guardian = await startGuardian({
      stack: this.#options.dataDir,
      lockFile,
      denoEnvironment: this.#host.denoEnvironment,
    });
    this.#guardian = guardian;
    guardian.exited.then(() => {
      if (this.#stopped || this.#guardian !== guardian) return;
      this.#say("the guardian ended; starting another");
      this.#startGuardian(lockFile).catch((error) => this.#lost.resolve(`no guardian: ${error}`));
    });
  }

  async #startRedises(): Promise<void> {
    const binary = await findRedis(this.#host, (text) => this.#say(text));
    await Promise.all(this.#services.map(async (service) => {
      const component = keepServer(
        `${service.name}-redis`,
        () => this.#launchRedis(service, binary),
        (reason) => this.#lost.resolve(reason),
      );
      this.#redises.set(component.name, component);
      await component.start();
    }));
    const bridge = this.#superviseBridge();
    this.#bridge = bridge;
    await bridge.start();
    this.#say(`Redis: ${this.#redises.size} servers and the bridge are up`);
  }

  #launchRedis(service: Service, binary: RedisBinary) {
    this.#refuseWhenStopping();
    const { dataDir, portOffset } = this.#options;
    return startRedis({
      binary,
      dataDir: `${dataDir}/redis/${service.name}`,
      logFile: `${dataDir}/logs/${service.name}-redis.log`,
      port: portsOf(service, portOffset).redis,
      password: this.#secretsOf(service).redisPassword,
      stack: dataDir,
      keepsData: true,
      databases: 1,
    });
  }

  #superviseBridge(): Component {
    const endpoints: BridgeEndpoint[] = this.#services.map((service) => {
      const ports = portsOf(service, this.#options.portOffset);
      const { redisPassword, redisToken } = this.#secretsOf(service);
      return { port: ports.redisRest, redisPort: ports.redis, redisPassword, tokens: [redisToken] };
    });
    const net = endpoints.flatMap(({ port, redisPort }) => [port, redisPort])
      .map((port) => `127.0.0.1:${port}`);
    const supervised = supervise({
      name: "bridge",
      say: (text) => this.#say(text),
      stopLimitMs: BRIDGE_STOP_LIMIT_MS,
      launch: () => {
        this.#refuseWhenStopping();
        return spawn({
          command: Deno.execPath(),
          args: [
            ...[
              "run",
              "--no-prompt",
              "--no-check",
              "--cached-only",
              `--allow-net=${net.join(",")}`,
            ],
            ...[`--allow-env=${ENDPOINTS_VARIABLE}`, new URL("bridge.ts", import.meta.url).href],
          ],
          env: { ...this.#host.denoEnvironment, [ENDPOINTS_VARIABLE]: JSON.stringify(endpoints) },
          mark: { stack: this.#options.dataDir, role: "bridge" },
          onLine: (text) => this.#options.onLine?.({ source: "bridge", text }),
        });
      },
    });
    return componentOf(
      supervised,
      async () =>
        (await Promise.all(
          endpoints.map((endpoint) =>
            answers(`http://127.0.0.1:${endpoint.port}/ping`, {
              headers: { authorization: `Bearer ${endpoint.tokens[0]}` },
            })
          ),
        )).every(Boolean),
    );
  }

  /** A service's own chain: it waits for its own database and migrations, not for its neighbours'. */
  async #startService(service: Service, redis: Promise<void>): Promise<void> {
    if (service.postgresPort !== undefined) {
      await this.#startDatabase(service);
      await this.#runStep(service, "migrate.ts");
      await redis;
      await this.#runStep(service, "seed.ts");
    }
    if (service.name === "gateway" && this.#viteUrl()) this.#startVite();
    await redis;
    this.#refuseWhenStopping();
    const component = this.#superviseService(service);
    this.#apps.set(service.name, component);
    // Not waited for: a service that crashes at first is restarted, and readiness is asked later.
    component.start().catch(() => {});
  }

  async #keepCertificates(): Promise<void> {
    const { dataDir } = this.#options;
    const onProblem = (error: unknown) => this.#say(`certificates are not renewed: ${error}`);
    const endRenewing = await keepCertificates(dataDir, onProblem);
    const dropIdentity = takeIdentity(certificateFolder(dataDir, SUPERVISOR), [], onProblem);
    this.#endRenewing = () => {
      endRenewing();
      dropIdentity();
    };
  }

  /** In development the web app comes from its sources; elsewhere from what was built. */
  #viteUrl(): string | undefined {
    const { watch, mode, portOffset } = this.#options;
    const isWanted = watch && mode === "development" &&
      this.#services.some(({ name }) => name === "gateway");
    return isWanted ? findVite(this.#root, portOffset) : undefined;
  }

  #startVite(): void {
    this.#refuseWhenStopping();
    const { portOffset, dataDir } = this.#options;
    this.#vite = superviseVite({
      root: this.#root,
      portOffset,
      dataDir,
      host: this.#host,
      say: (text) => this.#say(text),
      onLine: (text) => this.#options.onLine?.({ source: "vite", text }),
    });
    this.#vite.start();
  }

  async #startDatabase(service: Service): Promise<void> {
    const component = keepServer(
      `${service.name}-db`,
      () => this.#launchDatabase(service),
      (reason) => this.#lost.resolve(reason),
    );
    this.#databases.set(component.name, component);
    await component.start();
  }

  async #launchDatabase(service: Service) {
    this.#refuseWhenStopping();
    const { dataDir, portOffset, mode, fsync } = this.#options;
    const server = await startPostgres({
      dataDir: `${dataDir}/postgres/${service.name}`,
      logFile: `${dataDir}/logs/${service.name}-db.log`,
      port: portsOf(service, portOffset).postgres ?? 0,
      stack: dataDir,
      fsync: fsync ?? mode === "development",
      connectionsMax: CONNECTIONS_MAX,
    });
    const { name, owner, user } = databaseOf(service.name);
    await prepareDatabase(server.superuserUrl, {
      database: name,
      owner: { name: owner, password: this.#secretsOf(service).ownerPassword },
      user: { name: user, password: developmentPasswordOf(service.name) },
    });
    return server;
  }

  #superviseService(service: Service): Component {
    const { portOffset } = this.#options;
    const supervised = supervise({
      name: service.name,
      say: (text) => this.#say(text),
      stopLimitMs: SERVICE_STOP_LIMIT_MS,
      launch: () => this.#spawnScript(service, "main.ts"),
    });
    return componentOf(
      supervised,
      () => answers(`${serviceUrl(service, portOffset, this.#usesMtls)}/health`),
    );
  }

  /** Runs a script of the service to its end, if the service has it. */
  async #runStep(service: Service, script: string): Promise<void> {
    if (!isFile(`${this.#root}/${service.folder}/${script}`)) return;
    const startedAt = performance.now();
    const running = this.#spawnScript(service, script);
    if (!await settlesWithin(running.exited, STEP_LIMIT_MS)) {
      await endProcess(running, ["SIGKILL"], STEP_LIMIT_MS);
    }
    const { success, code } = await running.exited;
    if (!success) throw new StackFailure(`${service.folder}/${script} failed with code ${code}.`);
    const tookMs = Math.round(performance.now() - startedAt);
    this.#say(`${service.name}: ${script.replace(/\.ts$/, "")} done in ${tookMs} ms`);
  }

  #spawnScript(service: Service, script: string) {
    this.#refuseWhenStopping();
    const environment = this.#environmentOf(service);
    // The owner of the tables is for migrations only; what serves strangers must not know it.
    if (script === "main.ts") delete environment.DATABASE_MIGRATION_URL;
    const { dataDir, portOffset } = this.#options;
    const regions = regionHosts(environment.REGIONS);
    const place = { root: this.#root, dataDir, portOffset, regions };
    return spawn({
      command: Deno.execPath(),
      args: [
        ...["run", "--no-check", "--cached-only", "--frozen"],
        ...permissionsOf(service, place, Object.keys(environment)),
        `${this.#root}/${service.folder}/${script}`,
      ],
      env: { ...this.#host.denoEnvironment, ...environment },
      mark: { stack: dataDir, role: "service" },
      onLine: (text) => this.#options.onLine?.({ source: service.name, text }),
    });
  }

  async #awaitReady(): Promise<void> {
    const limitMs = this.#options.readyLimitMs ?? Number.POSITIVE_INFINITY;
    // The gateway knows best whether all is there, so it is asked last.
    const isGateway = ({ name }: Service) => name === "gateway";
    const ordered = [
      ...this.#services.filter((service) => !isGateway(service)),
      ...this.#services.filter(isGateway),
    ];
    let notedAt = performance.now();
    for (const service of ordered) {
      let missing = "";
      const isReady = await pollUntil(
        async () => {
          this.#refuseWhenStopping();
          missing = await this.#readiness(service) ?? "";
          if (missing === "") return true;
          if (performance.now() - notedAt < WAITING_NOTE_MS) return undefined;
          notedAt = performance.now();
          this.#say(`still waiting for ${missing}`);
        },
        limitMs,
        ANSWER_INTERVAL_MS,
      );
      if (!isReady) throw new StackFailure(`not ready after ${limitMs} ms: ${missing}`);
    }
  }

  /** What `/ready` says against it; undefined when it is ready. */
  async #readiness(service: Service): Promise<string | undefined> {
    const url = `${serviceUrl(service, this.#options.portOffset, this.#usesMtls)}/ready`;
    try {
      const response = await fetchPeer(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
      const text = (await response.text()).slice(0, 500);
      return response.ok ? undefined : `${service.name}: ${response.status} ${text}`;
    } catch {
      return `${service.name}: no answer`;
    }
  }

  #react(changes: Change[]): void {
    const affected = new Set(changes.flatMap((change) => change.services));
    const migrating = new Set(
      changes.filter((change) => change.isMigration).flatMap((change) => change.services),
    );
    const names = changes.map((change) => change.path.slice(this.#root.length + 1)).join(", ");
    this.#changes = this.#changes.then(async () => {
      if (this.#stopped) return;
      this.#say(`${names} changed; restarting ${[...affected].join(", ")}`);
      await Promise.all([...affected].map(async (name) => {
        const service = this.#getService(name);
        const component = this.#apps.get(name);
        if (service.postgresPort !== undefined && migrating.has(name)) {
          await this.#runStep(service, "migrate.ts");
        }
        await component?.stop(CHANGE_STOP_LIMIT_MS);
        if (!this.#stopped) component?.start().catch(() => {});
      }));
    }).catch((error) => this.#say(error instanceof Error ? error.message : String(error)));
  }

  #environmentOf(service: Service): Record<string, string> {
    const { mode, dataDir, portOffset, region } = this.#options;
    const secrets = this.#loadedSecrets();
    const setting: Setting = {
      ...{ mode, dataDir, portOffset, secrets, usesMtls: this.#usesMtls },
      ...(region === undefined ? {} : { region }),
    };
    const isGateway = service.name === "gateway";
    const vite = isGateway ? this.#viteUrl() : undefined;
    const web = isGateway ? builtWeb(this.#root) : undefined;
    return {
      ...this.#host.serviceEnvironment,
      ...this.#options.environment,
      ...environmentOf(service, setting),
      ...(web === undefined ? {} : { WEB_FOLDER: web }),
      ...(vite === undefined ? {} : { WEB_DEV_URL: vite }),
    };
  }

  #secretsOf(service: Service) {
    const own = this.#loadedSecrets().services[service.name];
    if (!own) throw new Error(`${service.name} has no secrets`);
    return own;
  }

  #loadedSecrets(): Secrets {
    if (!this.#secrets) throw new Error("secrets are read before anything starts");
    return this.#secrets;
  }

  #refuseWhenStopping(): void {
    if (this.#stopped) throw new StackFailure("the platform is stopping");
  }

  #components(): Component[] {
    return [
      ...this.#databases.values(),
      ...this.#redises.values(),
      ...(this.#bridge ? [this.#bridge] : []),
      ...this.#apps.values(),
    ];
  }

  #guardianComponent(): Component {
    const guardian = this.#guardian;
    return {
      name: "guardian",
      pid: () => guardian?.hasExited() ? undefined : guardian?.pid,
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      kill: (signal) => Promise.resolve(guardian?.kill(signal)),
    };
  }

  #getComponent(name: string): Component {
    const known = [...this.#components(), this.#guardianComponent()];
    const component = known.find((candidate) => candidate.name === name);
    if (!component) {
      throw new Error(`${name} is none of ${known.map((candidate) => candidate.name).join(", ")}`);
    }
    return component;
  }

  #getService(name: string): Service {
    const service = this.#services.find((candidate) => candidate.name === name);
    if (!service) throw new Error(`the service ${name} is not part of this platform`);
    return service;
  }

  #say(text: string): void {
    this.#options.onLine?.({ source: STACK_SOURCE, text });
  }
}

function componentOf(supervised: Supervised, isServing: () => Promise<boolean>): Component {
  return {
    name: supervised.name,
    pid: supervised.pid,
    stop: supervised.stop,
    kill: supervised.kill,
    async start() {
      supervised.start();
      const isUp = await pollUntil(
        async () => await isServing() || undefined,
        COMPONENT_READY_LIMIT_MS,
        ANSWER_INTERVAL_MS,
      );
      if (!isUp) throw new StackFailure(`${supervised.name} does not answer`);
    },
  };
}

async function stopTogether(components: Component[]): Promise<void> {
  const results = await Promise.allSettled(components.map((component) => component.stop()));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

async function answers(url: string, init: RequestInit = {}): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const response = await fetchPeer(url, { ...init, signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
