/** Measures search at 10,000 and at 1,000,000 patients, free times and bookings (`bench practice`). */
import { newId } from "@praxis/shared/id";
import { APPOINTMENTS, openClinic, openPractice, PATIENTS } from "./testing.ts";

const SYLLABLES = {
  first:
    "ba be bra da de do fa fe ga go ha he ja ka ke kra la le ma me na no pa pe ra re sa sche ta wa",
  second: "lan ber den mar nor ver sen tal rin gel ker man len dor wil hol",
  third: "berg mann stein feld er sen ski ova ic ez ini ard off berger meier hofer",
  given: "an be cla da el fre ga hel in jo ka le ma ni ol pa ro sa ti ul vi wal",
  ending: "na rt ra vid la da bri ga ge hn rin on ria co af tra sa ndra mo ke ktor ter",
};
const list = (words: string) => `('{${words.replaceAll(" ", ",")}}'::text[])`;
const pick = (words: string, seed: string) =>
  `${list(words)}[1 + (${seed}) % ${words.split(" ").length}]`;

/** A number that looks random and is the same on every machine. */
const hash = (salt: number) => `(('x' || substr(md5(n || '/${salt}'), 1, 7))::bit(28)::int)`;
/** Some names are borne by many: the smaller the number, the more often. */
const skewed = (salt: number) => `floor(power(${hash(salt)} / 268435456.0, 2) * 1000)::int`;

const family = `${pick(SYLLABLES.first, skewed(1))} || ${pick(SYLLABLES.second, hash(2))} || ${
  pick(SYLLABLES.third, hash(3))
}`;
const given = `${pick(SYLLABLES.given, skewed(4))} || ${pick(SYLLABLES.ending, hash(5))}`;

type Practice = Awaited<ReturnType<typeof openPractice>>;

/** Writes `count` patients on the server; indexes that cost most are made afterwards. */
async function generate(
  { service: { owner } }: Practice,
  organizationId: string,
  count: number,
) {
  await owner.unsafe("set statement_timeout = 0; set maintenance_work_mem = '512MB'");
  await owner.unsafe("drop index patient_names_by_part; drop index patient_names_by_sound");
  await owner.unsafe(`
    create temp table generated as
    select n, gen_random_uuid() as id, ${family} as family, ${given} as given,
           (date '1930-01-01' + ${hash(6)} % 33000)::text as birth_date
    from generate_series(1, ${count}) as n;
    insert into patients (id, organization_id, birth_date, sex, is_confidential, demographics,
                          created_at, updated_at)
    select id, '${organizationId}', birth_date, 'unknown', false,
           jsonb_build_object('name', jsonb_build_object(
             'family', initcap(family), 'given', jsonb_build_array(initcap(given)))), now(), now()
    from generated;
    insert into patient_identifiers (organization_id, system, value, patient_id, position)
    select '${organizationId}', 'urn:bench', 'B' || n, id, 0 from generated;
    insert into patient_names (organization_id, patient_id, key, is_chief)
    select '${organizationId}', id, key, is_chief from generated,
      lateral (values (' ' || family || ' ' || given, true), (' ' || given || ' ' || family, false))
        as k(key, is_chief);
    create index patient_names_by_part on patient_names
      using gin (organization_id, key gin_trgm_ops) with (fastupdate = off) where is_chief;
    create index patient_names_by_sound on patient_names
      using gin (organization_id, phonetic) with (fastupdate = off) where is_chief;`);
  // What autovacuum does in time.
  for (const table of ["patients", "patient_names", "patient_identifiers"]) {
    await owner.unsafe(`vacuum analyze ${table}`);
  }
}

const SAMPLE = 60;
const ROUNDS = 5;

type Query = { kind: string; query: Record<string, string> };

/** What people type, made from patients who are there. */
async function queriesOf({ service: { owner } }: Practice): Promise<Query[]> {
  const rows = await owner<{ family: string; given: string; birthDate: string; n: string }[]>`
    select family, given, birth_date, n from generated order by md5(n::text) limit ${SAMPLE}`;
  return rows.flatMap(({ family, given, birthDate, n }) => [
    { kind: "given and family name", query: { q: `${given} ${family}` } },
    { kind: "family name", query: { q: family } },
    { kind: "beginnings of both", query: { q: `${family.slice(0, 4)} ${given.slice(0, 2)}` } },
    { kind: "beginning of one", query: { q: family.slice(0, 3) } },
    {
      kind: "as it sounds",
      query: { q: `${family.replace(/e/, "eh").replace(/k/, "c")} ${given}` },
    },
    { kind: "a part", query: { q: family.slice(2, 8) } },
    { kind: "name and birth date", query: { q: family, birthDate } },
    { kind: "birth date", query: { birthDate } },
    { kind: "identifier", query: { identifier: `urn:bench|B${n}` } },
  ]);
}

const p95 = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!;
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

type Say = (line: string) => void;

/** The size of the larger organization may be made smaller for a quick look. */
export async function benchSearch(say: Say, [small, large] = [10_000, 1_000_000]): Promise<number> {
  type Side = {
    practice: Practice;
    call: ReturnType<Practice["as"]>;
    queries: Query[];
    times: Map<string, number[]>[];
  };
  const sides: Side[] = [];
  for (const count of [small!, large!]) {
    const practice = await openPractice();
    const organizationId = newId();
    const startedAt = performance.now();
    await generate(practice, organizationId, count);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    say(`${count} patients generated and indexed in ${seconds} s`);
    const call = practice.as({ organizationId });
    sides.push({ practice, call, queries: await queriesOf(practice), times: [] });
  }
  try {
    const kinds = [...new Set(sides[0]!.queries.map(({ kind }) => kind))];
    for (let round = 0; round <= ROUNDS; round++) {
      for (const side of sides) {
        const times = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
        for (const { kind, query } of side.queries) {
          const startedAt = performance.now();
          const response = await side.call("GET", `${PATIENTS}?${new URLSearchParams(query)}`);
          const { items } = await response.json();
          times.get(kind)!.push(performance.now() - startedAt);
          if (items.length === 0 && kind !== "as it sounds") {
            throw new Error(`${kind} found nothing`);
          }
        }
        // The first round warms up.
        if (round > 0) side.times.push(times);
      }
    }
    const ratioOf = (timesOf: (times: Map<string, number[]>) => number[]) => {
      const [before, after] = sides.map(({ times }) => times.map((one) => p95(timesOf(one))));
      const ratios = after!.map((value, round) => value / before![round]!);
      return { before: median(before!), after: median(after!), ratio: median(ratios) };
    };
    const line = (name: string, { before, after, ratio }: ReturnType<typeof ratioOf>) =>
      say(
        `${name.padEnd(24)} ${before.toFixed(1).padStart(7)} ms ${
          after.toFixed(1).padStart(7)
        } ms  × ${ratio.toFixed(2)}`,
      );
    say(`p95 of a search through the service, at ${small} and at ${large} (median of ${ROUNDS})`);
    for (const kind of kinds) line(kind, ratioOf((times) => times.get(kind)!));
    const all = ratioOf((times) => [...times.values()].flat());
    line("all of them", all);
    return all.ratio;
  } finally {
    for (const { practice } of sides) await practice[Symbol.asyncDispose]();
  }
}

const BOOKINGS = 400;

/** One after the other, then fifty at once for the same time. */
export async function benchBooking(say: Say): Promise<void> {
  await using practice = await openPractice();
  const { call, booking, practitioner } = await openClinic(practice);
  const start = Date.parse("2026-02-02T00:00:00Z");
  const time = (n: number) => new Date(start + n * 15 * 60_000).toISOString();
  const timed = async (count: number, run: (n: number) => Promise<Response>) => {
    const times: number[] = [];
    for (let n = 0; n < count; n++) {
      const startedAt = performance.now();
      const response = await run(n);
      await response.body?.cancel();
      if (!response.ok) throw new Error(`answered ${response.status}`);
      times.push(performance.now() - startedAt);
    }
    return `median ${median(times).toFixed(1)} ms, p95 ${p95(times).toFixed(1)} ms`;
  };
  const book = (n: number) => call("POST", APPOINTMENTS, { body: booking(time(n), time(n + 1)) });
  say(`booking, ${BOOKINGS} in a row: ${await timed(BOOKINGS, book)}`);
  const query = new URLSearchParams({
    practitionerId: practitioner.id,
    from: "2026-02-02T00:00:00Z",
    to: "2026-03-02T00:00:00Z",
    durationMinutes: "30",
  });
  const slots = () => call("GET", `/api/practice/slots?${query}`);
  say(`free slots of four weeks: ${await timed(100, slots)}`);
  const answers = await Promise.all(Array.from({ length: 50 }, () => book(BOOKINGS + 1)));
  const booked = answers.filter(({ status }) => status === 201).length;
  const taken = answers.filter(({ status }) => status === 409).length;
  say(`fifty at once for one time: ${booked} booked, ${taken} told that it is taken`);
  if (booked !== 1 || taken !== 49) throw new Error("somebody was booked twice, or nobody");
}
