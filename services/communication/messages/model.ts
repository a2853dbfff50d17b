/** A message to people: what is asked, how long it lives, and how its deliveries stand. */
import { z } from "@hono/zod-openapi";
import { DeliveryView } from "../deliveries/model.ts";
import { Category } from "../preferences/model.ts";
import { Channel } from "../providers/model.ts";

export const RECIPIENTS_MAX = 100;
const LIFETIME_DAYS_MAX = 90;
export const LIFETIME_HOURS = 24;
const DAY_MS = 86_400_000;

const Data = z.record(z.string().max(40), z.union([z.string().max(2_000), z.number()]));

export const NewMessage = z.strictObject({
  template: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  recipients: z.array(z.strictObject({
    id: z.uuid(),
    kind: z.enum(["patient", "user"]).default("patient"),
  })).min(1).max(RECIPIENTS_MAX),
  data: Data.default({}),
  channels: z.array(Channel).min(1).max(4).optional(),
  mode: z.enum(["first", "each"]).default("first").openapi({
    description: "On the first channel that works, or on each.",
  }),
  subject: z.strictObject({ type: z.string().max(40), id: z.string().max(100) }).optional(),
  notBefore: z.iso.datetime().optional(),
  expiresAt: z.iso.datetime().optional().openapi({
    description: `Not sent after this; ${LIFETIME_HOURS} hours from \`notBefore\` unless given.`,
  }),
  dedupeKey: z.string().min(1).max(200).optional().openapi({
    description: "The same key again answers with the first message.",
  }),
}).openapi("NewMessage");
export type NewMessage = z.output<typeof NewMessage>;

export const MessageView = z.object({
  id: z.uuid(),
  category: Category,
  template: z.string(),
  subject: z.object({ type: z.string(), id: z.string() }).nullable(),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  cancelledAt: z.iso.datetime().nullable(),
  deliveries: z.array(DeliveryView),
}).openapi("Message");
export type MessageView = z.infer<typeof MessageView>;

/** Lifetime of a message, within what is sensible; undefined when it is none. */
export function lifetime(
  { notBefore, expiresAt }: Pick<NewMessage, "notBefore" | "expiresAt">,
  now: Date,
): { dueAt: Date; expiresAt: Date } | undefined {
  // What has been due is due now: a year that no database knows is none.
  const dueAt = new Date(
    Math.max(now.getTime(), notBefore === undefined ? 0 : Date.parse(notBefore)),
  );
  const ends = expiresAt === undefined
    ? new Date(dueAt.getTime() + LIFETIME_HOURS * 3_600_000)
    : new Date(expiresAt);
  const isSensible = ends > dueAt && ends > now &&
    ends.getTime() - now.getTime() <= LIFETIME_DAYS_MAX * DAY_MS;
  return isSensible ? { dueAt, expiresAt: ends } : undefined;
}
