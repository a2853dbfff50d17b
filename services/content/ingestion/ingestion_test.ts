import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";
import * as ingestion from "./ingestion.ts";
import { reasons } from "./model.ts";
import { PDF_ENGINE } from "./reader.ts";
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
      const [bytes, kind] of [[fixtures.png(), "image"], [fixtures.dicomMinimal(), "dicom"], [
        latin1("\0\x01\x02"),
        "other",
      ]] as const
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
    deepEqual((await ingested(latin1(nested))).texts, ["Bundle\ndeep"]);
    const tags = `<ClinicalDocument xmlns="urn:hl7-org:v3">${"<a>".repeat(50_000)}deep`;
    deepEqual((await ingested(latin1(tags))).texts, ["deep"]);
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

  it("remembers which program read the file", async () => {
    const { id } = await ingested(fixtures.pdf("x"));
    const { items } = await (await get(content, user, `/api/content/documents/${id}/versions`))
      .json();
    equal(items[0].engine, PDF_ENGINE.engine);
    equal(items[0].engineVersion, PDF_ENGINE.engineVersion);
    const pins = JSON.parse(
      await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
    );
    equal(pins.imports.unpdf, `npm:unpdf@${PDF_ENGINE.engineVersion}`);
  });
});

describe("createReader", () => {
  async function withProgram<T>(text: string, run: (program: URL) => Promise<T>): Promise<T> {
    const path = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(path, text);
      return await run(new URL(`file://${path}`));
    } finally {
      await Deno.remove(path);
    }
  }

  const failsWith = (text: string, reason: string, timeoutMs: number) =>
    withProgram(text, async (program) => {
      const reading = await createReader({ program, timeoutMs })("/dev/null", "text");
      deepEqual([reading.status, reading.status === "failed" && reading.reason], [
        "failed",
        reason,
      ]);
    });

  it("kills a program that hangs", () => failsWith("for (;;);", reasons.tooSlow, 300));
  it("kills one that never stops talking", () =>
    failsWith(
      "const a = new Uint8Array(1e6); for (;;) Deno.stdout.writeSync(a);",
      reasons.tooSlow,
      60_000,
    ));
  it("outlives one that eats all memory", () =>
    failsWith("const a = []; for (;;) a.push(new Array(1e5).fill(1.5));", reasons.crashed, 60_000));
  it("outlives one that throws", () => failsWith("throw 1", reasons.crashed, 60_000));

  it("lets the program read one file and nothing else", async () => {
    const program = `
      const may = async (work) => { try { await work(); return true; } catch { return false; } };
      const text = JSON.stringify([
        await may(() => Deno.readFile(Deno.args[0])),
        await may(() => Deno.readFile("/etc/hostname")),
        await may(() => Deno.writeTextFile(Deno.args[0], "x")),
        await may(() => fetch("http://127.0.0.1:9/")),
        await may(() => Deno.env.get("PATH")),
        await may(() => new Deno.Command("true").output()),
        await may(() => Object.keys(Deno.env.toObject())),
      ]);
      console.log(JSON.stringify({ status: "ready", text, vectors: [], engine: "t", engineVersion: "1" }));`;
    const path = await Deno.makeTempFile();
    await withProgram(program, async (url) => {
      const reading = await createReader({ program: url })(path, "text");
      deepEqual(reading.status === "ready" && JSON.parse(reading.text), [
        true,
        false,
        false,
        false,
        false,
        false,
        false,
      ]);
    });
    await Deno.remove(path);
  });

  it("runs no more programs at once than it was told", async () => {
    const folder = await Deno.makeTempDir();
    // Each waits for the file that the test writes.
    await withProgram(
      `while (Deno.readTextFileSync(Deno.args[0]) === "") await new Promise((go) => setTimeout(go, 5));
       console.log(JSON.stringify({ status: "ready", text: "", vectors: [], engine: "t", engineVersion: "1" }));`,
      async (program) => {
        const read = createReader({ program, readersMax: 1 });
        const [first, second] = [`${folder}/1`, `${folder}/2`];
        await Deno.writeTextFile(first, "");
        await Deno.writeTextFile(second, "go");
        const order: number[] = [];
        const both = [
          read(first, "text").then(() => order.push(1)),
          read(second, "text").then(() => order.push(2)),
        ];
        await Deno.writeTextFile(first, "go");
        await Promise.all(both);
        deepEqual(order, [1, 2]);
      },
    );
    await Deno.remove(folder, { recursive: true });
  });
});
