/** Reads and searches as FHIR asks them. */
import * as appointments from "../appointments/appointments.ts";
import type { Call } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as locations from "../locations/locations.ts";
import { comparable } from "../names/model.ts";
import * as patients from "../patients/patients.ts";
import * as practitioners from "../practitioners/practitioners.ts";
import {
  fromAppointment,
  fromLocation,
  fromPatient,
  fromPractitioner,
  type Resource,
} from "./model.ts";

export const readers = {
  Patient: async (deps: Deps, call: Call, id: string) =>
    fromPatient(await patients.open(deps, call, id)),
  Practitioner: async (deps: Deps, call: Call, id: string) =>
    fromPractitioner(await practitioners.open(deps, call, id)),
  Location: async (deps: Deps, call: Call, id: string) =>
    fromLocation(await locations.open(deps, call, id)),
  Appointment: async (deps: Deps, call: Call, id: string) =>
    fromAppointment(await appointments.open(deps, call, id)),
} satisfies Record<string, (deps: Deps, call: Call, id: string) => Promise<Resource>>;

type PatientSearch = {
  name: string | undefined;
  family: string | undefined;
  given: string | undefined;
  identifier: string | undefined;
  birthdate: string | undefined;
};

/** A name is asked for as a whole; which part of it fits is looked at afterwards. */
export async function searchPatients(
  deps: Deps,
  call: Call,
  { name, family, given, identifier, birthdate }: PatientSearch,
  page: { after: patients.After | undefined; limit: number },
): Promise<{ found: patients.Found[]; fits: (patient: patients.Found) => boolean }> {
  const q = [name, family, given].filter((part) => part !== undefined).join(" ") || undefined;
  const asked = { q, identifier, birthDate: birthdate };
  const found = await patients.search(deps, call, asked, page);
  const begins = (part: string | undefined, wanted: string | undefined) =>
    wanted === undefined || comparable(part ?? "").startsWith(comparable(wanted));
  return {
    found,
    fits: (patient) =>
      [patient.name, ...patient.otherNames].some((one) =>
        begins(one.family ?? "", family) && begins(one.given.join(" "), given)
      ),
  };
}
