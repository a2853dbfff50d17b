/** What a patient is: who they are, how they are reached, who may speak for them. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";

/** Control characters, halves of characters, and marks that turn what follows around. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

export const text = (max: number) =>
  z.string().trim().normalize().min(1).max(max)
    .refine((value) => !INVISIBLE.test(value), "This holds characters that cannot be seen.");

/** Why `value` is not a year, a month or a day of the calendar; undefined when it is one. */
function isDate(value: string): boolean {
  const match = value.match(/^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/);
  if (!match) return false;
  const [year, month, day] = [match[1], match[2] ?? "1", match[3] ?? "1"].map(Number);
  try {
    Temporal.PlainDate.from({ year: year!, month: month!, day: day! }, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}

/** FHIR's date: as precise as it is known. */
export const PartialDate = z.string()
  .refine(isDate, "This is not a date: write YYYY-MM-DD, YYYY-MM or YYYY.")
  .openapi({ example: "1984-02-29" });

const BIRTH_YEAR_MIN = 1850;
export const BirthDate = PartialDate.refine(
  (value) => !/^\d{4}/.test(value) || Number(value.slice(0, 4)) >= BIRTH_YEAR_MIN,
  "Nobody this old is alive.",
);

const Day = z.iso.date();

export const Identifier = z.strictObject({
  system: text(300).openapi({ example: "urn:oid:1.2.36.146.595.217.0.1" }),
  value: text(300),
  /** What kind of number it is, as a code of HL7's table 0203. */
  type: text(60).nullable().default(null),
}).openapi("Identifier");
export type Identifier = z.output<typeof Identifier>;

const NAME_LENGTH_MAX = 500;
const nameShape = {
  family: text(NAME_LENGTH_MAX).nullable().default(null),
  given: z.array(text(NAME_LENGTH_MAX)).max(10).default([]),
  prefix: z.array(text(60)).max(5).default([]),
  suffix: z.array(text(60)).max(5).default([]),
};
const isNamed = ({ family, given }: { family: string | null; given: string[] }) =>
  family !== null || given.length > 0;
const NAMELESS = "A family name or a given name is needed.";

export const HumanName = z.strictObject(nameShape).refine(isNamed, NAMELESS)
  .openapi("HumanName");
export type HumanName = z.output<typeof HumanName>;

export const nameUses = [
  "usual",
  "official",
  "temp",
  "nickname",
  "anonymous",
  "old",
  "maiden",
] as const;
export const OtherName = z.strictObject({ ...nameShape, use: z.enum(nameUses) })
  .refine(isNamed, NAMELESS).openapi("OtherName");

export const contactKinds = ["phone", "fax", "email", "pager", "url", "sms", "other"] as const;
export const contactUses = ["home", "work", "temp", "old", "mobile"] as const;
export const Contact = z.strictObject({
  kind: z.enum(contactKinds),
  value: text(300),
  use: z.enum(contactUses).nullable().default(null),
}).openapi("Contact");

export const addressUses = ["home", "work", "temp", "old", "billing"] as const;
export const Address = z.strictObject({
  use: z.enum(addressUses).nullable().default(null),
  lines: z.array(text(300)).max(10).default([]),
  city: text(200).nullable().default(null),
  district: text(200).nullable().default(null),
  state: text(200).nullable().default(null),
  postalCode: text(30).nullable().default(null),
  country: text(100).nullable().default(null),
}).openapi("Address");

export const Language = z.strictObject({
  code: z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, "This is not a language tag.")
    .openapi({ example: "fr-BE" }),
  isPreferred: z.boolean().default(false),
}).openapi("Language");

export const relatedRoles = [
  "guardian",
  "proxy",
  "emergency-contact",
  "next-of-kin",
  "other",
] as const;
/** Somebody who may speak for the patient, or is to be told, from one day to another. */
export const RelatedPerson = z.strictObject({
  role: z.enum(relatedRoles),
  name: HumanName,
  contacts: z.array(Contact).max(10).default([]),
  validFrom: Day.nullable().default(null),
  validUntil: Day.nullable().default(null),
}).refine(
  ({ validFrom, validUntil }) => !validFrom || !validUntil || validFrom <= validUntil,
  "This ends before it begins.",
).openapi("RelatedPerson");
export type RelatedPerson = z.output<typeof RelatedPerson>;

/** Whether a related person may act on the day `on` (the last day included). */
export function isValidOn({ validFrom, validUntil }: RelatedPerson, on: string): boolean {
  return (!validFrom || validFrom <= on) && (!validUntil || on <= validUntil);
}

const demographics = {
  name: HumanName,
  otherNames: z.array(OtherName).max(20).default([]),
  contacts: z.array(Contact).max(30).default([]),
  addresses: z.array(Address).max(10).default([]),
  languages: z.array(Language).max(10).default([]),
  relatedPersons: z.array(RelatedPerson).max(20).default([]),
  deceased: z.strictObject({ on: PartialDate.nullable().default(null) }).nullable().default(null),
  /** A code of HL7's MaritalStatus. */
  maritalStatus: text(20).nullable().default(null),
};
export const Demographics = z.object(demographics);
export type Demographics = z.output<typeof Demographics>;

/** What is said of a patient when they are registered or changed. */
export const PatientInput = z.strictObject({
  identifiers: z.array(Identifier).max(50).default([]),
  ...demographics,
  birthDate: BirthDate.nullable().default(null),
  sex: z.enum(["female", "male", "other", "unknown"]).default("unknown"),
  isConfidential: z.boolean().default(false).openapi({
    description: "Found by identifier only, never by name.",
  }),
}).superRefine(({ identifiers, birthDate, deceased }, context) => {
  const seen = new Set<string>();
  for (const [at, { system, value }] of identifiers.entries()) {
    const key = JSON.stringify([system, value]);
    if (seen.has(key)) {
      context.addIssue({
        code: "custom",
        path: ["identifiers", at],
        message: "This identifier stands here twice.",
      });
    }
    seen.add(key);
  }
  // Compared as far as both are known.
  const known = Math.min(birthDate?.length ?? 0, deceased?.on?.length ?? 0);
  if (birthDate && deceased?.on && deceased.on.slice(0, known) < birthDate.slice(0, known)) {
    context.addIssue({ code: "custom", path: ["deceased", "on"], message: "Died before birth." });
  }
}).openapi("PatientInput");
export type PatientInput = z.output<typeof PatientInput>;

export const Patient = z.object({
  id: z.uuid(),
  version: z.number().int(),
  status: z.enum(["active", "merged"]),
  mergedInto: z.uuid().nullable(),
  identifiers: z.array(Identifier),
  ...demographics,
  birthDate: z.string().nullable(),
  sex: z.enum(["female", "male", "other", "unknown"]),
  isConfidential: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}).openapi("Patient");
export type Patient = z.output<typeof Patient>;

export const PatientPage = Page(Patient).openapi("PatientPage");

const IDS_MAX = 100;

export const PatientQuery = PageQuery.extend({
  q: z.string().trim().min(1).max(200).optional().openapi({
    description: "Names or their beginnings in any order; what sounds alike is found, too.",
  }),
  identifier: z.string().trim().min(1).max(601).optional().openapi({
    description: "A value, or `system|value`, exactly.",
  }),
  birthDate: PartialDate.optional(),
  ids: z.string().optional()
    .transform((list) => list === undefined ? undefined : [...new Set(list.split(","))].sort())
    .pipe(z.array(z.uuid()).max(IDS_MAX).optional())
    .openapi({
      type: "string",
      description: `These patients, by their ids with commas between, at most ${IDS_MAX}.`,
    }),
});

/** The days before which nobody is yet born anywhere: a day ahead somewhere is today. */
export function isInFuture(day: string, now: Date): boolean {
  const latest = new Date(now.getTime() + 24 * 60 * 60 * 1000).toISOString().slice(0, day.length);
  return day > latest;
}

export const etagOf = ({ version }: { version: number }): string => `"${version}"`;

/** RFC 9110 §13.1.1: strong comparison with any of the list, or `*` for whatever there is. */
export function isCurrent(thing: { version: number }, ifMatch: string): boolean {
  return ifMatch.split(",").some((tag) => ["*", etagOf(thing)].includes(tag.trim()));
}
