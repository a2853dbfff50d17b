/** What a notification is, and how a fact becomes one. */
import { z } from "@hono/zod-openapi";

/** What is used of the data of content's `document.created`. */
export const DocumentCreated = z.object({
  documentId: z.uuid(),
  title: z.string(),
  patientId: z.uuid().nullable(),
});
export type DocumentCreated = z.infer<typeof DocumentCreated>;

export const kinds = ["document.created", "result.released", "message", "account.paused"] as const;

export const Notification = z.object({
  id: z.uuid(),
  kind: z.enum(kinds),
  title: z.string().openapi({ example: "New document: Discharge letter" }),
  subject: z.object({ type: z.string(), id: z.string() }),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
  seenAt: z.iso.datetime().nullable(),
  archivedAt: z.iso.datetime().nullable(),
  snoozedUntil: z.iso.datetime().nullable(),
  body: z.string().nullable(),
  category: z.string().nullable(),
  actions: z.array(z.object({ key: z.string(), label: z.string() })),
  actionTaken: z.string().nullable(),
}).openapi("Notification");
export type Notification = z.infer<typeof Notification>;

/** The same for each of its recipients. */
export type Message =
  & Pick<Notification, "kind" | "title" | "subject">
  & { patientId: string | null };

/** What a message of the pipeline becomes in the inbox. */
export type InboxItem = {
  organizationId: string;
  deliveryId: string;
  userId: string;
  title: string;
  body: string;
  category: string;
};

/** What may be answered from within the inbox. */
export function actionsOf(category: string): Notification["actions"] {
  return category === "appointment"
    ? [{ key: "confirm", label: "Confirm" }, { key: "reschedule", label: "Reschedule" }]
    : [];
}

const SNOOZE_DAYS_MAX = 365;

/** Whether something may be put off until then. */
export const isSnooze = (until: Date, now: Date) =>
  until > now && until.getTime() - now.getTime() <= SNOOZE_DAYS_MAX * 86_400_000;

export const Counts = z.object({
  unseen: z.int(),
  unread: z.int(),
  categories: z.record(z.string(), z.int()).openapi({ description: "Unread ones of each." }),
}).openapi("NotificationCounts");
export type Counts = z.infer<typeof Counts>;

const TITLE_CHARS_MAX = 200;

/** At most 200 characters, cut between characters and never inside one. */
export function shorten(text: string): string {
  const characters = [...text];
  if (characters.length <= TITLE_CHARS_MAX) return text;
  return characters.slice(0, TITLE_CHARS_MAX - 1).join("") + "…";
}

export function messageOf({ documentId, title, patientId }: DocumentCreated): Message {
  return {
    kind: "document.created",
    title: shorten(`New document: ${title}`),
    subject: { type: "document", id: documentId },
    patientId,
  };
}
