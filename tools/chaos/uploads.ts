/** Kills one process after another during uploads, and checks every promise afterwards. */
import { type Platform, startPlatform } from "@praxis/local/platform";
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { checkPromises, createLedger } from "./ledger.ts";

export type Round = {
  victim: string;
  acknowledged: number;
  refused: number;
  /** From the kill until an upload succeeds again. */
  outageMs: number;
  wrong: string[];
};

export type ChaosOptions = {
  dataDir: string;
  portOffset: number;
  uploads: number;
  /** Names of processes; all that the platform has unless given. */
  victims?: string[];
  say?: (text: string) => void;
};

const RECOVERY_LIMIT_MS = 60_000;
const READER = "physician@demo.praxis.test";
const AUDITOR = "auditor@demo.praxis.test";

const Verified = z.object({ ok: z.boolean(), checked: z.number() });
const Tasks = z.object({ items: z.array(z.unknown()) });

/** Signs in, however long the platform takes to come back. */
const signInAgain = (url: string, email: string) =>
  until(
    `${email} to sign in again`,
    () => signIn(url, email).catch(() => undefined),
    RECOVERY_LIMIT_MS,
  );

/** One victim: uploads run, it is killed in their midst, comes back, and all is looked at. */
async function playRound(platform: Platform, victim: string, uploads: number): Promise<Round> {
  const client = await signInAgain(platform.url, READER);
  const ledger = createLedger();
  const killAfter = Math.floor(uploads * (0.2 + 0.5 * Math.random()));
  let killed: Promise<void> | undefined;
  let killedAt = 0;
  await ledger.file(client, uploads, {
    onEnded(ended) {
      if (ended < killAfter || killed) return;
      killedAt = performance.now();
      killed = platform.kill(victim, "SIGKILL").then(() => platform.restart(victim));
    },
  });
  await killed;
  const again = await signInAgain(platform.url, READER);
  await until("an upload to succeed", async () => {
    const after = createLedger();
    await after.file(again, 1);
    return after.entries().length === 1 || undefined;
  }, RECOVERY_LIMIT_MS);
  const outageMs = Math.round(performance.now() - killedAt);
  const wrong = await checkPromises(again, ledger.entries());
  wrong.push(...await checkAudit(platform.url));
  wrong.push(...await checkTasks(again, ledger.entries().map(({ id }) => id)));
  return {
    victim,
    acknowledged: ledger.entries().length,
    refused: ledger.refused(),
    outageMs,
    wrong,
  };
}

async function checkAudit(url: string): Promise<string[]> {
  const auditor = await signInAgain(url, AUDITOR);
  const services = ["identity", "content", "communication", "workflow"];
  const results = await Promise.all(services.map(async (service) => {
    const { ok } = Verified.parse(await auditor.get(`/api/${service}/audit-events/verify`));
    return ok ? [] : [`the audit chain of ${service} does not verify`];
  }));
  return results.flat();
}

/** Each acknowledged document's event reaches workflow, once. */
async function checkTasks(client: SignedIn, ids: string[]): Promise<string[]> {
  const results = await Promise.all(ids.map(async (id) => {
    const found = await until(`the task of ${id}`, async () => {
      const { items } = Tasks.parse(await client.get(`/api/workflow/tasks?subjectId=${id}`));
      return items.length > 0 ? items.length : undefined;
    }, RECOVERY_LIMIT_MS).catch(() => 0);
    return found === 1 ? [] : [`${id} has ${found} tasks`];
  }));
  return results.flat();
}

/** Plays a round for each victim on a platform of its own. */
export async function playChaos(
  { dataDir, portOffset, uploads, victims, say = () => {} }: ChaosOptions,
): Promise<Round[]> {
  const platform = await startPlatform({ dataDir, portOffset, mode: "development", watch: false });
  try {
    const names = victims ??
      platform.processes().map(({ name }) => name).filter((name) => name !== "guardian");
    const rounds: Round[] = [];
    for (const victim of names) {
      const round = await playRound(platform, victim, uploads);
      rounds.push(round);
      say(
        `${victim.padEnd(20)} ${round.acknowledged} acknowledged, ${round.refused} refused, ` +
          `back after ${round.outageMs} ms, ${round.wrong.length} wrong`,
      );
    }
    return rounds;
  } finally {
    await platform.stop();
  }
}
