/**
 * Reads FHIR R4 as JSON: a resource, a bundle, or one resource per line; with the files that it
 * carries. Runs in the reader's process and needs nothing but the text; a picture of a PDF inside
 * needs what `pages/` needs.
 */
import type { Parts, Rendition } from "../ingestion/model.ts";
import {
  type Attachment,
  authorIn,
  isObject,
  type Json,
  lineOf,
  patientIn,
  resourcesIn,
  stringOf,
  wordsIn,
} from "./model.ts";

export const FHIR_ENGINE = { engine: "praxis-fhir", engineVersion: "1" };

export const reasons = { broken: "The file is not readable JSON." } as const;

const LINES_MAX = 500;
const ATTACHMENTS_MAX = 20;
const ATTACHMENT_BYTES_MAX = 32 * 1024 * 1024;

export async function readFhir(text: string): Promise<Parts> {
  let roots: Json[];
  try {
    roots = parse(text);
  } catch {
    return { reason: reasons.broken, ...FHIR_ENGINE };
  }
  const resources = resourcesIn(roots);
  const { words, attachments, elsewhere } = wordsIn(roots, strip);
  const files: { text: string; renditions: Rendition[] }[] = [];
  // One after the other: a bundle of scans would fill the memory.
  for (const attachment of attachments.slice(0, ATTACHMENTS_MAX)) {
    files.push(await readAttachment(attachment));
  }
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
    text: [...words, ...files.map((file) => file.text)].filter(Boolean).join("\n"),
    seen: patientIn(resources),
    ...(title ? { title } : {}),
    ...(author ? { author } : {}),
    ...(language ? { language } : {}),
    structure: JSON.parse(JSON.stringify({
      resourceType: stringOf(root?.["resourceType"]),
      bundleType: root?.["resourceType"] === "Bundle" ? stringOf(root["type"]) : undefined,
      counts,
      resources: resources.slice(0, LINES_MAX).map(lineOf),
      attachments: attachments.slice(0, ATTACHMENTS_MAX).map(({ contentType, title }, index) => ({
        contentType,
        title,
        hasText: files[index]!.text !== "",
      })),
      // What stands elsewhere is not fetched; it is said where that is.
      elsewhere: elsewhere.length > 0 ? elsewhere.slice(0, ATTACHMENTS_MAX) : undefined,
    })),
    ...(resources.length > LINES_MAX || attachments.length > ATTACHMENTS_MAX ||
        elsewhere.length > ATTACHMENTS_MAX
      ? { cut: ["structure" as const] }
      : {}),
    renditions: files.flatMap(({ renditions }) => renditions).slice(0, 1),
    ...FHIR_ENGINE,
  };
}

/** One resource per line is a common way to export many. */
function parse(text: string): Json[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length < 2) throw error;
    return lines.map((line) => JSON.parse(line));
  }
}

const titleOf = (single: ReturnType<typeof resourcesIn>[number] | undefined, files: Attachment[]) =>
  single && (lineOf(single).title ?? files.find(({ title }) => title)?.title);

const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** Tags that stand inside a word or sentence; all others part what they are between. */
const INLINE = /^<\/?(a|abbr|b|code|em|font|i|s|small|span|strong|sub|sup|tt|u)[\s>/]/i;

/** What stands between the tags; walks once from left to right. */
export function strip(html: string): string {
  const found: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open === -1) break;
    found.push(html.slice(at, open));
    if (!INLINE.test(html.slice(open, open + 10))) found.push(" ");
    const end = html.indexOf(">", open);
    at = end === -1 ? html.length : end + 1;
  }
  found.push(html.slice(at));
  return found.join("").replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (_, hex?: string, decimal?: string, name?: string) => {
      if (name) return NAMED[name.toLowerCase()] ?? " ";
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
    },
  ).replace(/\s+/g, " ").trim();
}

const nothing = { text: "", renditions: [] };

async function readAttachment({ contentType, data }: Attachment) {
  if (data.length > ATTACHMENT_BYTES_MAX * 4 / 3) return nothing;
  const bytes = bytesOf(data);
  if (!bytes) return nothing;
  const type = contentType.split(";")[0]!.trim();
  if (type === "application/pdf") {
    const { readPdfPages } = await import("../pages/pages.ts");
    return partsOf(await readPdfPages(bytes));
  }
  if (!/^(text\/|application\/(xml|xhtml\+xml|hl7-))/.test(type)) return nothing;
  const text = decode(bytes, contentType);
  if (/<(?:\w+:)?ClinicalDocument[\s>]/.test(text.slice(0, 4_096))) {
    const { readCda } = await import("../cda/cda.ts");
    return partsOf(await readCda(text, 1));
  }
  return { text: /xml|html/.test(type) ? strip(text) : text, renditions: [] };
}

const partsOf = (parts: Parts) =>
  "text" in parts ? { text: parts.text, renditions: parts.renditions ?? [] } : nothing;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(base64.replace(/\s+/g, ""), { lastChunkHandling: "loose" });
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array, contentType: string): string {
  const charset = contentType.match(/charset="?([\w-]{1,40})/)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
