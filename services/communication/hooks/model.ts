/** What providers tell us, in one shape; and what people write back. */
import { z } from "zod";

/** What became of a message, in our words. */
export type Report = {
  /** Unique at this provider. */
  eventId: string;
  type: "sent" | "delivered" | "bounced" | "failed" | "complained" | "unsubscribed";
  /** Ours, where the provider gives it back. */
  deliveryId: string | undefined;
  providerMessageId: string | undefined;
  /** As the provider says it; only believed when it is the address that we wrote to. */
  address: string | undefined;
  at: Date;
};

const ResendEvent = z.object({
  type: z.string(),
  created_at: z.string().optional(),
  data: z.looseObject({
    email_id: z.string(),
    to: z.array(z.string()).optional(),
    bounce: z.looseObject({ type: z.string().optional() }).optional(),
    tags: z.record(z.string(), z.string()).optional(),
  }),
});

const YEAR_MS = 366 * 86_400_000;

/** What a provider says of a time that cannot be is not believed. */
const dateOf = (value: string | number | undefined, now: Date): Date => {
  const date = typeof value === "number" ? new Date(value * 1000) : new Date(value ?? NaN);
  const isSensible = Math.abs(date.getTime() - now.getTime()) < YEAR_MS;
  return isSensible ? date : now;
};

/** https://resend.com/docs/dashboard/webhooks/event-types */
export function readResend(body: unknown, eventId: string, now: Date): Report[] {
  const { type, created_at, data } = ResendEvent.parse(body);
  const types: Record<string, Report["type"]> = {
    "email.sent": "sent",
    "email.delivered": "delivered",
    "email.bounced": "bounced",
    "email.failed": "failed",
    "email.complained": "complained",
  };
  // A mailbox that is full today is none that is gone.
  const isTransient = data.bounce?.type === "Transient";
  const known = types[type];
  if (!known || (known === "bounced" && isTransient)) return [];
  return [{
    eventId,
    type: known,
    deliveryId: data.tags?.delivery_id,
    providerMessageId: data.email_id,
    address: data.to?.[0],
    at: dateOf(created_at, now),
  }];
}

const SendgridEvents = z.array(z.looseObject({
  event: z.string(),
  sg_event_id: z.string(),
  sg_message_id: z.string().optional(),
  email: z.string().optional(),
  timestamp: z.number().optional(),
  type: z.string().optional(),
  delivery_id: z.string().optional(),
})).max(2_000);

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
export function readSendgrid(body: unknown, now: Date): Report[] {
  const types: Record<string, Report["type"]> = {
    processed: "sent",
    delivered: "delivered",
    bounce: "bounced",
    dropped: "failed",
    spamreport: "complained",
    unsubscribe: "unsubscribed",
  };
  return SendgridEvents.parse(body).flatMap((event) => {
    // `blocked` is a refusal for now, of a server and not of the address.
    const type = event.event === "bounce" && event.type === "blocked"
      ? "failed"
      : types[event.event];
    return type === undefined ? [] : [{
      eventId: event.sg_event_id,
      type,
      deliveryId: event.delivery_id,
      // SendGrid appends its own marks after a dot.
      providerMessageId: event.sg_message_id?.split(".")[0],
      address: event.email,
      at: dateOf(event.timestamp, now),
    }];
  });
}

export const MailgunHook = z.object({
  signature: z.object({
    timestamp: z.string().max(12),
    token: z.string().min(10).max(100),
    signature: z.string().max(100),
  }),
  "event-data": z.looseObject({
    id: z.string(),
    event: z.string(),
    severity: z.string().optional(),
    recipient: z.string().optional(),
    timestamp: z.number().optional(),
    "user-variables": z.record(z.string(), z.unknown()).optional(),
    message: z.looseObject({
      headers: z.looseObject({ "message-id": z.string().optional() }).optional(),
    }).optional(),
  }),
});

/** https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads */
export function readMailgun(hook: z.output<typeof MailgunHook>, now: Date): Report[] {
  const event = hook["event-data"];
  const types: Record<string, Report["type"]> = {
    delivered: "delivered",
    complained: "complained",
    unsubscribed: "unsubscribed",
  };
  const type = event.event === "failed"
    ? event.severity === "permanent" ? "bounced" : undefined
    : types[event.event];
  if (type === undefined) return [];
  const deliveryId = event["user-variables"]?.delivery_id;
  return [{
    eventId: event.id,
    type,
    deliveryId: typeof deliveryId === "string" ? deliveryId : undefined,
    providerMessageId: event.message?.headers?.["message-id"],
    address: event.recipient,
    at: dateOf(event.timestamp, now),
  }];
}

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status */
export function readTwilio(
  form: URLSearchParams,
  deliveryId: string | undefined,
  now: Date,
): Report[] {
  const [sid, status] = [form.get("MessageSid"), form.get("MessageStatus")];
  const types: Record<string, Report["type"]> = {
    sent: "sent",
    delivered: "delivered",
    undelivered: "failed",
    failed: "failed",
  };
  const type = types[status ?? ""];
  if (!sid || !type) return [];
  return [{
    eventId: `${sid} ${status}`,
    type,
    deliveryId,
    providerMessageId: sid,
    address: form.get("To") ?? undefined,
    at: now,
  }];
}
