/** What an organization is: a clinic that owns data. */
import { z } from "@hono/zod-openapi";

export const Organization = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
}).openapi("Organization");
export type Organization = z.infer<typeof Organization>;
