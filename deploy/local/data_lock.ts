/** One platform per data folder: a lock that the system releases however its holder ends. */
import { StackFailure } from "./failure.ts";
import { pollUntil } from "./process.ts";

export type DataLock = { release(): void };

/** The previous guardian may still be stopping things for this long. */
const GUARDIAN_LIMIT_MS = 40_000;

export async function lockDataDir(dataDir: string): Promise<DataLock> {
  const file = await open(`${dataDir}/supervisor.lock`);
  if (!await file.tryLock(true)) {
    const holder = (await Deno.readTextFile(`${dataDir}/supervisor.lock`)).trim();
    file.close();
    throw new StackFailure(
      `Another platform (process ${holder || "unknown"}) is running on ${dataDir}. ` +
        "Stop it, or choose another folder with PRAXIS_DATA and other ports with PRAXIS_PORT_OFFSET.",
    );
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return { release: () => file.close() };
}

/** Waits until the guardian of a platform that was killed has stopped all of it. */
export async function awaitGuardian(lockFile: string, onWait: () => void): Promise<void> {
  const file = await open(lockFile);
  try {
    if (await file.tryLock(true)) return;
    onWait();
    const isFree = await pollUntil(
      async () => await file.tryLock(true) || undefined,
      GUARDIAN_LIMIT_MS,
      100,
    );
    if (!isFree) throw new StackFailure(`the previous platform is still stopping (${lockFile}).`);
  } finally {
    file.close();
  }
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  } catch (error) {
    throw new StackFailure(
      `${path} cannot be written: ${error instanceof Error ? error.message : error}`,
    );
  }
}
