/** The facts that workflow tells about sagas. Nobody subscribes yet; the outbox keeps them. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

/** It is over, or it is stuck and waits for a person. */
export const SagaEnded = defineEvent({
  type: "saga.ended",
  version: 1,
  data: z.strictObject({
    sagaId: z.uuid(),
    name: z.string(),
    state: z.string(),
  }),
  subscribers: [],
});
