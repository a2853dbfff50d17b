/** What assistance asks of practice: what identifies a patient, so that it can be taken out. */
import type { ServiceToken } from "@praxis/shared/auth";
import type { Discovery } from "@praxis/shared/discovery";
import { fetchPeer } from "@praxis/shared/mtls";
import { KnownPatient } from "./deidentify/deidentify.ts";
import type { Assistance } from "./model.ts";

const TIMEOUT_MS = 3_000;

type Options = { discover: Discovery; serviceToken: ServiceToken; timeoutMs?: number };

/**
 * `GET /internal/patients/{id}/identity?organizationId=`, answered with the patient as practice
 * has them. Undefined whenever that is not known for sure: nothing leaves then.
 */
export function createIdentifiers(
  { discover, serviceToken, timeoutMs = TIMEOUT_MS }: Options,
): Assistance["identifiersOf"] {
  return async (organizationId, patientId) => {
    try {
      const path = `/internal/patients/${patientId}/identity?organizationId=${organizationId}`;
      const response = await fetchPeer(new URL(path, discover("practice")), {
        headers: { authorization: `Bearer ${await serviceToken()}` },
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return KnownPatient.parse(await response.json());
      await response.body?.cancel();
      return undefined;
    } catch {
      return undefined;
    }
  };
}
