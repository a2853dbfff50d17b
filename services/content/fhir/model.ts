/** What a FHIR R4 resource says of itself: its text, its patient, its one line in a list. */
import type { SeenPatient } from "../ingestion/model.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
export type Attachment = { contentType: string; data: string; title?: string };

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
      if (text !== "" && (text.length < 1_000 || /\s/.test(text))) {
        words.add(text.slice(0, WORD_CHARS_MAX));
      }
    } else if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) open.push({ key, value: value[at]! });
    } else if (isObject(value)) {
      const { contentType, data, title, url } = value;
      if (key === "attachment" && typeof url === "string" && typeof data !== "string") {
        elsewhere.push({
          url: url.slice(0, URL_CHARS_MAX),
          ...(typeof contentType === "string" ? { contentType: contentType.slice(0, 100) } : {}),
          ...(typeof title === "string" ? { title: title.slice(0, 300) } : {}),
        });
      }
      if (typeof contentType === "string" && typeof data === "string") {
        attachments.push({
          contentType: contentType.toLowerCase(),
          data,
          ...(typeof title === "string" ? { title } : {}),
        });
      }
      for (const [inner, content] of Object.entries(value).reverse()) {
        open.push({ key: inner, value: content });
      }
    }
  }
  return { words: [...words], attachments, elsewhere };
}

/** The resources of a bundle, bundles inside it opened too; or the one resource there is. */
export function resourcesIn(roots: Json[]): JsonObject[] {
  const found: JsonObject[] = [];
  const open = roots.toReversed();
  while (open.length > 0) {
    const resource = open.pop()!;
    if (!isObject(resource)) continue;
    if (resource["resourceType"] !== "Bundle") {
      found.push(resource);
      continue;
    }
    for (const entry of objectsOf(resource["entry"]).reverse()) {
      if (isObject(entry["resource"])) open.push(entry["resource"]);
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

/** The one patient that the resources speak of; null when there is none, or several. */
export function patientIn(resources: JsonObject[]): SeenPatient | null {
  const contained = resources.flatMap((resource) => objectsOf(resource["contained"]));
  const isPatient = (resource: JsonObject) => resource["resourceType"] === "Patient";
  const own = resources.filter(isPatient);
  const people = own.length > 0 ? own : contained.filter(isPatient);
  const keys = new Set(people.map((person) =>
    JSON.stringify([
      person["identifier"] ?? person["id"],
      person["birthDate"],
    ])
  ));
  if (keys.size === 1) return patientFrom(people[0]!);
  if (keys.size > 1) return null;
  // A reference may say the number itself.
  const logical = new Map<string, SeenPatient>();
  for (const resource of resources) {
    const subject = [resource["subject"], resource["patient"]].find(isObject);
    const identifier = subject && isObject(subject["identifier"])
      ? subject["identifier"]
      : undefined;
    const seen = identifier && patientFrom({ identifier: [identifier] });
    if (seen) logical.set(JSON.stringify(seen), seen);
  }
  return logical.size === 1 ? [...logical.values()][0]! : null;
}

/** Who is said to have written it. */
export function authorIn(resource: JsonObject): string | undefined {
  const said = [resource["author"], resource["recorder"], resource["performer"]]
    .flatMap((value) => Array.isArray(value) ? value : [value]).filter(isObject);
  return said.map(({ display }) => stringOf(display)).find(Boolean);
}
