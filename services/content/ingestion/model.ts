/** What reading a file brings: kinds, the queue, and how a reading ends. */
import { defineQueue } from "@praxis/shared/jobs";
import { z } from "zod";
import type { Kind } from "./kinds.ts";

export {
  type Charset,
  charsetOf,
  decode,
  type Kind,
  kindOf,
  kinds,
  type Sniffed,
} from "./kinds.ts";

export const ingestQueue = defineQueue({
  name: "content.ingest",
  data: z.object({
    organizationId: z.uuid(),
    documentId: z.uuid(),
    version: z.number().int().min(1),
  }),
});
export type IngestJob = z.infer<typeof ingestQueue.data>;

/** How long a file may be read before its reader is killed. */
export const READ_TIMEOUT_MS = 30_000;
/** Each reader is a process; the queue's own batch would start ten on a small machine. */
export const READERS_MAX = 3;
/** A reader's JavaScript heap. */
export const READ_HEAP_MIB = 512;
/** More text than this is cut: about 1,500 pages. */
export const TEXT_CHARS_MAX = 5 * 1024 * 1024;
/** Larger files of text are read only so far. */
export const TEXT_BYTES_MAX = 32 * 1024 * 1024;

/** What the reader process says, as JSON. */
export const Reading = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("ready"),
    text: z.string(),
    /** Its words, counted here and not in the service: that costs seconds for a long text. */
    vectors: z.array(z.string()),
    engine: z.string(),
    engineVersion: z.string(),
  }),
  z.object({
    status: z.literal("failed"),
    reason: z.string(),
    engine: z.string(),
    engineVersion: z.string(),
  }),
]);
export type Reading = z.infer<typeof Reading>;

/** Reads the file at `path`. Rejects only when the reading as such did not take place. */
export type ReadFile = (path: string, kind: Kind) => Promise<Reading>;

export const reasons = {
  tooSlow: "Reading the file took too long.",
  crashed: "The file could not be read: its reader ran out of memory or crashed.",
  encrypted: "The PDF is encrypted and needs a password.",
  brokenPdf: "The file is not a readable PDF.",
  brokenJson: "The file is not readable JSON.",
} as const;

/** Kinds that hold text which can be read so far. */
export const holdsText = (kind: Kind) =>
  kind === "text" || kind === "hl7v2" || kind === "ccda" || kind === "fhir" || kind === "pdf";
