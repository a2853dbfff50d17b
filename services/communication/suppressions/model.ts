/** Addresses that are not written to, and why. */
import { z } from "@hono/zod-openapi";
import { Category } from "../preferences/model.ts";
import { PointChannel } from "../recipients/model.ts";

export const reasons = [
  "bounce",
  "complaint",
  "stop",
  "unsubscribe",
  "wrong",
  "manual",
] as const;
export type Reason = typeof reasons[number];

export const Suppression = z.object({
  id: z.uuid(),
  channel: PointChannel,
  /** A category, or `all`. */
  scope: z.string(),
  reason: z.enum(reasons),
  createdAt: z.iso.datetime(),
  liftedAt: z.iso.datetime().nullable(),
}).openapi("Suppression", { description: "The address itself is not kept here." });
export type Suppression = z.infer<typeof Suppression>;

export const NewSuppression = z.strictObject({
  channel: PointChannel,
  address: z.string().min(3).max(512),
  scope: z.union([Category, z.literal("all")]).default("all"),
}).openapi("NewSuppression");

/** Whoever said so themselves is not overruled. */
export const isLiftable = (reason: Reason) =>
  !["stop", "complaint", "unsubscribe"].includes(reason);
