/** A message to people, and each delivery of it: what is asked, in what state it is, and the gates. */
import { z } from "@hono/zod-openapi";
import {
  allowsClinical,
  Category,
  effective,
  rulesOf,
  type Standing,
  type Stored,
} from "../preferences/model.ts";
import { Channel, type Channel as ChannelName, Level, type Result } from "../providers/model.ts";
import { quietUntil } from "../recipients/model.ts";

export const RECIPIENTS_MAX = 100;
const LIFETIME_DAYS_MAX = 90;
export const LIFETIME_HOURS = 24;
/** Tries of one delivery, all accounts together. */
export const ATTEMPTS_MAX = 8;

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

/** Everything the gates look at, as it stands at the time of sending. */
export type Facts = {
  now: Date;
  channel: ChannelName;
  category: Category;
  expiresAt: Date;
  cancelledAt: Date | null;
  /** False: a guardian who may not be told any more. */
  isEntitled: boolean;
  point: { state: string } | undefined;
  killSwitches: readonly string[];
  /** Scopes of what holds for the address. */
  suppressions: readonly { scope: string; reason: string }[];
  preferences: readonly Stored[];
  consents: readonly Standing[];
  sentToday: number;
  timeZone: string | null;
  quietHours: { from: string; to: string } | null;
};

export type Gate =
  | { pass: true }
  | { pass: false; state: "suppressed" | "expired" | "cancelled"; reason: string }
  | { pass: false; state: "deferred"; reason: string; until: Date };

/** After a switch was set, whether it still is. */
const SWITCH_SECONDS = 15;
const DAY_MS = 86_400_000;

/** The gates in their order: the first that does not let through says why. */
export function passGates(facts: Facts): Gate {
  const { now, channel, category, killSwitches, point } = facts;
  const rules = rulesOf(category);
  const refuse = (state: "suppressed" | "expired" | "cancelled", reason: string): Gate => ({
    pass: false,
    state,
    reason,
  });
  const expires = facts.expiresAt.getTime() <= now.getTime();
  const killed = ["all", `channel:${channel}`, `category:${category}`]
    .find((scope) => killSwitches.includes(scope));
  if (killed && !expires && !facts.cancelledAt) {
    const until = new Date(now.getTime() + SWITCH_SECONDS * 1000);
    return { pass: false, state: "deferred", reason: `kill-switch ${killed}`, until };
  }
  if (expires) return refuse("expired", "expired");
  if (facts.cancelledAt) return refuse("cancelled", "cancelled");
  if (!facts.isEntitled) return refuse("cancelled", "guardian-revoked");
  if (channel !== "in_app") {
    if (!point) return refuse("suppressed", "no-contact");
    if (point.state !== "verified") return refuse("suppressed", `contact-${point.state}`);
    const suppression = facts.suppressions.find(({ scope, reason }) =>
      scope === "all" || (scope === category && !(rules.isMandatory && reason === "unsubscribe"))
    );
    if (suppression) return refuse("suppressed", `suppressed-${suppression.reason}`);
  }
  const cell = effective({ ...facts });
  if (!cell.isAllowed) {
    return refuse("suppressed", cell.source === "choice" ? "preference" : "consent");
  }
  if (channel !== "in_app" && facts.sentToday >= rules.perDay) {
    return refuse("suppressed", "frequency-cap");
  }
  const night = rules.isUrgent || channel === "in_app" ? undefined : quietUntil(facts);
  if (night) {
    return night >= facts.expiresAt
      ? refuse("expired", "quiet-hours")
      : { pass: false, state: "deferred", reason: "quiet-hours", until: night };
  }
  return { pass: true };
}

/** How much may be said on this channel to somebody who has consented to so much. */
export function levelAllowed(
  level: Level,
  channel: ChannelName,
  consents: readonly Standing[],
): Level {
  return level === 2 && !allowsClinical(consents, channel) ? 0 : level;
}

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

/** Lifetime of a message, within what is sensible; undefined when it is none. */
export function lifetime(
  { notBefore, expiresAt }: Pick<NewMessage, "notBefore" | "expiresAt">,
  now: Date,
): { dueAt: Date; expiresAt: Date } | undefined {
  const dueAt = notBefore === undefined ? now : new Date(notBefore);
  const ends = expiresAt === undefined
    ? new Date(dueAt.getTime() + LIFETIME_HOURS * 3_600_000)
    : new Date(expiresAt);
  const isSensible = ends > dueAt && ends > now &&
    ends.getTime() - now.getTime() <= LIFETIME_DAYS_MAX * DAY_MS;
  return isSensible ? { dueAt, expiresAt: ends } : undefined;
}
