/** What a client has not prefetched is fetched from its FHIR server, when it says that we may. */
import type { FetchFhir } from "../fhir_servers/fhir_servers.ts";
import { isWithin } from "@praxis/shared/http";
import { LEVELS_MAX } from "../decisions/model.ts";
import { PREFETCH } from "./services.ts";

/** Together with the rules' own budget a hook answers within a second. */
const FETCH_MS = 600;

type Resource = { resourceType: string };
export type Given = {
  prefetch?: Record<string, Resource> | undefined;
  fhirServer?: string | undefined;
  fhirAuthorization?: { access_token: string } | undefined;
};
type Fault = { pointer: string; detail: string };

/** The base address of a server as it is compared: no slash at its end. */
export const baseOf = (url: string): string => new URL(url).href.replace(/\/+$/, "");

const WHY = {
  inside: "The server's name leads inside a network.",
  unknown: "The server's name leads nowhere.",
  status: "The server does not give it.",
  "too-large": "The server's answer is too large.",
  malformed: "The server's answer is no resource of the kind asked for.",
  "no-answer": "The server has not answered in time.",
} as const;

/** The kinds of resources that the templates yield. */
const KINDS: Record<string, string> = { patient: "Patient", observations: "Bundle" };

/**
 * What the rules can be told of: what was sent, and what could be fetched of the rest. `faults` says
 * what is missing, and why it was not fetched.
 */
export async function complete(
  fetchFhir: FetchFhir,
  { prefetch = {}, fhirServer, fhirAuthorization }: Given,
  { patientId, registered }: { patientId: string; registered: string | null },
): Promise<{ known: Record<string, Resource>; fetched: string[]; faults: Fault[] }> {
  const missing = Object.entries(PREFETCH).filter(([name]) => !Object.hasOwn(prefetch, name));
  const fault = (name: string, detail: string) => ({ pointer: `/prefetch/${name}`, detail });
  const refuse = (detail: string) => ({
    known: prefetch,
    fetched: [],
    faults: missing.map(([name]) => fault(name, detail)),
  });
  if (missing.length === 0) return { known: prefetch, fetched: [], faults: [] };
  if (fhirServer === undefined || fhirAuthorization === undefined) {
    return refuse("It was not sent.");
  }
  if (registered === null || baseOf(fhirServer) !== registered) {
    return refuse("It was not sent, and the server is not the one that is registered.");
  }
  const signal = AbortSignal.timeout(FETCH_MS);
  const answers = await Promise.all(missing.map(async ([name, template]) => {
    const path = template.replaceAll("{{context.patientId}}", encodeURIComponent(patientId));
    const url = new URL(`${registered}/${path}`);
    const answer = await fetchFhir({ url, token: fhirAuthorization.access_token, signal });
    if ("refused" in answer) return { name, detail: WHY[answer.refused] };
    const { resource } = answer;
    const isFit = resource.resourceType === KINDS[name] && isWithin(resource, LEVELS_MAX);
    return isFit ? { name, resource: resource as Resource } : { name, detail: WHY.malformed };
  }));
  const got = answers.flatMap(({ name, resource }) => resource ? [[name, resource] as const] : []);
  return {
    known: { ...prefetch, ...Object.fromEntries(got) },
    fetched: got.map(([name]) => name),
    faults: answers.flatMap(({ name, detail }) => detail ? [fault(name, detail)] : []),
  };
}
