/** Starts a real redis-server 7: from PATH, or Debian's packages unpacked into the project's cache. */
import { StackFailure } from "./failure.ts";
import type { Host } from "./host.ts";
import { endProcess, pollUntil, rotateLog, type Server, spawn, tailOf } from "./process.ts";
import { RespConnection } from "./resp.ts";

export type RedisBinary = { command: string; libraryPath?: string };

export type RedisOptions = {
  binary: RedisBinary;
  dataDir: string;
  logFile: string;
  port: number;
  password: string;
  stack: string;
  /** Whether data survive a restart. */
  keepsData: boolean;
  databases: number;
};

const MAJOR_VERSION_MIN = 7;
const START_LIMIT_MS = 30_000;
const SHUTDOWN_LIMIT_MS = 10_000;
const APT_LIMIT_MS = 180_000;

export async function startRedis(options: RedisOptions): Promise<Server> {
  await Deno.mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  await Deno.mkdir(options.logFile.slice(0, options.logFile.lastIndexOf("/")), { recursive: true });
  await rotateLog(options.logFile);
  const configuration = `${options.dataDir}/redis.conf`;
  await Deno.writeTextFile(configuration, configurationOf(options), { mode: 0o600 });
  const running = spawn({
    command: options.binary.command,
    args: [configuration],
    env: {
      LC_ALL: "C",
      ...(options.binary.libraryPath ? { LD_LIBRARY_PATH: options.binary.libraryPath } : {}),
    },
    mark: { stack: options.stack, role: "redis" },
    logFile: options.logFile,
  });
  const isReady = await pollUntil(
    async () => running.hasExited() ? false : await answersPing(options) || undefined,
    START_LIMIT_MS,
  );
  if (!isReady) {
    if (!running.hasExited()) await endProcess(running, ["SIGKILL"], SHUTDOWN_LIMIT_MS);
    throw new StackFailure(
      `Redis did not start on port ${options.port}:\n${await tailOf(options.logFile)}`,
    );
  }
  return {
    ...running,
    port: options.port,
    stop: () => endProcess(running, ["SIGTERM", "SIGKILL"], SHUTDOWN_LIMIT_MS),
  };
}

async function answersPing(options: RedisOptions): Promise<boolean> {
  try {
    const connection = await RespConnection.connect(options);
    try {
      return (await connection.send([["PING"]]))[0] === "PONG";
    } finally {
      connection.close();
    }
  } catch {
    return false;
  }
}

/** A file, because arguments can be read by everyone on the machine. */
function configurationOf(options: RedisOptions): string {
  const lines = [
    "bind 127.0.0.1",
    `port ${options.port}`,
    "protected-mode yes",
    `requirepass ${options.password}`,
    "daemonize no",
    `dir ${JSON.stringify(options.dataDir)}`,
    `databases ${options.databases}`,
    `appendonly ${options.keepsData ? "yes" : "no"}`,
    "appendfsync everysec",
    'save ""',
    // A changed title would overwrite the mark in the environment that the guardian looks for.
    "set-proc-title no",
  ];
  return lines.join("\n") + "\n";
}

export async function findRedis(
  host: Host,
  onProgress?: (text: string) => void,
): Promise<RedisBinary> {
  for (const folder of host.path.split(":")) {
    const command = `${folder}/redis-server`;
    const major = await majorVersionOf({ command });
    if (major !== undefined && major >= MAJOR_VERSION_MIN) return { command };
  }
  const cache = `${host.root}/.cache/redis`;
  const known = await unpackedRedis(cache);
  if (known) return known;
  onProgress?.("unpacking Debian's redis-server into .cache/redis (once)");
  return await unpackRedis(host, cache);
}

async function majorVersionOf(binary: RedisBinary): Promise<number | undefined> {
  try {
    const output = await new Deno.Command(binary.command, {
      args: ["--version"],
      clearEnv: true,
      env: binary.libraryPath ? { LD_LIBRARY_PATH: binary.libraryPath } : {},
      stderr: "null",
    }).output();
    const version = new TextDecoder().decode(output.stdout).match(/v=(\d+)\./)?.[1];
    return output.success && version ? Number(version) : undefined;
  } catch {
    return undefined;
  }
}

async function unpackedRedis(folder: string): Promise<RedisBinary | undefined> {
  const root = `${folder}/root`;
  const binary = {
    // The package redis-tools holds the program itself under this name.
    command: `${folder}/redis-server`,
    libraryPath: `${root}/usr/lib/x86_64-linux-gnu:${root}/lib/x86_64-linux-gnu`,
  };
  const major = await majorVersionOf(binary);
  return major !== undefined && major >= MAJOR_VERSION_MIN ? binary : undefined;
}

/** Needs apt's programs and a configured archive, but neither root nor an installed package. */
async function unpackRedis(host: Host, cache: string): Promise<RedisBinary> {
  await Deno.mkdir(cache.slice(0, cache.lastIndexOf("/")), { recursive: true }).catch((error) => {
    throw missingRedis(String(error));
  });
  const lock = await Deno.open(`${cache}.lock`, { create: true, write: true }).catch((error) => {
    throw missingRedis(String(error));
  });
  try {
    await lock.lock(true);
    const unpackedMeanwhile = await unpackedRedis(cache);
    if (unpackedMeanwhile) return unpackedMeanwhile;
    const draft = `${cache}.new`;
    await Deno.remove(draft, { recursive: true }).catch(() => {});
    await downloadPackages(host, draft);
    for await (const entry of Deno.readDir(`${draft}/packages`)) {
      if (!entry.name.endsWith(".deb")) continue;
      await runTool(host, "dpkg-deb", ["-x", `packages/${entry.name}`, "root"], draft);
    }
    await Deno.symlink("root/usr/bin/redis-check-rdb", `${draft}/redis-server`);
    if (!await unpackedRedis(draft)) throw missingRedis("the unpacked program does not run");
    for (const folder of ["packages", "state", "cache"]) {
      await Deno.remove(`${draft}/${folder}`, { recursive: true });
    }
    await Deno.remove(cache, { recursive: true }).catch(() => {});
    await Deno.rename(draft, cache);
    const unpacked = await unpackedRedis(cache);
    if (!unpacked) throw missingRedis("the unpacked program does not run");
    return unpacked;
  } finally {
    lock.close();
  }
}

async function downloadPackages(host: Host, draft: string): Promise<void> {
  for (const folder of ["state/lists/partial", "cache/archives/partial", "packages"]) {
    await Deno.mkdir(`${draft}/${folder}`, { recursive: true });
  }
  const apart = [
    ...["-o", `Dir::State=${draft}/state`, "-o", `Dir::Cache=${draft}/cache`],
    ...["-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "APT::Sandbox::User=root"],
    ...["-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"],
  ];
  // One archive out of several may fail without harm; whether the packages are there shows below.
  await runTool(host, "apt-get", [...apart, "-q", "update"], draft).catch(() => {});
  const packages = await librariesOf(host, apart, draft);
  await runTool(host, "apt-get", [...apart, "-q", "download", ...packages], `${draft}/packages`);
}

/** redis-tools and the shared libraries below it; glibc always comes from the machine itself. */
async function librariesOf(host: Host, apart: string[], draft: string): Promise<string[]> {
  const found = new Set(["redis-tools"]);
  let fresh = ["redis-tools"];
  while (fresh.length > 0) {
    const text = await runTool(host, "apt-cache", [...apart, "depends", ...fresh], draft);
    const names = [...text.matchAll(/^ [ |](?:Pre)?Depends: (lib\S+)$/gm)].map((match) =>
      match[1]!
    );
    fresh = [...new Set(names)].filter((name) => !found.has(name) && !/^libc6(-|$)/.test(name));
    for (const name of fresh) found.add(name);
  }
  return [...found];
}

async function runTool(host: Host, tool: string, args: string[], cwd: string): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(tool, {
      args,
      cwd,
      env: { PATH: host.path, LC_ALL: "C" },
      stdin: "null",
      signal: AbortSignal.timeout(APT_LIMIT_MS),
    }).output();
  } catch (error) {
    throw missingRedis(`${tool}: ${error instanceof Error ? error.message : error}`);
  }
  if (!output.success) {
    const said = new TextDecoder().decode(output.stderr).trim().split("\n").slice(-3).join("\n");
    throw missingRedis(`${tool} failed: ${said}`);
  }
  return new TextDecoder().decode(output.stdout);
}

function missingRedis(reason: string): StackFailure {
  return new StackFailure(
    "No redis-server 7 was found on PATH, and Debian's package could not be unpacked.\n" +
      "Install it (apt-get install redis-server) and start again.\n" + reason,
  );
}
