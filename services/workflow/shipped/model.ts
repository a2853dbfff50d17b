/** What is said of the definitions and pathways that come with the product. */
import { z } from "@hono/zod-openapi";
import { definitionKinds, definitionStates } from "../definitions/model.ts";

export const shippedNames = [
  "abnormal-result-follow-up",
  "referral",
  "pre-visit-intake",
  "missed-appointment",
  "document-review",
  "type-2-diabetes-annual-cycle",
  "antenatal",
] as const;
export type ShippedName = typeof shippedNames[number];

export const Shipped = z.object({
  name: z.enum(shippedNames),
  title: z.string(),
  kind: z.enum(definitionKinds),
  eventType: z.string().nullable().openapi({ description: "The event that starts it." }),
  source: z.string(),
  installed: z.object({ version: z.int(), state: z.enum(definitionStates) }).nullable()
    .openapi({ description: "The newest version of this name in your organization." }),
}).openapi("ShippedDefinition");
export type Shipped = z.output<typeof Shipped>;
export const ShippedList = z.object({ items: z.array(Shipped) }).openapi("ShippedDefinitions");
