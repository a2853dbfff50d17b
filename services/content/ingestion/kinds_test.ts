import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { charsetOf, decode } from "./charsets.ts";
import { type Kind, kindOf } from "./kinds.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const utf16 = (text: string) => {
  const units = Uint16Array.from(`\ufeff${text}`, (char) => char.charCodeAt(0));
  return new Uint8Array(units.buffer);
};
const oru = new TextDecoder().decode(fixtures.hl7Oru());
const summary = new TextDecoder().decode(fixtures.ccda());

describe("kindOf", () => {
  const cases: [name: string, file: Uint8Array, kind: Kind, mediaType: string][] = [
    ["an HL7 message", fixtures.hl7Oru(), "hl7v2", "x-application/hl7-v2+er7"],
    ["one behind a byte order mark", bytes(`\ufeff${oru}`), "hl7v2", "x-application/hl7-v2+er7"],
    ["one in MLLP's frame", bytes(`\u000b${oru}\u001c\r`), "hl7v2", "x-application/hl7-v2+er7"],
    ["one in UTF-16", utf16(oru), "hl7v2", "x-application/hl7-v2+er7"],
    ["a batch", bytes(`FHS|^~\\&|LAB\rBHS|^~\\&\r${oru}`), "hl7v2", "x-application/hl7-v2+er7"],
    ["other delimiters", bytes("MSH#@*!%#LAB#X"), "hl7v2", "x-application/hl7-v2+er7"],
    ["a word that begins like one", bytes("MSH is a segment"), "text", "text/plain; charset=utf-8"],
    ["DICOM", fixtures.dicomMinimal(), "dicom", "application/dicom"],
    [
      "DICOM without preamble",
      fixtures.dicomMinimal({ preamble: false }),
      "dicom",
      "application/dicom",
    ],
    ["C-CDA", fixtures.ccda(), "ccda", "application/xml"],
    [
      "C-CDA with a prefix and a document type",
      bytes(
        `<!DOCTYPE c [<!ENTITY a "b>">]><c:ClinicalDocument a="1" xmlns:c='urn:hl7-org:v3'/>`,
      ),
      "ccda",
      "application/xml",
    ],
    [
      "a section of a C-CDA by itself",
      bytes(`<section><templateId root="2.16.840.1.113883.10.20.22.2.6.1"/></section>`),
      "ccda",
      "application/xml",
    ],
    ["a section of something else", bytes(`<section id="2.16"/>`), "text", "application/xml"],
    ["C-CDA in UTF-16", utf16(summary), "ccda", "application/xml"],
    ["C-CDA in UTF-16 without its mark", utf16(summary).subarray(2), "ccda", "application/xml"],
    ["HL7 in UTF-16 without its mark", utf16(oru).subarray(2), "hl7v2", "x-application/hl7-v2+er7"],
    [
      "UTF-16 without its mark, big end first",
      latin1([..."Gr\xf6\xdfe 178"].map((char) => `\0${char}`).join("")),
      "text",
      "text/plain; charset=utf-16be",
    ],
    [
      "a root of that name from elsewhere",
      bytes(`<ClinicalDocument xmlns="urn:x"/>`),
      "text",
      "application/xml",
    ],
    ["XML without an end", bytes("<!-- never"), "text", "text/plain; charset=utf-8"],
    ["a page", bytes("<!doctype html><html>"), "text", "text/plain; charset=utf-8"],
    ["a drawing", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), "text", "application/xml"],
    ["FHIR", fixtures.fhirPatientBundle(), "fhir", "application/fhir+json"],
    [
      "FHIR with its type last",
      bytes(`{"a":{"b":["}",{}]},"resourceType":"Patient"}`),
      "fhir",
      "application/fhir+json",
    ],
    ["an array of FHIR", bytes(`[ {"resourceType":"Patient"}]`), "fhir", "application/fhir+json"],
    ["an array of something else", bytes(`[{"a":1}]`), "text", "application/json"],
    [
      "FHIR whose own type lies beyond",
      bytes(`{"entry":[{"resource":{"id":"1","resourceType":"Patient"}},{"resource":{"id":`),
      "fhir",
      "application/fhir+json",
    ],
    [
      "FHIR whose narrative is longer than that",
      bytes(`{"text":{"div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">${"x ".repeat(100)}`),
      "fhir",
      "application/fhir+json",
    ],
    ["other JSON that breaks off", bytes(`{"a":{"b":"resourceType`), "text", "application/json"],
    [
      "JSON with a resourceType deep inside",
      bytes(`{"a":{"resourceType":"Patient"}}`),
      "text",
      "application/json",
    ],
    [
      "JSON with the word as a value",
      bytes(`{"a":"resourceType"}`),
      "text",
      "application/json",
    ],
    ["a PDF", fixtures.pdf("x"), "pdf", "application/pdf"],
    ["a PDF behind a line of text", bytes(`x\n%PDF-1.4\n`), "pdf", "application/pdf"],
    ["a PNG", fixtures.png(), "image", "image/png"],
    ["a JPEG", latin1("\xff\xd8\xff\xe0"), "image", "image/jpeg"],
    ["a GIF", latin1("GIF89a"), "image", "image/gif"],
    ["a WebP", latin1("RIFF\x01\x02\x03\x04WEBP"), "image", "image/webp"],
    ["a TIFF", latin1("II*\0\x08\0\0\0"), "image", "image/tiff"],
    ["a TIFF, big end first", latin1("MM\0*\0\0\0\x08"), "image", "image/tiff"],
    ["a BMP", latin1("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), "image", "image/bmp"],
    ["text that begins like a BMP", bytes("BMI 23.4"), "text", "text/plain; charset=utf-8"],
    ["Latin-1", latin1("M\xfcller, Gr\xf6\xdfe 178"), "text", "text/plain; charset=windows-1252"],
    ["UTF-16", utf16("Größe"), "text", "text/plain; charset=utf-16le"],
    [
      "UTF-8 cut inside a character",
      bytes("é").subarray(0, 1),
      "text",
      "text/plain; charset=utf-8",
    ],
    ["text that DOS has ended", latin1("fever\x1a"), "text", "text/plain; charset=utf-8"],
    [
      "text with a slip in it",
      latin1("The patient felt much bet\x08ter, and slept."),
      "text",
      "text/plain; charset=utf-8",
    ],
    [
      "a message full of controls",
      latin1("MSH|^~\\&|A|B\x1e\x01\x02\x03\xff"),
      "hl7v2",
      "x-application/hl7-v2+er7",
    ],
    ["noise", latin1("\0\x01\x02\xff\xfe\x80"), "other", "application/octet-stream"],
    ["an archive", latin1("PK\x03\x04\x14\0\0\0"), "other", "application/octet-stream"],
    ["one byte", latin1("\0"), "other", "application/octet-stream"],
  ];
  for (const [name, file, kind, mediaType] of cases) {
    it(`tells ${name}`, () => {
      const told = kindOf(file);
      equal(told.kind, kind);
      equal(told.mediaType, mediaType);
    });
  }

  it("ends on nests and repetitions that only look like the beginning of something", () => {
    for (
      const text of [
        "[{".repeat(1e5),
        `{"a":`.repeat(5e4),
        "<!--".repeat(6e4),
        "<a b=".repeat(5e4),
        "<a " + "b".repeat(2e5),
        "<a" + " ".repeat(2e5),
        `<a ${`b="`.repeat(5e4)}`,
        "<!>".repeat(8e4),
        "<!DOCTYPE x>".repeat(2e4),
      ]
    ) {
      equal(kindOf(bytes(text)).kind, "text");
    }
  });
});

/** Where real files lie beside the repository they are tried; the tests do not need them. */
const samples = new URL("../../../../shared/samples/", import.meta.url);

/** Files whose content is not what their folder says, looked at one by one. */
const KNOWN_MISFITS = new Set([
  // A byte too many at its start.
  "dicom/pydicom/test_files_no_meta.dcm",
  // A mapping's input, not a resource.
  "fhir/fhirconv/FHIR_ExamplePatient.json",
  // Fragments in which nothing says that they are HL7's.
  "ccda/ccdaex/General_Narrative_Reference_-_Act_Act_text_and_originalText_references_C-CDAR2.1_.xml",
  "ccda/ccdaex/General_Narrative_Reference_-_Observation_Observation_text_and_originalText_references_C-CDAR2.1_.xml",
]);

async function* filesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(encodeURIComponent(entry.name) + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) yield* filesBelow(url);
    else yield url;
  }
}

async function exists(folder: URL): Promise<boolean> {
  try {
    return (await Deno.stat(folder)).isDirectory;
  } catch {
    return false;
  }
}

const present = await exists(samples);
describe("charsetOf", () => {
  const of = (...bytes: number[]) => Uint8Array.from(bytes);
  const ascii = (text: string) => [...text].map((char) => char.charCodeAt(0));
  const russian =
    "c0 ed e0 ec ed e5 e7 3a 20 ef e0 f6 e8 e5 ed f2 20 e6 e0 eb f3 e5 f2 f1 ff 20 ed e0 20 e3 ee eb ee e2 ed f3 fe 20 e1 ee eb fc 20 e8 20 ea e0 f8 e5 eb fc";
  const hex = (text: string) => of(...text.split(" ").map((byte) => parseInt(byte, 16)));
  it("tells Cyrillic of eight bits", () => {
    const bytes = hex(`${russian} 20 ${russian}`);
    equal(charsetOf(bytes), "windows-1251");
    equal(decode(bytes, "windows-1251").slice(0, 16), "Анамнез: пациент");
  });
  it("tells Shift_JIS", () => {
    // 患者の診断は肺炎です。
    const bytes = hex("8a b3 8e d2 82 cc 90 66 92 66 82 cd 94 78 89 8a 82 c5 82 b7 81 42");
    equal(charsetOf(of(...bytes, ...bytes, ...bytes)), "shift_jis");
  });
  it("tells ISO-2022-JP by its escapes", () =>
    equal(charsetOf(of(...ascii("\u001b$B;3ED\u001b(B"))), "iso-2022-jp"));
  it("believes what XML and HTML declare", () => {
    for (
      const [start, charset] of [
        [`<?xml version="1.0" encoding="ISO-8859-2"?><p>`, "iso-8859-2"],
        [`<?xml version='1.0' encoding='windows-1257' standalone='yes'?><p>`, "windows-1257"],
        [`<html><head><meta charset="iso-8859-9"><p>`, "windows-1254"],
        [`<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>`, "koi8-r"],
      ]
    ) {
      equal(charsetOf(of(...ascii(start!), ...ascii("Dvo\xf8\xe1k"))), charset);
    }
    const czech = of(...ascii(`<?xml version="1.0" encoding="ISO-8859-2"?><p>Dvo\xf8\xe1k</p>`));
    equal(decode(czech, charsetOf(czech)!).includes("Dvořák"), true);
  });
  it("believes no declaration that the bytes belie, or that nobody knows", () => {
    const utf8 = new TextEncoder().encode(`<?xml version="1.0" encoding="ISO-8859-2"?>Dvořák`);
    equal(charsetOf(utf8), "utf-8");
    const latin = (name: string) =>
      charsetOf(of(...ascii(`<?xml version="1.0" encoding="${name}"?>Gr\xf6\xdfe 178, M\xfcller`)));
    equal(latin("UTF-8"), "windows-1252");
    equal(latin("x-nobody"), "windows-1252");
  });
  it("takes UTF-8 with a broken character for UTF-8", () => {
    const whole = new TextEncoder().encode("Größe, Müller, Käthe, Jürgen, süß");
    equal(charsetOf(of(...whole, 0xff, 0x20)), "utf-8");
    equal(decode(of(...whole, 0xff, 0x20), "utf-8").startsWith("Größe, Müller"), true);
  });
  it("takes a few accents for Latin-1", () =>
    equal(charsetOf(of(...ascii("Gr\xf6\xdfe 178, M\xfcller"))), "windows-1252"));
});

describe("kindOf, on real files", { skip: !present }, () => {
  for (const kind of ["hl7v2", "dicom", "ccda", "fhir", "pdf"] as const) {
    it(`tells every ${kind}`, async () => {
      let tried = 0;
      for await (const file of filesBelow(new URL(`${kind}/`, samples))) {
        const name = decodeURIComponent(file.pathname.slice(samples.pathname.length));
        const head = (await Deno.readFile(file)).subarray(0, 256 * 1024);
        if (KNOWN_MISFITS.has(name)) continue;
        tried++;
        equal(kindOf(head).kind, kind, name);
      }
      equal(tried > 10, true);
    });
  }
});
