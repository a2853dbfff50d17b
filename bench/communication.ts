/** `deno run -A bench/communication.ts [messages] [backlog]`: what sending costs, as ratios of one run. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { defineQueue, startJobs } from "@praxis/shared/jobs";
import { transaction } from "@praxis/shared/postgres";
import { silent } from "@praxis/shared/telemetry";
import { openTestService, testUser } from "@praxis/shared/testing";
import { z } from "zod";
import { simulatedAccounts } from "../services/communication/accounts/platform.ts";
import { createApp } from "../services/communication/app.ts";
import { startWorker } from "../services/communication/deliveries/deliveries.ts";
import { providers } from "../services/communication/providers/providers.ts";
import { hashAddress, seal } from "../services/communication/sealing.ts";
import { createSimulators, PREFIX } from "../services/communication/simulators/simulators.ts";
import { standalone } from "../services/communication/standalone.ts";
import { spreadOf } from "./measure.ts";
import { say } from "./report.ts";

const ROUNDS = 3;
const PARALLEL = 8;
const SMALL = 10;
const KEY = "a key for benchmarks only, 32 characters or more";
const folder = new URL("../services/communication/migrations/", import.meta.url);
const Send = defineQueue({ name: "bench-send", data: z.strictObject({ id: z.uuid() }) });
const data = { clinic: "Harbour Clinic", when: "Tuesday at 14:00" };
const round = (value: number) => value >= 100 ? value.toFixed(0) : value.toPrecision(3);

async function open() {
  const service = await openTestService({ service: "communication", folder });
  let onTaken = () => {};
  const simulators = createSimulators({ onTaken: () => onTaken() });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => simulators.handle(request) ?? new Response(null, { status: 404 }),
  );
  const deps = standalone(service.deps, {
    simulatorsUrl: `http://127.0.0.1:${server.addr.port}${PREFIX}`,
    accounts: simulatedAccounts("eu").filter(({ provider }) => provider === "resend"),
    encryptionKey: KEY,
    timeoutMs: 10_000,
    limits: { leaseSeconds: 60, settleSeconds: 60, mayCallInside: true },
  });
  const jobs = await startJobs({ url: service.appUrl, queues: [Send], log: silent });
  const worker = await startWorker(deps);
  return {
    service,
    deps,
    jobs,
    app: createApp(deps, { identify: service.identify }),
    listen: (next: () => void) => void (onTaken = next),
    async close() {
      await worker.stop();
      await jobs.stop();
      await server.shutdown();
      await service[Symbol.asyncDispose]();
    },
  };
}
type Bench = Awaited<ReturnType<typeof open>>;

async function addPatients(
  { service }: Bench,
  organizationId: string,
  count: number,
): Promise<string[]> {
  const people = Array.from({ length: count }, (_, n) => {
    const address = `patient${n}@patients.example`;
    const addressHash = hashAddress(KEY, { organizationId, channel: "email", address });
    return { id: newId(), pointId: newId(), address, addressHash };
  });
  await service.owner`
    insert into recipients (organization_id, id, kind, updated_at)
    select ${organizationId}, id, 'patient', now()
    from unnest(${people.map(({ id }) => id)}::uuid[]) as one (id)`;
  await service.owner`
    insert into contact_points (id, organization_id, recipient_id, channel, address, address_hash,
                                state, created_at)
    select point_id, ${organizationId}, id, 'email', address, address_hash, 'verified', now()
    from unnest(${people.map(({ pointId }) => pointId)}::uuid[],
                ${people.map(({ id }) => id)}::uuid[],
                ${people.map(({ address }) => address)}::text[],
                ${people.map(({ addressHash }) => addressHash)}::text[])
      as one (point_id, id, address, address_hash)`;
  // As the database does by itself a minute later.
  await service.owner`analyze recipients, contact_points`;
  return people.map(({ id }) => id);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>) {
  const left = [...items];
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  }));
}

async function ask({ app, service }: Bench, organizationId: string, recipients: string[]) {
  const response = await app.request("/api/communication/messages", {
    method: "POST",
    body: JSON.stringify({
      template: "appointment-reminder",
      recipients: recipients.map((id) => ({ id })),
      data,
    }),
    headers: { ...service.headersOf({ organizationId }), "content-type": "application/json" },
  });
  await response.body?.cancel();
  if (response.status !== 202) throw new Error(`asking answered ${response.status}`);
}

async function untilAccepted({ service }: Bench, organizationId: string, count: number) {
  for (;;) {
    const [row] = await service.owner<{ count: number }[]>`
      select count(*)::int as count from deliveries
      where organization_id = ${organizationId} and state = 'accepted'`;
    if (row!.count >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Messages per second, from the request at our API to a delivery that the provider has accepted. */
async function ours(bench: Bench, count: number): Promise<number> {
  const organizationId = newId();
  const ids = await addPatients(bench, organizationId, count);
  const startedAt = performance.now();
  await inParallel(ids, (id) => ask(bench, organizationId, [id]));
  await untilAccepted(bench, organizationId, count);
  return count / (performance.now() - startedAt) * 1000;
}

/** The same with pg-boss: a row, an audit row and a job; a try on record; the call; its end. */
async function boss(bench: Bench, count: number): Promise<number> {
  const { deps, jobs } = bench;
  const organizationId = newId();
  const [account] = deps.platformAccounts;
  const actor = testUser({ organizationId });
  const done = Promise.withResolvers<void>();
  let left = count;
  onJob = async (id) => {
    const scope = { organizationId };
    await transaction(deps.sql, scope, async (tx) => {
      await tx`update deliveries set state = 'sending', attempts = 1 where id = ${id}`;
      await tx`
        insert into delivery_attempts
          (delivery_id, n, organization_id, account_id, provider, started_at)
        values (${id}, 1, ${organizationId}, ${account!.id}, 'resend', now())`;
    });
    const result = await providers.resend.send(deps.calls, account!, {
      deliveryId: id,
      to: "patient@patients.example",
      content: { subject: "Your appointment", text: "Harbour Clinic: Tuesday at 14:00." },
      callbackUrl: "https://clinic.example",
    });
    await transaction(deps.sql, scope, async (tx) => {
      await tx`
        update delivery_attempts set outcome = ${result.outcome}, ended_at = now()
        where delivery_id = ${id} and n = 1`;
      await tx`update deliveries set state = 'accepted' where id = ${id}`;
    });
    if (--left === 0) done.resolve();
  };
  const startedAt = performance.now();
  await inParallel(Array.from({ length: count }, newId), async (id) => {
    await transaction(deps.sql, { organizationId }, async (tx) => {
      await insertMessage(tx, organizationId, id);
      await tx`
        insert into deliveries (id, organization_id, message_id, recipient_id, channel, state,
                                due_at, created_at, updated_at)
        values (${id}, ${organizationId}, ${id}, ${id}, 'email', 'held', now(), now(), now())`;
      await jobs.send(tx, Send, { id }, { organizationId });
      const subject = { type: "message", id };
      await record(tx, new Date(), { actor, organizationId, action: "bench", subject });
    });
  });
  await done.promise;
  return count / (performance.now() - startedAt) * 1000;
}
let onJob: (id: string) => Promise<void> = () => Promise.resolve();

async function insertMessage(
  db: Parameters<Parameters<typeof transaction>[2]>[0],
  organizationId: string,
  id: string,
) {
  const sealed = seal(KEY, "message-data", id, JSON.stringify(data));
  await db`
    insert into messages (id, organization_id, category, template, sealed_data, expires_at,
                          created_by, created_at)
    values (${id}, ${organizationId}, 'appointment', 'appointment-reminder', ${sealed as never},
            now() + interval '1 day', 'bench', now())`;
}

/** Milliseconds until ten messages of an organization are accepted. */
async function small(bench: Bench): Promise<number> {
  const organizationId = newId();
  const ids = await addPatients(bench, organizationId, SMALL);
  const startedAt = performance.now();
  await ask(bench, organizationId, ids);
  await untilAccepted(bench, organizationId, SMALL);
  return performance.now() - startedAt;
}

async function pileUp(bench: Bench, organizationId: string, count: number): Promise<void> {
  const ids = await addPatients(bench, organizationId, Math.ceil(count / 10));
  const messageId = newId();
  await insertMessage(bench.service.owner as never, organizationId, messageId);
  await bench.service.owner`
    insert into deliveries (id, organization_id, message_id, recipient_id, channel, state, due_at,
                            created_at, updated_at)
    select gen_random_uuid(), ${organizationId}, ${messageId}, id, 'email', 'queued',
           now(), now(), now()
    from unnest(${ids}::uuid[]) as one (id), generate_series(1, 10)`;
}

export async function benchCommunication(count: number, backlog: number): Promise<void> {
  const bench = await open();
  try {
    await bench.jobs.work(Send, ({ id }) => onJob(id));
    await ours(bench, 50);
    await boss(bench, 50);
    const rows: { ours: number; boss: number; alone: number }[] = [];
    for (let at = 0; at < ROUNDS; at++) {
      rows.push({
        ours: await ours(bench, count),
        boss: await boss(bench, count),
        alone: await small(bench),
      });
    }
    await pileUp(bench, newId(), backlog);
    const behind: number[] = [];
    for (let at = 0; at < ROUNDS; at++) behind.push(await small(bench));
    const show = (values: number[]) => {
      const { min, median, max } = spreadOf(values);
      return `${round(min)} / ${round(median)} / ${round(max)}`;
    };
    say(`\nMessages, ${count} at a time (minimum / median / maximum of ${ROUNDS} rounds)`);
    say(`API to accepted, messages/s                  ${show(rows.map(({ ours }) => ours))}`);
    say(`pg-boss with the same work, messages/s       ${show(rows.map(({ boss }) => boss))}`);
    say(`API to accepted ÷ pg-boss                    ${show(rows.map((r) => r.ours / r.boss))}`);
    say(`ten of a small organization alone, ms        ${show(rows.map(({ alone }) => alone))}`);
    say(`ten behind another's ${backlog}, ms          ${show(behind)}`);
    say(
      `behind ÷ alone                               ${
        show(rows.map(({ alone }, at) => behind[at]! / alone))
      }`,
    );
    say(JSON.stringify({ title: "communication", at: new Date().toISOString(), rows, behind }));
    // The rest of the backlog is of no interest.
    await bench.service.owner`
      update deliveries set state = 'cancelled' where state in ('queued', 'deferred')`;
  } finally {
    await bench.close();
  }
}

if (import.meta.main) {
  const [messages = "500", backlog = "50000"] = Deno.args;
  await benchCommunication(Number(messages), Number(backlog));
  Deno.exit(0);
}
