/** Reads the files that a record carries: what they are is told by their bytes. */
import { kindOf, type Parts, type Rendition } from "../ingestion/model.ts";
import type { Attachment } from "./model.ts";
import { strip } from "./markup.ts";

export const ATTACHMENTS_MAX = 100;
/** A reader has 25 s for the whole file; what was read until then is better than nothing. */
const ATTACHMENTS_MS_MAX = 8_000;
const ATTACHMENT_BYTES_MAX = 32 * 1024 * 1024;
const HEAD_BYTES = 256 * 1024;

export type AttachedFiles = {
  /** In the order of the attachments, as far as they were read. */
  texts: string[];
  /** The first picture of a page that one of them has. */
  renditions: Rendition[];
  /** Not all of them were read. */
  isCut: boolean;
};

/** One after the other: a bundle of scans would fill the memory. */
export async function readAttachments(
  attachments: readonly Attachment[],
  isLate: () => boolean = lateAfter(ATTACHMENTS_MS_MAX),
): Promise<AttachedFiles> {
  const texts: string[] = [];
  let renditions: Rendition[] = [];
  let isCut = attachments.length > ATTACHMENTS_MAX;
  for (const attachment of attachments.slice(0, ATTACHMENTS_MAX)) {
    if (isLate()) return { texts, renditions, isCut: true };
    if (attachment.data.length > ATTACHMENT_BYTES_MAX * 4 / 3) {
      isCut = true;
      texts.push("");
      continue;
    }
    const file = await readAttachment(attachment);
    texts.push(file.text);
    if (renditions.length === 0) renditions = file.renditions.slice(0, 1);
  }
  return { texts, renditions, isCut };
}

function lateAfter(ms: number): () => boolean {
  const begun = performance.now();
  return () => performance.now() - begun > ms;
}

type AttachedFile = { text: string; renditions: Rendition[] };
const nothing: AttachedFile = { text: "", renditions: [] };

const TEXT_TYPE = /^(text\/|application\/(xml|xhtml\+xml|hl7-))/;
const MARKUP = /^\s*<(?:!doctype\s+html|html|head|body|div|p|table|\?xml)\b/i;

async function readAttachment({ contentType = "", data }: Attachment): Promise<AttachedFile> {
  const bytes = bytesOf(data);
  if (!bytes) return nothing;
  const { kind, mediaType, charset } = kindOf(bytes.subarray(0, HEAD_BYTES));
  if (kind === "pdf") {
    const { readPdfPages } = await import("../pages/pages.ts");
    return partsOf(await readPdfPages(bytes));
  }
  const isText = kind === "text" || kind === "hl7v2" || kind === "ccda";
  const said = contentType.split(";")[0]!.trim().toLowerCase();
  if (!isText && !(TEXT_TYPE.test(said) && (kind === "other" || kind === "fhir"))) return nothing;
  const text = decode(bytes, contentType, charset);
  if (kind === "ccda" || /<(?:\w+:)?ClinicalDocument[\s>]/.test(text.slice(0, 4_096))) {
    const { readCda } = await import("../cda/cda.ts");
    return partsOf(await readCda(text, 1));
  }
  const isMarkup = /xml|html/.test(said + mediaType) || MARKUP.test(text.slice(0, 200));
  return { text: isMarkup ? strip(text) : text, renditions: [] };
}

const partsOf = (parts: Parts): AttachedFile =>
  "text" in parts ? { text: parts.text, renditions: parts.renditions ?? [] } : nothing;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(base64.replace(/\s+/g, ""), { lastChunkHandling: "loose" });
  } catch {
    return undefined;
  }
}

/** As the attachment says, else as its bytes look. */
function decode(bytes: Uint8Array, contentType: string, charset = "utf-8"): string {
  const said = contentType.match(/charset="?([\w-]{1,40})/i)?.[1];
  try {
    return new TextDecoder(said ?? charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
