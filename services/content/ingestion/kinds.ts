/** Tells what a file is from its first bytes; never from what a client says of it. */
// deno-lint-ignore-file no-control-regex

import { type Charset, charsetOf, decode } from "./charsets.ts";

export const kinds = [
  "hl7v2",
  "dicom",
  "ccda",
  "fhir",
  "pdf",
  "image",
  "office",
  "text",
  "other",
] as const;
export type Kind = typeof kinds[number];
export const HL7_MEDIA_TYPE = "x-application/hl7-v2+er7";
export type Sniffed = {
  kind: Kind;
  mediaType: string;
  /** Of those kinds that are text. */
  charset?: Charset;
};

const PDF_WITHIN = 1024;
const DICOM_PREAMBLE = 128;

const latin1 = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to));

/** What `head`, the first 256 KiB of a file or all of it, begins. Never throws. */
export function kindOf(head: Uint8Array): Sniffed {
  if (latin1(head, DICOM_PREAMBLE, DICOM_PREAMBLE + 4) === "DICM") return dicom;
  const image = imageType(head);
  if (image) return { kind: "image", mediaType: image };
  if (latin1(head, 0, 5) === "%PDF-") return pdf;
  const office = officeType(head);
  if (office) return { kind: "office", mediaType: office };
  const charset = charsetOf(head);
  if (charset !== undefined) {
    const text = decode(head, charset);
    const known = textKind(text, charset);
    if (known) return { ...known, charset };
    if (isPdfWithin(head)) return pdf;
    return { kind: "text", mediaType: `text/plain; charset=${charset}`, charset };
  }
  if (isPdfWithin(head)) return pdf;
  if (isBareDicom(head)) return dicom;
  // Whatever else is in it.
  if (isHl7(latin1(head, 0, 64).trimStart())) return { kind: "hl7v2", mediaType: HL7_MEDIA_TYPE };
  return { kind: "other", mediaType: "application/octet-stream" };
}

const pdf: Sniffed = { kind: "pdf", mediaType: "application/pdf" };
const dicom: Sniffed = { kind: "dicom", mediaType: "application/dicom" };

const isPdfWithin = (head: Uint8Array) => latin1(head, 0, PDF_WITHIN).includes("%PDF-");

const OOXML = "application/vnd.openxmlformats-officedocument.";
/** Which folder of an archive holds what: a document's first entries say which program wrote it. */
const OOXML_FOLDERS: [folder: string, type: string][] = [
  ["word/", `${OOXML}wordprocessingml.document`],
  ["xl/", `${OOXML}spreadsheetml.sheet`],
  ["ppt/", `${OOXML}presentationml.presentation`],
];

/** OpenDocument names its type first of all (part 2, 3.3); the others only by what they hold. */
function officeType(head: Uint8Array): string | undefined {
  if (latin1(head, 0, 5) === "{\\rtf") return "application/rtf";
  if (latin1(head, 0, 4) !== "PK\x03\x04") return undefined;
  const named = latin1(head, 30, 120)
    .match(/^mimetype(application\/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation))/);
  if (named) return named[1];
  const names = namesIn(head);
  const isPackage = names.some((name) =>
    name === "[Content_Types].xml" || name === "_rels/.rels" || name.startsWith("docProps/")
  );
  if (!isPackage) return undefined;
  return OOXML_FOLDERS.find(([folder]) => names.some((name) => name.startsWith(folder)))?.[1];
}

const NAMES_MAX = 200;

/** Names of the entries that begin in `head`, as their own headers give them. */
function namesIn(head: Uint8Array): string[] {
  const names: string[] = [];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = head.indexOf(0x50); at !== -1; at = head.indexOf(0x50, at + 1)) {
    if (at + 30 > head.byteLength || names.length === NAMES_MAX) break;
    if (view.getUint32(at, true) !== 0x04034b50) continue;
    names.push(latin1(head, at + 30, at + 30 + Math.min(view.getUint16(at + 26, true), 200)));
  }
  return names;
}

const SIGNATURES: [type: string, pattern: RegExp][] = [
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
  ["image/tiff", /^(II\*\0|MM\0\*|II\+\0\x08\0|MM\0\+\0\x08)/],
  // Two letters alone would take many a text for a bitmap: the reserved words and the header's size.
  ["image/bmp", /^BM[^]{4}\0\0\0\0[^]{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0/],
];

function imageType(head: Uint8Array): string | undefined {
  const start = latin1(head, 0, 32);
  return SIGNATURES.find(([, pattern]) => pattern.test(start))?.[0];
}

/** What text can be told by its beginning. */
function textKind(text: string, charset: Charset): Omit<Sniffed, "charset"> | undefined {
  // A byte order mark counts as space, and so does MLLP's start block.
  const start = text.trimStart();
  if (isHl7(start)) return { kind: "hl7v2", mediaType: HL7_MEDIA_TYPE };
  if (start.startsWith("<")) {
    const root = rootOf(start);
    if (root?.name === "ClinicalDocument" && root.namespace === "urn:hl7-org:v3") {
      return { kind: "ccda", mediaType: "application/xml" };
    }
    if (root && CDA_PARTS.has(root.name) && HL7_OBJECT.test(start)) {
      return { kind: "ccda", mediaType: "application/xml" };
    }
    if (root && root.name.toLowerCase() !== "html") {
      return { kind: "text", mediaType: "application/xml" };
    }
    return undefined;
  }
  // Resources stand alone, one per line, or in an array.
  const object = start.replace(/^\[\s*(?=\{)/, "");
  if (object.startsWith("{")) {
    if (isResource(object)) return { kind: "fhir", mediaType: "application/fhir+json" };
    if (charset === "utf-8" && /^\{\s*("|\})/.test(object)) {
      return { kind: "text", mediaType: "application/json" };
    }
  }
  return undefined;
}

/** Roots of what is passed round by itself: parts of a document, mostly without its namespace. */
const CDA_PARTS = new Set(["section", "component", "recordTarget", "documentationOf", "entry"]);
/** Codes and templates of HL7 stand under its own arc of object identifiers. */
const HL7_OBJECT = /\b(?:root|codeSystem)\s*=\s*["']2\.16\.840\.1\.113883\./;

/** The separator follows the segment's name at once; MSH and the batch headers then repeat it. */
function isHl7(start: string): boolean {
  const match = start.match(/^(?:MSH|FHS|BHS)([^\w\s])([^\w\s]{1,5})/);
  return match !== null && (match[2]!.includes(match[1]!) || match[2]!.length >= 3);
}

/** A root element with all its attributes. */
const ROOT_CHARS_MAX = 16 * 1024;
const ROOT = /^<(?:([\w.-]+):)?([\w.-]+)([^>]*)>?/;

/** The root element behind declaration, comments, instructions and document type. */
function rootOf(text: string): { name: string; namespace: string | undefined } | undefined {
  let at = 0;
  let hasDoctype = false;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    // Of these there is one: each is looked for to the end of the text.
    const isDoctype: boolean = !hasDoctype && /^<!DOCTYPE/i.test(text.slice(at, at + 9));
    hasDoctype ||= isDoctype;
    const end = text.startsWith("<!--", at)
      ? text.indexOf("-->", at + 4) + 2
      : text.startsWith("<?", at)
      ? text.indexOf("?>", at) + 1
      : isDoctype
      ? endOfDoctype(text, at)
      : undefined;
    if (end === undefined) break;
    if (end <= at) return undefined;
    at = end + 1;
  }
  const match = text.slice(at, at + ROOT_CHARS_MAX).match(ROOT);
  if (!match) return undefined;
  const [, prefix, name, attributes] = match;
  const wanted = prefix ? `xmlns:${prefix}` : "xmlns";
  for (const [, key, , value] of attributes!.matchAll(/([\w:.-]{1,100})\s*=\s*(["'])(.*?)\2/gs)) {
    if (key === wanted) return { name: name!, namespace: value };
  }
  return { name: name!, namespace: undefined };
}

function endOfDoctype(text: string, at: number): number {
  const bracket = text.indexOf("[", at);
  const end = text.indexOf(">", at);
  if (bracket === -1 || end < bracket) return end;
  return text.indexOf(">", text.indexOf("]", bracket));
}

/** A resource inside, or a narrative. */
const FHIR_INSIDE =
  /"resourceType"\s*:\s*"[A-Z]|"<div[^>]{0,100}\bxmlns=\\"http:\/\/www\.w3\.org\/1999\/xhtml\\"/;

/**
 * Is there a key `resourceType` in the outermost object? Where the text breaks off before, what
 * stands in that object must tell.
 */
function isResource(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") {
      if (--depth === 0) return false;
    } else if (char === '"') {
      const start = at + 1;
      for (at = start; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (depth === 1 && text.slice(start, at) === "resourceType") {
        if (/^\s*:\s*"/.test(text.slice(at + 1, at + 64))) return true;
      }
    }
  }
  return FHIR_INSIDE.test(text);
}

const VALUE_REPRESENTATIONS = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
    .split(" "),
);
const LONG = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/** Without preamble: a run of data elements in ascending order, from group 2 or 8. */
function isBareDicom(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const little of [true, false]) {
    let at = 0;
    let last = -1;
    let elements = 0;
    while (elements < 3 && at + 12 <= head.byteLength) {
      const group = view.getUint16(at, little);
      const tag = group * 0x10000 + view.getUint16(at + 2, little);
      if (last === -1 && group !== 0x0002 && group !== 0x0008) break;
      const type = latin1(head, at + 4, at + 6);
      const explicit = VALUE_REPRESENTATIONS.has(type);
      // Without a named type it could be anything: only the first groups are believed.
      if (tag <= last || group > (explicit ? 0x0088 : 0x0010)) break;
      const length = !explicit
        ? view.getUint32(at + 4, little)
        : LONG.has(type)
        ? view.getUint32(at + 8, little)
        : view.getUint16(at + 6, little);
      if (length > 64 * 1024 || length % 2 === 1) break;
      at += (explicit && LONG.has(type) ? 12 : 8) + length;
      last = tag;
      elements++;
    }
    if (elements === 3) return true;
  }
  return false;
}
