import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

type Result = {
  items: { document: { id: string }; rank: number; highlights: string[] }[];
  nextCursor: string | null;
  facets: { kind: Record<string, number>; category: Record<string, number> };
};

const thisMonth = () => new Date().toISOString().slice(0, 7);

describe("GET /api/content/search", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function search(user: User, query: Record<string, string>): Promise<Result> {
    const response = await get(content, user, `/api/content/search?${new URLSearchParams(query)}`);
    const body = await response.json();
    equal(response.status, 200, JSON.stringify(body));
    return body;
  }
  const idsOf = async (user: User, query: Record<string, string>) =>
    (await search(user, query)).items.map(({ document }) => document.id);

  describe("in a clinic's documents", () => {
    const user = testUser();
    const patientId = crypto.randomUUID();
    const ids: Record<string, string> = {};
    before(async () => {
      const put = async (
        key: string,
        bytes: Uint8Array<ArrayBuffer>,
        name: string,
        fields: Record<string, string> = {},
      ) => ids[key] = (await file(content, user, bytes, { name, fields })).id;
      await put(
        "note",
        fixtures.textNote("Frau Müller: nausea/vomiting, suspected sarcoidosis."),
        "note.txt",
        { category: "notes" },
      );
      await put(
        "letter",
        fixtures.pdf("Referral letter\nSarcoidosis confirmed; sarcoidosis of the lung"),
        "referral_letter.pdf",
        { patientId },
      );
      await put("lab", fixtures.hl7Oru(), "lab.hl7", { patientId, category: "laboratory" });
      await put("summary", fixtures.ccda(), "summary.xml");
      await put("bundle", fixtures.fhirPatientBundle(), "bundle.json");
      await put("broken", fixtures.encryptedPdf(), "secret-scan.pdf");
      await put("titled", fixtures.png(), "x.png", { title: "Sarcoidosis overview" });
      await put(
        "script",
        fixtures.textNote(`Note <script>alert("xss")</script> & fever`),
        "page.html",
      );
      await content.ingestAll();
    });

    const found: [q: string, keys: string[]][] = [
      ["müller", ["note"]],
      ["MULLER", ["note"]],
      ["vomiting", ["note"]],
      ["confirm", ["letter"]],
      ["lindqvist", ["lab"]],
      ["Cholesterol 5.4", ["lab"]],
      ["lindqvist fasting", ["lab"]],
      ["brandao", ["summary"]],
      ["penicillin peanuts", ["summary"]],
      ["Okonkwo sarcoidosis", ["bundle"]],
      ['"suspected sarcoidosis"', ["note"]],
      ['"sarcoidosis suspected"', []],
      ["sarcoidosis -müller -okonkwo -overview", ["letter"]],
      ["penicillin or fasting", ["summary", "lab"]],
      ["secret", ["broken"]],
      ["secret-scan.pdf", ["broken"]],
      ["referral", ["letter"]],
      ["nothingofthekind", []],
      ["?!", []],
      ["'", []],
    ];
    for (const [q, keys] of found) {
      it(`finds ${q}`, async () => {
        deepEqual((await idsOf(user, { q })).sort(), keys.map((key) => ids[key]).sort());
      });
    }

    it("puts a title's word before a text's, and more before fewer", async () => {
      deepEqual((await idsOf(user, { q: "sarcoidosis" })).slice(0, 2), [ids.titled, ids.letter]);
    });

    it("shows where, without a way for markup to get out", async () => {
      const { items } = await search(user, { q: "fever alert" });
      deepEqual(items[0]!.highlights, [
        "Note &#60;script&#62;<mark>alert</mark>(&#34;xss&#34;)&#60;/script&#62; &#38; <mark>fever</mark>",
      ]);
      const [named] = (await search(user, { q: "secret" })).items;
      deepEqual(named!.highlights, ["<mark>secret</mark>-scan.pdf"]);
    });

    it("counts kinds and categories of what it found", async () => {
      deepEqual((await search(user, { q: "sarcoidosis" })).facets, {
        kind: { text: 1, pdf: 1, fhir: 1, image: 1 },
        category: { notes: 1 },
        month: { [thisMonth()]: 4 },
      });
    });

    it("filters, with words or without", async () => {
      deepEqual(await idsOf(user, { patientId }), [ids.lab, ids.letter]);
      deepEqual(await idsOf(user, { q: "sarcoidosis", patientId }), [ids.letter]);
      deepEqual(await idsOf(user, { kind: "hl7v2" }), [ids.lab]);
      deepEqual(await idsOf(user, { category: "notes" }), [ids.note]);
      equal((await idsOf(user, {})).length, 8);
      const today = new Date().toISOString().slice(0, 10);
      equal((await idsOf(user, { from: "2020-01-01T00:00:00+02:00", to: today })).length, 8);
      deepEqual(await idsOf(user, { to: "2020-01-01" }), []);
      deepEqual(await idsOf(user, { from: "2999-01-01" }), []);
    });

    it("says nothing of them to another organization", async () => {
      const stranger = testUser();
      const own = await file(content, stranger, fixtures.textNote("sarcoidosis as well"));
      await content.ingestAll();
      const result = await search(stranger, { q: "sarcoidosis" });
      deepEqual(result.items.map(({ document }) => document.id), [own.id]);
      deepEqual(result.facets, {
        kind: { text: 1 },
        category: {},
        month: { [thisMonth()]: 1 },
      });
      deepEqual(await idsOf(stranger, { patientId }), []);
    });
  });

  it("offers words that are there when it found none", async () => {
    const user = testUser();
    await file(content, user, fixtures.textNote("Sarcoidosis and pneumonia suspected"));
    await content.ingestAll();
    const suggestionFor = async (by: User, q: string) =>
      (await (await get(content, by, `/api/content/search?q=${encodeURIComponent(q)}`)).json())
        .suggestion;
    equal(await suggestionFor(user, "sarcoidossis"), "sarcoidosis");
    equal(await suggestionFor(user, "Pnuemonia sarcoidosis"), "pneumonia sarcoidosis");
    equal(await suggestionFor(user, "sarcoidosis"), null);
    equal(await suggestionFor(user, "zzzzzz"), null);
    equal(await suggestionFor(testUser(), "sarcoidossis"), null);
  });

  it("turns pages without losing or repeating a result while others file", async () => {
    const user = testUser();
    for (let n = 0; n < 7; n++) {
      await file(content, user, fixtures.textNote("x"), {
        fields: { title: n % 3 === 0 ? "ward ward round" : "ward" },
      });
    }
    const all = await idsOf(user, { q: "ward" });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Result = await search(user, {
        q: "ward",
        limit: "2",
        ...(cursor === null ? {} : { cursor }),
      });
      seen.push(...page.items.map(({ document }) => document.id));
      cursor = page.nextCursor;
      await file(content, user, fixtures.textNote("x"), { fields: { title: "ward ward ward" } });
    } while (cursor !== null);
    deepEqual(seen, all);
  });

  it("records that someone searched, never for what", async () => {
    const user = testUser();
    await search(user, { q: "hiv lindqvist" });
    const [row] = await content.service.owner`
      select action, details, row_to_json(e)::text as whole from audit_events e
      where organization_id = ${user.organizationId}`;
    equal(row!.action, "document.searched");
    deepEqual(row!.details, { count: 0, words: 2 });
    ok(!/hiv|lindqvist/i.test(row!.whole));
  });

  it("refuses what is no search", async () => {
    const user = testUser();
    const bad = [
      "q=" + "a".repeat(501),
      "from=yesterday",
      "to=2026-13-01",
      "cursor=e30",
      "x=1",
      "limit=1000",
    ];
    for (const query of bad) {
      const response = await get(content, user, `/api/content/search?${query}`);
      equal(response.status, 422, query.slice(0, 30));
      await response.body?.cancel();
    }
  });

  it("survives whatever is typed", async () => {
    const user = testUser();
    const odd = [
      '"',
      "-",
      "--a",
      "or",
      "a or",
      "\\",
      "':*",
      "a'b",
      "\0",
      "\ud800",
      "%",
      "((((",
      '-"a b"',
      "漢字",
      "'; drop table documents",
      "a".repeat(500),
      "or ".repeat(150),
    ];
    for (const q of odd) {
      const response = await get(
        content,
        user,
        `/api/content/search?q=${encodeURIComponent(q.toWellFormed())}`,
      );
      equal(response.status, 200, JSON.stringify(q));
      await response.body?.cancel();
    }
  });

  it("uses the index of the words, not a scan of everyone's", async () => {
    const user = testUser();
    const plan = await content.service.owner.begin(async (tx) => {
      await tx`
        insert into document_search (organization_id, document_id, part, kind, created_at, tsv)
        select ${user.organizationId}, gen_random_uuid(), 0, 'text', now(),
               ('common needle' || n % 500)::tsvector
        from generate_series(1, 5000) as n`;
      await tx`analyze document_search`;
      return await tx`
        explain select 1 from document_search s
        where s.organization_id = ${user.organizationId} and s.tsv @@ 'needle7'::tsquery`;
    });
    const text = plan.map((row) => Object.values(row)[0]).join("\n");
    ok(/Index Cond: .*organization_id.*tsv @@/.test(text), text);
    // One of sixteen partitions.
    equal(new Set(text.match(/document_search_\d\d\b/g)).size, 1, text);
  });
});
