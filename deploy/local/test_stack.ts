/** One PostgreSQL and one Redis for all test files, started by the first and gone after the last. */
import { createHash } from "node:crypto";
import { StackFailure } from "./failure.ts";
import { type Host, readHost } from "./host.ts";
import { administer } from "./postgres.ts";
import { pollUntil, settlesWithin, spawn, tailOf } from "./process.ts";
import { stopMarked } from "./reaper.ts";
import { APP_GROUP } from "./roles.ts";
import {
  addUser,
  lockTestStack,
  readState,
  STATE_FILE,
  TEST_OWNER,
  TEST_USER,
  type TestStackState,
} from "./test_stack_state.ts";
import { isAlive } from "./process_table.ts";

export type TestStack = {
  /** The superuser, in the database `postgres`. */
  adminUrl: string;
  /** Owns test databases, as a service's migration role does. */
  ownerUrl(database: string): string;
  /** Owns nothing and obeys row-level security, as a service does. */
  appUrl(database: string): string;
  redisUrl: string;
  /** Opens a logical database that this test file has to itself. */
  redisToken: string;
};

export type TestDatabase = {
  name: string;
  ownerUrl: string;
  appUrl: string;
  drop(): Promise<void>;
};

export type TestDatabaseOptions = {
  /** Names the schema and its version: a service's name and a hash over its migrations. */
  template: string;
  /** Called once per template, with an empty database. Must close its connections. */
  migrate: (ownerUrl: string) => Promise<void>;
};

const START_ATTEMPTS = 3;
const START_LIMIT_MS = 240_000;
const TEMPLATE_NAME_LENGTH = 30;
const TEMPLATE_HASH_LENGTH = 16;

let joined: Promise<TestStack> | undefined;

export function testStack(): Promise<TestStack> {
  joined ??= join(readHost()).catch((error) => {
    joined = undefined;
    throw error;
  });
  return joined;
}

/** A database of one's own, copied from a template that is migrated once for all test files. */
export async function createTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const stack = await testStack();
  const template = templateNameOf(options.template);
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer(stack.adminUrl, async (sql) => {
    await sql`select pg_advisory_lock(hashtextextended(${template}, 0))`;
    try {
      const [existing] = await sql`select 1 from pg_database where datname = ${template}`;
      if (!existing) await buildTemplate(template);
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${template}, 0))`;
    }
    await sql.unsafe(
      `create database ${name} template ${template} strategy file_copy owner ${TEST_OWNER}`,
    );
    await sql.unsafe(`revoke all on database ${name} from public`);
    await sql.unsafe(`grant connect on database ${name} to ${APP_GROUP}`);

    async function buildTemplate(template: string): Promise<void> {
      const draft = `draft_${crypto.randomUUID().replaceAll("-", "")}`;
      await sql.unsafe(`create database ${draft} owner ${TEST_OWNER}`);
      try {
        await options.migrate(stack.ownerUrl(draft));
        await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${draft}`;
        await sql.unsafe(`alter database ${draft} rename to ${template}`);
      } catch (error) {
        await sql.unsafe(`drop database if exists ${draft} with (force)`);
        throw error;
      }
    }
  });
  return {
    name,
    ownerUrl: stack.ownerUrl(name),
    appUrl: stack.appUrl(name),
    drop: () =>
      administer(stack.adminUrl, async (sql) => {
        await sql.unsafe(`drop database if exists ${name} with (force)`);
      }),
  };
}

function templateNameOf(template: string): string {
  const readable = template.toLowerCase().replace(/[^a-z0-9]+/g, "_").slice(
    0,
    TEMPLATE_NAME_LENGTH,
  );
  const hash = createHash("sha256").update(template).digest("hex").slice(0, TEMPLATE_HASH_LENGTH);
  return `template_${readable}_${hash}`;
}

async function join(host: Host): Promise<TestStack> {
  const requested = host.settings.testDataDir;
  await Deno.mkdir(requested, { recursive: true, mode: 0o700 }).catch((error) => {
    throw new StackFailure(`${requested} cannot be made: ${error.message}`);
  });
  const dataDir = await Deno.realPath(requested);
  const lock = await lockTestStack(dataDir);
  try {
    let state = await readState(dataDir);
    if (!state || !isAlive(state.guardian)) state = await start(dataDir, host);
    const database = await addUser(dataDir, state);
    await clearDatabase(state, database);
    return stackOf(state, database);
  } finally {
    lock.release();
  }
}

async function start(dataDir: string, host: Host): Promise<TestStackState> {
  let failure = "";
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    await stopMarked(dataDir);
    await Deno.remove(`${dataDir}/${STATE_FILE}`).catch(() => {});
    const logFile = `${dataDir}/guardian.log`;
    await Deno.remove(logFile).catch(() => {});
    const guardian = spawn({
      command: Deno.execPath(),
      args: [
        ...["run", "--no-prompt", "--no-check", "-A"],
        new URL("test_guardian.ts", import.meta.url).href,
        dataDir,
      ],
      env: host.denoEnvironment,
      mark: { stack: dataDir, role: "service" },
      logFile,
    });
    const state = await pollUntil(
      async () => await readState(dataDir) ?? (guardian.hasExited() ? null : undefined),
      START_LIMIT_MS,
    );
    if (state) {
      // It outlives this process on purpose.
      guardian.unref();
      return state;
    }
    guardian.kill("SIGKILL");
    await settlesWithin(guardian.exited, 1_000);
    failure = await tailOf(logFile);
  }
  throw new StackFailure(`the test databases did not start:\n${failure}`);
}

async function clearDatabase(state: TestStackState, database: number): Promise<void> {
  const response = await fetch(`${state.redisUrl}/flushdb`, {
    headers: { authorization: `Bearer ${state.redisTokens[database]}` },
  });
  await response.body?.cancel();
  if (!response.ok) throw new StackFailure(`the test Redis answers ${response.status}`);
}

function stackOf(state: TestStackState, database: number): TestStack {
  const at = `127.0.0.1:${state.postgresPort}`;
  return {
    adminUrl: state.adminUrl,
    ownerUrl: (name) => `postgres://${TEST_OWNER}:${state.ownerPassword}@${at}/${name}`,
    appUrl: (name) => `postgres://${TEST_USER}:${state.userPassword}@${at}/${name}`,
    redisUrl: state.redisUrl,
    redisToken: state.redisTokens[database] ?? "",
  };
}
