import { deepEqual, equal, ok } from "node:assert/strict";
import { deflateSync, gzipSync } from "node:zlib";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser } from "../testing.ts";
import { kindOf } from "./kinds.ts";
import { createReader } from "./reading.ts";

/** A file's whole budget here: far above what refusing it takes, far below what it asks for. */
const BUDGET_MS = 10_000;
const TICK_MS = 10;

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** mulberry32: the same numbers in every run. */
function random(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

/** Flips, cuts, repeats and inserts, after the manner of a fuzzer. */
function fuzz(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  let out = new Uint8Array(bytes);
  const changes = 1 + Math.floor(next() * 8);
  for (let change = 0; change < changes && out.byteLength > 8; change++) {
    const at = Math.floor(next() * out.byteLength);
    const length = Math.floor(next() * Math.min(64, out.byteLength - at));
    const how = next();
    if (how < 0.5) out[at] = Math.floor(next() * 256);
    else if (how < 0.7) out = join(out.subarray(0, at), out.subarray(at + length));
    else if (how < 0.9) out = join(out.subarray(0, at + length), out.subarray(at));
    else out.fill(255, at, at + length);
  }
  return out.byteLength === 0 ? Uint8Array.of(0) : out;
}

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...u16(value & 65535), ...u16(value >>> 16)];
const dicomHead = () => fixtures.dicomMinimal();

const hostile: [name: string, bytes: () => Uint8Array<ArrayBuffer>][] = [
  [
    "JSON, nested by the hundred thousand",
    () => latin1(`{"resourceType":"Bundle","a":${"[".repeat(300_000)}${"]".repeat(300_000)}}`),
  ],
  [
    "XML, nested by the hundred thousand",
    () => latin1(`<ClinicalDocument xmlns="urn:hl7-org:v3">${"<a>".repeat(300_000)}`),
  ],
  ["a billion laughs", () => {
    const entities = Array.from(
      { length: 10 },
      (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
    ).join("");
    return latin1(
      `<?xml version="1.0"?><!DOCTYPE ClinicalDocument [<!ENTITY l0 "lol">${entities}]>` +
        `<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&l10;</title></ClinicalDocument>`,
    );
  }],
  ["an entity that names a file", () =>
    latin1(
      `<!DOCTYPE ClinicalDocument [<!ENTITY x SYSTEM "file:///etc/hostname">]>` +
        `<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&x;</title></ClinicalDocument>`,
    )],
  ["DICOM sequences, nested by the hundred thousand", () =>
    join(
      dicomHead(),
      Uint8Array.from(
        Array.from({ length: 100_000 }, () => [
          ...u16(0x0040),
          ...u16(0xa730),
          0x53,
          0x51,
          0,
          0,
          ...u32(0xffffffff),
          ...u16(0xfffe),
          ...u16(0xe000),
          ...u32(0xffffffff),
        ]).flat(),
      ),
    )],
  ["DICOM that claims gigapixels", () =>
    join(
      dicomHead(),
      Uint8Array.from([
        ...u16(0x0028),
        ...u16(0x0002),
        0x55,
        0x53,
        2,
        0,
        ...u16(1),
        ...u16(0x0028),
        ...u16(0x0010),
        0x55,
        0x53,
        2,
        0,
        ...u16(65535),
        ...u16(0x0028),
        ...u16(0x0011),
        0x55,
        0x53,
        2,
        0,
        ...u16(65535),
        ...u16(0x0028),
        ...u16(0x0100),
        0x55,
        0x53,
        2,
        0,
        ...u16(16),
        ...u16(0x7fe0),
        ...u16(0x0010),
        0x4f,
        0x57,
        0,
        0,
        ...u32(16),
        ...new Uint8Array(16),
      ]),
    )],
  ["DICOM with a length that lies", () =>
    join(
      dicomHead(),
      Uint8Array.from([...u16(0x0010), ...u16(0x4000), 0x55, 0x54, 0, 0, ...u32(0x7ffffffe)]),
    )],
  ["a PDF stream that unpacks to half a gigabyte", () => {
    const bomb = deflateSync(new Uint8Array(256 * 1024 * 1024));
    const head = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" +
      "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n" +
      "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n" +
      `4 0 obj\n<< /Length ${bomb.byteLength} /Filter /FlateDecode >>\nstream\n`;
    return join(
      latin1(head),
      bomb,
      latin1("\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF"),
    );
  }],
  ["a PNG that claims gigapixels", () => {
    const png = fixtures.png();
    png.set([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], 16);
    return png;
  }],
  ["a gzip bomb", () => new Uint8Array(gzipSync(new Uint8Array(64 * 1024 * 1024)))],
  [
    "PDF, HTML and HL7 at once",
    () => join(latin1("MSH|^~\\&|<script>alert(1)</script>\r%PDF-1.4\r"), fixtures.pdf("x")),
  ],
  ["DICOM whose preamble is a TIFF", () => {
    const bytes = dicomHead();
    bytes.set(latin1("II*\0"));
    return bytes;
  }],
  ["HL7 of one endless segment", () => latin1(`MSH|^~\\&|${"^&~".repeat(2_000_000)}`)],
  ["HL7 of escapes", () => latin1(`MSH|^~\\&|A\rPID|${"\\".repeat(3_000_000)}`)],
  ["words without end", () => latin1("a".repeat(8_000_000))],
];

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
      for (const [name, bytes] of hostile) {
        bad.push({ name, id: (await file(content, villain, bytes(), { name: "bad.bin" })).id });
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
      fixtures.png(),
    ];
    const folder = await Deno.makeTempDir();
    const reader = createReader({ timeoutMs: BUDGET_MS });
    try {
      const readings = await Promise.all(Array.from({ length: 160 }, async (_, at) => {
        const bytes = fuzz(good[at % good.length]!, next);
        const path = `${folder}/${at}`;
        await Deno.writeFile(path, bytes);
        const { organizationId } = user;
        return await reader.read({ path, kind: kindOf(bytes).kind, organizationId });
      }));
      equal(readings.length, 160);
      for (const reading of readings) {
        ok(reading.status === "ready" || reading.reason.length > 0);
      }
    } finally {
      await reader.stop();
      await Deno.remove(folder, { recursive: true });
    }
  });
});
