/** What discovery offers: one service per hook, which asks every rule of the clinic for it. */
import { type HookName, hookNames } from "../decisions/model.ts";
import type { Service } from "./model.ts";
import type { z } from "zod";

const PATIENT = "Patient/{{context.patientId}}";
const OBSERVATIONS =
  "Observation?patient={{context.patientId}}&category=vital-signs,laboratory&_sort=-date&_count=200";

/** Templates of what the rules are told, by the names under which clients send it. */
export const PREFETCH: Readonly<Record<string, string>> = {
  patient: PATIENT,
  observations: OBSERVATIONS,
};

const titles: Record<HookName, string> = {
  "patient-view": "When a chart is opened",
  "encounter-start": "When an encounter begins",
  "encounter-discharge": "When an encounter ends",
  "order-select": "When something is chosen to be ordered",
  "order-sign": "When orders are about to be signed",
  "order-dispatch": "When orders are handed to whoever fulfils them",
  "appointment-book": "When an appointment is about to be booked",
  "allergyintolerance-create": "When an allergy is written down",
  "problem-list-item-create": "When a problem is written down",
};

/** Each is called by the name of its hook. */
export const services: readonly z.output<typeof Service>[] = hookNames.map((hook) => ({
  id: hook,
  hook,
  title: `Praxis: ${titles[hook].toLowerCase()}`,
  description: "Asks the rules that the clinic has approved for this moment.",
  prefetch: { ...PREFETCH },
  usageRequirements:
    "Rules are told what is prefetched. What is not is fetched with `fhirAuthorization` from the FHIR server that is registered for the client, and from no other.",
}));

/** `id` as in discovery. */
export const hookOf = (id: string): HookName | undefined => hookNames.find((name) => name === id);
