/** What may be uploaded: limits, file names, and the fields beside a file. */
import { z } from "@hono/zod-openapi";

/** 200 MiB. */
export const FILE_BYTES_MAX = 200 * 1024 * 1024;

export type UploadLimits = {
  fileBytes: number;
  /** A body that brings nothing for so long has stalled. */
  idleMs: number;
  totalMs: number;
};

export const uploadLimits: UploadLimits = {
  fileBytes: FILE_BYTES_MAX,
  idleMs: 30_000,
  totalMs: 15 * 60_000,
};

/** What a form may add to its file: field values, part headers and boundaries. */
export const FORM_BYTES_MAX = 256 * 1024;
export const FIELD_BYTES_MAX = 16 * 1024;
export const FIELDS_MAX = 10;
export const FILE_NAME_CHARS_MAX = 255;
const TAGS_MAX = 20;

/** C0, DEL, C1, line separators, and what a lenient decoder left of bytes that are not UTF-8. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/;
/** Marks that reverse the direction of writing can make `exe` look like `pdf`. */
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/;

/** A name that every file system, header and screen can bear. */
export function isPossibleFileName(name: string): boolean {
  return name.trim() !== "" && name !== "." && name !== ".." &&
    name.length <= FILE_NAME_CHARS_MAX &&
    !/[/\\]/.test(name) && !UNPRINTABLE.test(name) && !DIRECTION_MARKS.test(name) &&
    name.isWellFormed();
}

const line = (charsMax: number) =>
  z.string().trim().min(1).max(charsMax)
    .refine(
      (text) => !UNPRINTABLE.test(text),
      "Control characters and broken UTF-8 are not taken.",
    );

const Tags = z.array(line(50)).max(TAGS_MAX);

/** A form's fields are text: the list of tags is JSON inside it. */
const tagsFromText = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "Not a JSON array of strings." });
    return z.NEVER;
  }
}).pipe(Tags);

export const UploadFields = z.strictObject({
  title: line(500).optional(),
  category: line(100).optional(),
  patientId: z.uuid().toLowerCase().optional(),
  tags: tagsFromText.optional(),
});
export type UploadFields = z.infer<typeof UploadFields>;

/** A new version brings bytes only; what the document is about stays. */
export const NoFields = z.strictObject({});

/** For the OpenAPI document: a zod schema here would make Hono buffer the body. */
export const uploadForm = {
  type: "object" as const,
  required: ["file"],
  properties: {
    file: { type: "string" as const, format: "binary" },
    title: {
      type: "string" as const,
      maxLength: 500,
      description: "The file's name when left out.",
    },
    category: { type: "string" as const, maxLength: 100 },
    patientId: { type: "string" as const, format: "uuid" },
    tags: { type: "string" as const, description: "A JSON array of at most 20 strings." },
  },
};

export const versionForm = {
  type: "object" as const,
  required: ["file"],
  properties: { file: { type: "string" as const, format: "binary" } },
};
