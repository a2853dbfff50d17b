/** Kills workers of communication while they send, and counts at the providers' end. */
import { newId } from "@praxis/shared/id";
import { openTestService } from "@praxis/shared/testing";
import { simulatedAccounts } from "../../services/communication/accounts/platform.ts";
import { createApp } from "../../services/communication/app.ts";
import { hashAddress } from "../../services/communication/sealing.ts";
import { createSimulators, PREFIX } from "../../services/communication/simulators/simulators.ts";
import { type Setting, standalone } from "../../services/communication/standalone.ts";
import { until } from "../client.ts";

export type NotificationChaos = {
  /** Half of them letters by Resend, which has idempotency, half texts by Twilio, which has none. */
  notifications: number;
  kills: number;
  workers?: number;
  say?: (text: string) => void;
};

export type NotificationResult = {
  kills: number;
  states: Record<string, number>;
  /** Tries that no worker lived to see the end of, and how each was settled. */
  settled: Record<string, number>;
  /** Texts that went out twice, each of them after a settled doubt. */
  doubledTexts: number;
  tookMs: number;
  wrong: string[];
};

const RECIPIENTS_PER_MESSAGE = 100;
const RECOVERY_MS = 180_000;
const KEY = "a key for chaos only, 32 characters or more";

export async function playNotificationChaos(
  { notifications, kills, workers = 2, say = () => {} }: NotificationChaos,
): Promise<NotificationResult> {
  const startedAt = performance.now();
  const folder = new URL("../../services/communication/migrations/", import.meta.url);
  await using service = await openTestService({ service: "communication", folder });
  const simulators = createSimulators({ callBack: async (request) => await app.request(request) });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => simulators.handle(request) ?? new Response(null, { status: 404 }),
  );
  const setting: Setting = {
    simulatorsUrl: `http://127.0.0.1:${server.addr.port}${PREFIX}`,
    accounts: simulatedAccounts("eu").filter(({ channel }) => channel !== "push"),
    encryptionKey: KEY,
    timeoutMs: 2_000,
    limits: { leaseSeconds: 4, settleSeconds: 2, mayCallInside: true },
  };
  const deps = standalone(service.deps, setting);
  const app = createApp(deps, { identify: service.identify });

  const organizationId = newId();
  const people = Array.from({ length: notifications }, (_, n) => {
    const channel = n % 2 === 0 ? "email" as const : "sms" as const;
    const address = channel === "email"
      ? `patient${n}@patients.example`
      : `+336${String(10_000_000 + n)}`;
    const addressHash = hashAddress(KEY, { organizationId, channel, address });
    return { id: newId(), pointId: newId(), channel, address, addressHash };
  });
  await service.owner`
    insert into recipients (organization_id, id, kind, updated_at)
    select ${organizationId}, id, 'patient', now()
    from unnest(${people.map(({ id }) => id)}::uuid[]) as one (id)`;
  await service.owner`
    insert into contact_points (id, organization_id, recipient_id, channel, address, address_hash,
                                state, created_at)
    select p.point_id, ${organizationId}, p.id, p.channel, p.address, p.address_hash, 'verified', now()
    from unnest(${people.map(({ pointId }) => pointId)}::uuid[],
                ${people.map(({ id }) => id)}::uuid[],
                ${people.map(({ channel }) => channel)}::text[],
                ${people.map(({ address }) => address)}::text[],
                ${people.map(({ addressHash }) => addressHash)}::text[])
      as p (point_id, id, channel, address, address_hash)`;

  const start = () =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--no-prompt",
        new URL("./notifications_worker.ts", import.meta.url).pathname,
        JSON.stringify({ ...setting, databaseUrl: service.appUrl }),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  const running: Deno.ChildProcess[] = [];
  const victims = new Set<Deno.ChildProcess>();
  let ownEnds = 0;
  /** As a supervisor would; an end that nobody brought about is told of. */
  function supervise(place: number): void {
    const worker = start();
    running[place] = worker;
    worker.status.then(() => {
      if (victims.has(worker)) return;
      ownEnds++;
      supervise(place);
    });
  }
  async function kill(worker: Deno.ChildProcess): Promise<void> {
    victims.add(worker);
    try {
      worker.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
    await worker.status;
  }
  for (let place = 0; place < workers; place++) supervise(place);
  let killed = 0;
  async function askForAll(): Promise<void> {
    for (let at = 0; at < people.length; at += RECIPIENTS_PER_MESSAGE) {
      const recipients = people.slice(at, at + RECIPIENTS_PER_MESSAGE).map(({ id }) => ({ id }));
      const body = JSON.stringify({
        template: "appointment-reminder",
        recipients,
        data: { clinic: "Harbour Clinic", when: "Tuesday at 14:00" },
        // A caller who was told 503 asks again, as any caller would.
        dedupeKey: `part ${at}`,
      });
      await until("a message to be taken", async () => {
        const response = await app.request("/api/communication/messages", {
          method: "POST",
          body,
          headers: {
            ...service.headersOf({ organizationId }),
            "content-type": "application/json",
          },
        });
        const text = await response.text();
        if (response.status === 503) return undefined;
        if (response.status !== 202) throw new Error(`asking answered ${response.status}: ${text}`);
        return true;
      });
    }
  }
  // Each kill meets work: it comes when so many more messages were taken.
  async function killInTurn(): Promise<void> {
    const step = Math.floor(notifications / (kills + 1));
    while (killed < kills) {
      const enough = step * (killed + 1);
      await until(
        `${enough} messages`,
        () => Promise.resolve(simulators.taken.length >= enough ? true : undefined),
        RECOVERY_MS,
      );
      const place = killed % workers;
      await kill(running[place]!);
      supervise(place);
      killed++;
      say(`a worker was killed after ${simulators.taken.length} messages`);
    }
  }
  try {
    await Promise.all([askForAll(), killInTurn()]);
    await until("every delivery to end", async () => {
      const [row] = await service.owner<{ open: number }[]>`
        select count(*)::int as open from deliveries
        where state in ('queued', 'deferred', 'sending', 'unknown')`;
      return row?.open === 0 ? true : undefined;
    }, RECOVERY_MS);
    await simulators.settle();
  } finally {
    await Promise.all(running.map(kill));
    await server.shutdown();
  }

  const rows = await service.owner<{ address: string; channel: string; state: string }[]>`
    select p.address, d.channel, d.state from deliveries d
    join contact_points p on p.recipient_id = d.recipient_id`;
  const attempts = await service.owner<{ address: string; settled: string }[]>`
    select p.address, coalesce(a.settled, 'open') as settled from delivery_attempts a
    join deliveries d on d.id = a.delivery_id
    join contact_points p on p.recipient_id = d.recipient_id
    where a.outcome = 'ambiguous' or a.outcome is null`;
  const countBy = (values: string[]) =>
    Object.fromEntries(
      Map.groupBy(values, (value) => value).entries().map(([value, all]) => [
        value,
        all.length,
      ]),
    );
  const times = countBy(simulators.taken.map(({ to }) => to));
  const doubted = new Set(attempts.map(({ address }) => address));
  const wrong: string[] = [];
  if (ownEnds > 0) wrong.push(`workers ended by themselves ${ownEnds} times`);
  if (rows.length !== notifications) wrong.push(`${rows.length} deliveries of ${notifications}`);
  let doubledTexts = 0;
  for (const { address, channel, state } of rows) {
    const taken = times[address] ?? 0;
    if (!["accepted", "sent", "delivered"].includes(state)) wrong.push(`${address} is ${state}`);
    if (taken === 0) wrong.push(`${address} was never written to`);
    if (taken > 1 && channel === "email") wrong.push(`${address} got ${taken} letters`);
    if (taken > 1 && channel === "sms") {
      doubledTexts++;
      if (!doubted.has(address)) wrong.push(`${address} got ${taken} texts, and nobody doubted`);
    }
  }
  for (const { address, settled } of attempts) {
    if (settled === "open") wrong.push(`a try at ${address} was never settled`);
  }
  return {
    kills: killed,
    states: countBy(rows.map(({ state }) => state)),
    settled: countBy(attempts.map(({ settled }) => settled)),
    doubledTexts,
    tookMs: Math.round(performance.now() - startedAt),
    wrong,
  };
}

/** `deno run -A tools/chaos/notifications.ts [notifications] [kills]`: the long form. */
if (import.meta.main) {
  const say = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
  const [notifications = "6000", kills = "12"] = Deno.args;
  const result = await playNotificationChaos({
    notifications: Number(notifications),
    kills: Number(kills),
    say,
  });
  say(JSON.stringify(result, null, 2));
  Deno.exit(result.wrong.length === 0 ? 0 : 1);
}
