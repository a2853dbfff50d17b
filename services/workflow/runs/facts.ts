/** The facts that workflow tells about runs. Nobody subscribes yet; the outbox keeps them. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

/** It is over, or it has failed and waits for a person. */
export const RunEnded = defineEvent({
  type: "run.ended",
  version: 1,
  data: z.strictObject({
    runId: z.uuid(),
    key: z.string(),
    version: z.int(),
    status: z.string(),
    patientId: z.uuid().nullable(),
  }),
  subscribers: [],
});
