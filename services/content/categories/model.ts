/** What a clinic calls its kinds of documents. */
import { z } from "@hono/zod-openapi";

export const Categories = z.object({ items: z.array(z.string()) }).openapi("DocumentCategories");

/** What a new clinic begins with. */
export const firstCategories: readonly string[] = [
  "Discharge letter",
  "Referral",
  "Laboratory",
  "Imaging",
  "Prescription",
  "Consent",
  "Correspondence",
];
