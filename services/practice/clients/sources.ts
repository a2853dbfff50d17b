/** What a chart asks of the other services: `GET /internal/patients/{id}/summary`. */
import type { z } from "@hono/zod-openapi";
import type { ServiceToken } from "@praxis/shared/auth";
import type { Discovery } from "@praxis/shared/discovery";
import { fetchPeer } from "@praxis/shared/mtls";
import { CommunicationSummary, ContentSummary, WorkflowSummary } from "./model.ts";

const TIMEOUT_MS = 2_000;

/** `userId` is who is going to read the chart. */
type Asked = { patientId: string; organizationId: string; userId: string };

/** Each rejects when its service does not answer well and in time. */
export type ChartSources = {
  content(asked: Asked): Promise<z.output<typeof ContentSummary>>;
  communication(asked: Asked): Promise<z.output<typeof CommunicationSummary>>;
  workflow(asked: Asked): Promise<z.output<typeof WorkflowSummary>>;
};

type Options = { discover: Discovery; serviceToken: ServiceToken; timeoutMs?: number };

export function createChartSources(
  { discover, serviceToken, timeoutMs = TIMEOUT_MS }: Options,
): ChartSources {
  async function ask<T extends z.ZodType>(
    service: string,
    schema: T,
    { patientId, ...query }: Asked,
  ): Promise<z.output<T>> {
    // One limit for the token and the answer: a chart waits no longer than this for anyone.
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    );
    const path = `/internal/patients/${patientId}/summary?${new URLSearchParams(query)}`;
    const fetched = async () => {
      const token = await serviceToken();
      const response = await fetchPeer(new URL(path, discover(service)), {
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
    content: (asked) => ask("content", ContentSummary, asked),
    communication: (asked) => ask("communication", CommunicationSummary, asked),
    workflow: (asked) => ask("workflow", WorkflowSummary, asked),
  };
}
