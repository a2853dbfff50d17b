/** How practice asks for a summary. */
import { z } from "@hono/zod-openapi";
import { callingService } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { PatientSummary, SummaryQuery } from "./model.ts";
import * as summaries from "./summaries.ts";

const summarizePatient = defineRoute({
  permission: "service",
  method: "get",
  path: "/internal/patients/{id}/summary",
  tags: ["internal"],
  summary: "Sum up what has to be done for a patient, for the patient's chart",
  request: { params: z.object({ id: z.uuid() }), query: SummaryQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: PatientSummary } } },
  },
});

export function summaryRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(summarizePatient, async (c) => {
    const summary = await summaries.summarize(deps, {
      actor: callingService(c),
      ...c.req.valid("query"),
      patientId: c.req.valid("param").id,
      requestId: c.get("requestId"),
    });
    return reply(c, 200, PatientSummary, summary);
  });
  return api;
}
