/** The facts that workflow tells about compliance. Nobody subscribes yet; the outbox keeps them. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

/** A protocol was not kept, as far as is known now: it may be excused, or turn out otherwise. */
export const ComplianceViolated = defineEvent({
  type: "compliance.violated",
  version: 1,
  data: z.strictObject({
    findingId: z.uuid(),
    protocol: z.string(),
    version: z.int(),
    constraint: z.string(),
    severity: z.string(),
    runId: z.uuid(),
    patientId: z.uuid().nullable(),
    why: z.string(),
    dueAt: z.iso.datetime().nullable(),
  }),
  subscribers: [],
});
