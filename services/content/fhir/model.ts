/** What a FHIR R4 resource says of itself: its text, its patient, its one line in a list. */
import { isEncoded, type SeenPatient } from "../ingestion/model.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
/** `data` is base64. */
export type Attachment = { contentType?: string; data: string; title?: string };

/** An attachment that the record only points at. */
export type Elsewhere = { url: string; contentType?: string; title?: string };
const URL_CHARS_MAX = 500;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const stringOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
const listOf = (value: Json | undefined): Json[] => Array.isArray(value) ? value : [];
const objectsOf = (value: Json | undefined): JsonObject[] => listOf(value).filter(isObject);

/** Strings that name other things, and are no words of the record. */
const SILENT = new Set([
  "system",
  "url",
  "reference",
  "fullUrl",
  "profile",
  "contentType",
  "versionId",
  "lastUpdated",
  "resourceType",
  "id",
  "language",
  "valueSet",
  "instantiatesUri",
  "data",
  "hash",
  "mode",
  "use",
  "rank",
  "linkId",
  "implicitRules",
  "status",
  "valueBase64Binary",
  "valueUri",
  "valueUrl",
  "valueCanonical",
]);
const WORD_CHARS_MAX = 1_000_000;

/**
 * Every word in the record, in order, each once; and the files that it carries. A stack of its own:
 * a hostile file may nest deeper than the program's.
 */
export function wordsIn(
  root: Json,
  stripped: (html: string) => string,
): { words: string[]; attachments: Attachment[]; elsewhere: Elsewhere[] } {
  const words = new Set<string>();
  const attachments: Attachment[] = [];
  const elsewhere: Elsewhere[] = [];
  const open: { key: string; value: Json }[] = [{ key: "", value: root }];
  while (open.length > 0) {
    const { key, value } = open.pop()!;
    if (typeof value === "string") {
      if (SILENT.has(key)) continue;
      const text = (key === "div" ? stripped(value) : value).trim();
      // Base64 under a name of its own is no text either.
      if (text !== "" && !isEncoded(text)) {
        words.add(text.slice(0, WORD_CHARS_MAX));
      }
    } else if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) open.push({ key, value: value[at]! });
    } else if (isObject(value)) {
      const { attachment, link } = fileIn(key, value);
      if (attachment) attachments.push(attachment);
      if (link) elsewhere.push(link);
      for (const [inner, content] of Object.entries(value).reverse()) {
        open.push({ key: inner, value: content });
      }
    }
  }
  return { words: [...words], attachments, elsewhere };
}

/** Keys under which R4 holds an Attachment, which need not say its type. */
const ATTACHMENT_KEY = /attachment$|^(?:presentedForm|photo|content|image)$/i;

/** The file that an object is or points at, if it does. */
function fileIn(key: string, value: JsonObject): { attachment?: Attachment; link?: Elsewhere } {
  const { data, url } = value;
  const contentType = typeof value["contentType"] === "string" ? value["contentType"] : undefined;
  const title = typeof value["title"] === "string" ? { title: value["title"] } : {};
  const isAttachment = ATTACHMENT_KEY.test(key) || value["resourceType"] === "Binary";
  if (typeof data === "string" && (isAttachment || contentType !== undefined)) {
    return {
      attachment: { ...(contentType === undefined ? {} : { contentType }), data, ...title },
    };
  }
  if (!isAttachment || typeof url !== "string") return {};
  const inside = dataIn(url);
  if (inside) return { attachment: { ...inside, ...title } };
  return {
    link: {
      url: url.slice(0, URL_CHARS_MAX),
      ...(contentType === undefined ? {} : { contentType: contentType.slice(0, 100) }),
      ...("title" in title ? { title: title.title.slice(0, 300) } : {}),
    },
  };
}

/** A `data:` URL (RFC 2397), its bytes as base64. */
function dataIn(url: string): { contentType: string; data: string } | undefined {
  const head = url.slice(0, 300).match(/^data:([^,]*?)(;base64)?,/i);
  if (!head) return undefined;
  const content = url.slice(head[0].length);
  try {
    const plain = decodeURIComponent(content);
    const data = head[2] ? plain : new TextEncoder().encode(plain).toBase64();
    return { contentType: head[1]!, data };
  } catch {
    return undefined;
  }
}

/** The entries of a bundle, bundles inside it opened too; or the one resource there is. */
export function entriesIn(roots: Json[]): { resource: JsonObject; fullUrl?: string }[] {
  const found: { resource: JsonObject; fullUrl?: string }[] = [];
  const open = roots.map((resource): JsonObject => ({ resource })).reverse();
  while (open.length > 0) {
    const { resource, fullUrl } = open.pop()!;
    if (!isObject(resource)) continue;
    if (resource["resourceType"] !== "Bundle") {
      found.push({ resource, ...(typeof fullUrl === "string" ? { fullUrl } : {}) });
      continue;
    }
    for (const entry of objectsOf(resource["entry"]).reverse()) {
      if (isObject(entry["resource"])) open.push(entry);
    }
  }
  return found;
}

/** The text of a CodeableConcept or Coding. */
function conceptOf(value: Json | undefined): string | undefined {
  if (Array.isArray(value)) return conceptOf(value[0]);
  if (!isObject(value)) return undefined;
  const coding = objectsOf(value["coding"])[0];
  return stringOf(value["text"]) ?? stringOf(coding?.["display"]) ?? stringOf(value["display"]) ??
    stringOf(coding?.["code"]);
}

const NAMED_BY = [
  "code",
  "medicationCodeableConcept",
  "vaccineCode",
  "type",
  "category",
  "class",
  "serviceType",
];
const DATED_BY = [
  "effectiveDateTime",
  "date",
  "onsetDateTime",
  "recordedDate",
  "authoredOn",
  "occurrenceDateTime",
  "performedDateTime",
  "issued",
  "created",
  "sent",
  "birthDate",
  "assertedDate",
];

/** What a list shows of a resource. */
export function lineOf(resource: JsonObject): { type: string; title?: string; at?: string } {
  const type = stringOf(resource["resourceType"]) ?? "unknown";
  const title = nameOf(resource) ?? stringOf(resource["title"]) ??
    NAMED_BY.map((key) => conceptOf(resource[key])).find(Boolean) ??
    stringOf(resource["description"]);
  const period = ["period", "effectivePeriod", "performedPeriod", "billablePeriod"]
    .map((key) => resource[key]).find(isObject);
  const at = DATED_BY.map((key) => stringOf(resource[key])).find(Boolean) ??
    stringOf(period?.["start"]);
  return {
    type,
    ...(title ? { title: title.slice(0, 300) } : {}),
    ...(at ? { at: at.slice(0, 40) } : {}),
  };
}

function nameOf(resource: JsonObject): string | undefined {
  const name = resource["name"];
  if (typeof name === "string") return stringOf(name);
  const human = humanNameOf(resource);
  if (!human) return undefined;
  const text = [...listOf(human["given"]), human["family"]].filter((part) =>
    typeof part === "string"
  ).join(" ");
  return text || stringOf(human["text"]);
}

/** The official name, else the usual one, else the first. */
function humanNameOf(resource: JsonObject): JsonObject | undefined {
  const names = objectsOf(resource["name"]);
  return names.find(({ use }) => use === "official") ?? names.find(({ use }) => use === "usual") ??
    names[0];
}

const SEXES = new Set(["female", "male", "other", "unknown"]);

export function patientFrom(resource: JsonObject): SeenPatient | null {
  const identifiers = objectsOf(resource["identifier"]).flatMap((identifier) => {
    const value = stringOf(identifier["value"]);
    const system = stringOf(identifier["system"]);
    return value ? [{ ...(system ? { system } : {}), value }] : [];
  }).slice(0, 50);
  const name = humanNameOf(resource);
  const given = listOf(name?.["given"]).filter((part) => typeof part === "string");
  // Without parts, the last word of a written name is taken for the family's.
  const family = stringOf(name?.["family"]) ??
    (given.length === 0 ? stringOf(name?.["text"])?.split(/\s+/).at(-1) : undefined);
  const birthDate = stringOf(resource["birthDate"])?.match(/^\d{4}(-\d{2}(-\d{2})?)?$/)?.[0];
  const sex = stringOf(resource["gender"]);
  if (!family && given.length === 0 && identifiers.length === 0) return null;
  return {
    identifiers,
    ...(family ? { family } : {}),
    ...(given.length > 0 ? { given } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(sex && SEXES.has(sex) ? { sex } : {}),
  };
}

/** Who is said to have written it. */
export function authorIn(resource: JsonObject): string | undefined {
  const said = [resource["author"], resource["recorder"], resource["performer"]]
    .flatMap((value) => Array.isArray(value) ? value : [value]).filter(isObject);
  return said.map(({ display }) => stringOf(display)).find(Boolean);
}
