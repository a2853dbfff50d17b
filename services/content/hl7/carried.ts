/** The files that a message carries in its observations, read as those of a FHIR record are. */
import type { Attachment } from "../fhir/model.ts";
import { isEncoded } from "../ingestion/model.ts";
import type { Persons } from "../patients/model.ts";
import { fieldOf, type Hl7File, type Segment, unescape } from "./grammar.ts";

export type CarriedFiles = {
  /** In their order, as far as they were read. */
  texts: string[];
  /** Whom each of those speaks of that speak of somebody. */
  persons: Persons[];
  /** Not all of them were read, or not to their end. */
  isCut: boolean;
};

/** As many as are read of a FHIR record. */
const FILES_MAX = 100;

const base64Of = (text: string) => new TextEncoder().encode(text).toBase64();

function fromHex(text: string): string | undefined {
  try {
    return Uint8Array.fromHex(text.replace(/\s+/g, "")).toBase64();
  } catch {
    return undefined;
  }
}

/** Is OBX-5 encapsulated data (2.A.24): source, type, subtype, encoding (table 0299), data? */
export const isEncapsulated = (segment: Segment): boolean =>
  segment.name === "OBX" && fieldOf(segment, 2).trim() === "ED";
/** Place of the data among its components, from 0. */
export const DATA_AT = 4;

const DATA_URL = /^data:[^,]{0,200},/;

/** Where a sender does not say how data is written, letters alone are base64. */
function encapsulated(components: string[], component: string): Attachment | undefined {
  const [, type = "", subtype = "", encoding = ""] = components;
  // A sender may have left its own separators in it unescaped.
  const data = components.slice(DATA_AT).join(component).replace(DATA_URL, "");
  const contentType = `${type}/${subtype}`;
  if (data.trim() === "") return undefined;
  const code = encoding.trim().toLowerCase();
  if (code === "hex") {
    const base64 = fromHex(data);
    return base64 === undefined ? undefined : { contentType, data: base64 };
  }
  if (code === "base64" || (code === "" && /^[\w+/=-]+$/.test(data))) return { contentType, data };
  return { contentType: `${contentType};charset=utf-8`, data: base64Of(data) };
}

/** Of one OBX; a sender may write a file's letters under another type of value as well. */
function carriedBy(segment: Segment): Attachment[] {
  const { separators } = segment;
  const repetitions = fieldOf(segment, 5).split(separators.repetition, FILES_MAX + 1);
  return repetitions.flatMap((repetition) => {
    const components = repetition.split(separators.component)
      .map((part) => unescape(part, separators));
    if (isEncapsulated(segment)) {
      return encapsulated(components, separators.component) ?? [];
    }
    return components.filter(isEncoded)
      .map((data) => ({ data: data.replace(DATA_URL, "") }));
  });
}

/** `depth` above 0: the message is inside a file itself, and what it carries is not read. */
export async function readCarried({ segments }: Hl7File, depth: number): Promise<CarriedFiles> {
  const carried: Attachment[] = [];
  for (const segment of segments) {
    if (segment.name === "OBX") carried.push(...carriedBy(segment));
    // One more than are read, so that it is said.
    if (carried.length > FILES_MAX) break;
  }
  if (carried.length === 0) return { texts: [], persons: [], isCut: false };
  if (depth > 0) return { texts: [], persons: [], isCut: true };
  const { readAttachments } = await import("../fhir/attachments.ts");
  return await readAttachments(carried);
}
