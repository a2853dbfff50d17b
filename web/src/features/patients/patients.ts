/** Patients as the screens need them: what is asked, how it is written, what a form holds. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Client, PracticeSchemas } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";

export type Patient = PracticeSchemas["Patient"];
export type PatientInput = PracticeSchemas["PatientInput"];
export type Duplicate = PracticeSchemas["PossibleDuplicate"];
export type Merge = PracticeSchemas["Merge"];
export type Appointment = PracticeSchemas["Appointment"];
type Name = Pick<Patient["name"], "family" | "given">;

const PAGE = 25;
const SHORT_MS = 30_000;
const LONG_MS = 5 * 60_000;

/** As lists are sorted: the family name first. */
export const nameOf = ({ family, given }: Name): string =>
  [family, given.join(" ")].filter(Boolean).join(", ");

/** Whom a warning of duplicates may name: who is confidential is found by identifier only. */
export const nameable = (patient: Patient | undefined): Patient | undefined =>
  patient?.isConfidential ? undefined : patient;

/** Whole years between two days; undefined when only a part of the birth date is known. */
export function ageOn(birthDate: string | null, today: string): number | undefined {
  if (birthDate?.length !== 10) return undefined;
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return years - (today.slice(5) < birthDate.slice(5) ? 1 : 0);
}

/** What somebody means who types this: a birth date, a number, or names. */
export function searchOf(typed: string): { q?: string; identifier?: string; birthDate?: string } {
  const text = typed.trim();
  if (text === "") return {};
  const dotted = text.match(/^(\d{1,2})[./](\d{1,2})[./](\d{4})$/);
  if (dotted) {
    const [, day, month, year] = dotted;
    return { birthDate: `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}` };
  }
  if (/^\d{4}-\d{2}(-\d{2})?$/.test(text)) return { birthDate: text };
  return /\d/.test(text) ? { identifier: text } : { q: text.slice(0, 200) };
}

export const patientsQuery = (client: Client, typed: string) =>
  infiniteQueryOptions({
    queryKey: ["patients", "list", typed],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/practice/patients", {
        query: {
          ...searchOf(typed),
          limit: PAGE,
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: SHORT_MS,
  });

export const patientQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["patients", "one", id],
    queryFn: ({ signal }) => client.get("/api/practice/patients/{id}", { path: { id }, signal }),
  });

/** The chart; of one who was merged away, only who took over. */
export const chartQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["patients", "chart", id],
    queryFn: async ({ signal }) => {
      try {
        return await client.get("/api/practice/patients/{id}/summary", { path: { id }, signal });
      } catch (error) {
        if (!(error instanceof Problem) || error.kind !== "patient-merged") throw error;
        const patient = await client.get("/api/practice/patients/{id}", { path: { id }, signal });
        return { mergedInto: patient.mergedInto!, patient };
      }
    },
  });
export type Chart = PracticeSchemas["Chart"];

/** Names for the ids that appointments carry. */
export const namesQuery = (client: Client, ids: readonly string[]) =>
  queryOptions({
    queryKey: ["patients", "names", ...ids],
    enabled: ids.length > 0,
    staleTime: LONG_MS,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const names = new Map<string, Patient>();
      for (let at = 0; at < ids.length; at += 100) {
        const page = await client.get("/api/practice/patients", {
          query: { ids: ids.slice(at, at + 100).join(","), limit: 100 },
          signal,
        });
        for (const patient of page.items) names.set(patient.id, patient);
      }
      return names;
    },
  });

export const mergesQuery = (client: Client, patientId: string) =>
  queryOptions({
    queryKey: ["patients", "merges", patientId],
    queryFn: ({ signal }) =>
      client.get("/api/practice/merges", { query: { patientId, limit: 100 }, signal }),
  });

/** What the form asks for; the rest of a record stays as it is. */
export type PatientForm = {
  family: string;
  given: string;
  birthDate: string;
  sex: Patient["sex"];
  number: string;
  system: string;
  phone: string;
  email: string;
  street: string;
  postalCode: string;
  city: string;
  country: string;
  isConfidential: boolean;
};

/** For numbers that a clinic gives out itself. */
const OWN_SYSTEM = "urn:praxis:clinic";

export const emptyForm: PatientForm = {
  family: "",
  given: "",
  birthDate: "",
  sex: "unknown",
  number: "",
  system: OWN_SYSTEM,
  phone: "",
  email: "",
  street: "",
  postalCode: "",
  city: "",
  country: "",
  isConfidential: false,
};

const firstOf = (patient: Patient, kind: "phone" | "email") =>
  patient.contacts.find((contact) => contact.kind === kind);

export function formOf(patient: Patient): PatientForm {
  const [address] = patient.addresses;
  return {
    family: patient.name.family ?? "",
    given: patient.name.given.join(" "),
    birthDate: patient.birthDate ?? "",
    sex: patient.sex,
    number: patient.identifiers[0]?.value ?? "",
    system: patient.identifiers[0]?.system ?? OWN_SYSTEM,
    phone: firstOf(patient, "phone")?.value ?? "",
    email: firstOf(patient, "email")?.value ?? "",
    street: address?.lines.join(", ") ?? "",
    postalCode: address?.postalCode ?? "",
    city: address?.city ?? "",
    country: address?.country ?? "",
    isConfidential: patient.isConfidential,
  };
}

const NOBODY: Omit<PatientInput, "name"> = {
  identifiers: [],
  otherNames: [],
  contacts: [],
  addresses: [],
  languages: [],
  relatedPersons: [],
  deceased: null,
  maritalStatus: null,
  birthDate: null,
  sex: "unknown",
  isConfidential: false,
};

/** The first of a list is what the form shows; the others stay. */
function withFirst<T>(list: readonly T[], first: T | undefined, old: T | undefined): T[] {
  const rest = list.filter((one) => one !== old);
  return first === undefined ? rest : [first, ...rest];
}

/** What is sent: `before` with what the form says in the places that it shows. */
export function inputOf(form: PatientForm, before?: Patient): PatientInput {
  const given = form.given.trim().split(/\s+/).filter(Boolean);
  const orNull = (value: string) => value.trim() || null;
  const old = before?.addresses[0];
  const address = {
    use: old?.use ?? null,
    lines: form.street === (old?.lines.join(", ") ?? "")
      ? old?.lines ?? []
      : [form.street.trim()].filter(Boolean),
    city: orNull(form.city),
    district: old?.district ?? null,
    state: old?.state ?? null,
    postalCode: orNull(form.postalCode),
    country: orNull(form.country),
  };
  const hasAddress = address.lines.length > 0 || address.city || address.postalCode ||
    address.country || address.district || address.state;
  let contacts = before?.contacts ?? [];
  for (const kind of ["email", "phone"] as const) {
    const known = before && firstOf(before, kind);
    const value = form[kind].trim();
    const contact = value ? { kind, use: known?.use ?? null, value } : undefined;
    contacts = withFirst(contacts, contact, known);
  }
  const number = form.number.trim();
  const [identifier] = before?.identifiers ?? [];
  const isSame = identifier?.value === number && identifier.system === form.system.trim();
  const {
    otherNames,
    languages,
    relatedPersons,
    deceased,
    maritalStatus,
  } = before ?? NOBODY;
  return {
    name: {
      family: orNull(form.family),
      given: form.given === before?.name.given.join(" ") ? before.name.given : given,
      prefix: before?.name.prefix ?? [],
      suffix: before?.name.suffix ?? [],
    },
    otherNames,
    languages,
    relatedPersons,
    deceased,
    maritalStatus,
    identifiers: withFirst(
      before?.identifiers ?? [],
      number
        ? {
          system: form.system.trim() || OWN_SYSTEM,
          value: number,
          type: isSame ? identifier.type : null,
        }
        : undefined,
      identifier,
    ),
    contacts,
    addresses: withFirst(before?.addresses ?? [], hasAddress ? address : undefined, old),
    birthDate: orNull(form.birthDate),
    sex: form.sex,
    isConfidential: form.isConfidential,
  };
}

export type FormError = "name" | "birthDate" | "email";

/** What to mend before it is worth asking the service. */
export function errorsOf(form: PatientForm): Set<FormError> {
  const errors = new Set<FormError>();
  if (!form.family.trim() && !form.given.trim()) errors.add("name");
  if (form.birthDate.trim() && !isDate(form.birthDate.trim())) errors.add("birthDate");
  if (form.email.trim() && !/^[^\s@]+@[^\s@]+$/.test(form.email.trim())) errors.add("email");
  return errors;
}

function isDate(value: string): boolean {
  const parts = value.match(/^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day;
}
