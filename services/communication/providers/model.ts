/** What providers have in common: what is handed to them, and how a try may end. */
import { z } from "@hono/zod-openapi";
import type { Place } from "@praxis/shared/outward";

export const channels = ["email", "sms", "push", "in_app"] as const;
export const Channel = z.enum(channels);
export type Channel = z.infer<typeof Channel>;
/** Channels that leave the platform. */
export type OuterChannel = Exclude<Channel, "in_app">;

export const providerNames = [
  "resend",
  "sendgrid",
  "mailgun",
  "smtp",
  "twilio",
  "ovh",
  "fcm",
] as const;
export const ProviderName = z.enum(providerNames);
export type ProviderName = z.infer<typeof ProviderName>;

/**
 * How much a text may say: 0 nothing about anybody, 1 that and when there is an appointment,
 * 2 anything clinical.
 */
export const Level = z.union([z.literal(0), z.literal(1), z.literal(2)]);
export type Level = z.infer<typeof Level>;

export type Content = {
  subject: string;
  text: string;
  html?: string;
};

/** One message to one address, as every provider gets it. `deliveryId` is all it learns beside. */
export type Outgoing = {
  deliveryId: string;
  to: string;
  content: Content;
  /** RFC 8058, for mail that may be refused. */
  unsubscribeUrl?: string;
  /** Where the provider may tell of the delivery, when that is said with each message. */
  callbackUrl: string;
};

/**
 * `permanent`: this address or message will never work. `config`: the account does not work.
 * `transient`: not now. `ambiguous`: it may or may not have been taken; nobody knows yet.
 */
export type Result =
  | { outcome: "accepted"; providerMessageId: string }
  | { outcome: "permanent"; detail: string; isAddressBad?: boolean; isOptedOut?: boolean }
  | { outcome: "config"; detail: string }
  | { outcome: "transient"; detail: string; retryAfterSeconds?: number }
  | { outcome: "ambiguous"; detail: string };
export type Outcome = Result["outcome"];

/**
 * How an ambiguous try is settled: `repeat` with the same key is safe; `look-up` asks the provider;
 * `wait` for its callback. Where that tells nothing, the category decides.
 */
export type Settlement = "repeat" | "look-up" | "wait";

export type Calls = {
  /** Where each provider is reached; simulators in development, itself in production. */
  baseUrlOf(provider: ProviderName, region: string): string;
  /** Where Google gives out tokens; also who they are asked of. */
  tokenUrl: string;
  /** Milliseconds that one call may take. */
  timeoutMs: number;
  now: () => Date;
  /** Where an organization's own server stands; refuses what lies inside. */
  resolve?: (hostname: string) => Promise<Place>;
  /** Authorities that are trusted besides the usual ones, in PEM. */
  tlsCa?: string;
};

export type Account = {
  id: string;
  settings: Record<string, string>;
  secrets: Record<string, string>;
  region: string;
};

/** Somebody has written back, as a provider that is asked for it says. */
export type Inbound = { messageId: string; from: string; text: string };

/** How a message stands, as a provider that is asked for it says. */
export type Standing = { type: "sent" | "delivered"; to: string; at: Date | undefined };

export type Provider = {
  channel: OuterChannel;
  settlement: Settlement;
  /** Most that may be said through this provider, whatever was agreed with it. */
  levelMax: Level;
  /** Names of settings and secrets that an account needs. */
  settings: z.ZodType<Record<string, string>>;
  secrets: z.ZodType<Record<string, string>>;
  send(calls: Calls, account: Account, outgoing: Outgoing): Promise<Result>;
  /** The provider's id of a message that it has taken, or undefined. @throws when it cannot say. */
  lookUp?(
    calls: Calls,
    account: Account,
    outgoing: Outgoing,
    since: Date,
    isKnown: (providerMessageId: string) => Promise<boolean>,
  ): Promise<string | undefined>;
  /** What has come in, oldest first, where nobody tells of it. @throws when it cannot say. */
  listInbound?(calls: Calls, account: Account): Promise<Inbound[]>;
  /** It has been taken in, and need not lie at the provider any more. @throws as above. */
  forgetInbound?(calls: Calls, account: Account, messageId: string): Promise<void>;
  /** How one message stands, where what is told of it is only a hint. @throws as above. */
  findStanding?(
    calls: Calls,
    account: Account,
    providerMessageId: string,
  ): Promise<Standing | undefined>;
};
