/** What reading a file brings: kinds, what is found, and how a reading ends. */
export * from "./charsets.ts";
export * from "./kinds.ts";
export * from "./parts.ts";
export * from "./reading_model.ts";
export { createTurns } from "./turns.ts";

/** Which version is to be read. */
export type IngestJob = { organizationId: string; documentId: string; version: number };

/** So many messages are committed, and later read, together. */
export const MESSAGES_TOGETHER_MAX = 64;
/** So many jobs are fetched at once; of one organization they are gathered again. */
export const MESSAGE_JOBS_AT_ONCE = 16;
/** Messages are read so long after they came at the latest, while others keep coming. */
export const MESSAGES_WAIT_MS = 5_000;
/** Of one organization. Where there are no more readers than these, organizations take turns. */
export const READ_AT_ONCE_MAX = 2;

/** A file whose reading ended early so often is given up. */
export const ATTEMPTS_MAX = 5;
/** After its last try a version that is still `processing` is stuck: its job is gone. */
export const STUCK_AFTER_MS = 15 * 60_000;
