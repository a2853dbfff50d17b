/** A clinic is founded, and each service prepares for it, before its owners can enter. */
import { z } from "zod";
import { defineSaga, type Facts, keyOf, type StepDefinition } from "./model.ts";
import { order } from "./orders.ts";

const Input = z.strictObject({
  name: z.string().trim().min(1).max(200).regex(/^\P{Cc}*$/u),
  /** Partners own a clinic together; they are members of the one that founds it. */
  ownerUserIds: z.array(z.uuid()).min(1).max(20),
});

/** The clinic's id is the saga's: so it can be closed although nobody knows whether it was made. */
const clinicOf = ({ sagaId }: Facts) => `/internal/organizations/${sagaId}`;

function prepare(service: string, bodyOf: (facts: Facts) => unknown = () => ({})): StepDefinition {
  const name = `prepare-${service}`;
  return {
    name,
    class: "compensatable",
    forward: (facts) => order(service, `${clinicOf(facts)}/prepare`, bodyOf(facts)),
    compensate: (facts) =>
      order(service, `${clinicOf(facts)}/clear`, { undoOf: keyOf(facts.sagaId, name, "forward") }),
  };
}

export const onboardClinic = defineSaga({
  name: "onboard-clinic",
  version: 1,
  title: "Found a clinic, prepare every service for it, and let its owners in",
  permission: "organizations:manage",
  input: Input,
  deadlineSeconds: 600,
  steps: [
    {
      name: "found-clinic",
      class: "compensatable",
      forward: ({ sagaId, input }) =>
        order("identity", "/internal/organizations", {
          organizationId: sagaId,
          name: input.name,
        }),
      compensate: (facts) =>
        order("identity", `${clinicOf(facts)}/close`, {
          undoOf: keyOf(facts.sagaId, "found-clinic", "forward"),
        }),
    },
    prepare("content"),
    prepare("communication", ({ input }) => ({ name: input.name })),
    prepare("workflow"),
    {
      name: "let-owners-in",
      class: "pivot",
      forward: (facts) =>
        order("identity", `${clinicOf(facts)}/open`, {
          ownerUserIds: facts.input.ownerUserIds,
          foundedBy: facts.organizationId,
        }),
    },
  ],
});
