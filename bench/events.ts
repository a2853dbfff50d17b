/** `deno run -A bench/events.ts [events]`: what a relayed fact costs, as ratios of one run. */
import { defineEvent, eventRoutes, onEvent, publish, startRelay } from "@praxis/shared/events";
import { createService } from "@praxis/shared/http";
import { newId } from "@praxis/shared/id";
import { defineQueue, startJobs } from "@praxis/shared/jobs";
import { transaction } from "@praxis/shared/postgres";
import { silent } from "@praxis/shared/telemetry";
import { openTestService } from "@praxis/shared/testing";
import { z } from "zod";
import { spreadOf } from "./measure.ts";
import { say } from "./report.ts";

const ROUNDS = 3;
const IDLE_SAMPLES = 60;
const LIVE_SAMPLES = 30;
/** As an import leaves them, all of one organization. */
const BACKLOG = 50_000;
const Data = z.strictObject({ n: z.int() });
const folder = new URL("../shared/testing/fixtures/migrations/", import.meta.url);

const Counted = defineEvent({
  type: "thing.counted",
  version: 1,
  data: Data,
  subscribers: ["listener"],
});
const Count = defineQueue({ name: "count", data: Data });

const round = (value: number) => value >= 100 ? value.toFixed(0) : value.toPrecision(3);
const p50 = (values: number[]) => spreadOf(values).median;

/** Teller and listener are two databases and one process, as are pg-boss and its worker. */
async function open() {
  const teller = await openTestService({ service: "things", folder });
  const listener = await openTestService({ service: "things", folder });
  let onHandled = (_n: number) => {};
  const routes = eventRoutes(listener.deps.sql, {
    "thing.counted": onEvent({
      data: Data,
      apply: (_tx, _event, { n }) => Promise.resolve(onHandled(n)),
    }),
  });
  const app = createService({ name: "listener", features: [routes], identify: listener.identify });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
  const relay = await startRelay({
    sql: teller.deps.sql,
    discover: () => `http://127.0.0.1:${server.addr.port}`,
    serviceToken: () => Promise.resolve("service-things"),
    log: silent,
  });
  const jobs = await startJobs({ url: teller.appUrl, queues: [Count], log: silent });
  let onJob = (_n: number) => {};
  await jobs.work(Count, ({ n }) => Promise.resolve(onJob(n)));
  return {
    teller,
    jobs,
    relay,
    handle: (next: typeof onHandled) => void (onHandled = next),
    work: (next: typeof onJob) => void (onJob = next),
    async close() {
      await relay.stop();
      await jobs.stop();
      await server.shutdown();
      await teller[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

type Bench = Awaited<ReturnType<typeof open>>;

/** Resolves when `listen` has been called `count` times. */
function counter(count: number, listen: (next: (n: number) => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  listen(() => {
    if (++seen === count) resolve();
  });
  return promise;
}

const tell = ({ teller }: Bench, organizationId: string, n: number) =>
  transaction(teller.deps.sql, { organizationId }, (tx) =>
    publish(tx, Counted, {
      source: "things",
      organizationId,
      subject: newId(),
      at: new Date(),
      data: { n },
    }));

/** Writes `count` facts at once, as an import leaves them. */
async function pileUp({ teller }: Bench, organizationId: string, count: number): Promise<void> {
  await teller.owner`
    with facts as (
      insert into outbox_events (id, organization_id, aggregate, event)
      select id, ${organizationId}, id::text, jsonb_build_object(
        'specversion', '1.0', 'id', id, 'source', '/things', 'type', 'thing.counted',
        'subject', id, 'time', '2026-01-05T12:00:00Z', 'datacontenttype', 'application/json',
        'dataversion', 1, 'organizationid', ${organizationId}::text,
        'data', jsonb_build_object('n', 0))
      from (select gen_random_uuid() as id from generate_series(1, ${count})) as made
      returning seq, aggregate
    )
    insert into outbox_deliveries (seq, subscriber, organization_id, aggregate)
    select seq, 'listener', ${organizationId}, aggregate from facts`;
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return count / (performance.now() - startedAt) * 1000;
}

async function relayed(bench: Bench, count: number): Promise<number> {
  await pileUp(bench, newId(), count);
  const all = counter(count, bench.handle);
  return await perSecond(count, async () => {
    void bench.relay.drain();
    await all;
  });
}

async function worked(bench: Bench, count: number): Promise<number> {
  const organizationId = newId();
  const all = counter(count, bench.work);
  const { sql } = bench.teller.deps;
  await transaction(sql, { organizationId }, async (tx) => {
    for (let n = 0; n < count; n++) await bench.jobs.send(tx, Count, { n }, { organizationId });
  });
  const sentAt = performance.now();
  await all;
  // The worker begins with the commit: what was sent is not worked before.
  return count / (performance.now() - sentAt) * 1000;
}

/** Milliseconds from a commit to the handler, `samples` times. */
async function latencies(
  bench: Bench,
  samples: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number[]> {
  const organizationId = newId();
  const values: number[] = [];
  for (let n = 1; n <= samples; n++) {
    await between();
    const { promise, resolve } = Promise.withResolvers<number>();
    bench.handle((heard) => heard === n && resolve(performance.now()));
    await tell(bench, organizationId, n);
    const committedAt = performance.now();
    values.push(Math.max(await promise - committedAt, 0));
  }
  return values;
}

/**
 * The same, each after a plain commit, so that whatever else the machine does meets both; and each
 * once nothing is under way, as the end of the fact before would meet only the commit.
 */
async function idleAndCommit(bench: Bench, samples: number) {
  const organizationId = newId();
  const commits: number[] = [];
  const commit = async () => {
    while (await countWaiting(bench) > 0);
    const startedAt = performance.now();
    await transaction(
      bench.teller.deps.sql,
      { organizationId },
      (tx) =>
        tx`insert into things (id, organization_id, name) values (${newId()}, ${organizationId}, 'x')`,
    );
    commits.push(performance.now() - startedAt);
  };
  const values = await latencies(bench, samples, commit);
  return { idle: p50(values), commit: p50(commits) };
}

async function countWaiting({ teller }: Bench): Promise<number> {
  const [row] = await teller.owner<{ count: number }[]>`
    select count(*)::int as count from outbox_deliveries where state = 'pending'`;
  return row!.count;
}

export async function benchEvents(count: number): Promise<void> {
  const bench = await open();
  try {
    await latencies(bench, 10);
    const rows: Record<"relay" | "boss" | "idle" | "commit" | "live" | "left", number>[] = [];
    for (let at = 0; at < ROUNDS; at++) {
      const { idle, commit } = await idleAndCommit(bench, IDLE_SAMPLES);
      const relay = await relayed(bench, count);
      const boss = await worked(bench, Math.min(count, 2_000));
      await pileUp(bench, newId(), BACKLOG);
      void bench.relay.drain();
      const live = p50(await latencies(bench, LIVE_SAMPLES));
      const left = await countWaiting(bench);
      // The rest of the backlog is of no interest.
      await bench.teller.owner`
        update outbox_deliveries set state = 'delivered'
        where (subscriber, seq) in (
          select subscriber, seq from outbox_deliveries
          where state = 'pending' and leased_until is null for update skip locked)`;
      await bench.relay.drain();
      rows.push({ relay, boss, idle, commit, live, left });
    }
    const spread = (pick: (row: typeof rows[number]) => number) => {
      const { min, median, max } = spreadOf(rows.map(pick));
      return `${round(min)} / ${round(median)} / ${round(max)}`;
    };
    say(`\nFacts, ${count} at a time (minimum / median / maximum of ${ROUNDS} rounds)`);
    say(`relayed events/s                               ${spread(({ relay }) => relay)}`);
    say(`pg-boss jobs/s                                 ${spread(({ boss }) => boss)}`);
    say(`relayed ÷ pg-boss                              ${spread((r) => r.relay / r.boss)}`);
    say(`a commit, ms                                   ${spread(({ commit }) => commit)}`);
    say(`commit to handler, idle, ms                    ${spread(({ idle }) => idle)}`);
    say(`idle ÷ a commit                                ${spread((r) => r.idle / r.commit)}`);
    say(`another's backlog, of ${BACKLOG}, at the end    ${spread(({ left }) => left)}`);
    say(`commit to handler behind that backlog, ms      ${spread(({ live }) => live)}`);
    say(`behind ÷ idle                                  ${spread((r) => r.live / r.idle)}`);
    say(JSON.stringify({ title: "events", at: new Date().toISOString(), count, rounds: rows }));
  } finally {
    await bench.close();
  }
}

if (import.meta.main) {
  await benchEvents(Number(Deno.args[0] ?? 2_000));
  Deno.exit(0);
}
