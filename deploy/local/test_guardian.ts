/** Runs the test databases for as long as any test process lives, and leaves nothing behind. */
import { startBridge } from "./bridge.ts";
import { readHost } from "./host.ts";
import { findFreePort } from "./ports.ts";
import { administer, startPostgres } from "./postgres.ts";
import { stopMarked } from "./reaper.ts";
import { findRedis, startRedis } from "./redis.ts";
import { APP_GROUP, ensureRole, quote } from "./roles.ts";
import { randomKey } from "./keys.ts";
import {
  forgetUsers,
  hasUsers,
  STATE_FILE,
  TEST_OWNER,
  TEST_USER,
  tryLockTestStack,
  writeState,
} from "./test_stack_state.ts";
import { see } from "./process_table.ts";

/** Each test file gets one; more files than this at the same time would share. */
const REDIS_DATABASES = 256;
const CONNECTIONS_MAX = 300;
const LOOK_INTERVAL_MS = 400;
const PLAIN = "nosuperuser nocreaterole noreplication nobypassrls";

async function guard(dataDir: string): Promise<void> {
  const runDir = `${dataDir}/run`;
  await Deno.remove(runDir, { recursive: true }).catch(() => {});
  await forgetUsers(dataDir);
  const [postgres, redis] = await Promise.all([
    startPostgres({
      dataDir: `${runDir}/postgres`,
      logFile: `${runDir}/postgres.log`,
      port: findFreePort(),
      stack: dataDir,
      fsync: false,
      connectionsMax: CONNECTIONS_MAX,
    }),
    startTestRedis(runDir, dataDir),
  ]);
  const tokens = Array.from({ length: REDIS_DATABASES }, () => randomKey());
  const bridgePort = findFreePort();
  startBridge([{
    port: bridgePort,
    redisPort: redis.server.port,
    redisPassword: redis.password,
    tokens,
  }]);
  const [ownerPassword, userPassword] = [randomKey(), randomKey()];
  await administer(postgres.superuserUrl, async (sql) => {
    await ensureRole(sql, APP_GROUP, `nologin nocreatedb ${PLAIN}`);
    await ensureRole(sql, TEST_OWNER, `login createdb ${PLAIN} password ${quote(ownerPassword)}`);
    await ensureRole(sql, TEST_USER, `login nocreatedb ${PLAIN} password ${quote(userPassword)}`);
    await sql.unsafe(`grant ${APP_GROUP} to ${TEST_USER}`);
  });
  await writeState(dataDir, {
    guardian: see(Deno.pid)!,
    adminUrl: postgres.superuserUrl,
    postgresPort: postgres.port,
    ownerPassword,
    userPassword,
    redisUrl: `http://127.0.0.1:${bridgePort}`,
    redisTokens: tokens,
  });
  await Promise.race([postgres.exited, redis.server.exited, waitForLastUser(dataDir)]);
  await Deno.remove(`${dataDir}/${STATE_FILE}`).catch(() => {});
  await stopMarked(dataDir);
  await Deno.remove(runDir, { recursive: true }).catch(() => {});
}

async function startTestRedis(runDir: string, stack: string) {
  const password = randomKey();
  const server = await startRedis({
    binary: await findRedis(readHost()),
    dataDir: `${runDir}/redis`,
    logFile: `${runDir}/redis.log`,
    port: findFreePort(),
    password,
    stack,
    keepsData: false,
    databases: REDIS_DATABASES,
  });
  return { server, password };
}

/** Returns holding the lock, so that nobody joins a stack that is about to end. */
async function waitForLastUser(dataDir: string): Promise<void> {
  // Whoever started this registers a moment after it is up, and holds the lock until then.
  while (true) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
    if (await hasUsers(dataDir)) continue;
    const lock = await tryLockTestStack(dataDir);
    if (!lock) continue;
    if (!await hasUsers(dataDir)) return;
    lock.release();
  }
}

if (import.meta.main) {
  const [dataDir] = Deno.args;
  if (!dataDir) throw new Error("usage: test_guardian.ts <folder>");
  await guard(dataDir);
  Deno.exit(0);
}
