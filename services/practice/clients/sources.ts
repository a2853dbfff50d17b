/** What a chart asks of the other services: `GET /internal/patients/{id}/summary?organizationId=`. */
import type { z } from "@hono/zod-openapi";
import type { ServiceToken } from "@praxis/shared/auth";
import type { Discovery } from "@praxis/shared/discovery";
import { CommunicationSummary, ContentSummary, WorkflowSummary } from "./model.ts";

const TIMEOUT_MS = 2_000;

type Patient = { patientId: string; organizationId: string };

/** Each rejects when its service does not answer well and in time. */
export type ChartSources = {
  content(patient: Patient): Promise<z.output<typeof ContentSummary>>;
  communication(patient: Patient): Promise<z.output<typeof CommunicationSummary>>;
  workflow(patient: Patient): Promise<z.output<typeof WorkflowSummary>>;
};

type Options = { discover: Discovery; serviceToken: ServiceToken; timeoutMs?: number };

export function createChartSources(
  { discover, serviceToken, timeoutMs = TIMEOUT_MS }: Options,
): ChartSources {
  async function ask<T extends z.ZodType>(
    service: string,
    schema: T,
    { patientId, organizationId }: Patient,
  ): Promise<z.output<T>> {
    // One limit for the token and the answer: a chart waits no longer than this for anyone.
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    );
    const path = `/internal/patients/${patientId}/summary?organizationId=${organizationId}`;
    const fetched = async () => {
      const token = await serviceToken();
      const response = await fetch(new URL(path, discover(service)), {
        headers: { authorization: `Bearer ${token}` },
        signal,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`${service} did not summarize (${response.status})`);
      }
      return schema.parse(await response.json());
    };
    return await Promise.race([fetched(), late]);
  }

  return {
    content: (patient) => ask("content", ContentSummary, patient),
    communication: (patient) => ask("communication", CommunicationSummary, patient),
    workflow: (patient) => ask("workflow", WorkflowSummary, patient),
  };
}
