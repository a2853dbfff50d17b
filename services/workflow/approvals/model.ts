/** What an approval names: the content that somebody has read and stands for. */
import { z } from "@hono/zod-openapi";

export const ContentHash = z.string().regex(/^[0-9a-f]{64}$/).openapi({
  description: "The `sha256` of what you have read: other content is not approved by it.",
});
