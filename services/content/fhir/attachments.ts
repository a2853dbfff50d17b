/** Reads the files that a record carries: what they are is told by their bytes. */
import { kindOf, type Parts, type Rendition } from "../ingestion/model.ts";
import type { Persons } from "../patients/model.ts";
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
  /** Whom each of those speaks of that speak of somebody. */
  persons: Persons[];
  /** Not all of them were read, or not to their end. */
  isCut: boolean;
};

/** One after the other: a bundle of scans would fill the memory. */
export async function readAttachments(
  attachments: readonly Attachment[],
  isLate: () => boolean = lateAfter(ATTACHMENTS_MS_MAX),
): Promise<AttachedFiles> {
  const texts: string[] = [];
  const persons: Persons[] = [];
  let renditions: Rendition[] = [];
  let isCut = attachments.length > ATTACHMENTS_MAX;
  for (const attachment of attachments.slice(0, ATTACHMENTS_MAX)) {
    if (isLate()) return { texts, renditions, persons, isCut: true };
    if (attachment.data.length > ATTACHMENT_BYTES_MAX * 4 / 3) {
      isCut = true;
      texts.push("");
      continue;
    }
    const file = await readAttachment(attachment);
    texts.push(file.text);
    if (renditions.length === 0) renditions = file.renditions.slice(0, 1);
    if (file.persons) persons.push(file.persons);
    isCut ||= file.isCut;
  }
  return { texts, renditions, persons, isCut };
}

function lateAfter(ms: number): () => boolean {
  const begun = performance.now();
  return () => performance.now() - begun > ms;
}

type AttachedFile = { text: string; renditions: Rendition[]; persons?: Persons; isCut: boolean };
const nothing: AttachedFile = { text: "", renditions: [], isCut: false };

const TEXT_TYPE = /^(text\/|application\/(xml|xhtml\+xml|hl7-))/;
const MARKUP = /^\s*<(?:!doctype\s+html|html|head|body|div|p|table|\?xml)\b/i;

async function readAttachment({ contentType = "", data }: Attachment): Promise<AttachedFile> {
  const bytes = bytesOf(data);
  if (!bytes) return nothing;
  const { kind, mediaType, charset } = kindOf(bytes.subarray(0, HEAD_BYTES));
  if (kind === "pdf") {
    const { readPdfPages } = await import("../pages/pages.ts");
    return fileOf(await readPdfPages(bytes));
  }
  if (kind === "hl7v2") {
    const { readHl7 } = await import("../hl7/reading.ts");
    return fileOf(await readHl7(bytes, 1));
  }
  const said = contentType.split(";")[0]!.trim().toLowerCase();
  const isText = kind === "text" || kind === "ccda" || kind === "fhir";
  if (!isText && !(TEXT_TYPE.test(said) && kind === "other")) return nothing;
  const text = decode(bytes, contentType, charset);
  if (kind === "fhir") {
    const { readFhir } = await import("./fhir.ts");
    return fileOf(await readFhir(text, 1));
  }
  if (kind === "ccda" || /<(?:\w+:)?ClinicalDocument[\s>]/.test(text.slice(0, 4_096))) {
    const { readCda } = await import("../cda/cda.ts");
    return fileOf(await readCda(text, 1));
  }
  const isMarkup = /xml|html/.test(said + mediaType) || MARKUP.test(text.slice(0, 200));
  return { ...nothing, text: isMarkup ? strip(text) : text };
}

/** One that cannot be read may still say in its beginning whose it is. */
function fileOf(parts: Parts): AttachedFile {
  const { seen = null, isOfSeveral, persons } = parts;
  return {
    ...("text" in parts
      ? {
        text: parts.text,
        renditions: parts.renditions ?? [],
        isCut: parts.cut?.includes("text") ?? false,
      }
      : nothing),
    ...(seen || isOfSeveral
      ? {
        persons: {
          seen,
          ...(isOfSeveral ? { isOfSeveral } : {}),
          ...(persons ? { persons } : {}),
        },
      }
      : {}),
  };
}

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
