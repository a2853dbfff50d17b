import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { dicomFile, grey, person } from "../dicom/testing.ts";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser } from "../testing.ts";
import { fuzz, hostile, random } from "../hostile_files.ts";
import { docx, rtf } from "../office/testing.ts";
import { kindOf } from "./kinds.ts";
import { createReader } from "./reading.ts";

/** A file's whole budget here: far above what refusing it takes, far below what it asks for. */
const BUDGET_MS = 10_000;
const TICK_MS = 10;

async function pictures(): Promise<Uint8Array[]> {
  const picture = () =>
    sharp({ create: { width: 64, height: 48, channels: 3, background: "#346" } });
  return await Promise.all([
    picture().png().toBuffer(),
    picture().jpeg().toBuffer(),
    picture().tiff().toBuffer(),
    picture().gif().toBuffer(),
    picture().webp().toBuffer(),
  ]);
}

const hl7Batch = new TextEncoder().encode(
  [
    "BHS|^~\\&|A|B|C|D",
    ..."12".split("").flatMap((id) => [
      `MSH|^~\\&|A|B|C|D|||ORU^R01|${id}|P|2.5`,
      "PID|1||7^^^X||Doe^Jo",
      "OBX|1|ST|c||v",
    ]),
    "BTS|2",
    "",
  ].join("\r"),
);

const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from(`\ufeff${text}`, (char) => char.charCodeAt(0)).buffer);

describe("hostile files", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  it("are refused or read within their budget, and hurt nobody else", async () => {
    const [villain, user] = [testUser(), testUser()];
    const reader = createReader({ timeoutMs: BUDGET_MS });
    const deps = { ...content.deps, readFile: reader.read };
    const ingestAll = async () => {
      const ingestion = await import("./ingestion.ts");
      await Promise.all(content.queue.splice(0).map((job) => ingestion.ingest(deps, job)));
    };
    const delays: number[] = [];
    let lastTick = performance.now();
    const tick = () => {
      const now = performance.now();
      delays.push(now - lastTick - TICK_MS);
      lastTick = now;
    };
    try {
      const bad: { name: string; id: string }[] = [];
      for (const { name, bytes, kind } of hostile) {
        const filed = await file(content, villain, bytes(), { name: "bad.bin" });
        if (kind) equal(filed.kind, kind, name);
        bad.push({ name, id: filed.id });
      }
      const good = await file(content, user, fixtures.textNote("quiet words"));
      const residentBefore = Deno.memoryUsage().rss;
      lastTick = performance.now();
      const timer = setInterval(tick, TICK_MS);
      await ingestAll();
      clearInterval(timer);
      delays.sort((a, b) => a - b);
      const shown = async (by: typeof user, id: string) =>
        await (await get(content, by, `/api/content/documents/${id}`)).json();
      for (const { name, id } of bad) {
        const { status, failureReason } = await shown(villain, id);
        ok(
          status === "ready" || (status === "failed" && failureReason !== ""),
          `${name}: ${status}`,
        );
      }
      const { status, textStatus } = await shown(user, good.id);
      deepEqual([status, textStatus], ["ready", "extracted"]);
      const grownMiB = (Deno.memoryUsage().rss - residentBefore) / 1024 / 1024;
      ok(grownMiB < 256, `the service grew by ${grownMiB.toFixed(0)} MiB`);
      const said =
        `main loop delay p99 ${delays[Math.floor(delays.length * 0.99)]?.toFixed(0)} ms, ` +
        `memory ${grownMiB.toFixed(0)} MiB\n`;
      Deno.stdout.writeSync(new TextEncoder().encode(said));
      // Nothing of a file outside the document.
      const host = (await Deno.readTextFile("/etc/hostname").catch(() => "no host name")).trim();
      const [leak] = await content.service.owner`
        select count(*)::int as count from document_texts
        where organization_id = ${villain.organizationId} and text = ${host}`;
      equal(leak!.count, 0);
    } finally {
      await reader.stop();
    }
  });

  it("made from good ones by a fuzzer are read or refused, and never end the service", async () => {
    const user = testUser();
    const next = random(20261122);
    const good = [
      fixtures.textNote(),
      fixtures.pdf("Discharge letter"),
      fixtures.hl7Oru(),
      fixtures.fhirPatientBundle(),
      fixtures.ccda(),
      fixtures.dicomMinimal(),
      fixtures.dicomMinimal({ preamble: false }),
      ...await pictures(),
      hl7Batch,
      docx("Sarcoidosis of the lung"),
      rtf("Gr\\'fc\\'dfe \\u322?"),
      utf16("Patient reports nausea."),
      dicomFile(person(), { syntax: "1.2.840.10008.1.2.1.99" }),
      dicomFile([...person(), ...grey(Array.from({ length: 256 }, (_, at) => at))]),
    ];
    const folder = await Deno.makeTempDir();
    const reader = createReader({ timeoutMs: BUDGET_MS });
    try {
      const readings = await Promise.all(Array.from({ length: good.length * 12 }, async (_, at) => {
        const bytes = fuzz(good[at % good.length]!, next);
        const path = `${folder}/${at}`;
        await Deno.writeFile(path, bytes);
        const { organizationId } = user;
        return await reader.read({ path, kind: kindOf(bytes).kind, organizationId });
      }));
      for (const reading of readings) {
        ok(reading.status === "ready" || reading.reason.length > 0);
      }
    } finally {
      await reader.stop();
      await Deno.remove(folder, { recursive: true });
    }
  });
});
