/** A delivery: in what state it is, what may follow, and what becomes of it after a try. */
import { z } from "@hono/zod-openapi";
import { Channel, Level, type Result } from "../providers/model.ts";

/** Workers listen here for what has become due; the payload says whose. */
export const CHANNEL = "deliveries";

/** Tries of one delivery, all accounts together. */
export const ATTEMPTS_MAX = 8;

export const states = [
  "queued",
  "deferred",
  "sending",
  "accepted",
  "sent",
  "delivered",
  "suppressed",
  "expired",
  "cancelled",
  "bounced",
  "failed",
  "unknown",
  "held",
] as const;
export const State = z.enum(states);
export type State = z.infer<typeof State>;

/** What a provider's later word may change: forward only, and a bounce even after a delivery. */
export const mayBecome: Partial<Record<State, readonly State[]>> = {
  sent: ["queued", "deferred", "sending", "unknown", "held", "accepted"],
  delivered: ["queued", "deferred", "sending", "unknown", "held", "accepted", "sent"],
  bounced: ["sending", "unknown", "held", "accepted", "sent", "delivered"],
  failed: ["sending", "unknown", "held", "accepted", "sent"],
};

export const DeliveryView = z.object({
  id: z.uuid(),
  messageId: z.uuid(),
  recipientId: z.uuid(),
  onBehalfOf: z.uuid().nullable(),
  channel: Channel,
  state: State,
  reason: z.string().nullable().openapi({
    description: "Why it was not sent, or not yet: the gate's or the provider's word.",
  }),
  dueAt: z.iso.datetime(),
  attempts: z.int(),
  level: Level.nullable().openapi({ description: "How much was said; 0 says nothing." }),
  updatedAt: z.iso.datetime(),
}).openapi("Delivery");
export type DeliveryView = z.infer<typeof DeliveryView>;

export const Attempt = z.object({
  n: z.int(),
  accountId: z.uuid(),
  provider: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  outcome: z.string().nullable(),
  detail: z.string().nullable(),
  settled: z.string().nullable().openapi({ description: "How an ambiguous try was settled." }),
});
export const ProviderEvent = z.object({ type: z.string(), at: z.iso.datetime() });
export const DeliveryDetail = DeliveryView.extend({
  history: z.array(Attempt),
  events: z.array(ProviderEvent),
}).openapi("DeliveryDetail");

const BACKOFF_SECONDS = [2, 10, 30, 120, 300, 900, 1_800];

/** Seconds until the next try after the `n`th, a little apart so that not all come at once. */
export function backoffSeconds(n: number, random: number): number {
  const base = BACKOFF_SECONDS[Math.min(n, BACKOFF_SECONDS.length) - 1] ?? 2;
  return base * (0.75 + random / 2);
}

export type Next =
  | { state: "accepted"; providerMessageId: string }
  | { state: "failed"; reason: string }
  | { state: "queued" | "deferred"; reason: string; dueAt: Date }
  | { state: "unknown"; reason: string };

/** What becomes of a delivery after its `n`th try. */
export function afterTry(
  result: Result,
  { n, now, hasAnother, random }: { n: number; now: Date; hasAnother: boolean; random: number },
): Next {
  switch (result.outcome) {
    case "accepted":
      return { state: "accepted", providerMessageId: result.providerMessageId };
    case "permanent":
      return { state: "failed", reason: result.detail };
    case "ambiguous":
      return { state: "unknown", reason: result.detail };
    default: {
      const reason = result.detail;
      if (n >= ATTEMPTS_MAX) return { state: "failed", reason };
      // Another account takes it at once; the same one only when it had time to recover.
      if (hasAnother) return { state: "queued", reason, dueAt: now };
      const asked = result.outcome === "transient" ? result.retryAfterSeconds : undefined;
      const seconds = asked ?? backoffSeconds(n, random);
      return { state: "deferred", reason, dueAt: new Date(now.getTime() + seconds * 1000) };
    }
  }
}
