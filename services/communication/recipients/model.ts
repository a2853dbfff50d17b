/** Whom messages go to, and where they are reached. */
import { z } from "@hono/zod-openapi";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { Channel } from "../providers/model.ts";
import { Locale } from "../templates/model.ts";

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/).openapi({ example: "21:00" });

export const TimeZone = z.string().max(60).refine((zone) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, "This is no time zone of the IANA list.").openapi({ example: "Europe/Paris" });

export const RecipientInput = z.strictObject({
  id: z.uuid(),
  kind: z.enum(["patient", "user"]).default("patient"),
  locale: Locale.nullable().default(null),
  timeZone: TimeZone.nullable().default(null),
  quietHours: z.strictObject({ from: TimeOfDay, to: TimeOfDay }).nullable().default(null),
  channelOrder: z.array(Channel).max(4).nullable().default(null),
}).openapi("RecipientInput");
export type RecipientInput = z.output<typeof RecipientInput>;

export const Recipient = z.object({
  id: z.uuid(),
  kind: z.enum(["patient", "user"]),
  locale: z.string().nullable(),
  timeZone: z.string().nullable(),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
  channelOrder: z.array(Channel).nullable(),
}).openapi("Recipient");
export type Recipient = z.infer<typeof Recipient>;

export const PointChannel = z.enum(["email", "sms", "push"]);
export type PointChannel = z.infer<typeof PointChannel>;
export const PointState = z.enum(["verified", "unverified", "wrong", "gone"]);

export const ContactPoint = z.object({
  id: z.uuid(),
  channel: PointChannel,
  address: z.string(),
  state: PointState,
  isShared: z.boolean().openapi({ description: "Somebody else is reached there as well." }),
}).openapi("ContactPoint");
export type ContactPoint = z.infer<typeof ContactPoint>;

export const NewContactPoint = z.strictObject({
  channel: PointChannel,
  address: z.string().min(3).max(512),
  isVerified: z.boolean().default(false).openapi({
    description: "Whoever says so has seen it work.",
  }),
}).openapi("NewContactPoint");
export type NewContactPoint = z.output<typeof NewContactPoint>;

export const Guardians = z.strictObject({
  items: z.array(z.strictObject({
    guardianId: z.uuid(),
    endsAt: z.iso.datetime().refine((text) => text >= "1900", "This is no time to come.")
      .nullable().default(null),
  })).max(10),
}).openapi("Guardians");
export type Guardians = z.output<typeof Guardians>;

/**
 * ASCII only: letters of other scripts that look alike lead elsewhere, and a domain with them is
 * written as `xn--…`.
 */
const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64})*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/;
const LOCAL_PART_MAX = 64;
const EMAIL_MAX = 254;

const DEVICE_TOKEN = /^[A-Za-z0-9_:-]{10,512}$/;

/** Kinds of numbers that cost the one who writes to them. */
const COSTLY = new Set<string | undefined>(["PREMIUM_RATE", "SHARED_COST", "PAGER", "UAN"]);

export type Normal = { address: string; country: string | null };

/** The one way to write an address, or undefined when it is none. */
export function normalize(channel: PointChannel, address: string): Normal | undefined {
  if (channel === "email") {
    const at = address.lastIndexOf("@");
    const isOne = EMAIL.test(address) && address.length <= EMAIL_MAX && at <= LOCAL_PART_MAX;
    if (!isOne) return undefined;
    return { address: address.slice(0, at) + address.slice(at).toLowerCase(), country: null };
  }
  if (channel === "push") {
    return DEVICE_TOKEN.test(address) ? { address, country: null } : undefined;
  }
  // Without + nobody knows which country is meant.
  if (!/^\+[\d ().-]{6,30}$/.test(address)) return undefined;
  const number = parsePhoneNumberFromString(address);
  if (!number?.isValid() || COSTLY.has(number.getType())) return undefined;
  return { address: number.number, country: number.country ?? null };
}

/** Whether it is night for somebody, and when the night is over. */
export function quietUntil(
  { now, timeZone, quietHours }: {
    now: Date;
    timeZone: string | null;
    quietHours: { from: string; to: string } | null;
  },
): Date | undefined {
  if (!quietHours || quietHours.from === quietHours.to) return undefined;
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timeZone ?? "UTC");
  const [from, to] = [quietHours.from, quietHours.to].map((text) => Temporal.PlainTime.from(text));
  const time = local.toPlainTime();
  const isAfter = (a: Temporal.PlainTime, b: Temporal.PlainTime) =>
    Temporal.PlainTime.compare(a, b) >= 0;
  const spansMidnight = isAfter(from!, to!);
  const isQuiet = spansMidnight
    ? isAfter(time, from!) || !isAfter(time, to!)
    : isAfter(time, from!) && !isAfter(time, to!);
  if (!isQuiet) return undefined;
  const day = spansMidnight && isAfter(time, from!)
    ? local.toPlainDate().add({ days: 1 })
    : local.toPlainDate();
  const end = day.toZonedDateTime({ timeZone: local.timeZoneId, plainTime: to! });
  return new Date(end.epochMilliseconds);
}
