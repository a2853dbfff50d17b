/** Kills one process after another during uploads, and checks every promise afterwards. */
import { type Platform, startPlatform } from "@praxis/local/platform";
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { checkPromises, createLedger, type Ledger } from "./ledger.ts";

export type Round = {
  victim: string;
  acknowledged: number;
  /** How often an upload had to be sent again. */
  repeats: number;
  /** From the kill until the next acknowledgement after the victim was back. */
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
const TaskPage = z.object({
  items: z.array(z.object({ subject: z.object({ id: z.string() }) })),
  nextCursor: z.string().nullable(),
});

/** Signs in, however long the platform takes to come back. */
const signInAgain = (url: string, email: string) =>
  until(
    `${email} to sign in again`,
    () => signIn(url, email).catch(() => undefined),
    RECOVERY_LIMIT_MS,
  );

/** One victim: uploads run, it is killed in their midst, comes back, and all is looked at. */
async function playRound(
  platform: Platform,
  victim: string,
  uploads: number,
  ledger: Ledger,
): Promise<Round> {
  const client = await signInAgain(platform.url, READER);
  const [before, repeatsBefore] = [ledger.entries().length, ledger.repeats()];
  const killAfter = before + Math.floor(uploads * (0.2 + 0.5 * Math.random()));
  let restarted: Promise<void> | undefined;
  let isBack = false;
  let [killedAt, servedAt] = [0, 0];
  await ledger.file(client, uploads, {
    onAcknowledged(count) {
      if (isBack && servedAt === 0) servedAt = performance.now();
      if (count < killAfter || restarted) return;
      killedAt = performance.now();
      restarted = platform.kill(victim, "SIGKILL")
        .then(() => platform.restart(victim))
        .then(() => void (isBack = true));
    },
  });
  await restarted;
  if (servedAt === 0) servedAt = performance.now();
  const again = await signInAgain(platform.url, READER);
  const entries = ledger.entries();
  const wrong = [
    ...await checkPromises(again, entries),
    ...await checkAudit(platform.url),
    ...await checkTasks(again, entries.slice(before).map(({ id }) => id)),
  ];
  return {
    victim,
    acknowledged: entries.length - before,
    repeats: ledger.repeats() - repeatsBefore,
    outageMs: Math.round(servedAt - killedAt),
    wrong,
  };
}

async function checkAudit(url: string): Promise<string[]> {
  const auditor = await signInAgain(url, AUDITOR);
  const services = ["identity", "content", "communication", "workflow", "practice"];
  const results = await Promise.all(services.map(async (service) => {
    const { ok } = Verified.parse(await auditor.get(`/api/${service}/audit-events/verify`));
    return ok ? [] : [`the audit chain of ${service} does not verify`];
  }));
  return results.flat();
}

/** How many tasks there are about each document. */
async function countTasks(client: SignedIn): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const query: string = `limit=100${cursor === null ? "" : `&cursor=${cursor}`}`;
    const page = TaskPage.parse(await client.get(`/api/workflow/tasks?${query}`));
    for (const { subject } of page.items) counts.set(subject.id, (counts.get(subject.id) ?? 0) + 1);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return counts;
}

/** The event of each acknowledged document reaches workflow, and has its effect once. */
async function checkTasks(client: SignedIn, ids: string[]): Promise<string[]> {
  let counts = new Map<string, number>();
  await until("every task", async () => {
    counts = await countTasks(client);
    return ids.every((id) => counts.has(id)) || undefined;
  }, RECOVERY_LIMIT_MS).catch(() => {});
  return ids.filter((id) => counts.get(id) !== 1).map((id) =>
    `${id} has ${counts.get(id) ?? 0} tasks`
  );
}

/** Plays a round for each victim on a platform of its own. */
export async function playChaos(
  { dataDir, portOffset, uploads, victims, say = () => {} }: ChaosOptions,
): Promise<Round[]> {
  const platform = await startPlatform({
    dataDir,
    portOffset,
    mode: "development",
    watch: false,
    readyLimitMs: 120_000,
  });
  try {
    const names = victims ??
      platform.processes().map(({ name }) => name).filter((name) => name !== "guardian");
    const rounds: Round[] = [];
    const ledger = createLedger();
    for (const victim of names) {
      const round = await playRound(platform, victim, uploads, ledger);
      rounds.push(round);
      say(
        `${victim.padEnd(20)} ${round.acknowledged} acknowledged, ${round.repeats} sent again, ` +
          `served again after ${round.outageMs} ms, ${round.wrong.length} wrong`,
      );
    }
    return rounds;
  } finally {
    await platform.stop();
  }
}
