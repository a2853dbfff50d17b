/** What reading a file brings: kinds, what is found, and how a reading ends. */
export * from "./kinds.ts";
export * from "./parts.ts";
export * from "./reading_model.ts";

/** Which version is to be read. */
export type IngestJob = { organizationId: string; documentId: string; version: number };

/** A file whose reading ended early so often is given up. */
export const ATTEMPTS_MAX = 5;
/** After its last try a version that is still `processing` is stuck: its job is gone. */
export const STUCK_AFTER_MS = 15 * 60_000;
