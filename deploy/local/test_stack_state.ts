/** What test processes and the test guardian tell each other, through files in one folder. */
import { StackFailure } from "./failure.ts";
import { pollUntil } from "./process.ts";
import { isAlive, type ProcessIdentity, see } from "./process_table.ts";
import { writePrivateFile } from "./keys.ts";

export type TestStackState = {
  guardian: ProcessIdentity;
  adminUrl: string;
  postgresPort: number;
  ownerPassword: string;
  userPassword: string;
  redisUrl: string;
  redisTokens: string[];
};

export const TEST_OWNER = "praxis_test_owner";
export const TEST_USER = "praxis_test_user";
export const STATE_FILE = "stack.json";
const USERS_FILE = "users";
const LOCK_FILE = "test.lock";
const LOCK_LIMIT_MS = 300_000;

/** Held while somebody joins, starts or stops the stack, so that these never overlap. */
export async function lockTestStack(dataDir: string): Promise<{ release(): void }> {
  const lock = await pollUntil(() => tryLockTestStack(dataDir), LOCK_LIMIT_MS, 30);
  if (!lock) throw new StackFailure(`${dataDir}/${LOCK_FILE} stays locked.`);
  return lock;
}

export async function tryLockTestStack(
  dataDir: string,
): Promise<{ release(): void } | undefined> {
  const file = await Deno.open(`${dataDir}/${LOCK_FILE}`, { create: true, write: true })
    .catch((error) => {
      throw new StackFailure(`${dataDir} belongs to another user: ${error.message}`);
    });
  if (await file.tryLock(true)) return { release: () => file.close() };
  file.close();
  return undefined;
}

export async function readState(dataDir: string): Promise<TestStackState | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(`${dataDir}/${STATE_FILE}`));
  } catch {
    return undefined;
  }
}

export function writeState(dataDir: string, state: TestStackState): Promise<void> {
  return writePrivateFile(`${dataDir}/${STATE_FILE}`, JSON.stringify(state));
}

/** Registers this process as long as it lives, and returns the logical Redis database it gets. */
export async function addUser(dataDir: string, state: TestStackState): Promise<number> {
  const self = see(Deno.pid);
  if (!self) throw new Error("this process has a place in /proc");
  await Deno.writeTextFile(`${dataDir}/${USERS_FILE}`, `${self.pid} ${self.startedAt}\n`, {
    append: true,
  });
  const text = await Deno.readTextFile(`${dataDir}/${USERS_FILE}`);
  return text.split("\n").length % state.redisTokens.length;
}

export async function forgetUsers(dataDir: string): Promise<void> {
  await Deno.writeTextFile(`${dataDir}/${USERS_FILE}`, "");
}

export async function hasUsers(dataDir: string): Promise<boolean> {
  const text = await Deno.readTextFile(`${dataDir}/${USERS_FILE}`).catch(() => "");
  return [...new Set(text.split("\n"))].some((line) => {
    const [pid, startedAt] = line.split(" ");
    return pid && startedAt && isAlive({ pid: Number(pid), startedAt });
  });
}
