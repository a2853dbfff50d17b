/** How the reading of a file ends, and within which limits it takes place. */
import { z } from "zod";
import type { Kind } from "./kinds.ts";
import { Read, Unread } from "./parts.ts";

/** How long a file may be read before its reader is killed. Ten such files fit in a job's time. */
export const READ_TIMEOUT_MS = 25_000;
/** Each reader is a process; the queue's own batch would start ten on a small machine. */
export const READERS_MAX = 3;
/** A reader's resident memory with all its buffers: above it, it is killed. */
export const READ_MEMORY_MIB = 1_200;
/** A reader's JavaScript heap, where it may take so much in all. */
export const heapMiBOf = (memoryMiB: number) =>
  Math.min(512, Math.max(96, Math.floor(memoryMiB / 2)));
/** How a reader process ends that has met a limit of its own. */
export const EXIT_TOO_SLOW = 2;
export const EXIT_TOO_LARGE = 3;
/** A reader that has read so many files is replaced: what a library leaks ends with it. */
export const READS_MAX = 200;
/** More text than this is cut: about 1,500 pages. */
export const TEXT_CHARS_MAX = 5 * 1024 * 1024;
/** Larger files of text are read only so far. */
export const TEXT_BYTES_MAX = 32 * 1024 * 1024;

/** What the reader process says, as JSON. */
export const Reading = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("ready"),
    /** Its words, counted here and not in the service: that costs seconds for a long text. */
    vectors: z.array(z.string()),
    ...Read.shape,
  }),
  z.object({
    status: z.literal("failed"),
    /** Of the words that its beginning holds. */
    vectors: z.array(z.string()).optional(),
    ...Unread.shape,
  }),
]);
export type Reading = z.infer<typeof Reading>;

/** Which file is read, or which bytes, and for whom: organizations take turns. */
export type ReadRequest =
  & ({ path: string } | { bytes: Uint8Array<ArrayBuffer> })
  & { kind: Kind; organizationId: string };

/**
 * Reads small files by one process, in their order, at hardly more than the price of one. Undefined
 * when it ended before all were read: which of them is to blame only reading each by itself tells.
 */
export type ReadFiles = (request: {
  files: readonly Uint8Array<ArrayBuffer>[];
  kind: Kind;
  organizationId: string;
}) => Promise<Reading[] | undefined>;

/** Reads a file. Rejects only when the reading as such did not take place. */
export type ReadFile = (request: ReadRequest) => Promise<Reading>;

/** What reads text, and what speaks for a reading that did not take place. */
export const NATIVE = { engine: "praxis", engineVersion: "3" };

export const reasons = {
  tooSlow: "Reading the file took too long.",
  tooLarge: "Reading the file took too much memory.",
  crashed: "The file could not be read: its reader ran out of memory or crashed.",
  gaveUp: "The file could not be read: every try ended early.",
  keptEarlier: "What an earlier reading found is kept.",
  unkept: "What stands in the file cannot be kept.",
  encrypted: "The PDF is encrypted and needs a password.",
  brokenPdf: "The file is not a readable PDF.",
  brokenJson: "The file is not readable JSON.",
  brokenHl7: "The file is not a readable HL7 v2 message.",
  unreadable: "The file could not be read.",
} as const;

/** Kinds that nothing is read from. */
export const isOpaque = (kind: Kind) => kind === "other";
/** Kinds that are text: only their first `TEXT_BYTES_MAX` are read. */
export const isText = (kind: Kind) =>
  kind === "text" || kind === "hl7v2" || kind === "ccda" || kind === "fhir";
/** Kinds that may be pictures of pages. */
export const mayHoldScans = (kind: Kind) => kind === "image" || kind === "pdf";
/** Kinds whose libraries hold native code: they get a process of their own kind. */
export const needsNative = (kind: Kind) => kind === "image" || kind === "pdf" || kind === "dicom";
