/** The queues of what is to be read. Apart from the model: readers do without a queue's library. */
import { defineQueue } from "@praxis/shared/jobs";
import { z } from "zod";
import { MESSAGE_JOBS_AT_ONCE, MESSAGES_TOGETHER_MAX, READ_AT_ONCE_MAX } from "./model.ts";

/** Of one organization no more than this is read at once: readers are left for the others. */
export const ingestQueue = defineQueue({
  name: "content.ingest",
  data: z.object({
    organizationId: z.uuid(),
    documentId: z.uuid(),
    version: z.number().int().min(1),
  }),
  atOnce: READ_AT_ONCE_MAX,
  // Files whose words are recognized wait for each other.
  deadlineSeconds: 600,
});

/**
 * Messages that were committed together: first versions, all of them. Of one organization they are
 * read by one reader, however many of its jobs are taken at once.
 */
export const ingestMessagesQueue = defineQueue({
  name: "content.ingest_messages",
  data: z.object({
    organizationId: z.uuid(),
    documentIds: z.array(z.uuid()).min(1).max(MESSAGES_TOGETHER_MAX),
  }),
  atOnce: MESSAGE_JOBS_AT_ONCE,
});
