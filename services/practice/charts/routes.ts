/** How a chart is reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as charts from "./charts.ts";
import { Chart } from "./model.ts";

const getChart = defineRoute({
  permission: "patients:read",
  method: "get",
  path: "/api/practice/patients/{id}/summary",
  tags: ["charts"],
  summary: "The chart: what every service knows of a patient, as far as it answers in time",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: { description: "OK", content: { "application/json": { schema: Chart } } } },
});

export function chartRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(getChart, async (c) => {
    return reply(c, 200, Chart, await charts.gather(deps, callOf(c), c.req.valid("param").id));
  });
  return api;
}
