/** A result becomes readable to its patient, who is told. Once it was read, it stays theirs. */
import { z } from "zod";
import { defineSaga, keyOf } from "./model.ts";
import { order } from "./orders.ts";

const Users = z.object({ userIds: z.array(z.uuid()) });
const usersOf = (results: Record<string, unknown>) => Users.parse(results["find-users"]).userIds;

export const releaseResult = defineSaga({
  name: "release-result",
  version: 1,
  title: "Release a result to the patient",
  permission: "documents:share",
  services: ["workflow"],
  input: z.strictObject({ documentId: z.uuid(), patientId: z.uuid() }),
  deadlineSeconds: 600,
  steps: [
    {
      name: "find-users",
      class: "compensatable",
      asksOnly: true,
      forward: ({ organizationId, input }) => ({
        service: "practice",
        method: "GET",
        path: `/internal/patients/${input.patientId}/users?organizationId=${organizationId}`,
      }),
    },
    {
      name: "release-document",
      class: "compensatable",
      forward: ({ organizationId, startedBy, input, results }) =>
        order("content", `/internal/documents/${input.documentId}/release`, {
          organizationId,
          patientId: input.patientId,
          userIds: usersOf(results),
          releasedBy: startedBy,
        }),
      // Content refuses once the patient has read it; then a person decides.
      compensate: ({ sagaId, organizationId, input }) =>
        order("content", `/internal/documents/${input.documentId}/withdraw`, {
          organizationId,
          undoOf: keyOf(sagaId, "release-document", "forward"),
        }),
    },
    {
      name: "tell-patient",
      class: "irreversible",
      forward: ({ sagaId, organizationId, input, results }) =>
        order("communication", "/internal/results/tell", {
          organizationId,
          documentId: input.documentId,
          userIds: usersOf(results),
          eventId: sagaId,
        }),
    },
  ],
});
