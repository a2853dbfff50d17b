/** Practice's things as FHIR R4 resources, and patients back again. */
import { z } from "@hono/zod-openapi";
import type { Appointment, Status } from "../appointments/model.ts";
import type { Location } from "../locations/model.ts";
import {
  addressUses,
  contactKinds,
  contactUses,
  type HumanName,
  type Identifier,
  nameUses,
  type Patient,
  type RelatedPerson,
} from "../patients/model.ts";
import type { Practitioner } from "../practitioners/model.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Resource = { resourceType: string; [name: string]: Json };

export const ResourceSchema = z.looseObject({ resourceType: z.string() }).openapi("FhirResource");

/** FHIR has no empty lists, objects or values (R4 §2.6.2). */
function lean(value: unknown): Json | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  if (Array.isArray(value)) {
    const items = value.map(lean).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== "object") return value as Json;
  const entries = Object.entries(value).map(([name, one]) => [name, lean(one)] as const)
    .filter(([, one]) => one !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries) as Json;
}
const resource = (value: { resourceType: string; [name: string]: unknown }) =>
  lean(value) as Resource;

const V2_IDENTIFIER = "http://terminology.hl7.org/CodeSystem/v2-0203";
const V3_MARITAL = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";
const V3_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const BCP47 = "urn:ietf:bcp:47";
const V2_CONTACT = "http://terminology.hl7.org/CodeSystem/v2-0131";
const V3_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
/** Stands for the system of an identifier that came without one. */
export const NO_SYSTEM = "urn:praxis:no-system";

const ROLES: Record<RelatedPerson["role"], { system: string; code: string } | undefined> = {
  "guardian": { system: V3_ROLE, code: "GUARD" },
  "proxy": { system: V3_ROLE, code: "HPOWATT" },
  "emergency-contact": { system: V2_CONTACT, code: "C" },
  "next-of-kin": { system: V2_CONTACT, code: "N" },
  "other": undefined,
};

const identifierOf = ({ system, value, type }: Identifier) => ({
  type: type === null ? undefined : { coding: [{ system: V2_IDENTIFIER, code: type }] },
  system: system === NO_SYSTEM ? undefined : system,
  value,
});
const nameOf = ({ family, given, prefix, suffix }: HumanName) => ({
  family,
  given,
  prefix,
  suffix,
});
const telecomOf = ({ kind, value, use }: Patient["contacts"][number]) => ({
  system: kind,
  value,
  use,
});
const addressOf = ({ lines, ...address }: Patient["addresses"][number]) => ({
  line: lines,
  ...address,
});

export function fromPatient(patient: Patient): Resource {
  const { deceased } = patient;
  return resource({
    resourceType: "Patient",
    id: patient.id,
    meta: {
      versionId: String(patient.version),
      lastUpdated: patient.updatedAt,
      security: patient.isConfidential ? [{ system: V3_CONFIDENTIALITY, code: "R" }] : [],
    },
    active: patient.status === "active",
    identifier: patient.identifiers.map(identifierOf),
    name: [
      { use: "official", ...nameOf(patient.name) },
      ...patient.otherNames.map((name) => ({ use: name.use, ...nameOf(name) })),
    ],
    telecom: patient.contacts.map(telecomOf),
    gender: patient.sex,
    birthDate: patient.birthDate,
    ...(deceased === null
      ? {}
      : deceased.on === null
      ? { deceasedBoolean: true }
      : { deceasedDateTime: deceased.on }),
    address: patient.addresses.map(addressOf),
    maritalStatus: patient.maritalStatus === null
      ? undefined
      : { coding: [{ system: V3_MARITAL, code: patient.maritalStatus }] },
    communication: patient.languages.map(({ code, isPreferred }) => ({
      language: { coding: [{ system: BCP47, code }] },
      preferred: isPreferred || undefined,
    })),
    contact: patient.relatedPersons.map(({ role, name, contacts, validFrom, validUntil }) => ({
      relationship: [{ coding: [ROLES[role]] }],
      name: nameOf(name),
      telecom: contacts.map(telecomOf),
      period: { start: validFrom, end: validUntil },
    })),
    link: patient.mergedInto === null
      ? []
      : [{ other: { reference: `Patient/${patient.mergedInto}` }, type: "replaced-by" }],
  });
}

export const fromPractitioner = (one: Practitioner): Resource =>
  resource({
    resourceType: "Practitioner",
    id: one.id,
    meta: { versionId: String(one.version) },
    active: one.isActive,
    identifier: one.identifiers.map(identifierOf),
    name: [nameOf(one.name)],
    qualification: one.specialty === null ? [] : [{ code: { text: one.specialty } }],
  });

const PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type";
export const fromLocation = (one: Location): Resource =>
  resource({
    resourceType: "Location",
    id: one.id,
    meta: { versionId: String(one.version) },
    status: one.isActive ? "active" : "inactive",
    name: one.name,
    physicalType: { coding: [{ system: PHYSICAL, code: one.isRoom ? "ro" : "si" }] },
    address: one.address === null ? undefined : addressOf(one.address),
  });

const STATUSES: Record<Status, string> = {
  booked: "booked",
  confirmed: "booked",
  arrived: "arrived",
  fulfilled: "fulfilled",
  cancelled: "cancelled",
  missed: "noshow",
};

/** The statuses of ours that FHIR's `status` stands for. */
export const statusesOf = (status: string): Status[] =>
  (Object.keys(STATUSES) as Status[]).filter((one) => STATUSES[one] === status);
export const fhirStatuses = [...new Set(Object.values(STATUSES))];

export function fromAppointment(one: Appointment): Resource {
  const isAccepted = one.status !== "booked" && one.status !== "cancelled";
  return resource({
    resourceType: "Appointment",
    id: one.id,
    meta: { versionId: String(one.version), lastUpdated: one.updatedAt },
    status: STATUSES[one.status],
    cancelationReason: one.cancellationReason === null
      ? undefined
      : { text: one.cancellationReason },
    reasonCode: one.reason === null ? [] : [{ text: one.reason }],
    start: one.startsAt,
    end: one.endsAt,
    created: one.createdAt,
    participant: [
      {
        actor: { reference: `Patient/${one.patientId}` },
        required: "required",
        status: isAccepted ? "accepted" : "needs-action",
      },
      { actor: { reference: `Practitioner/${one.practitionerId}` }, status: "accepted" },
      ...(one.locationId === null
        ? []
        : [{ actor: { reference: `Location/${one.locationId}` }, status: "accepted" }]),
    ],
  });
}

/** A page of a search: what matched, and where it goes on. */
export function bundleOf(url: string, resources: Resource[], nextCursor: string | null): Resource {
  const next = new URL(url);
  if (nextCursor !== null) next.searchParams.set("_cursor", nextCursor);
  const base = `${next.origin}/fhir/R4`;
  return resource({
    resourceType: "Bundle",
    type: "searchset",
    link: [
      { relation: "self", url },
      ...(nextCursor === null ? [] : [{ relation: "next", url: next.href }]),
    ],
    entry: resources.map((one) => ({
      fullUrl: `${base}/${one.resourceType}/${one.id}`,
      resource: one,
      search: { mode: "match" },
    })),
  });
}

const text = z.string();
const Coding = z.object({ code: text.optional() });
const Concept = z.object({ coding: z.array(Coding).optional(), text: text.optional() });
const Period = z.object({ start: text.optional(), end: text.optional() });
const Name = z.object({
  use: text.optional(),
  text: text.optional(),
  family: text.optional(),
  given: z.array(text).optional(),
  prefix: z.array(text).optional(),
  suffix: z.array(text).optional(),
});
const Telecom = z.object({
  system: text.optional(),
  value: text.optional(),
  use: text.optional(),
});

/** What is read of somebody else's Patient; the rest is counted as not held. */
export const ForeignPatient = z.object({
  resourceType: z.literal("Patient"),
  meta: z.object({
    security: z.array(z.object({ system: text.optional(), code: text.optional() })).default([]),
  }).optional(),
  identifier: z.array(z.object({
    system: text.optional(),
    value: text.optional(),
    type: Concept.optional(),
  })).default([]),
  name: z.array(Name).default([]),
  telecom: z.array(Telecom).default([]),
  gender: z.enum(["male", "female", "other", "unknown"]).default("unknown"),
  birthDate: text.optional(),
  deceasedBoolean: z.boolean().optional(),
  deceasedDateTime: text.optional(),
  address: z.array(z.object({
    use: text.optional(),
    line: z.array(text).optional(),
    city: text.optional(),
    district: text.optional(),
    state: text.optional(),
    postalCode: text.optional(),
    country: text.optional(),
  })).default([]),
  maritalStatus: Concept.optional(),
  communication: z.array(z.object({ language: Concept, preferred: z.boolean().optional() }))
    .default([]),
  contact: z.array(z.object({
    relationship: z.array(Concept).optional(),
    name: Name.optional(),
    telecom: z.array(Telecom).optional(),
    period: Period.optional(),
  })).default([]),
});
type ForeignPatient = z.output<typeof ForeignPatient>;

const oneOf = <T extends string>(known: readonly T[], value: string | undefined): T | undefined =>
  known.find((one) => one === value);
const codeOf = (concept: z.output<typeof Concept> | undefined) => concept?.coding?.[0]?.code;
const dayOf = (dateTime: string | undefined) => dateTime?.slice(0, 10) ?? null;

function toName({ family, given = [], prefix = [], suffix = [], text }: z.output<typeof Name>) {
  // A name that nobody has taken apart is at least found by its words.
  const isWhole = family === undefined && given.length === 0;
  return { family: (isWhole ? text : family) ?? null, given, prefix, suffix };
}

const toContacts = (telecom: z.output<typeof Telecom>[]) =>
  telecom.filter(({ value }) => value !== undefined).map(({ system, value, use }) => ({
    kind: oneOf(contactKinds, system) ?? "other",
    value,
    use: oneOf(contactUses, use) ?? null,
  }));

function toRole(concepts: z.output<typeof Concept>[] = []): RelatedPerson["role"] {
  const codes = concepts.flatMap(({ coding = [] }) => coding.map(({ code }) => code));
  const roles = Object.keys(ROLES) as RelatedPerson["role"][];
  return roles.find((role) => codes.includes(ROLES[role]?.code ?? "")) ?? "other";
}

/** What `PatientInput` is to check. */
export function toPatientInput(patient: ForeignPatient): unknown {
  const uses = ["official", "usual"];
  const chief = uses.flatMap((use) => patient.name.find((name) => name.use === use) ?? [])[0] ??
    patient.name[0];
  const { deceasedBoolean, deceasedDateTime } = patient;
  return {
    identifiers: patient.identifier.filter(({ value }) => value !== undefined)
      .map(({ system, value, type }) => ({
        system: system ?? NO_SYSTEM,
        value,
        type: codeOf(type) ?? null,
      })),
    name: chief === undefined ? {} : toName(chief),
    otherNames: patient.name.filter((name) => name !== chief).map((name) => ({
      ...toName(name),
      use: oneOf(nameUses, name.use) ?? "usual",
    })),
    contacts: toContacts(patient.telecom),
    sex: patient.gender,
    birthDate: patient.birthDate ?? null,
    deceased: deceasedBoolean || deceasedDateTime !== undefined
      ? { on: dayOf(deceasedDateTime) }
      : null,
    addresses: patient.address.map(({ use, line = [], ...address }) => ({
      ...address,
      use: oneOf(addressUses, use) ?? null,
      lines: line,
    })),
    maritalStatus: codeOf(patient.maritalStatus) ?? null,
    // Restricted and very restricted: whom another system hides must not turn up here by name.
    isConfidential:
      patient.meta?.security.some(({ system, code }) =>
        system === V3_CONFIDENTIALITY && (code === "R" || code === "V")
      ) ?? false,
    languages: patient.communication.flatMap(({ language, preferred }) => {
      const code = codeOf(language) ?? language.text;
      return code === undefined ? [] : [{ code, isPreferred: preferred ?? false }];
    }),
    relatedPersons: patient.contact.filter(({ name }) => name !== undefined)
      .map(({ relationship, name, telecom = [], period }) => ({
        role: toRole(relationship),
        name: toName(name!),
        contacts: toContacts(telecom),
        validFrom: dayOf(period?.start),
        validUntil: dayOf(period?.end),
      })),
  };
}

/** No resource is as deep; a file that is must not exhaust the stack. */
const DEPTH_MAX = 50;

/**
 * Every value of a resource under its path; an extension is one value, named by its URL, and so is
 * what lies deeper than `DEPTH_MAX`.
 */
function leavesOf(
  value: Json | undefined,
  path: string,
  leaves: Map<string, number>,
  depth = 0,
): void {
  if (value === null || value === undefined) return;
  if (typeof value === "object" && depth > DEPTH_MAX) add(path, "");
  else if (Array.isArray(value)) {
    for (const item of value) leavesOf(item, path, leaves, depth + 1);
  } else if (typeof value === "object") {
    for (const [name, one] of Object.entries(value)) {
      if (/xtension$/.test(name) && Array.isArray(one)) {
        for (const extension of one) {
          const url = (extension as { url?: Json } | null)?.url;
          add(`${path}${path && "."}extension(${typeof url === "string" ? url : ""})`, "");
        }
      } else leavesOf(one, path === "" ? name : `${path}.${name}`, leaves, depth + 1);
    }
  } else add(path, JSON.stringify(value));

  function add(path: string, value: string) {
    const key = `${path}\n${value}`;
    leaves.set(key, (leaves.get(key) ?? 0) + 1);
  }
}

/**
 * What of `source` does not come back in `kept`, by path: how often. This is measured, not
 * declared, so nothing can be lost unsaid.
 */
export function notHeldOf(source: Json, kept: Json): Record<string, number> {
  const [wanted, there] = [new Map<string, number>(), new Map<string, number>()];
  leavesOf(source, "", wanted);
  leavesOf(kept, "", there);
  // Not an object yet: a field may be called `constructor`.
  const lost = new Map<string, number>();
  for (const [key, count] of wanted) {
    const missing = count - (there.get(key) ?? 0);
    const path = key.slice(0, key.indexOf("\n"));
    if (missing > 0) lost.set(path, (lost.get(path) ?? 0) + missing);
  }
  return Object.fromEntries(lost);
}
