/** That a search asks whole documents, however many vectors the words of one take. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { read } from "@praxis/shared/postgres";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";
import { compile, RANKED_MAX } from "./model.ts";
import { match } from "./store.ts";

const filler = (words: number) => "lorem ".repeat(words);
/** A little over the megabyte that a vector may have; the short ones leave no room for another. */
const megabyte = [
  ...Array.from({ length: 10_600 }, (_, at) => `${"long".repeat(22)}${at}`),
  ...Array.from({ length: 60 }, (_, at) => `a${at}`),
].join(" ");
/** Begins in one window of 4,000 words and ends in the next. */
const LONG_PHRASE = "one day she told of a child that had not slept for more than three nights " +
  "and who would neither eat nor drink nor speak at all";

describe("a search in long documents", () => {
  let content: TestContent;
  const user = testUser();
  const ids: Record<string, string> = {};
  before(async () => {
    content = await openTestContent();
    const put = async (key: string, text: string, title: string = key) => {
      const given = { fields: { title }, name: `${key}.txt` };
      ids[key] = (await file(content, user, fixtures.textNote(text), given)).id;
    };
    await put("kidney", `kidney ${filler(20_000)}follow-up`);
    await put("greek", `alpha beta ${filler(9_000)}gamma`);
    await put("greeklet", "alpha beta delta");
    await put("apart", `alpha ${filler(5_000)}beta`);
    // With the three words of its names before it, sigma is the last that part 0 knows the place of.
    await put("end", `${filler(16_378)}sigma ${filler(100)}omega`, "x");
    await put("named", `${filler(5_000)}overview`, "Renal chart");
    await put("straddling", `${filler(3_990)}${LONG_PHRASE} ${filler(100)}`);
    await put("overfull", `epsilon ${megabyte} zeta theta`);
    await content.ingestAll();
    const [whole] = await content.service.owner`
      select tsv @@ 'epsilon' as has_first, tsv @@ 'theta' as has_last from document_search
      where document_id = ${ids.overfull!} and part = 0`;
    deepEqual({ ...whole }, { hasFirst: true, hasLast: false });
  });
  after(() => content[Symbol.asyncDispose]());

  const idsOf = async (by: User, q: string): Promise<string[]> => {
    const response = await get(content, by, `/api/content/search?${new URLSearchParams({ q })}`);
    const body = await response.json();
    equal(response.status, 200, JSON.stringify(body));
    return body.items.map(({ document }: { document: { id: string } }) => document.id);
  };

  const cases: [q: string, keys: string[]][] = [
    ["kidney follow-up", ["kidney"]],
    ['"follow up" kidney', ["kidney"]],
    ['"follow down" kidney', []],
    ["kidney foll", ["kidney"]],
    ["gamma alpha-bet", ["greek"]],
    ['"alpha beta"', ["greek", "greeklet"]],
    ['"alpha beta" -gamma', ["greeklet"]],
    ['"alpha beta" gam', ["greek"]],
    ['"alpha beta" or kidney', ["greek", "greeklet", "kidney"]],
    ['alpha beta -"alpha beta"', ["apart"]],
    ['alpha -gamma -"beta delta"', ["apart"]],
    ['-"lorem lorem"', ["greeklet", "overfull"]],
    ["-lorem -delta", ["overfull"]],
    ['delta or -"lorem lorem"', ["greeklet", "overfull"]],
    ['"sigma omega"', []],
    ['"renal chart" overview', ["named"]],
    ['"renal chart" -overview', []],
    [`"${LONG_PHRASE}"`, ["straddling"]],
    [`"${LONG_PHRASE.replace("at all", "at night")}"`, []],
    ["epsilon zeta", ["overfull"]],
    ["epsilon -zeta", []],
    ['"zeta theta" epsilon', ["overfull"]],
    ["zet", ["overfull"]],
  ];
  for (const [q, keys] of cases) {
    it(`finds ${q.slice(0, 40)}`, async () => {
      deepEqual((await idsOf(user, q)).sort(), keys.map((key) => ids[key]).sort());
      deepEqual(await idsOf(testUser(), q), []);
    });
  }

  it("ranks as many documents as it may, however many parts they have", async () => {
    const { organizationId } = testUser();
    const owner = content.service.owner;
    await owner`
      insert into document_search (organization_id, document_id, part, kind, created_at, tsv)
      select ${organizationId}, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, part,
             'text', timestamptz '2026-01-01' + n * interval '1 minute',
             case when part = 2 and n % 2 = 0 then 'chest:1 tight:2' else 'chest:1 pain:2' end
               ::tsvector || case part when 0 then 'tight' else '' end::tsvector
      from generate_series(1, 1300) as n, generate_series(0, 3) as part`;
    const newest = await read(content.deps.sql, { organizationId }, async (tx) =>
      await match(tx, {
        compiled: compile('"chest pain" -"chest tight" '),
        from: undefined,
        to: "2026-12-31T00:00:00Z",
      }));
    deepEqual(
      newest.map(({ documentId }) => Number(documentId.slice(-4))),
      Array.from({ length: RANKED_MAX }, (_, at) => 1299 - 2 * at),
    );
    ok(newest.every(({ rank }) => rank > 0));
  });
});
