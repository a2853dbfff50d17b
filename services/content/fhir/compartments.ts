/**
 * Whose record each resource of a file belongs to: R4's patient compartment, by the reference that
 * says whom a resource is about. Who else is named in it (who wrote it, who pays) makes no chart.
 */
import type { SeenPatient } from "../ingestion/model.ts";
import { type Persons, personsOf } from "../patients/model.ts";
import { isObject, type Json, type JsonObject, patientFrom, stringOf } from "./model.ts";

export type Entry = { resource: JsonObject; fullUrl?: string };

/** One patient of the file: seen in it, or only pointed at. */
export type Compartment = { patient: SeenPatient | null; reference?: string; resources: number };

export type Compartments = {
  patients: Compartment[];
  /** Of each entry, its patient's place in `patients`; undefined: of nobody's record. */
  places: (number | undefined)[];
};

/** `who` stands for the parameters of R4's CompartmentDefinition that say whom a resource is about. */
const ABOUT = ["subject", "patient", "beneficiary", "individual", "for"];
const MEMBERS_MAX = 100;

const isPatient = (resource: JsonObject) => resource["resourceType"] === "Patient";
const listOf = (value: Json | undefined): Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** A patient by their number and name, or by the place that they have in the file. */
const personKey = (resource: JsonObject) =>
  JSON.stringify([
    resource["identifier"] ?? resource["id"],
    resource["birthDate"],
    resource["name"],
  ]);

const identifierKey = (system: string | undefined, value: string) => `${system ?? ""}|${value}`;

/** `Patient/7`, however long the address before it and whatever version behind it. */
const relativeOf = (reference: string) =>
  reference.match(/(?:^|\/)(Patient\/[A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/)?.[1];

/** What a resource says of whom it is about. */
function subjectsOf(resource: JsonObject): JsonObject[] {
  const about = ABOUT.flatMap((key) => listOf(resource[key]));
  // An appointment is its participants'.
  const actors = resource["resourceType"] === "Appointment"
    ? listOf(resource["participant"]).filter(isObject).map(({ actor }) => actor)
    : [];
  return [...about, ...actors].filter((value) => isObject(value)).slice(0, MEMBERS_MAX);
}

/**
 * Whom a file speaks of: the patients of its resources, and those whom the files name that it
 * carries. One who is only pointed at may be anybody: beside others he makes it a file of several,
 * alone he is whom the files in it name.
 */
export function personsIn(
  patients: readonly Compartment[],
  attached: readonly Persons[],
): Persons {
  const inside = patients.flatMap(({ patient }) => patient ?? []);
  const isUnknown = patients.length > 1 && inside.length < patients.length ||
    attached.some(({ isOfSeveral, persons }) => isOfSeveral && !persons);
  if (isUnknown) return { seen: null, isOfSeveral: true };
  const all = [...inside, ...attached.flatMap(({ seen, persons }) => persons ?? seen ?? [])];
  // Many letters of one patient are of no more people than one.
  return personsOf([...new Map(all.map((person) => [JSON.stringify(person), person])).values()]);
}

export function compartmentsOf(entries: readonly Entry[]): Compartments {
  const patients: Compartment[] = [];
  const placeOf = new Map<string, number>();
  const add = (key: string, compartment: Compartment): number => {
    const known = placeOf.get(key);
    if (known !== undefined) return known;
    placeOf.set(key, patients.push(compartment) - 1);
    return patients.length - 1;
  };
  const addPerson = (resource: JsonObject, names: (string | undefined)[]): number => {
    const patient = patientFrom(resource);
    const place = add(personKey(resource), { patient, resources: 0 });
    const numbers = (patient?.identifiers ?? [])
      .map(({ system, value }) => identifierKey(system, value));
    for (const name of [...names, ...numbers]) {
      if (name !== undefined && !placeOf.has(name)) placeOf.set(name, place);
    }
    return place;
  };
  const own = entries.map(({ resource, fullUrl }) => {
    if (!isPatient(resource)) return undefined;
    const id = stringOf(resource["id"]);
    return addPerson(resource, [id && `Patient/${id}`, fullUrl, fullUrl && relativeOf(fullUrl)]);
  });
  /** Undefined: it is not said, or somebody else than a patient. */
  const resolve = (subject: JsonObject, resource: JsonObject): number | undefined => {
    const reference = stringOf(subject["reference"]);
    if (reference?.startsWith("#")) {
      const contained = listOf(resource["contained"]).filter(isObject)
        .find((one) => one["id"] === reference.slice(1) && isPatient(one));
      return contained && addPerson(contained, []);
    }
    const identifier = isObject(subject["identifier"]) ? subject["identifier"] : undefined;
    const value = stringOf(identifier?.["value"]);
    const said = reference ?? (value && identifierKey(stringOf(identifier?.["system"]), value));
    if (said === undefined) return undefined;
    const relative = relativeOf(said);
    const asked = said.match(/^Patient\?(?:.*&)?identifier=([^&]+)/)?.[1];
    const known = placeOf.get(said) ?? placeOf.get(relative ?? "") ?? placeOf.get(asked ?? "");
    if (known !== undefined) return known;
    if (reference !== undefined) {
      const key = relative ?? (asked && `Patient?${asked}`);
      return key === undefined
        ? undefined
        : add(key, { patient: null, reference: key.slice(0, 300), resources: 0 });
    }
    if (subject["type"] !== undefined && subject["type"] !== "Patient") return undefined;
    return add(said, { patient: patientFrom({ identifier: [identifier!] }), resources: 0 });
  };
  const places = entries.map(({ resource }, at) => {
    const all = own[at] !== undefined
      ? [own[at]]
      : subjectsOf(resource).flatMap((subject) => resolve(subject, resource) ?? []);
    for (const place of new Set(all)) patients[place]!.resources++;
    return all[0];
  });
  // Contained, and nobody points at them: they are there for somebody's sake all the same.
  const contained = entries.flatMap(({ resource }, at) =>
    patients.length > 0 ? [] : listOf(resource["contained"]).filter(isObject).filter(isPatient)
      .map((person) => ({ person, at }))
  );
  for (const { person, at } of contained) {
    places[at] = addPerson(person, []);
    patients[places[at]]!.resources++;
  }
  return { patients, places };
}
