/** Where an organization's own systems are told what happened, and how each telling went. */
import { z } from "@hono/zod-openapi";

export const eventTypes = [
  "delivery.accepted",
  "delivery.delivered",
  "delivery.bounced",
  "delivery.failed",
  "delivery.suppressed",
  "delivery.expired",
  "delivery.held",
  "reply.received",
  "account.paused",
  "ping",
] as const;
export const EventType = z.enum(eventTypes);
export type EventType = z.infer<typeof EventType>;

export const NewEndpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(500),
  eventTypes: z.array(EventType).min(1).max(eventTypes.length),
}).openapi("NewWebhookEndpoint");
export type NewEndpoint = z.output<typeof NewEndpoint>;

export const Endpoint = z.object({
  id: z.uuid(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  isEnabled: z.boolean(),
  previousUntil: z.iso.datetime().nullable().openapi({
    description: "After a rotation the secret before signs as well, until then.",
  }),
}).openapi("WebhookEndpoint");
export type Endpoint = z.infer<typeof Endpoint>;

export const WithSecret = Endpoint.extend({
  secret: z.string().openapi({ description: "`whsec_…`; shown this once." }),
}).openapi("WebhookEndpointWithSecret");

export const WebhookDelivery = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  eventId: z.uuid(),
  type: z.string(),
  state: z.enum(["pending", "delivered", "failed"]),
  attempts: z.int(),
  lastStatus: z.string().nullable(),
  dueAt: z.iso.datetime(),
}).openapi("WebhookDelivery");
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** Nine repetitions, about three days in all, growing as Standard Webhooks proposes. */
const RETRY_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** When to tell again after the `n`th try, or undefined: given up. */
export function retryAt(n: number, now: Date): Date | undefined {
  const seconds = RETRY_SECONDS[n - 1];
  return seconds === undefined ? undefined : new Date(now.getTime() + seconds * 1000);
}
