/** What content costs: search as others grow, uploads against the bare disk, memory, HL7. */
import type { Platform } from "@praxis/local/platform";
import { newId } from "@praxis/shared/id";
import { startJobs } from "@praxis/shared/jobs";
import { connect } from "@praxis/shared/postgres";
import { silent } from "@praxis/shared/telemetry";
import { testUser } from "@praxis/shared/testing";
import { type SignedIn, signIn, until } from "@praxis/tools/client";
import postgres from "postgres";
import { z } from "zod";
import type { Deps } from "../services/content/deps.ts";
import * as ingestion from "../services/content/ingestion/ingestion.ts";
import { createSenders } from "../services/content/ingestion/senders.ts";
import { createCommits } from "../services/content/messages/commits.ts";
import { receive } from "../services/content/messages/messages.ts";
import { uploadLimits } from "../services/content/uploads/model.ts";
import { residentMiB, spreadOf } from "./measure.ts";
import { say } from "./report.ts";

const FEW = 20_000;
const MANY = 200_000;
/** The measured organization has as many notes in both: what is asked is what the others cost it. */
const OWN = 2_000;
const OTHERS = 40;
const VOCABULARY = 20_000;
const WORDS_PER_NOTE = 100;
const SEARCHES = 120;
const SEARCH_ROUNDS = 2;
const UPLOAD_BYTES = 64 * 1024 * 1024;
const UPLOAD_ROUNDS = 8;
const STREAM_FILES = 5;
const STREAM_BYTES = 199 * 1024 * 1024;
const MESSAGES = 1_000;
const MESSAGE_ROUNDS = 3;
/** So many times as many messages come in batches: a few requests say little of a rate. */
const BATCHED = 4;
const READ_LIMIT_MS = 300_000;
const PARALLEL = 16;

const round = (value: number) => value.toPrecision(3);
const percentile = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

/** Different notes to draw from: making words costs more than indexing them. */
const DIFFERENT = 2_000;
/** Words by Zipf's law: the first is in nearly every note, the last in hardly one. */
const DIFFERENT_NOTES = `
  create temp table bench_notes as
  select n, array_to_tsvector(array(
    select distinct 'w' || floor(power(${VOCABULARY}, random()))::int
    from generate_series(1, ${WORDS_PER_NOTE} + n * 0))) as tsv
  from generate_series(1, ${DIFFERENT}) as n`;
const NOTES = `
  insert into document_search (organization_id, document_id, part, kind, created_at, tsv)
  select $1::uuid, gen_random_uuid(), 0, $3::text, now() - random() * interval '3 years', b.tsv
  from (select 1 + floor(random() * ${DIFFERENT})::int as pick
        from generate_series(1, $2::int)) as g
  join bench_notes b on b.n = g.pick`;

async function searchTimes(client: SignedIn, contentUrl: string, q: string): Promise<number[]> {
  const times: number[] = [];
  const url = `${contentUrl}/api/content/search?${new URLSearchParams({ q, limit: "20" })}`;
  for (let at = -10; at < SEARCHES; at++) {
    const startedAt = performance.now();
    const response = await client.request(url);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`searching answered ${response.status}`);
    if (at >= 0) times.push(performance.now() - startedAt);
  }
  return times;
}

const claimsOf = ({ accessToken }: SignedIn): { org: string; sub: string } =>
  JSON.parse(
    new TextDecoder().decode(
      Uint8Array.fromBase64(accessToken.split(".")[1]!, { alphabet: "base64url" }),
    ),
  );

const QUERIES = { "a common word": "w2", "two words": "w5 w40", "a prefix": "w12" };

async function searching(client: SignedIn, platform: Platform): Promise<void> {
  const content = platform.urls.content!;
  const env = platform.env("content");
  const sql = postgres(env.DATABASE_MIGRATION_URL!, { max: 1 });
  try {
    const organizationId = claimsOf(client).org;
    const others = Array.from({ length: OTHERS }, () => crypto.randomUUID());
    const rebuild = async (work: () => Promise<void>) => {
      // Built at once afterwards: row by row it would take most of the benchmark.
      await sql`drop index if exists document_search_words`;
      await work();
      await sql`vacuum document_search`;
      await sql`
        create index document_search_words on document_search using gin (organization_id, tsv)
        with (fastupdate = off)`;
      await sql`analyze document_search`;
    };
    const write = async (organizations: string[], each: number, kind: "text" | "other") => {
      for (const organization of organizations) {
        await sql.begin(async (tx) => {
          await tx`select set_config('app.organization_id', ${organization}, true)`;
          await tx.unsafe(NOTES, [organization, each, kind]);
        });
      }
    };
    await sql.unsafe(DIFFERENT_NOTES);
    await rebuild(async () => {
      await write([organizationId], OWN, "text");
      await write(others, (FEW - OWN) / OTHERS, "text");
    });
    const [few, many] = [new Map<string, number[]>(), new Map<string, number[]>()];
    const measureInto = async (times: Map<string, number[]>) => {
      for (const [name, q] of Object.entries(QUERIES)) {
        times.set(name, [...times.get(name) ?? [], ...await searchTimes(client, content, q)]);
      }
    };
    // In turns: a machine that grows slow or fast does so for both.
    for (let round = 0; round < SEARCH_ROUNDS; round++) {
      await measureInto(few);
      await rebuild(() => write(others, (MANY - FEW) / OTHERS, "other"));
      await measureInto(many);
      await rebuild(async () => void await sql`delete from document_search where kind = 'other'`);
    }
    say(`\nSearch p95 of an organization with ${OWN} notes, among ${FEW} and among ${MANY}`);
    for (const name of Object.keys(QUERIES)) {
      const [small, large] = [few, many].map((times) => percentile(times.get(name)!, 0.95));
      say(
        `  ${name}: ${round(small!)} ms, ${round(large!)} ms, ratio ` +
          `${round(large! / small!)} (at most 1.5)`,
      );
    }
  } finally {
    await sql.end();
  }
}

const random = (length: number) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
};

async function uploading(client: SignedIn): Promise<void> {
  const bytes = random(UPLOAD_BYTES);
  const folder = await Deno.makeTempDir();
  const ratios: number[] = [];
  const speeds: number[] = [];
  for (let at = -1; at < UPLOAD_ROUNDS; at++) {
    crypto.getRandomValues(bytes.subarray(0, 64));
    let startedAt = performance.now();
    const file = await Deno.open(`${folder}/${at}`, { createNew: true, write: true });
    for (let from = 0; from < bytes.byteLength;) {
      from += await file.write(bytes.subarray(from, from + 65_536));
    }
    await file.sync();
    file.close();
    const bare = performance.now() - startedAt;
    startedAt = performance.now();
    await client.upload({ name: "bench.bin", bytes });
    const took = performance.now() - startedAt;
    if (at < 0) continue;
    ratios.push(bare / took);
    speeds.push(UPLOAD_BYTES / 1024 / 1024 / took * 1000);
  }
  await Deno.remove(folder, { recursive: true });
  const { min, median, max } = spreadOf(ratios);
  say(`\nUploads through the gateway: ${round(spreadOf(speeds).median)} MiB/s`);
  say(
    `  ÷ writing and syncing the same bytes: ${round(min)} / ${round(median)} / ${round(max)} ` +
      "(at least 0.5)",
  );
}

async function streaming(client: SignedIn, platform: Platform): Promise<void> {
  const pid = platform.processes().find(({ name }) => name === "content")!.pid;
  const bytes = random(STREAM_BYTES);
  const before = await residentMiB(pid);
  let most = before;
  const timer = setInterval(async () => {
    most = Math.max(most, await residentMiB(pid));
  }, 50);
  for (let at = 0; at < STREAM_FILES; at++) {
    crypto.getRandomValues(bytes.subarray(0, 64));
    await client.upload({ name: "stream.bin", bytes });
  }
  clearInterval(timer);
  const total = STREAM_FILES * STREAM_BYTES / 1024 / 1024;
  say(
    `\nMemory of content while ${total} MiB stream in: ${before.toFixed(0)} MiB before, ` +
      `${most.toFixed(0)} at most, ${(await residentMiB(pid)).toFixed(0)} after`,
  );
}

const message = (id: string) =>
  [
    `MSH|^~\\&|LAB|HARBOUR|PRAXIS|CLINIC|20260105120000||ORU^R01^ORU_R01|${id}|P|2.5.1`,
    "PID|1||MRN-4711^^^HARBOUR^MR||Lindqvist^Maja||19840217|F",
    "OBR|1|ORD-1|FIL-1|24331-1^Lipid panel^LN|||20260105080000",
    "OBX|1|NM|2093-3^Cholesterol^LN||5.4|mmol/L|<5.0|H|||F",
  ].join("\r") + "\r";

/** So many messages stand in a batch of HL7's own; each gets an answer. */
const PER_BATCH = 50;

const batch = (id: string) =>
  [
    "FHS|^~\\&|LAB|HARBOUR|PRAXIS|CLINIC|20260105120000",
    `BHS|^~\\&|LAB|HARBOUR|PRAXIS|CLINIC|20260105120000||||${id}`,
    ...Array.from({ length: PER_BATCH }, (_, at) => message(`${id}.${at}`).trimEnd()),
    `BTS|${PER_BATCH}`,
    "FTS|1",
  ].join("\r") + "\r";

async function perSecond(count: number, work: (at: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  const places = Array.from({ length: count }, (_, at) => at).values();
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (const at of places) await work(at);
  }));
  return count / (performance.now() - startedAt) * 1000;
}

const Progress = z.object({
  items: z.array(z.object({ waiting: z.number(), running: z.number() })),
});

/** Resolves when every document has been read. */
async function allRead(client: SignedIn): Promise<void> {
  await until("every message to be read", async () => {
    const { items } = Progress.parse(await client.get("/api/content/ingestion"));
    return items.every(({ waiting, running }) => waiting + running === 0) || undefined;
  }, READ_LIMIT_MS);
}

/** A message becomes so many rows: answer, document, version, bytes, words, link of the trail. */
const ROWS_PER_MESSAGE = 6;

/** Hands messages in as the service does once it has a request, and without a server. */
async function openInside(client: SignedIn, platform: Platform) {
  const { org, sub } = claimsOf(client);
  const url = platform.env("content").DATABASE_URL!;
  const sql = connect(url);
  const jobs = await startJobs({ url, queues: [...ingestion.queues], log: silent });
  const now = () => new Date();
  const deps = { sql, jobs, now, senders: createSenders(), uploadLimits } as unknown as Deps;
  const commit = createCommits(deps);
  const actor = testUser({ organizationId: org, userId: sub });
  return {
    async send(body: string): Promise<void> {
      const request = new Request("http://inside", { method: "POST", body });
      const { code } = await receive(deps, commit, { actor, requestId: newId() }, request);
      if (code !== "AA") throw new Error(code);
    },
    async close() {
      await jobs.stop();
      await sql.end();
    },
  };
}

async function receiving(client: SignedIn, platform: Platform): Promise<void> {
  const sql = postgres(platform.env("content").DATABASE_MIGRATION_URL!, {
    max: PARALLEL,
    onnotice: () => {},
  });
  const inside = await openInside(client, platform);
  const post = async (url: string, body: string) => {
    const response = await client.request(url, {
      method: "POST",
      body,
      headers: { "content-type": "x-application/hl7-v2+er7" },
    });
    return { status: response.status, answer: await response.text() };
  };
  const sendTo = (url: string) => async (id: string) => {
    const { status, answer } = await post(url, message(id));
    if (!answer.includes("MSA|AA|")) throw new Error(`${status} ${answer}`);
  };
  const sendBatchTo = (url: string) => async (id: string) => {
    const { status, answer } = await post(url, batch(id));
    const accepted = answer.split("\rMSA|AA|").length - 1;
    if (accepted !== PER_BATCH) throw new Error(`${status}: ${accepted} of ${PER_BATCH}`);
  };
  const path = "/api/content/hl7";
  const batches: Record<string, (id: string) => Promise<unknown>> = {
    [`in batches of ${PER_BATCH}, to content itself`]: sendBatchTo(
      `${platform.urls.content}${path}`,
    ),
    [`in batches of ${PER_BATCH}, through the gateway`]: sendBatchTo(path),
  };
  const ways: Record<string, (id: string) => Promise<unknown>> = {
    "plain inserts": (id) =>
      sql`insert into bench_messages (id, body) values (${id}, ${message(id)})`,
    [`${ROWS_PER_MESSAGE} rows for each, in one statement`]: (id) =>
      sql`
        insert into bench_messages (id, body)
        select ${id}::text || '.' || n, ${message(id)}
        from generate_series(1, ${ROWS_PER_MESSAGE}::int) as n`,
    "refused unread, through the gateway": async (id) => {
      const { status } = await post(path, id);
      if (status !== 400) throw new Error(`${status}`);
    },
    "messages, without HTTP": (id) => inside.send(message(id)),
    "messages, to content itself": sendTo(`${platform.urls.content}${path}`),
    "messages, through the gateway": sendTo(path),
    ...batches,
  };
  try {
    await sql`create table if not exists bench_messages (id text primary key, body text not null)`;
    const rates = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
    const readRates: number[] = [];
    for (let run = -1; run < MESSAGE_ROUNDS; run++) {
      for (const [way, [name, send]] of Object.entries(ways).entries()) {
        const startedAt = performance.now();
        const each = name in batches ? PER_BATCH : 1;
        const count = MESSAGES * (each === 1 ? 1 : BATCHED) / each;
        const rate = each * await perSecond(
          count,
          async (at) => void await send(`B${run}-${way}-${at}`),
        );
        // What comes next shall not compete with this one's reading.
        await allRead(client);
        if (run < 0) continue;
        rates.get(name)!.push(rate);
        if (name === "messages, to content itself") {
          readRates.push(MESSAGES / (performance.now() - startedAt) * 1000);
        }
      }
    }
    const inserts = rates.get("plain inserts")!;
    say(`\nHL7 messages by ${PARALLEL} senders, each answered after its commit (at least 0.5)`);
    for (const [name, found] of rates) {
      const { min, median, max } = spreadOf(found.map((rate, at) => rate / inserts[at]!));
      say(
        `  ${name}: ${round(spreadOf(found).median)} a second, ` +
          `÷ plain inserts ${round(min)} / ${round(median)} / ${round(max)}`,
      );
    }
    say(
      `  until all are read, found and told to the other services: ` +
        `${round(spreadOf(readRates).median)} a second`,
    );
  } finally {
    await inside.close();
    await sql`drop table if exists bench_messages`;
    await sql.end();
  }
}

export async function content(platform: Platform): Promise<void> {
  const client = await signIn(platform.url, "physician@demo.praxis.test");
  await uploading(client);
  await streaming(client, platform);
  await receiving(client, platform);
  await searching(client, platform);
}
