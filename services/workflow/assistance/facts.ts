/** The facts that workflow tells about assistance. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";
import { taskNames } from "./tasks/task.ts";

/** A person has accepted a draft, or turned it down. */
export const ProposalDecided = defineEvent({
  type: "assistance.decided",
  version: 1,
  data: z.strictObject({
    proposalId: z.uuid(),
    task: z.enum(taskNames),
    decision: z.enum(["accepted", "rejected"]),
    patientId: z.uuid().nullable(),
  }),
  subscribers: [],
});
