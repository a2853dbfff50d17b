import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";
import * as ingestion from "./ingestion.ts";
import { ATTEMPTS_MAX, NATIVE, type Reading, reasons, STUCK_AFTER_MS } from "./model.ts";
import { PDF_ENGINE } from "../pages/pages.ts";
import { createReader } from "./reading.ts";

describe("ingestion", () => {
  let content: TestContent;
  const user = testUser();
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  const shown = async (by: User, id: string) =>
    await (await get(content, by, `/api/content/documents/${id}`)).json();
  const textOf = async (id: string) =>
    (await content.service.owner`
      select text from document_texts where document_id = ${id} order by version`)
      .map(({ text }) => text);

  async function ingested(bytes: Uint8Array<ArrayBuffer>, name = "a.bin") {
    const { id } = await file(content, user, bytes, { name });
    await content.ingestAll();
    const { kind, status, failureReason, textStatus } = await shown(user, id);
    return { id, state: [kind, status, failureReason, textStatus], texts: await textOf(id) };
  }

  const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  const utf16 = (text: string) =>
    new Uint8Array(Uint16Array.from(`\ufeff${text}`, (char) => char.charCodeAt(0)).buffer);

  it("reads text in any of its charsets", async () => {
    for (
      const bytes of [
        new TextEncoder().encode("\ufeffGröße 178"),
        utf16("Größe 178"),
        latin1("Gr\xf6\xdfe 178"),
      ]
    ) {
      const { state, texts } = await ingested(bytes);
      deepEqual(state, ["text", "ready", null, "extracted"]);
      deepEqual(texts, ["Größe 178"]);
    }
  });

  it("reads the text of a PDF", async () => {
    const { state, texts } = await ingested(fixtures.pdf("Discharge (final) \\ letter"));
    deepEqual(state, ["pdf", "ready", null, "extracted"]);
    deepEqual(texts, ["Discharge (final) \\ letter"]);
  });

  it("reads the text of a PDF that a FHIR resource carries, where no native code is loaded", async () => {
    const data = fixtures.pdf("Discharge letter").toBase64();
    const { state, texts } = await ingested(new TextEncoder().encode(JSON.stringify({
      resourceType: "DocumentReference",
      content: [{ attachment: { contentType: "application/pdf", data } }],
    })));
    deepEqual(state, ["fhir", "ready", null, "extracted"]);
    deepEqual(texts, ["Discharge letter"]);
  });

  /** Files `bytes` for a patient of whom Maja Lindqvist's results are in the chart already. */
  async function filedForLindqvist(bytes: Uint8Array<ArrayBuffer>): Promise<[User, string]> {
    const someone = testUser();
    const fields = { patientId: newId() };
    await file(content, someone, fixtures.hl7Oru(), { fields });
    await content.ingestAll();
    const { id } = await file(content, someone, bytes, { fields });
    return [someone, id];
  }

  it("holds a record in whose file another patient is named than it was filed for", async () => {
    const attached = (bytes: Uint8Array) =>
      new TextEncoder().encode(JSON.stringify({
        resourceType: "DocumentReference",
        subject: { reference: "Patient/1" },
        content: [{ attachment: { contentType: "application/xml", data: bytes.toBase64() } }],
      }));
    const reasons = [];
    for (const inner of [fixtures.ccda(), fixtures.hl7Oru()]) {
      const [someone, id] = await filedForLindqvist(attached(inner));
      await content.ingestAll();
      reasons.push((await shown(someone, id)).quarantineReasons);
    }
    deepEqual(reasons, [["birth-date", "name"], []]);
  });

  it("compares whom a file names of which nothing else can be kept", async () => {
    const other = { identifiers: [], family: "Okonkwo", given: ["Ada"], birthDate: "1979-11-03" };
    const cases: [said: Partial<Reading>, reasons: string[]][] = [
      [{ seen: other }, ["birth-date", "name"]],
      [{ seen: null, isOfSeveral: true, persons: [other] }, ["birth-date", "name"]],
      [{ seen: null, isOfSeveral: true }, ["several-patients"]],
      [{ seen: null }, []],
    ];
    for (const [said, quarantined] of cases) {
      const [someone, id] = await filedForLindqvist(fixtures.textNote());
      const reading = {
        status: "ready",
        text: "",
        vectors: [],
        title: "half a character: \ud83d",
        ...said,
        ...NATIVE,
      } as Reading;
      const deps = { ...content.deps, readFile: () => Promise.resolve(reading) };
      await ingestion.ingestAll(deps, content.queue.splice(0));
      const { status, failureReason, quarantineReasons } = await shown(someone, id);
      deepEqual([status, failureReason, quarantineReasons], [
        "failed",
        reasons.unkept,
        quarantined,
      ]);
    }
  });

  it("reads what stands between the tags, in the values, in the fields", async () => {
    const summary = (await ingested(fixtures.ccda())).texts[0]!;
    ok(summary.includes("Penicillin & peanuts: hives") && !summary.includes("<"), summary);
    const bundle = (await ingested(fixtures.fhirPatientBundle())).texts[0]!;
    ok(bundle.includes("Okonkwo\nAdaeze"), bundle);
    const message = (await ingested(fixtures.hl7Oru())).texts[0]!;
    ok(message.includes("Lindqvist Maja") && message.includes("sample& repeated"), message);
  });

  it("keeps files without text, ready", async () => {
    for (
      const [bytes, kind] of [
        [fixtures.png(), "image"],
        [latin1("\0\x01\x02"), "other"],
      ] as const
    ) {
      deepEqual((await ingested(bytes)).state, [kind, "ready", null, "none"]);
    }
  });

  it("says why it could not read a file, and keeps the file", async () => {
    const cases: [bytes: Uint8Array<ArrayBuffer>, kind: string, reason: string][] = [
      [fixtures.encryptedPdf(), "pdf", reasons.encrypted],
      [latin1("%PDF-1.4\n" + "garbage ".repeat(100)), "pdf", reasons.brokenPdf],
      [latin1(`{"resourceType":"Patient", "name": [`), "fhir", reasons.brokenJson],
    ];
    for (const [bytes, kind, reason] of cases) {
      const { id, state } = await ingested(bytes, "unreadable.dat");
      deepEqual(state, [kind, "failed", reason, "none"]);
      const same = await get(content, user, `/api/content/documents/${id}/content`);
      deepEqual(new Uint8Array(await same.arrayBuffer()), bytes);
      const { items } = await (await get(content, user, "/api/content/search?q=unreadable")).json();
      ok(items.some((item: { document: { id: string } }) => item.document.id === id));
    }
  });

  it("survives nests that would overflow a parser's stack", async () => {
    const nested = `{"resourceType":"Bundle","a":${"[".repeat(2_000)}"deep"${"]".repeat(2_000)}}`;
    deepEqual((await ingested(latin1(nested))).texts.map((text) => text.includes("deep")), [true]);
    const tags = `<ClinicalDocument xmlns="urn:hl7-org:v3">${"<a>".repeat(50_000)}deep`;
    const { state } = await ingested(latin1(tags));
    equal(state[1], "failed");
    ok(state[2], "a reason is given");
  });

  it("keeps every word of a long text, and phrases beyond Postgres's positions", async () => {
    const someone = testUser();
    const filler = Array.from({ length: 40_000 }, (_, n) => `w${n % 97}`).join(" ");
    const text = `alpha beta ${filler} gamma delta`;
    const { id } = await file(content, someone, fixtures.textNote(text));
    await content.ingestAll();
    const count = async (q: string) => {
      const response = await get(
        content,
        someone,
        `/api/content/search?q=${encodeURIComponent(q)}`,
      );
      return (await response.json()).items.length;
    };
    equal(await count("alpha delta"), 1);
    equal(await count('"gamma delta"'), 1);
    equal(await count('"delta gamma"'), 0);
    equal(await count('"w35 gamma"'), 1);
    deepEqual((await textOf(id)).map((kept) => kept.length), [text.length]);
  });

  it("does nothing the second time, or twice at once", async () => {
    const someone = testUser();
    const { id } = await file(content, someone, fixtures.textNote("once"));
    const [job] = content.queue.splice(0);
    await Promise.all([ingestion.ingest(content.deps, job!), ingestion.ingest(content.deps, job!)]);
    await ingestion.ingest(content.deps, job!);
    const audit = await content.service.owner`
      select action, actor_kind, actor_id from audit_events
      where organization_id = ${someone.organizationId} order by seq`;
    deepEqual(audit.map(({ action, actorKind, actorId }) => [action, actorKind, actorId]), [
      ["document.created", "user", someone.userId],
      ["document.ingested", "service", "content"],
    ]);
    deepEqual(await textOf(id), ["once"]);
  });

  it("never lets the text of an old version answer for the new one", async () => {
    const someone = testUser();
    const first = await file(content, someone, fixtures.textNote("oldword"));
    const body = new FormData();
    body.append("file", new File(["newword"], "b.txt"));
    const response = await content.app.request(`/api/content/documents/${first.id}/content`, {
      method: "PUT",
      body,
      headers: { ...content.service.headersOf(someone), "if-match": `"${first.sha256}-v1"` },
    });
    equal(response.status, 200);
    await response.body?.cancel();
    // The second version is read before the first.
    content.queue.reverse();
    await content.ingestAll();
    const count = async (q: string) =>
      (await (await get(content, someone, `/api/content/search?q=${q}`)).json()).items.length;
    equal(await count("newword"), 1);
    equal(await count("oldword"), 0);
    deepEqual(await textOf(first.id), ["oldword", "newword"]);
  });

  it("gives a file up that was never read to an end, and says so", async () => {
    const someone = testUser();
    const { id } = await file(content, someone, fixtures.textNote("unlucky"));
    const [job] = content.queue.splice(0);
    const broken = { ...content.deps, readFile: () => Promise.reject(new Error("no process")) };
    for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
      await rejects(ingestion.ingest(broken, job!), { message: "no process" });
    }
    equal((await shown(someone, id)).status, "processing");
    await ingestion.ingest(broken, job!);
    const { status, failureReason } = await shown(someone, id);
    deepEqual([status, failureReason], ["failed", reasons.gaveUp]);
  });

  it("keeps what an earlier reading found when a later one fails, and says so", async () => {
    const someone = testUser();
    const { id } = await file(content, someone, fixtures.pdf("Earlier findings"));
    await content.ingestAll();
    const found = async () => {
      const { status, failureReason, textStatus } = await shown(someone, id);
      const { items } = await (await get(content, someone, "/api/content/search?q=findings"))
        .json();
      const pictures = await content.service.owner`
        select name from document_renditions where document_id = ${id}`;
      const [row] = await content.service.owner`
        select structure, engine from document_versions where document_id = ${id}`;
      const kept = { textStatus, texts: await textOf(id), hits: items.length, ...row };
      return { status, failureReason, kept: { ...kept, pictures: pictures.length } };
    };
    const earlier = await found();
    deepEqual([earlier.status, earlier.kept.hits, earlier.kept.pictures], ["ready", 1, 1]);
    const reopen = async () => {
      await (await content.app.request(`/api/content/documents/${id}/reprocess`, {
        method: "POST",
        headers: content.service.headersOf(someone),
      })).body?.cancel();
      return content.queue.splice(0);
    };
    const reading = { status: "failed" as const, reason: reasons.tooSlow, ...NATIVE };
    const broken = { ...content.deps, readFile: () => Promise.resolve(reading) };
    // Twice: what is kept once is not lost the next time.
    for (let time = 0; time < 2; time++) {
      await ingestion.ingestAll(broken, await reopen());
      deepEqual(await found(), {
        status: "failed",
        failureReason: `${reasons.tooSlow} ${reasons.keptEarlier}`,
        kept: earlier.kept,
      });
    }
    const trail = await content.service.owner`
      select action, outcome from audit_events
      where organization_id = ${someone.organizationId} and action like 'document.ingest%'
      order by seq`;
    deepEqual(trail.map(({ action, outcome }) => [action, outcome]), [
      ["document.ingested", "success"],
      ["document.ingestion_failed", "failed"],
      ["document.ingestion_failed", "failed"],
    ]);
    await ingestion.ingestAll(content.deps, await reopen());
    deepEqual(await found(), earlier);
  });

  it("gives up what lost its job in the middle, and nothing else", async () => {
    const someone = testUser();
    const lost = await file(content, someone, fixtures.textNote("lost"));
    const waiting = await file(content, someone, fixtures.textNote("waiting"));
    const [job] = content.queue.splice(0);
    const hung = { ...content.deps, readFile: () => Promise.reject(new Error("died")) };
    await rejects(ingestion.ingest(hung, job!));
    const later = (ms: number) => ({
      ...content.deps,
      now: () => new Date(content.deps.now().getTime() + ms),
    });
    await ingestion.settleStuck(later(0));
    equal((await shown(someone, lost.id)).status, "processing");
    await ingestion.settleStuck(later(STUCK_AFTER_MS + 1));
    equal((await shown(someone, lost.id)).status, "failed");
    equal((await shown(someone, waiting.id)).status, "processing");
  });

  it("gives up the others when one of them cannot be given up", async () => {
    const someone = testUser();
    const [first, second] = [
      await file(content, someone, fixtures.textNote("first")),
      await file(content, someone, fixtures.textNote("second")),
    ];
    const hung = { ...content.deps, readFile: () => Promise.reject(new Error("died")) };
    for (const job of content.queue.splice(0)) await rejects(ingestion.ingest(hung, job));
    const { owner } = content.service;
    await owner.unsafe(`
      update document_versions set attempted_at = attempted_at - interval '1 minute'
      where document_id = '${first.id}';
      create function refuse() returns trigger language plpgsql
        as $$ begin raise exception 'not this one'; end $$;
      create trigger refuse before update on document_versions for each row
        when (new.document_id = '${first.id}') execute function refuse()`);
    const errors: unknown[] = [];
    const later = {
      ...content.deps,
      log: { ...content.deps.log, error: (_: string, error: unknown) => errors.push(error) },
      now: () => new Date(content.deps.now().getTime() + STUCK_AFTER_MS + 1),
    };
    try {
      await ingestion.settleStuck(later);
      equal((await shown(someone, second.id)).status, "failed");
      deepEqual(errors.map((error) => (error as Error).message), ["not this one"]);
    } finally {
      await owner.unsafe("drop trigger refuse on document_versions; drop function refuse");
    }
    await ingestion.settleStuck(later);
    equal((await shown(someone, first.id)).status, "failed");
  });

  it("says how far it has come, and begins anew", async () => {
    const someone = testUser();
    const progress = async () =>
      (await (await get(content, someone, "/api/content/ingestion")).json()).items;
    const { id } = await file(content, someone, latin1(`{"resourceType":"Patient", "name": [`));
    deepEqual(await progress(), [{ kind: "fhir", waiting: 1, running: 0, failed: 0 }]);
    await content.ingestAll();
    deepEqual(await progress(), [{ kind: "fhir", waiting: 0, running: 0, failed: 1 }]);
    const post = async (path: string, body?: unknown) =>
      await content.app.request(path, {
        method: "POST",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: { "content-type": "application/json", ...content.service.headersOf(someone) },
      });
    const again = await post(`/api/content/documents/${id}/reprocess`);
    deepEqual([again.status, (await again.json()).status], [202, "processing"]);
    const tooSoon = await post(`/api/content/documents/${id}/reprocess`);
    equal(tooSoon.status, 409);
    await tooSoon.body?.cancel();
    await content.ingestAll();
    const { items } = await (await get(content, someone, `/api/content/documents/${id}/versions`))
      .json();
    const { engine, engineVersion } = items[0];
    const all = await post("/api/content/ingestion/reprocess", { engine, engineVersion });
    deepEqual(await all.json(), { queued: 1, more: false });
    const none = await post("/api/content/ingestion/reprocess", { engine, engineVersion: "0" });
    deepEqual(await none.json(), { queued: 0, more: false });
    await content.ingestAll();
  });

  it("gives the text piece by piece", async () => {
    const text = "é𝄞 ".repeat(30_000);
    const { id } = await file(content, user, fixtures.textNote(text));
    await content.ingestAll();
    let whole = "";
    let offset: number | null = 0;
    do {
      const path: string = `/api/content/documents/${id}/text?offset=${offset}`;
      const piece = await (await get(content, user, path)).json();
      whole += piece.text;
      offset = piece.nextOffset;
    } while (offset !== null);
    equal(whole, text);
  });

  it("remembers which program read the file", async () => {
    const { id } = await ingested(fixtures.pdf("x"));
    const { items } = await (await get(content, user, `/api/content/documents/${id}/versions`))
      .json();
    equal(items[0].engine, PDF_ENGINE.engine);
    equal(items[0].engineVersion, PDF_ENGINE.engineVersion);
    const pins = JSON.parse(
      await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
    );
    equal(pins.imports["pdfjs-dist"], `npm:pdfjs-dist@${PDF_ENGINE.engineVersion}`);
  });
});

describe("messages of one job", () => {
  it("are read each by itself when one of them ends their reader", async () => {
    const content = await openTestContent();
    try {
      const user = testUser();
      for (const controlId of ["M1", "M2", "M3"]) {
        const response = await content.app.request("/api/content/hl7", {
          method: "POST",
          body: fixtures.hl7Oru({ controlId }),
          headers: {
            "content-type": "x-application/hl7-v2+er7",
            ...content.service.headersOf(user),
          },
        });
        equal(response.status, 200);
        await response.body?.cancel();
      }
      const read: number[] = [];
      const deps = {
        ...content.deps,
        readFiles: ({ files }: { files: readonly unknown[] }) => {
          read.push(files.length);
          return Promise.resolve(undefined);
        },
        readFile: (request: Parameters<typeof content.deps.readFile>[0]) => {
          read.push(1);
          return content.deps.readFile(request);
        },
      };
      await ingestion.ingestAll(deps, content.queue.splice(0));
      deepEqual(read, [3, 1, 1, 1]);
      const { items } = await (await get(content, user, "/api/content/documents")).json();
      deepEqual(items.map(({ status }: { status: string }) => status), ["ready", "ready", "ready"]);
    } finally {
      await content[Symbol.asyncDispose]();
    }
  });
});

describe("createReader", () => {
  const organizationId = testUser().organizationId;
  /** What a program needs to speak the reader's language. */
  const LANGUAGE = `
    const input = Deno.stdin.readable.getReader();
    let rest = new Uint8Array(0);
    async function take(size) {
      while (rest.length < size) {
        const { done, value } = await input.read();
        if (done) Deno.exit(0);
        const more = new Uint8Array(rest.length + value.length);
        more.set(rest); more.set(value, rest.length); rest = more;
      }
      const part = rest.slice(0, size);
      rest = rest.slice(size);
      return part;
    }
    async function next() {
      const head = await take(new DataView((await take(4)).buffer).getUint32(0));
      const { kind, sizes } = JSON.parse(new TextDecoder().decode(head));
      const files = [];
      for (const size of sizes) files.push(await take(size));
      return { kind, files, bytes: files[0] };
    }
    function answer(...texts) {
      const body = new TextEncoder().encode(JSON.stringify(texts.map((text) => (
        { status: "ready", text, vectors: [], engine: "t", engineVersion: "1" }))));
      const all = new Uint8Array(4 + body.length);
      new DataView(all.buffer).setUint32(0, body.length); all.set(body, 4);
      Deno.stdout.writeSync(all);
    }
  `;

  /** Runs `work` with a reader of `program`, and a file that holds `content`. */
  async function withProgram(
    program: string,
    options: Parameters<typeof createReader>[0],
    work: (
      read: (content: string, organizationId?: string) => Promise<string>,
      reader: ReturnType<typeof createReader>,
    ) => Promise<void>,
  ): Promise<void> {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/program.ts`;
    await Deno.writeTextFile(path, LANGUAGE + program);
    const reader = createReader({ program: new URL(`file://${path}`), ...options });
    let files = 0;
    try {
      await work(async (content, by = organizationId) => {
        const path = `${folder}/${++files}`;
        // At once: whoever asks first stands first in line.
        Deno.writeTextFileSync(path, content);
        const reading = await reader.read({ path, kind: "text", organizationId: by });
        return reading.status === "ready" ? reading.text : reading.reason;
      }, reader);
    } finally {
      await reader.stop();
      await Deno.remove(folder, { recursive: true });
    }
  }

  const ECHO = `for (;;) answer(new TextDecoder().decode((await next()).bytes) + " " + Deno.pid);`;
  const failsWith = (program: string, reason: string, options = {}) =>
    withProgram(program, options, async (read) => equal(await read("x"), reason));

  it("kills a program that hangs", () =>
    failsWith("await next(); for (;;);", reasons.tooSlow, { timeoutMs: 300 }));
  it("ends one that says more than an answer may be", () =>
    failsWith(
      "const a = new Uint8Array(1e6).fill(255); for (;;) Deno.stdout.writeSync(a);",
      reasons.crashed,
    ));
  it("outlives one that eats all of JavaScript's memory", () =>
    failsWith("const a = []; for (;;) a.push(new Array(1e5).fill(1.5));", reasons.crashed));
  it("is told by its program that a file takes more memory than there is", async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, "fever ".repeat(3_000_000));
    const reader = createReader({ memoryMiB: 10 });
    try {
      const reading = await reader.read({ path, kind: "text", organizationId });
      equal(reading.status === "failed" && reading.reason, reasons.tooLarge);
    } finally {
      await reader.stop();
      await Deno.remove(path);
    }
  });
  it("outlives one that throws", () => failsWith("throw 1", reasons.crashed));

  it("reads many files with one process, and replaces it after so many", () =>
    withProgram(ECHO, { readsMax: 2 }, async (read) => {
      const answers = [];
      for (const word of ["a", "b", "c", "d"]) answers.push((await read(word)).split(" "));
      deepEqual(answers.map(([word]) => word), ["a", "b", "c", "d"]);
      const [a, b, c, d] = answers.map(([, pid]) => pid);
      ok(a === b && c === d && a !== c);
    }));

  it("reads the next file with another process when one has died in between", () =>
    withProgram(ECHO, {}, async (read, reader) => {
      await read("a");
      const [pid] = reader.pids();
      Deno.kill(pid!, "SIGKILL");
      ok((await read("b")).startsWith("b "));
      ok(!reader.pids().includes(pid!));
    }));

  it("leaves a file to another try when somebody else has ended its reader", () =>
    withProgram(
      `await next(); for (;;) await take(1);`,
      {},
      async (read, reader) => {
        const reading = read("x").then(String, (error) => error.message);
        // The program is there once it has been given the file.
        while (reader.pids().length === 0) await new Promise((resolve) => setTimeout(resolve));
        Deno.kill(reader.pids()[0]!, "SIGKILL");
        equal(await reading, "the reader was ended by SIGKILL");
      },
    ));

  it("gives the program the file's bytes and no right to anything", () =>
    withProgram(
      `const { bytes } = await next();
      const may = async (work) => { try { await work(); return true; } catch { return false; } };
      answer(JSON.stringify([
        new TextDecoder().decode(bytes),
        await may(() => Deno.readFile("/etc/hostname")),
        await may(() => Deno.writeTextFile("/tmp/x", "x")),
        await may(() => fetch("http://127.0.0.1:9/")),
        await may(() => Deno.env.get("PATH")),
        await may(() => new Deno.Command("true").output()),
        await may(() => Object.keys(Deno.env.toObject())),
      ]));`,
      {},
      async (read) =>
        deepEqual(JSON.parse(await read("hello")), [
          "hello",
          false,
          false,
          false,
          false,
          false,
          false,
        ]),
    ));

  it("reads small files at once, and says nothing of any when one ends the program", () =>
    withProgram(
      `for (;;) {
        const texts = (await next()).files.map((file) => new TextDecoder().decode(file));
        if (texts.includes("bad")) Deno.exit(1);
        answer(...texts);
      }`,
      {},
      async (_, reader) => {
        const readAll = async (...texts: string[]) => {
          const files = texts.map((text) => new TextEncoder().encode(text));
          const readings = await reader.readAll({ files, kind: "hl7v2", organizationId });
          return readings?.map((reading) => reading.status === "ready" && reading.text);
        };
        deepEqual(await readAll("a", "", "c"), ["a", "", "c"]);
        equal(await readAll("a", "bad", "c"), undefined);
        deepEqual(await readAll("d"), ["d"]);
      },
    ));

  it("lets organizations take turns, however many files one has", () =>
    withProgram(ECHO, { readersMax: 1 }, async (read) => {
      const order: string[] = [];
      const [bulk, other] = [testUser().organizationId, testUser().organizationId];
      const all = ["bulk 1", "bulk 2", "bulk 3", "bulk 4"].map((name) =>
        read(name, bulk).then(() => order.push(name))
      );
      all.push(read("other", other).then(() => order.push("other")));
      await Promise.all(all);
      // The first was at work already, the second stood first in line.
      deepEqual(order, ["bulk 1", "bulk 2", "other", "bulk 3", "bulk 4"]);
    }));
});

describe("the reader", () => {
  it("ends with its parent, even while its parser hangs", async () => {
    // A parent that has the reader parse something endless, says its process id and waits.
    const reader = new URL("./reader.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        "--no-check",
        `--allow-read=${new URL("..", import.meta.url).pathname},${
          new URL("../../../node_modules", import.meta.url).pathname
        }`,
        reader,
      ],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    const bytes = new TextEncoder().encode("fever ".repeat(4_000_000));
    const head = new TextEncoder().encode(
      JSON.stringify({
        kind: "text",
        sizes: [bytes.byteLength],
        timeoutMs: 60_000,
        memoryMiB: 4_000,
      }),
    );
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, head.byteLength);
    for (const part of [length, head, bytes]) await writer.write(part);
    await writer.close();
    equal((await child.status).code, 0);
  });
});
