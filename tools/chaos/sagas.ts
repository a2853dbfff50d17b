/** Kills workflow, its database and those it asks, while facts and sagas are under way. */
import { type Platform, startPlatform } from "@praxis/local/platform";
import { z } from "zod";
import { type SignedIn, signIn, until } from "../client.ts";
import { createLedger } from "./ledger.ts";

export type SagaChaos = {
  dataDir: string;
  portOffset: number;
  documents: number;
  sagas: number;
  kills: number;
  /** Which processes are killed: in turn, or by chance. */
  victims?: readonly string[];
  isRandom?: boolean;
  say?: (text: string) => void;
};

export type SagaResult = {
  kills: number;
  /** How many sagas ended in which state. */
  ended: Record<string, number>;
  /** Tries of a saga step that a worker did not live to see the end of. */
  workersLost: number;
  /** Starts that had to be sent again. */
  repeats: number;
  tookMs: number;
  wrong: string[];
};

/** In each the services come as often as their work does: workflow is in every saga. */
const VICTIMS = ["workflow", "workflow-db", "workflow", "identity", "content", "workflow-db"];
const ALL_VICTIMS = ["identity", "content", "communication", "workflow", "practice"]
  .flatMap((service) => [service, `${service}-db`]);
const RECOVERY_MS = 60_000;
/** A platform that does not come up is said, not waited for. */
const READY_MS = 180_000;
const CHAOS_MS = 600_000;
/** Between two kills there is time to do something that the next one can interrupt. */
const PAUSE_MS = 250;

const Me = z.object({ id: z.string(), organizations: z.array(z.object({ id: z.string() })) });
const Task = z.object({
  id: z.string(),
  state: z.string(),
  claimedBy: z.string().nullable(),
  subject: z.object({ id: z.string() }),
});
const Saga = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
});
const SagaDetail = Saga.extend({ history: z.array(z.object({ event: z.string() })) });
const AuditEvent = z.object({
  subject: z.object({ id: z.string().nullable() }),
  requestId: z.string().nullable(),
});

const signInAgain = (url: string, email: string) =>
  until(
    `${email} to sign in`,
    () => signIn(url, `${email}@demo.praxis.test`).catch(() => undefined),
    RECOVERY_MS,
  );

/** The answer, however often it takes; the same every time, since every call carries its key. */
async function insist<T>(
  what: string,
  ask: () => Promise<T>,
  onRepeat = () => {},
): Promise<T> {
  return await until(what, async () => {
    try {
      return await ask();
    } catch {
      onRepeat();
      return undefined;
    }
  }, RECOVERY_MS);
}

async function listAll<T extends z.ZodType>(
  client: SignedIn,
  path: string,
  item: T,
): Promise<z.output<T>[]> {
  const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
  const all: z.output<T>[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `limit=100${cursor === null ? "" : `&cursor=${cursor}`}`;
    const answer = await insist(
      path,
      async () => page.parse(await client.get(`${path}${path.includes("?") ? "&" : "?"}${query}`)),
    );
    all.push(...answer.items as z.output<T>[]);
    cursor = answer.nextCursor;
  } while (cursor !== null);
  return all;
}

async function startSaga(
  client: SignedIn,
  saga: { name: string; input: unknown },
  onRepeat: () => void,
): Promise<string> {
  const key = crypto.randomUUID();
  return await insist("a saga to start", async () => {
    const response = await client.request("/api/workflow/sagas", {
      method: "POST",
      body: JSON.stringify(saga),
      headers: { "content-type": "application/json", "idempotency-key": key },
    });
    const text = await response.text();
    if (response.status !== 202) throw new Error(`${response.status}`);
    return Saga.parse(JSON.parse(text)).id;
  }, onRepeat);
}

type People = Record<"ownerId" | "physicianId" | "nurseId" | "auditorId", string>;

/**
 * Every fourth founds a clinic, across four services, half of them with a partner whom nobody
 * knows; the others hand tasks over, every third to one who may not work them.
 */
function sagaOf(n: number, { ownerId, physicianId, nurseId, auditorId }: People) {
  if (n % 4 === 3) {
    const ownerUserIds = n % 8 === 7 ? [ownerId, crypto.randomUUID()] : [ownerId];
    return { name: "onboard-clinic", input: { name: `Clinic ${n}`, ownerUserIds } };
  }
  const [from, to] = n % 2 === 0 ? [physicianId, nurseId] : [nurseId, physicianId];
  const toUserId = n % 3 === 2 ? auditorId : to;
  return { name: "hand-over-tasks", input: { fromUserId: from, toUserId } };
}

/** Plays it on a platform of its own, and says what is wrong afterwards. */
export async function playSagaChaos(options: SagaChaos): Promise<SagaResult> {
  const { dataDir, portOffset } = options;
  const platform = await startPlatform({
    dataDir,
    portOffset,
    mode: "development",
    watch: false,
    readyLimitMs: READY_MS,
  });
  try {
    return await play(platform, options);
  } finally {
    await platform.stop();
  }
}

async function play(
  platform: Platform,
  { documents, sagas, kills, victims = VICTIMS, isRandom = false, say = () => {} }: SagaChaos,
): Promise<SagaResult> {
  const startedAt = performance.now();
  const { url } = platform;
  const owner = await signInAgain(url, "owner");
  const [physician, nurse, auditor] = await Promise.all(
    ["physician", "nurse", "auditor"].map((name) => signInAgain(url, name)),
  ) as [SignedIn, SignedIn, SignedIn];
  const [ownerId, physicianId, nurseId, auditorId] = await Promise.all(
    [owner, physician, nurse, auditor].map(async (client) =>
      Me.parse(await client.get("/api/identity/users/me")).id
    ),
  ) as [string, string, string, string];

  // Something to hand over, held before the first kill.
  const before = createLedger();
  await before.file(physician, 5);
  const held = await until("the first tasks", async () => {
    const tasks = await listAll(physician, "/api/workflow/tasks", Task);
    return tasks.length >= 5 ? tasks.slice(0, 5).map(({ id }) => id) : undefined;
  });
  for (const id of held) await physician.post(`/api/workflow/tasks/${id}/claim`, undefined);

  let killed = 0;
  const killing = (async () => {
    while (killed < kills) {
      const turn = isRandom ? Math.floor(Math.random() * victims.length) : killed;
      const victim = victims[turn % victims.length]!;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS + Math.random() * PAUSE_MS));
      await platform.kill(victim, "SIGKILL");
      await platform.restart(victim);
      killed++;
      say(`${victim} was killed and is back`);
    }
  })();

  let repeats = 0;
  const ids: string[] = [];
  const starting = (async () => {
    // Spread over the kills: the last ones start when nothing dies any more.
    const [first, last] = [Math.floor(sagas / 2), sagas];
    for (let n = 0; n < last; n++) {
      ids.push(
        await startSaga(
          owner,
          sagaOf(n, { ownerId, physicianId, nurseId, auditorId }),
          () => repeats++,
        ),
      );
      // The second half is started while things die, however fast the first one was.
      if (n === first) {
        await until(
          "half of the kills",
          () => Promise.resolve(killed * 2 >= kills || undefined),
          CHAOS_MS,
        );
      }
    }
  })();
  const ledger = createLedger();
  await Promise.all([killing, starting, ledger.file(physician, documents, { parallel: 4 })]);

  const wrong: string[] = [];
  const details = await until("every saga to end", async () => {
    const all = await Promise.all(
      ids.map((id) =>
        insist(id, async () => SagaDetail.parse(await owner.get(`/api/workflow/sagas/${id}`)))
      ),
    );
    return all.every(({ state }) => state !== "running" && state !== "compensating")
      ? all
      : undefined;
  }, RECOVERY_MS).catch(() => []);
  if (details.length === 0) wrong.push("not every saga has ended");
  const ended: Record<string, number> = {};
  for (const { id, state, reason } of details) {
    ended[state] = (ended[state] ?? 0) + 1;
    if (state !== "completed" && state !== "compensated") {
      wrong.push(`${id} is ${state}: ${reason}`);
    }
  }

  const told = ledger.entries().map(({ id }) => id);
  const tasks = await until("every task", async () => {
    const all = await listAll(physician, "/api/workflow/tasks", Task);
    const subjects = new Set(all.map(({ subject }) => subject.id));
    return told.every((id) => subjects.has(id)) ? all : undefined;
  }, RECOVERY_MS).catch(() => []);
  for (const id of told) {
    const count = tasks.filter(({ subject }) => subject.id === id).length;
    if (count !== 1) wrong.push(`${id} has ${count} tasks`);
  }
  // Whatever was handed to and fro, somebody has it.
  for (const id of held) {
    const task = tasks.find((one) => one.id === id);
    if (task?.claimedBy !== physicianId && task?.claimedBy !== nurseId) {
      wrong.push(`the task ${id} is with nobody`);
    }
  }
  // Each clinic that was founded is there once, and none that was taken back.
  const founded = details.filter(({ name, state }) =>
    name === "onboard-clinic" && state === "completed"
  ).map(({ id }) => id);
  const again = await signInAgain(url, "owner");
  const { organizations } = Me.parse(await again.get("/api/identity/users/me"));
  const clinics = organizations.map(({ id }) => id);
  if (founded.some((id) => !clinics.includes(id)) || clinics.length !== founded.length + 1) {
    wrong.push(`${clinics.length - 1} clinics are there, ${founded.length} were founded`);
  }
  const assigned = await listAll(
    auditor,
    "/api/workflow/audit-events?action=task.assigned",
    AuditEvent,
  );
  const effects = assigned.map(({ subject, requestId }) => `${subject.id} ${requestId}`);
  if (new Set(effects).size !== effects.length) wrong.push("a saga has assigned a task twice");
  const { ok } = z.object({ ok: z.boolean() })
    .parse(await auditor.get("/api/workflow/audit-events/verify"));
  if (!ok) wrong.push("the audit chain of workflow does not verify");
  return {
    kills: killed,
    ended,
    workersLost: details.flatMap(({ history }) => history)
      .filter(({ event }) => event === "worker lost").length,
    repeats,
    tookMs: Math.round(performance.now() - startedAt),
    wrong,
  };
}

if (import.meta.main) {
  const say = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
  const [documents = "5000", sagas = "200", kills = "30"] = Deno.args;
  const dataDir = await Deno.makeTempDir({ prefix: "praxis-chaos-" });
  try {
    const result = await playSagaChaos({
      dataDir,
      portOffset: 20_200,
      documents: Number(documents),
      sagas: Number(sagas),
      kills: Number(kills),
      victims: ALL_VICTIMS,
      isRandom: true,
      say,
    });
    say(JSON.stringify(result, null, 2));
    Deno.exitCode = result.wrong.length === 0 ? 0 : 1;
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}
