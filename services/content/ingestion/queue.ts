/** The queue of versions to be read. Apart from the model: readers do without a queue's library. */
import { defineQueue } from "@praxis/shared/jobs";
import { z } from "zod";

export const ingestQueue = defineQueue({
  name: "content.ingest",
  data: z.object({
    organizationId: z.uuid(),
    documentId: z.uuid(),
    version: z.number().int().min(1),
  }),
});
