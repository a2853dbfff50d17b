/** Accounts at providers, in which order they are tried, and which may be used just now. */
import { z } from "@hono/zod-openapi";
import { Pause } from "../pauses/model.ts";
import {
  type Account,
  Channel,
  type Channel as ChannelName,
  Level,
  ProviderName,
} from "../providers/model.ts";

const Region = z.string().regex(/^[a-z]{2}$/).openapi({ example: "eu" });
/** One line each: some of it becomes a header. */
// deno-lint-ignore no-control-regex
const Settings = z.record(z.string().max(40), z.string().max(5_000).regex(/^[^\x00-\x1f\x7f]*$/));
const Values = z.record(z.string().max(40), z.string().max(5_000));

export const NewAccount = z.strictObject({
  provider: ProviderName,
  name: z.string().trim().min(1).max(80),
  settings: Settings.openapi({ description: "As the provider needs: `from`, `domain`, …" }),
  secrets: Values.openapi({ description: "Written, never shown." }),
  region: Region.default("eu"),
  hasAgreement: z.boolean().default(false).openapi({
    description: "Whether a contract on processing patient data stands; without it: level 0.",
  }),
  levelMax: Level.optional().openapi({
    description: "Most that may be said through it; 1 unless given, 0 where 1 is too much.",
  }),
  ratePerMinute: z.int().min(1).max(100_000).default(600),
}).openapi("NewProviderAccount");
export type NewAccount = z.infer<typeof NewAccount>;

export const NewSecrets = z.strictObject({ secrets: Values }).openapi("NewProviderSecrets");

export const Health = z.object({
  failures: z.int(),
  accepted: z.int(),
  failed: z.int(),
  lastFailure: z.string().nullable(),
  lastFailureAt: z.iso.datetime().nullable(),
  openUntil: z.iso.datetime().nullable().openapi({ description: "The breaker is open until." }),
  retryAt: z.iso.datetime().nullable(),
}).openapi("ProviderHealth");
export type Health = z.infer<typeof Health>;

export const AccountView = z.object({
  id: z.uuid(),
  provider: ProviderName,
  channel: Channel,
  name: z.string(),
  settings: Values,
  region: z.string(),
  hasAgreement: z.boolean(),
  levelMax: Level,
  ratePerMinute: z.int(),
  isEnabled: z.boolean(),
  hookUrl: z.string().nullable().openapi({
    description: "Where the provider tells what became of messages, and what people wrote back.",
  }),
  isPlatform: z.boolean().openapi({ description: "Of the platform itself, for everybody." }),
  health: Health,
  pause: Pause.nullable().openapi({
    description: "It sends no marketing of this organization until somebody resumes it.",
  }),
}).openapi("ProviderAccount");
export type AccountView = z.infer<typeof AccountView>;

export const Route = z.object({
  id: z.uuid(),
  channel: Channel,
  category: z.string().nullable(),
  country: z.string().nullable(),
  accountIds: z.array(z.uuid()),
  mayFailOver: z.boolean(),
  region: z.string().nullable(),
}).openapi("ProviderRoute");
export type Route = z.infer<typeof Route>;

export const NewRoute = z.strictObject({
  channel: z.enum(["email", "sms", "push"]),
  category: z.string().max(40).nullable().default(null),
  country: z.string().regex(/^[A-Z]{2}$/).nullable().default(null),
  accountIds: z.array(z.uuid()).min(1).max(10),
  mayFailOver: z.boolean().default(true),
  region: Region.nullable().default(null),
}).openapi("NewProviderRoute");
export type NewRoute = z.infer<typeof NewRoute>;

export const KillSwitch = z.object({
  scope: z.string(),
  reason: z.string(),
  setBy: z.uuid(),
  setAt: z.iso.datetime(),
}).openapi("KillSwitch");
export type KillSwitch = z.infer<typeof KillSwitch>;
export const SwitchScope = z.string()
  .regex(/^(all|channel:(email|sms|push|in_app)|provider:[a-z]{2,20}|category:[a-z-]{2,40})$/)
  .openapi({ example: "channel:sms" });
export const NewKillSwitch = z.strictObject({
  scope: SwitchScope,
  reason: z.string().trim().min(3).max(500),
}).openapi("NewKillSwitch");

/** Everything the pipeline needs to know of an account. */
export type Candidate = Account & {
  provider: ProviderName;
  channel: ChannelName;
  /** What may be said through it, all things considered. */
  level: Level;
  ratePerMinute: number;
  sentInLastMinute: number;
  isEnabled: boolean;
  isPlatform: boolean;
  failures: number;
  openUntil: Date | null;
  retryAt: Date | null;
};

/** An account of the platform itself, from its environment. */
export type PlatformAccount = Account & {
  provider: ProviderName;
  channel: ChannelName;
  level: Level;
};

export const BREAKER_FAILURES = 5;
const BREAKER_SECONDS = 60;
const CONFIG_SECONDS = 300;

/** When the breaker closes after one more failure, or undefined while it stays closed. */
export function breakerAfter(
  { failures, isConfig, now }: { failures: number; isConfig: boolean; now: Date },
): Date | undefined {
  if (isConfig) return new Date(now.getTime() + CONFIG_SECONDS * 1000);
  return failures < BREAKER_FAILURES ? undefined : new Date(now.getTime() + BREAKER_SECONDS * 1000);
}

/** The most particular route wins. */
export function routeFor(
  routes: readonly Route[],
  { category, country }: { category: string; country: string | null },
): Route | undefined {
  const fits = routes.filter((route) =>
    (route.category === null || route.category === category) &&
    (route.country === null || route.country === country)
  );
  const weight = (route: Route) =>
    (route.category === null ? 0 : 2) + (route.country === null ? 0 : 1);
  return fits.toSorted((a, b) => weight(b) - weight(a))[0];
}

export type Choice =
  | { account: Candidate; level: Level }
  | { account?: undefined; retryAt: Date | undefined };

/**
 * The account to try next. Organizations' own come before the platform's, or as their route says.
 * An account that has failed for this delivery comes last; none is used beyond its region or what
 * may be said through it: `neutralLevel` is the level of the text that says nothing.
 */
export function chooseAccount(
  candidates: readonly Candidate[],
  route: Route | undefined,
  { level, neutralLevel, failedIds, stickTo, isKilled, now }: {
    level: Level;
    neutralLevel: Level;
    failedIds: readonly string[];
    /** After an ambiguous try no other account may be used. */
    stickTo: string | undefined;
    isKilled: (provider: ProviderName) => boolean;
    now: Date;
  },
): Choice {
  const inOrder = route
    ? route.accountIds.flatMap((id) => candidates.filter((one) => one.id === id))
    : candidates.toSorted((a, b) => Number(a.isPlatform) - Number(b.isPlatform));
  const mayFailOver = route?.mayFailOver ?? true;
  const first = inOrder.find(({ isEnabled }) => isEnabled);
  const allowed = inOrder.filter((one) =>
    one.isEnabled && !isKilled(one.provider) &&
    (route?.region === null || route?.region === undefined || one.region === route.region) &&
    (stickTo === undefined || one.id === stickTo) &&
    (mayFailOver || one.id === first?.id)
  );
  const blockedUntil = (one: Candidate) => {
    const until = Math.max(one.openUntil?.getTime() ?? 0, one.retryAt?.getTime() ?? 0);
    if (until > now.getTime()) return until;
    return one.sentInLastMinute >= one.ratePerMinute ? now.getTime() + 5_000 : 0;
  };
  const turn = (one: Candidate) => failedIds.includes(one.id) ? 1 : 0;
  const ready = allowed.filter((one) => blockedUntil(one) === 0)
    .toSorted((a, b) => turn(a) - turn(b));
  // What may say everything comes before what may only say that there is something to say.
  const account = ready.find((one) => one.level >= level && turn(one) === 0) ??
    ready.find((one) => one.level >= neutralLevel);
  if (account) return { account, level: account.level >= level ? level : neutralLevel };
  const waits = allowed.map(blockedUntil).filter((until) => until > 0);
  return { retryAt: waits.length === 0 ? undefined : new Date(Math.min(...waits)) };
}
