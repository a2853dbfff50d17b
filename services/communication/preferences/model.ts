/** Kinds of messages, and what somebody has said about getting them. */
import { z } from "@hono/zod-openapi";
import { Channel, type Channel as ChannelName } from "../providers/model.ts";

/** What follows from the law and from what the message is for. */
export type CategoryRules = {
  /** Cannot be refused: what somebody must know to be safe. */
  isMandatory: boolean;
  /** Only with a consent on record. */
  needsConsent: boolean;
  /** What an ambiguous try ends in where the provider cannot tell: sent again, or held back. */
  whenAmbiguous: "resend" | "hold";
  /** At most so many to one address in 24 hours. */
  perDay: number;
  /** May come at night. */
  isUrgent: boolean;
  /** Waits while an account rests because too much came back. */
  isMarketing: boolean;
  /** Within an organization the lower go first. */
  priority: 0 | 1 | 2;
};

export const categories = {
  security: {
    isMandatory: true,
    needsConsent: false,
    whenAmbiguous: "resend",
    perDay: 50,
    isUrgent: true,
    isMarketing: false,
    priority: 0,
  },
  appointment: {
    isMandatory: false,
    needsConsent: false,
    whenAmbiguous: "resend",
    perDay: 10,
    isUrgent: false,
    isMarketing: false,
    priority: 1,
  },
  message: {
    isMandatory: false,
    needsConsent: false,
    whenAmbiguous: "resend",
    perDay: 20,
    isUrgent: false,
    isMarketing: false,
    priority: 1,
  },
  result: {
    isMandatory: false,
    needsConsent: false,
    whenAmbiguous: "resend",
    perDay: 10,
    isUrgent: false,
    isMarketing: false,
    priority: 0,
  },
  billing: {
    isMandatory: false,
    needsConsent: false,
    whenAmbiguous: "hold",
    perDay: 5,
    isUrgent: false,
    isMarketing: false,
    priority: 2,
  },
  marketing: {
    isMandatory: false,
    needsConsent: true,
    whenAmbiguous: "hold",
    perDay: 1,
    isUrgent: false,
    isMarketing: true,
    priority: 2,
  },
} as const satisfies Record<string, CategoryRules>;

export type Category = keyof typeof categories;
export const categoryNames = Object.keys(categories) as [Category, ...Category[]];
export const Category = z.enum(categoryNames);

export const rulesOf = (category: Category): CategoryRules => categories[category];

/** `phi`: patient data of level 2 on this channel. */
export const Purpose = z.enum([...categoryNames, "all", "phi"]);
export type Purpose = z.infer<typeof Purpose>;

export const Decision = z.enum(["granted", "revoked"]);

export const Consent = z.object({
  id: z.uuid(),
  channel: Channel,
  purpose: z.string(),
  decision: Decision,
  source: z.string(),
  wording: z.string().nullable(),
  at: z.iso.datetime(),
}).openapi("Consent");
export type Consent = z.infer<typeof Consent>;

export const NewConsent = z.strictObject({
  channel: Channel,
  purpose: Purpose,
  decision: Decision,
  source: z.string().trim().min(2).max(60).openapi({ example: "paper form" }),
  wording: z.string().trim().max(100).optional().openapi({
    description: "Which version of the words was agreed to.",
  }),
}).openapi("NewConsent");
export type NewConsent = z.infer<typeof NewConsent>;

export const sources = ["mandatory", "consent", "choice", "default"] as const;

export const Cell = z.object({
  category: Category,
  channel: Channel,
  isAllowed: z.boolean(),
  source: z.enum(sources).openapi({
    description: "Why: it cannot be refused, a consent on record, an own choice, or the default.",
  }),
}).openapi("PreferenceCell");
export type Cell = z.infer<typeof Cell>;

export const Matrix = z.object({ items: z.array(Cell) }).openapi("PreferenceMatrix");

export const CentreLink = z.object({ url: z.url(), endsAt: z.iso.datetime() })
  .openapi("PreferenceCentreLink");

export const Choice = z.strictObject({
  category: Category,
  channel: Channel,
  isAllowed: z.boolean(),
}).openapi("PreferenceChoice");

export type Stored = { category: string; channel: string; isAllowed: boolean };
/** The newest decision for each channel and purpose. */
export type Standing = { channel: string; purpose: string; decision: "granted" | "revoked" };

/** The effective value and where it comes from; the more binding source wins. */
export function effective(
  { category, channel, preferences, consents }: {
    category: Category;
    channel: ChannelName;
    preferences: readonly Stored[];
    consents: readonly Standing[];
  },
): Cell {
  const rules = rulesOf(category);
  const cell = (isAllowed: boolean, source: Cell["source"]): Cell => ({
    category,
    channel,
    isAllowed,
    source,
  });
  if (rules.isMandatory) return cell(true, "mandatory");
  const decided = (purpose: string) =>
    consents.find((one) => one.channel === channel && one.purpose === purpose)?.decision;
  if (decided("all") === "revoked" && channel !== "in_app") return cell(false, "consent");
  const own = decided(category);
  if (own === "revoked") return cell(false, "consent");
  const choice = preferences.find((one) => one.category === category && one.channel === channel);
  if (rules.needsConsent && own !== "granted") return cell(false, "consent");
  if (choice) return cell(choice.isAllowed, "choice");
  return own === "granted" ? cell(true, "consent") : cell(true, "default");
}

/** Clinical words on this channel, only when somebody has agreed to exactly that. */
export const allowsClinical = (consents: readonly Standing[], channel: ChannelName): boolean =>
  channel === "in_app" ||
  consents.some((one) =>
    one.channel === channel && one.purpose === "phi" && one.decision === "granted"
  );
