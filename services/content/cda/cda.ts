/**
 * Reads C-CDA: the patient, who wrote it, its sections with their narrative, and a body that is not
 * XML. Runs in the reader's process and needs nothing but the bytes; a picture of a PDF inside
 * needs what `pages/` needs.
 */
import type { Parts, Rendition, SeenPatient } from "../ingestion/model.ts";
import { personsOf } from "../patients/model.ts";
import { type Block, blocksOf, wordsOfBlock } from "./narrative.ts";
import { all, anywhere, type Node, one, parseXml, wordsOf } from "./trees.ts";

export const CDA_ENGINE = { engine: "fast-xml-parser", engineVersion: "5.12.1" };

export const reasons = { broken: "The file is not readable XML." } as const;

/** What is kept of the sections: JSON of at most a megabyte in all. */
const SECTION_CHARS_MAX = 600_000;
const CODE_NAMES_MAX = 2_000;
const EMBEDDED_BYTES_MAX = 32 * 1024 * 1024;

export type Section = { title: string; code?: string; blocks: Block[]; sections: Section[] };

/** `depth` above 0: already inside another file, whose own attachments are read no further. */
export async function readCda(text: string, depth = 0): Promise<Parts> {
  let root: Node;
  try {
    root = parseXml(text);
  } catch {
    return { reason: reasons.broken, ...CDA_ENGINE };
  }
  const sections = sectionsOf(root);
  const body = await bodyOf(root, depth);
  const roles = rolesOf(root);
  const patients = roles.flatMap((role) => patientOf(role) ?? []);
  const persons = personsOf(
    [...new Map(patients.map((patient) => [JSON.stringify(patient), patient])).values()],
  );
  const code = one(root, "code");
  const title = wordsOf(one(root, "title")) || code?.attributes["displayName"] || "";
  const author = authorOf(root);
  const language = one(root, "languageCode")?.attributes["code"];
  const effectiveTime = timeOf(one(root, "effectiveTime")?.attributes["value"]);
  const custodian = wordsOf(
    anywhere(root, "representedCustodianOrganization")
      .flatMap((organization) => all(organization, "name"))[0],
  );
  const lines = [
    title,
    ...namesOf(roles),
    ...patients.flatMap(({ identifiers }) => identifiers.map(({ value }) => value)),
    author ?? "",
    custodian,
    ...sections.flatMap(linesOf),
    ...codeNamesOf(root),
    body.text,
  ];
  return {
    text: lines.filter((line) => line !== "").join("\n"),
    ...persons,
    ...(title ? { title } : {}),
    ...(author ? { author } : {}),
    ...(language ? { language } : {}),
    structure: JSON.parse(JSON.stringify({
      code: code && {
        code: code.attributes["code"],
        system: code.attributes["codeSystem"],
        name: code.attributes["displayName"],
      },
      effectiveTime,
      custodian: custodian || undefined,
      ...bounded(sections),
      body: body.mediaType && { mediaType: body.mediaType },
    })),
    renditions: body.renditions,
    ...CDA_ENGINE,
  };
}

/** The sections of the body; in a fragment those that stand anywhere. */
function sectionsOf(root: Node): Section[] {
  const found = root.name === "section" ? [root] : anywhere(root, "section");
  return found.map(function toSection(section: Node): Section {
    const code = one(section, "code")?.attributes;
    const title = wordsOf(one(section, "title")) || code?.["displayName"] || "";
    return {
      title,
      ...(code?.["code"] ? { code: code["code"] } : {}),
      blocks: blocksOf(one(section, "text")),
      sections: all(section, "component", "section").map(toSection),
    };
  });
}

const linesOf = ({ title, blocks, sections }: Section): string[] => [
  title,
  ...blocks.flatMap(wordsOfBlock),
  ...sections.flatMap(linesOf),
];

/** As many sections as may be kept; of the others the titles. */
function bounded(sections: Section[]): { sections: Section[]; isCut?: true } {
  let left = SECTION_CHARS_MAX;
  let isCut = false;
  const keep = (section: Section): Section => {
    left -= JSON.stringify(section.blocks).length;
    if (left < 0) isCut = true;
    return {
      ...section,
      blocks: left < 0 ? [] : section.blocks,
      sections: section.sections.map(keep),
    };
  };
  const kept = sections.map(keep);
  return { sections: kept, ...(isCut ? { isCut } : {}) };
}

/** What coded entries are called: medications and results are often found only there. */
function codeNamesOf(root: Node): string[] {
  const names = new Set<string>();
  const visit = (node: Node) => {
    const name = node.attributes["displayName"];
    if (name && names.size < CODE_NAMES_MAX) names.add(name);
    for (const child of node.children) if (typeof child === "object") visit(child);
  };
  visit(root);
  return [...names];
}

const rolesOf = (root: Node) =>
  (root.name === "recordTarget" ? [root] : anywhere(root, "recordTarget"))
    .flatMap((target) => all(target, "patientRole"));

/** Every name of the patients, birth names and aliases as well. */
const namesOf = (roles: readonly Node[]): string[] =>
  roles.flatMap((role) => all(role, "patient", "name")).map((name) =>
    name.children.map((part) => wordsOf(part)).filter((part) => part !== "").join(" ")
  );

const SEX: Record<string, string> = { M: "male", F: "female", UN: "other", UNK: "unknown" };

/** Null when it says nothing of whom it is. */
function patientOf(role: Node): SeenPatient | null {
  const patient = one(role, "patient");
  const names = all(patient, "name");
  const name = names.find(({ attributes }) => /\bL\b/.test(attributes["use"] ?? "")) ?? names[0];
  const said = (part: string) =>
    all(name, part).filter(({ attributes }) => !attributes["nullFlavor"]).map(wordsOf)
      .filter((words) => words !== "");
  const family = said("family").join(" ") || plainName(name);
  const given = said("given");
  const birthDate = timeOf(one(patient, "birthTime")?.attributes["value"])?.slice(0, 10);
  const sex = SEX[one(patient, "administrativeGenderCode")?.attributes["code"] ?? ""];
  const identifiers = all(role, "id").flatMap((
    { attributes: { root, extension, nullFlavor } },
  ) =>
    // Masked or unknown: what stands there then is no number.
    nullFlavor
      ? []
      : extension
      ? [{ ...(root ? { system: `urn:oid:${root}` } : {}), value: extension }]
      : root
      ? [{ value: root }]
      : []
  ).slice(0, 50);
  if (!family && given.length === 0 && identifiers.length === 0) return null;
  return {
    identifiers,
    ...(family ? { family } : {}),
    ...(given.length > 0 ? { given } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(sex ? { sex } : {}),
  };
}

/** A name without parts: the last word is taken for the family's. */
function plainName(name: Node | undefined): string {
  if (!name || name.children.some((child) => typeof child === "object")) return "";
  return wordsOf(name).split(" ").at(-1) ?? "";
}

function authorOf(root: Node): string | undefined {
  const authors = all(root, "author").flatMap((author) => all(author, "assignedAuthor"));
  for (const author of authors) {
    const name = one(author, "assignedPerson", "name") ??
      one(author, "assignedAuthoringDevice", "softwareName") ??
      one(author, "representedOrganization", "name");
    const words = name?.children.map(wordsOf).filter((part) => part !== "").join(" ");
    if (words) return words;
  }
  return undefined;
}

/** `YYYY[-MM[-DD[Thh:mm]]]` of an HL7 time. */
function timeOf(value: string | undefined): string | undefined {
  const match = value?.match(/^(\d{4})(0[1-9]|1[0-2])?(0[1-9]|[12]\d|3[01])?(\d{2})?(\d{2})?/);
  if (!match) return undefined;
  const [, year, month, day, hour, minute] = match;
  const date = [year, month, month && day].filter(Boolean).join("-");
  return day && hour ? `${date}T${hour}:${minute ?? "00"}` : date;
}

type Body = { text: string; mediaType?: string; renditions: Rendition[] };

/** A body that is a file itself (nonXMLBody). */
async function bodyOf(root: Node, depth: number): Promise<Body> {
  const node = anywhere(root, "nonXMLBody").flatMap((body) => all(body, "text"))[0];
  const mediaType = node?.attributes["mediaType"]?.toLowerCase();
  if (!node || !mediaType) return { text: "", renditions: [] };
  const content = wordsOf(node);
  const isBase64 = node.attributes["representation"] === "B64";
  if (!isBase64 && mediaType.startsWith("text/")) {
    return { text: content, mediaType, renditions: [] };
  }
  if (!isBase64 || depth > 0) return { text: "", mediaType, renditions: [] };
  const bytes = fromBase64(content);
  if (!bytes || bytes.byteLength > EMBEDDED_BYTES_MAX) {
    return { text: "", mediaType, renditions: [] };
  }
  if (mediaType === "text/plain") {
    return { text: new TextDecoder().decode(bytes), mediaType, renditions: [] };
  }
  if (mediaType !== "application/pdf") return { text: "", mediaType, renditions: [] };
  const { readPdfPages } = await import("../pages/pages.ts");
  const parts = await readPdfPages(bytes);
  return "text" in parts
    ? { text: parts.text, mediaType, renditions: parts.renditions ?? [] }
    : { text: "", mediaType, renditions: [] };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text.replace(/\s+/g, ""), { lastChunkHandling: "loose" });
  } catch {
    return undefined;
  }
}
