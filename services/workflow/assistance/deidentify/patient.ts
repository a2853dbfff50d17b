/** What is known of a patient, and what stands in its place. */
import { z } from "zod";

export const spanKinds = [
  "PERSON",
  "PLACE",
  "PHONE",
  "EMAIL",
  "ID",
  "BIRTH_DATE",
  "DATE",
  "AGE",
  "URL",
] as const;
export type SpanKind = typeof spanKinds[number];

/** A stretch of text that says who somebody is. */
export type Span = { start: number; end: number; kind: SpanKind };

const Name = z.looseObject({
  family: z.string().nullish(),
  given: z.array(z.string()).nullish(),
});
const Contacts = z.array(z.looseObject({ value: z.string() })).default([]);

/** A patient as practice gives them, reduced to what can give them away. */
export const KnownPatient = z.looseObject({
  name: Name,
  otherNames: z.array(Name).default([]),
  birthDate: z.string().nullish(),
  identifiers: z.array(z.looseObject({ value: z.string() })).default([]),
  contacts: Contacts,
  addresses: z.array(z.looseObject({
    lines: z.array(z.string()).default([]),
    city: z.string().nullish(),
    district: z.string().nullish(),
    postalCode: z.string().nullish(),
  })).default([]),
  relatedPersons: z.array(z.looseObject({ name: Name, contacts: Contacts })).default([]),
});
export type KnownPatient = z.output<typeof KnownPatient>;

export type Known = { kind: SpanKind; text: string };

/** A name, its parts, and both without the numbers that some registers put behind them. */
const namesOf = ({ family, given }: z.output<typeof Name>): string[] =>
  [family ?? "", ...given ?? []].flatMap((part) => [part, ...part.split(/[\s\p{Pd}.,]+/u)])
    .flatMap((part) => [part, part.replace(/\d+/g, "")]);

/** Every word that is known to point to the patient. Dates of birth are found as dates. */
export function termsOf(patient: KnownPatient, names: readonly string[] = []): Known[] {
  const of = (kind: SpanKind, texts: readonly (string | null | undefined)[]): Known[] =>
    texts.filter((text): text is string => !!text && /[\p{L}\p{N}]/u.test(text))
      .map((text) => ({ kind, text }));
  const people = [
    patient.name,
    ...patient.otherNames,
    ...patient.relatedPersons.map((p) => p.name),
  ];
  const contacts = [...patient.contacts, ...patient.relatedPersons.flatMap((p) => p.contacts)]
    .map(({ value }) => value);
  const lines = patient.addresses.flatMap(({ lines }) => lines);
  return [
    ...of("PERSON", people.flatMap(namesOf)),
    ...of("PERSON", names.flatMap((name) => namesOf({ family: name, given: [] }))),
    ...of("EMAIL", contacts.filter((value) => value.includes("@"))),
    ...of("PHONE", contacts.filter((value) => !value.includes("@"))),
    ...of("ID", patient.identifiers.map(({ value }) => value)),
    // A line without its house number is as telling: `High Street 12`.
    ...of(
      "PLACE",
      lines.flatMap((line) => [line, line.replace(/[\d,]+\s*\p{L}?\b/gu, " ").trim()]),
    ),
    ...of(
      "PLACE",
      patient.addresses.flatMap(({ city, district, postalCode }) => [city, district, postalCode]),
    ),
  ];
}
