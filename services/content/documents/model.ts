/** What a document is: its shape, its tag, and how its bytes are asked for. */
import { Buffer } from "node:buffer";
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { kinds, SeenPatient } from "../ingestion/model.ts";

export const Kind = z.enum(kinds).openapi("DocumentKind");
export const Status = z.enum(["processing", "ready", "failed"]).openapi("DocumentStatus");

const Content = z.object({
  version: z.number().int(),
  fileName: z.string(),
  mediaType: z.string().openapi({ description: "Told from the bytes, never from the client." }),
  size: z.number().int(),
  sha256: z.string(),
  kind: Kind,
  status: Status,
  failureReason: z.string().nullable(),
  textStatus: z.enum(["extracted", "recognized", "none"]),
  cut: z.array(z.string()).default([]).openapi({
    description:
      "Of these the file holds more than Praxis took out of it: text, rows, structure, patient.",
  }),
});

export const Document = Content.extend({
  id: z.uuid(),
  title: z.string(),
  patientId: z.uuid().nullable(),
  category: z.string().nullable(),
  tags: z.array(z.string()),
  createdAt: z.iso.datetime(),
  createdBy: z.uuid(),
  updatedAt: z.iso.datetime().openapi({ description: "When the current version came in." }),
  seenPatient: SeenPatient.nullable().default(null).openapi({
    description: "Who the file itself says its patient is.",
  }),
  quarantined: z.boolean().default(false).openapi({
    description: "The file's patient disagrees with the one it was filed for: in no chart.",
  }),
  quarantineReasons: z.array(z.string()).default([]),
}).openapi("Document");
export type Document = z.infer<typeof Document>;

export const DocumentPage = Page(Document).openapi("DocumentPage");

export const DocumentVersion = Content.extend({
  /** Which program read the file. */
  engine: z.string().nullable(),
  engineVersion: z.string().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.uuid(),
  processedAt: z.iso.datetime().nullable(),
  seenTitle: z.string().nullable(),
  seenAuthor: z.string().nullable(),
  language: z.string().nullable(),
  renditions: z.array(z.string()).openapi({ description: "Pictures made of it, by name." }),
}).openapi("DocumentVersion");
export type DocumentVersion = z.infer<typeof DocumentVersion>;

export const VersionPage = Page(DocumentVersion).openapi("DocumentVersionPage");

/** Exact matches; a category is free text. */
export const DocumentFilter = z.strictObject({
  patientId: z.uuid().optional(),
  kind: Kind.optional(),
  category: z.string().min(1).max(100).optional(),
});
export type DocumentFilter = z.infer<typeof DocumentFilter>;
export const DocumentQuery = PageQuery.extend({
  ...DocumentFilter.shape,
  quarantined: z.literal("true").optional().openapi({
    description: "Only those in quarantine; otherwise a patient's list holds none of them.",
  }),
});
export type ListFilter = DocumentFilter & { quarantined?: "true" | undefined };

/** What reading found, after the manner of the document's kind. */
export const Structure = z.object({
  documentId: z.uuid(),
  version: z.number().int(),
  kind: Kind,
  structure: z.unknown().openapi({ description: "JSON; null when there is none." }),
}).openapi("DocumentStructure");
export type Structure = z.infer<typeof Structure>;

/** So many characters of a text are given at once. */
export const TEXT_PAGE_CHARS = 64 * 1024;
export const TextQuery = z.strictObject({
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
});
export const DocumentText = z.object({
  documentId: z.uuid(),
  version: z.number().int(),
  engine: z.string().nullable(),
  engineVersion: z.string().nullable(),
  text: z.string(),
  nextOffset: z.number().int().nullable(),
}).openapi("DocumentText");
export type DocumentText = z.infer<typeof DocumentText>;

export const Release = z.strictObject({
  reason: z.string().trim().min(3).max(500).openapi({
    description: "Why the document is this patient's after all.",
  }),
}).openapi("QuarantineRelease");

/** Each version has a tag of its own, even where two hold equal bytes. */
export const tagOf = ({ sha256, version }: { sha256: string; version: number }) =>
  `"${sha256}-v${version}"`;

const tagsIn = (header: string) => header.match(/(?:W\/)?"[^"]*"|\*/g) ?? [];

/** RFC 9110 §13.1.1: strong comparison, a weak tag matches nothing. */
export const matchesStrongly = (header: string, tag: string) =>
  // Not `*`: only who has read a version may replace it.
  tagsIn(header).some((given) => given === tag);

/** RFC 9110 §13.1.2. */
export const matchesWeakly = (header: string, tag: string) =>
  tagsIn(header).some((given) => given === "*" || given.replace(/^W\//, "") === tag);

export type Range = { start: number; end: number };

/**
 * The one range that `header` asks for (RFC 9110 §14). Whatever is not a single range of bytes is
 * ignored, as the standard allows: then the whole file is the answer.
 */
export function rangeOf(header: string | undefined, size: number): Range | "whole" | "outside" {
  const match = header?.match(/^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i);
  if (!match || (match[1] === "" && match[2] === "")) return "whole";
  if (match[1] === "") {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? "outside" : { start: size - length, end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== "" && Number(match[2]) < start) return "whole";
  return start >= size ? "outside" : { start, end };
}

/** RFC 6266: a plain name for old clients, the true one in UTF-8 (RFC 8187) for all others. */
export function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(fileName)
    .replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** RFC 9530. */
export const digestOf = (sha256: string) =>
  `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;

/** What the other services are told of a document. */
export type Told = Pick<
  Document,
  "id" | "version" | "kind" | "title" | "fileName" | "patientId" | "createdBy"
>;

export function factOf({ id, ...about }: Told, organizationId: string, at: Date) {
  const { version, kind, title, fileName, patientId, createdBy } = about;
  return {
    source: "content",
    organizationId,
    subject: id,
    at,
    data: { documentId: id, version, kind, title, fileName, patientId, createdBy },
  };
}
