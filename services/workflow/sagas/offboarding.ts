/** A member leaves: nothing is theirs any more, and nothing that they held is nobody's. */
import { z } from "zod";
import { assignTasks, releaseTasks } from "./handing_over.ts";
import { defineSaga, type Facts, keyOf } from "./model.ts";
import { order } from "./orders.ts";

const Input = z.strictObject({ userId: z.uuid(), successorUserId: z.uuid() })
  .refine(({ userId, successorUserId }) => userId !== successorUserId, {
    path: ["successorUserId"],
    message: "Somebody else must take over.",
  });

const memberOf = ({ organizationId, input }: Facts) => ({ organizationId, userId: input.userId });
const membershipOf = ({ organizationId, input }: Facts) =>
  `/internal/organizations/${organizationId}/members/${input.userId}`;

export const offboardMember = defineSaga({
  name: "offboard-member",
  version: 1,
  title: "End a membership: sign-in, shares, notifications and tasks",
  permission: "members:manage",
  input: Input,
  deadlineSeconds: 600,
  steps: [
    {
      name: "suspend-member",
      class: "compensatable",
      forward: (facts) => order("identity", `${membershipOf(facts)}/suspend`),
      compensate: (facts) =>
        order("identity", `${membershipOf(facts)}/restore`, {
          undoOf: keyOf(facts.sagaId, "suspend-member", "forward"),
        }),
    },
    {
      name: "revoke-shares",
      class: "compensatable",
      forward: (facts) => order("content", "/internal/shares/revoke", memberOf(facts)),
      compensate: (facts) =>
        order("content", "/internal/shares/restore", {
          ...memberOf(facts),
          undoOf: keyOf(facts.sagaId, "revoke-shares", "forward"),
        }),
    },
    {
      name: "settle-notifications",
      class: "compensatable",
      forward: (facts) => order("communication", "/internal/members/leave", memberOf(facts)),
      compensate: (facts) =>
        order("communication", "/internal/members/return", {
          ...memberOf(facts),
          undoOf: keyOf(facts.sagaId, "settle-notifications", "forward"),
        }),
    },
    releaseTasks(({ input }) => input.userId),
    assignTasks(({ input }) => input.successorUserId),
    {
      name: "revoke-sessions",
      class: "retryable",
      forward: (facts) => order("identity", `${membershipOf(facts)}/sessions/revoke`),
    },
  ],
});
