/** Patients, notes and answers that nobody ever was, wrote or gave: made here, from lists. */
import { newId } from "@praxis/shared/id";
import { KnownPatient } from "./deidentify/deidentify.ts";
import type { Input } from "./input.ts";

const FAMILIES = ["Okonkwo-Reyes", "Müller", "O'Sullivan", "Ng", "van der Berg", "Łukasiewicz"];
const GIVEN = ["Annelie", "José", "Will", "Li", "Grace", "Ólafur"];
const STREETS = ["12 Harbour Lane", "Königsweg 7", "221 St. Brannoc's Road", "8 rue Sainte-Odile"];
const CITIES = ["Köln", "Port Avalon", "Reading", "Sauveterre"];

/** The nth patient of a list without end; the same for the same number. */
export function patientNo(n: number): KnownPatient {
  const of = <T>(list: readonly T[], step = 1): T => list[Math.floor(n / step) % list.length]!;
  const digits = String(10_000_000 + n * 7_919).slice(-8);
  const family = of(FAMILIES);
  const given = of(GIVEN, FAMILIES.length);
  return KnownPatient.parse({
    name: { family, given: [given, "Quillon"] },
    otherNames: [{ family: "Tarrowby", given: [] }],
    birthDate: `${1930 + n % 70}-${String(1 + n % 12).padStart(2, "0")}-${
      String(1 + n % 28).padStart(2, "0")
    }`,
    identifiers: [{ value: `MRN-${digits}-K` }, { value: `${digits}01` }],
    contacts: [
      { value: `+49 170 ${digits.slice(0, 3)} ${digits.slice(3)}` },
      { value: `contact.${digits}@mail.example` },
    ],
    addresses: [{ lines: [of(STREETS)], city: of(CITIES), postalCode: `${50_000 + n}` }],
    relatedPersons: [{
      name: { family: "Brackenridge", given: ["Osric"] },
      contacts: [{ value: "0221 4711 8090" }],
    }],
  });
}

/** Everything that must not be seen of a patient, in the forms that a reader would recognise. */
export function secretsOf(patient: KnownPatient): string[] {
  const { name, birthDate, identifiers, contacts, addresses, relatedPersons, otherNames } = patient;
  const [year, month, day] = birthDate!.split("-");
  return [
    name.family!,
    ...name.given!,
    ...otherNames.map(({ family }) => family!),
    birthDate!,
    `${day}.${month}.${year}`,
    ...identifiers.map(({ value }) => value),
    ...contacts.map(({ value }) => value),
    ...addresses.flatMap(({ lines, city, postalCode }) => [...lines, city!, postalCode!]),
    ...relatedPersons.flatMap((one) => [one.name.family!, ...one.contacts.map((c) => c.value)]),
  ];
}

const MONTHS = ["January", "March", "May", "July", "October", "December"];

/** A note that names the patient in many ways, and states two problems. */
export function noteAbout(patient: KnownPatient, n: number): string {
  const { name, birthDate, identifiers, contacts, addresses, relatedPersons } = patient;
  const [year, month, day] = birthDate!.split("-");
  const [phone, mail] = contacts.map(({ value }) => value);
  const relative = relatedPersons[0]!;
  return [
    `Seen today: ${name.given!.join(" ")} ${name
      .family!}, born ${day}/${month}/${year} (DOB ${birthDate}).`,
    `${name.family!.toUpperCase()}, ${name.given![0]}; chart ${identifiers[0]!.value}.`,
    `Lives at ${addresses[0]!.lines[0]}, ${addresses[0]!.postalCode} ${addresses[0]!.city}.`,
    `Reached under ${phone} or ${phone!.replace(/\D/g, "")} and ${mail!.toUpperCase()}.`,
    `Next of kin ${relative.name.given![0]} ${relative.name.family}, ${
      relative.contacts[0]!.value
    }.`,
    `Hypertension since ${MONTHS[n % MONTHS.length]} 2019, blood pressure 152/94 on 2026-01-0${
      1 + n % 9
    }.`,
    "Type 2 diabetes, HbA1c 7.4 %. No evidence of heart failure. Mother had breast cancer.",
  ].join("\n");
}

export const observation = {
  id: "k-1",
  kind: "observation",
  name: "Potassium",
  value: "6.8",
  unit: "mmol/L",
  range: "3.5–5.1",
  interpretation: "critical",
  at: "2026-01-05T09:30:00Z",
} as const;
export const sodium = {
  id: "na-1",
  kind: "observation",
  name: "Sodium",
  value: "138",
  unit: "mmol/L",
  range: "135–145",
  interpretation: "normal",
  at: "2026-01-05T09:30:00Z",
} as const;
export const medication = {
  id: "m-1",
  kind: "medication",
  name: "Lisinopril",
  dose: "10 mg once daily",
} as const;

export const inputOf = (more: Partial<Input> = {}): Input => ({
  facts: [observation, sodium],
  documents: [],
  names: [],
  ...more,
});

export const note = (text: string, id = "note-1"): Input["documents"][number] => ({
  id,
  trust: "document",
  text,
});

/** A body for `POST /assistance/calls`. */
export const callBody = (task: string, input: unknown, patientId: string | null = newId()) => ({
  task,
  patientId,
  input,
});
