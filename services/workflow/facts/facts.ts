/** Facts from FHIR resources that a client has sent. What is of another patient is not of this one. */
import { z } from "zod";
import type { Facts, Observed } from "./model.ts";

const Coding = z.looseObject({ system: z.string().optional(), code: z.string().optional() });
const Concept = z.looseObject({
  coding: z.array(Coding).max(50).optional(),
  text: z.string().optional(),
});
const Value = z.looseObject({
  valueQuantity: z.looseObject({
    value: z.number().optional(),
    comparator: z.string().optional(),
    unit: z.string().optional(),
    system: z.string().optional(),
    code: z.string().optional(),
  }).optional(),
  valueInteger: z.number().optional(),
  valueBoolean: z.boolean().optional(),
  valueString: z.string().optional(),
  valueCodeableConcept: Concept.optional(),
});
const Observation = Value.extend({
  resourceType: z.literal("Observation"),
  status: z.string(),
  code: Concept,
  subject: z.looseObject({ reference: z.string() }),
  effectiveDateTime: z.string().optional(),
  effectiveInstant: z.string().optional(),
  effectivePeriod: z.looseObject({ end: z.string().optional(), start: z.string().optional() })
    .optional(),
  component: z.array(Value.extend({ code: Concept })).max(100).optional(),
});
const Patient = z.looseObject({
  resourceType: z.literal("Patient"),
  id: z.string(),
  birthDate: z.string().optional(),
  gender: z.string().optional(),
});
const Bundle = z.looseObject({
  resourceType: z.literal("Bundle"),
  entry: z.array(z.looseObject({ resource: z.unknown() })).max(5_000).optional(),
});

/** Results that somebody stands for. */
const VALID = new Set(["final", "amended", "corrected", "preliminary"]);
const UCUM = "http://unitsofmeasure.org";
const RESOURCES_MAX = 5_000;

function resourcesOf(sent: Record<string, unknown>): unknown[] {
  return Object.values(sent).flatMap((one) => {
    const bundle = Bundle.safeParse(one);
    return bundle.success ? (bundle.data.entry ?? []).map(({ resource }) => resource) : [one];
  }).slice(0, RESOURCES_MAX);
}

/**
 * Undefined for what is absent. What is only known to be more or less than something is no number,
 * but it is there: an older value must not speak in its place.
 */
function valueOf(one: z.output<typeof Value>): Omit<Observed, "at"> | undefined {
  const { valueQuantity: quantity } = one;
  if (quantity) {
    if (quantity.value === undefined) return undefined;
    if (quantity.comparator !== undefined) {
      return { value: `${quantity.comparator}${quantity.value}` };
    }
    const unit = quantity.system === UCUM ? quantity.code : quantity.code ?? quantity.unit;
    return { value: quantity.value, unit: unit ?? quantity.unit };
  }
  const value = one.valueInteger ?? one.valueBoolean ?? one.valueString ??
    one.valueCodeableConcept?.coding?.[0]?.code ?? one.valueCodeableConcept?.text;
  return value === undefined ? undefined : { value };
}

/** FHIR's dateTime and instant: where there is a time, there is its offset. */
const TIME = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
/** A day alone is its beginning: a value may be taken for older than it is, never for newer. */
function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || !TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const isOf = (reference: string, patientId: string) =>
  reference === `Patient/${patientId}` || reference.endsWith(`/Patient/${patientId}`);

/** What `sent` (resources and Bundles by any key) says of the patient with this id. */
export function factsOf(sent: Record<string, unknown>, patientId: string): Facts {
  const facts: Facts = { observations: {}, patient: {} };
  const keep = (code: z.output<typeof Concept>, observed: Observed) => {
    for (const { system, code: name } of code.coding ?? []) {
      if (system === undefined || name === undefined) continue;
      const key = `${system}|${name}`;
      const before = facts.observations[key];
      if (!before || (observed.at ?? "") > (before.at ?? "")) facts.observations[key] = observed;
    }
  };
  for (const resource of resourcesOf(sent)) {
    const patient = Patient.safeParse(resource);
    if (patient.success && patient.data.id === patientId) {
      const { birthDate, gender } = patient.data;
      if (birthDate !== undefined) facts.patient.birthDate = birthDate;
      if (gender === "male" || gender === "female") facts.patient.sex = gender;
    }
    const { data: observation } = Observation.safeParse(resource);
    if (!observation || !VALID.has(observation.status)) continue;
    if (!isOf(observation.subject.reference, patientId)) continue;
    const { effectiveDateTime, effectiveInstant, effectivePeriod } = observation;
    const at = instantOf(
      effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.end ?? effectivePeriod?.start,
    );
    for (const one of [observation, ...observation.component ?? []]) {
      const value = valueOf(one);
      if (value) keep(one.code, { ...value, at });
    }
  }
  return facts;
}
