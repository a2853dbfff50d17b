/**
 * What every reader of a kind hands back. The readers of kinds (`dicom/`, `images/`, `pages/`,
 * `cda/`, `fhir/`, `hl7/`) are pure modules: bytes or text in, `Parts` out.
 */
import { z } from "zod";

/** JSON of a kind's summary may be so long. */
export const STRUCTURE_CHARS_MAX = 1024 * 1024;
/** A rendition's bytes may be so many. */
export const RENDITION_BYTES_MAX = 512 * 1024;
export const renditionNames = ["thumbnail", "page-1", "frame-1"] as const;
export const IDENTIFIERS_MAX = 50;

/** Who the file says its patient is. */
export const SeenPatient = z.object({
  identifiers: z.array(z.object({ system: z.string().optional(), value: z.string() }))
    .max(IDENTIFIERS_MAX),
  family: z.string().optional(),
  given: z.array(z.string()).optional(),
  /** `YYYY-MM-DD`; `YYYY-MM` or `YYYY` when the file knows no more. */
  birthDate: z.string().optional(),
  /** `female`, `male`, `other` or `unknown`, as FHIR says it. */
  sex: z.string().optional(),
});
export type SeenPatient = z.infer<typeof SeenPatient>;

export const Rendition = z.object({
  name: z.enum(renditionNames),
  mediaType: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  bytesBase64: z.string().max(Math.ceil(RENDITION_BYTES_MAX / 3) * 4),
});
export type Rendition = z.infer<typeof Rendition>;

/** Pictures of so many pages of a file are made to have their words recognized. */
export const SCANS_MAX = 10;
/** Their longer side: an A4 page at 220 dots an inch. */
export const SCAN_PIXELS = 2_600;
export const SCAN_BYTES_MAX = 4 * 1024 * 1024;

/** What of a file was more than is kept. */
export const Cut = z.enum(["text", "rows", "structure", "patient"]);
export type Cut = z.infer<typeof Cut>;

const optional = {
  /** Its bytes hold more of these than was taken out of them. */
  cut: z.array(Cut).optional(),
  /** Null when the file speaks of no patient, or of several. */
  seen: SeenPatient.nullable().optional(),
  /** It speaks of more than one patient: nobody's chart is the right one for it. */
  isOfSeveral: z.literal(true).optional(),
  /** Who these are; missing where they are too many, or one is only pointed at. */
  persons: z.array(SeenPatient).optional(),
  title: z.string().optional(),
  author: z.string().optional(),
  /** BCP 47. */
  language: z.string().optional(),
  /** A summary after the manner of its kind, as JSON. */
  structure: z.unknown().optional(),
  renditions: z.array(Rendition).optional(),
  /** JPEGs, in base64, of pages that hold no text of their own: as far as they were asked for. */
  scans: z.array(z.string().max(Math.ceil(SCAN_BYTES_MAX / 3) * 4)).max(SCANS_MAX).optional(),
  /** Text that was recognized in pictures, and not taken out of the file. */
  recognized: z.object({ pages: z.number().int(), languages: z.string() }).optional(),
};

/** Base64 or hexadecimal, in lines or not, with or without what says so. */
const ENCODED = /^(?:data:[^,]{0,200},)?(?:[\w+/=-]{60,}\s+)*[\w+/=-]+\s*$/;

/** Is it a file written in letters, and no text? Words of a thousand letters are in no language. */
export const isEncoded = (text: string): boolean =>
  text.length >= 1_000 && ENCODED.test(text.slice(0, 4_096));

export const engineShape = { engine: z.string(), engineVersion: z.string() };

/** A file that was read. `text` is everything in it that a person would search for. */
export const Read = z.object({ text: z.string(), ...optional, ...engineShape });
/**
 * A file that cannot be read; `reason` is one sentence for people, without the file's content. Whom
 * it is of, and words to find it by, as far as its beginning says so: it may be somebody else's.
 */
export const Unread = z.object({
  reason: z.string(),
  words: z.string().optional(),
  seen: optional.seen,
  isOfSeveral: optional.isOfSeveral,
  persons: optional.persons,
  ...engineShape,
});

/**
 * `readDicom(bytes)`, `readImage(bytes)`, `readPdfPages(bytes)`, `readCda(text)`, `readFhir(json)`
 * return this, or a promise of it. What they throw counts as a file that cannot be read.
 */
export type Parts = z.infer<typeof Read> | z.infer<typeof Unread>;
