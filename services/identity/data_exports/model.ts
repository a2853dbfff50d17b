/** What an export is: leave to fetch a copy of what is known about oneself, for a day. */
import { z } from "@hono/zod-openapi";

export const EXPORT_MS = 24 * 3_600_000;
/** Said to be too old for so long; then it is not known any more. */
export const EXPORT_KEPT_MS = 30 * EXPORT_MS;

export const DataExport = z.object({
  id: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
}).openapi("DataExport");
export type DataExport = z.infer<typeof DataExport>;

/** One line of the copy: a thing under the name of its kind. */
export type Line = Partial<
  Record<"profile" | "factor" | "session" | "securityEvent", Record<string, unknown>>
>;
