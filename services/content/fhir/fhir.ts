/**
 * Reads FHIR R4 as JSON: a resource, a bundle, or one resource per line; with the files that it
 * carries. Runs in the reader's process and needs nothing but the text; a picture of a PDF inside
 * needs what `pages/` needs.
 */
import type { Cut, Parts } from "../ingestion/model.ts";
import { type AttachedFiles, ATTACHMENTS_MAX, readAttachments } from "./attachments.ts";
import { compartmentsOf, personsIn } from "./compartments.ts";
import {
  type Attachment,
  authorIn,
  entriesIn,
  isObject,
  type Json,
  type JsonObject,
  lineOf,
  stringOf,
  wordsIn,
} from "./model.ts";
import { strip } from "./markup.ts";

export const FHIR_ENGINE = { engine: "praxis-fhir", engineVersion: "4" };

export const reasons = { broken: "The file is not readable JSON." } as const;

const LINES_MAX = 500;
const PATIENTS_MAX = 100;
const ELSEWHERE_MAX = 20;

/** Of a record that is inside another file: one deep is deep enough for a bomb. */
const unread = (attachments: readonly unknown[]): AttachedFiles => ({
  texts: [],
  renditions: [],
  persons: [],
  isCut: attachments.length > 0,
});

/** `depth` above 0: already inside another file, whose own attachments are read no further. */
export async function readFhir(text: string, depth = 0): Promise<Parts> {
  let roots: Json[];
  try {
    roots = parse(text);
  } catch {
    return { reason: reasons.broken, ...FHIR_ENGINE };
  }
  const entries = entriesIn(roots);
  const resources = entries.map(({ resource }) => resource);
  const { patients, places } = compartmentsOf(entries);
  const { words, attachments, elsewhere } = wordsIn(roots, strip);
  const files = depth > 0 ? unread(attachments) : await readAttachments(attachments);
  const cut: Cut[] = [
    ...(files.isCut ? ["text" as const] : []),
    ...(resources.length > LINES_MAX || patients.length > PATIENTS_MAX ||
        attachments.length > ATTACHMENTS_MAX || elsewhere.length > ELSEWHERE_MAX
      ? ["structure" as const]
      : []),
  ];
  const counts: Record<string, number> = {};
  for (const resource of resources) {
    const { type } = lineOf(resource);
    counts[type] = (counts[type] ?? 0) + 1;
  }
  const root = roots.find(isObject);
  const single = resources.length === 1 ? resources[0]! : undefined;
  const title = titleOf(single, attachments);
  const author = single && authorIn(single);
  const language = stringOf(root?.["language"]);
  return {
    text: [...words, ...files.texts].filter(Boolean).join("\n"),
    ...personsIn(patients, files.persons),
    ...(title ? { title } : {}),
    ...(author ? { author } : {}),
    ...(language ? { language } : {}),
    structure: JSON.parse(JSON.stringify({
      resourceType: stringOf(root?.["resourceType"]),
      bundleType: root?.["resourceType"] === "Bundle" ? stringOf(root["type"]) : undefined,
      counts,
      patients: patients.slice(0, PATIENTS_MAX).map(({ patient, reference, resources }) => ({
        name: [...patient?.given ?? [], patient?.family].filter(Boolean).join(" ") || undefined,
        identifier: patient?.identifiers[0]?.value,
        birthDate: patient?.birthDate,
        reference,
        resources,
      })),
      resources: resources.slice(0, LINES_MAX).map((resource, at) => ({
        ...lineOf(resource),
        // Its place among the patients, from 0.
        patient: places[at],
      })),
      attachments: attachments.slice(0, ATTACHMENTS_MAX).map(({ contentType, title }, index) => ({
        contentType,
        title,
        hasText: (files.texts[index] ?? "") !== "",
      })),
      // What stands elsewhere is not fetched; it is said where that is.
      elsewhere: elsewhere.length > 0 ? elsewhere.slice(0, ELSEWHERE_MAX) : undefined,
    })),
    ...(cut.length > 0 ? { cut } : {}),
    renditions: files.renditions,
    ...FHIR_ENGINE,
  };
}

/** One resource per line is a common way to export many, an array another. */
function parse(text: string): Json[] {
  try {
    const root: Json = JSON.parse(text);
    return Array.isArray(root) ? root : [root];
  } catch (error) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length < 2) throw error;
    return lines.map((line) => JSON.parse(line));
  }
}

const titleOf = (single: JsonObject | undefined, files: Attachment[]) =>
  single && (lineOf(single).title ?? files.find(({ title }) => title)?.title);
