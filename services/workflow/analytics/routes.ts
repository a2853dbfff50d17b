/** How the log of runs is asked over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply, stream } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as analytics from "./analytics.ts";
import { exportFormats } from "./export.ts";
import {
  AnyDefinition,
  Bottlenecks,
  CycleTimes,
  Drift,
  OneDefinition,
  ProcessMap,
  Rework,
  ServiceLevels,
  StaffWorkload,
  Variants,
  Workload,
} from "./model.ts";

const PATH = "/api/workflow/analytics";
const tags = ["analytics"];
const CycleQuery = AnyDefinition.extend({ by: z.enum(["week", "month"]).default("week") });
const DriftQuery = OneDefinition.extend({
  split: z.iso.datetime().openapi({ description: "Runs that began before, beside those after." }),
});
const ExportQuery = OneDefinition.extend({ format: z.enum(exportFormats) });

const json = <T extends z.ZodType>(schema: T) => ({
  200: { description: "OK", content: { "application/json": { schema } } },
});
const question = <P extends string, Q extends z.ZodObject, T extends z.ZodType>(
  name: P,
  summary: string,
  query: Q,
  schema: T,
) =>
  defineRoute({
    permission: "analytics:read",
    method: "get",
    path: `${PATH}/${name}` as const,
    tags,
    summary,
    request: { query },
    responses: json(schema),
  });

const processMap = question(
  "process-map",
  "Draw what directly follows on what in the runs of a definition, and how long it takes",
  OneDefinition,
  ProcessMap,
);
const variants = question(
  "variants",
  "List the ways that runs of a definition take, the most frequent first",
  OneDefinition,
  Variants,
);
const bottlenecks = question(
  "bottlenecks",
  "Say where the time goes in runs of a definition, and whether more goes there than before",
  OneDefinition,
  Bottlenecks,
);
const rework = question(
  "rework",
  "Say what is done more than once in the same run",
  OneDefinition,
  Rework,
);
const cycleTimes = question(
  "cycle-times",
  "Say how long runs take, and how long their tasks wait and are worked on",
  CycleQuery,
  CycleTimes,
);
const serviceLevels = question(
  "sla",
  "Say which tasks are done by when they should be",
  AnyDefinition,
  ServiceLevels,
);
const workload = question(
  "workload",
  "Say how much work each role has, and when it is done",
  AnyDefinition,
  Workload,
);
const drift = question(
  "drift",
  "Compare the ways that runs take before and after a time",
  DriftQuery,
  Drift,
);
const staffWorkload = defineRoute({
  permission: "analytics:staff",
  method: "get",
  path: `${PATH}/staff-workload`,
  tags,
  summary: "Say how much work each person has; that somebody has asked is audited",
  request: { query: AnyDefinition },
  responses: json(StaffWorkload),
});
const download = defineRoute({
  permission: "analytics:export",
  method: "get",
  path: `${PATH}/export`,
  tags,
  summary: "Download the log of a definition's runs without names, as XES or CSV",
  request: { query: ExportQuery },
  responses: {
    200: {
      description: "IEEE 1849-2016 or RFC 4180",
      content: {
        "application/xml": { schema: z.string() },
        "text/csv": { schema: z.string() },
      },
    },
  },
});

const MEDIA_TYPES = { xes: "application/xml; charset=utf-8", csv: "text/csv; charset=utf-8" };

export function analyticsRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(processMap, async (c) => {
    const map = await analytics.processMap(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, ProcessMap, map);
  });
  api.openapi(variants, async (c) => {
    const found = await analytics.variants(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, Variants, found);
  });
  api.openapi(bottlenecks, async (c) => {
    const found = await analytics.bottlenecks(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, Bottlenecks, found);
  });
  api.openapi(rework, async (c) => {
    const found = await analytics.rework(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, Rework, found);
  });
  api.openapi(cycleTimes, async (c) => {
    const found = await analytics.cycleTimes(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, CycleTimes, found);
  });
  api.openapi(serviceLevels, async (c) => {
    const found = await analytics.serviceLevels(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, ServiceLevels, found);
  });
  api.openapi(workload, async (c) => {
    const found = await analytics.workload(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, Workload, found);
  });
  api.openapi(drift, async (c) => {
    const found = await analytics.drift(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, Drift, found);
  });
  api.openapi(staffWorkload, async (c) => {
    const asked = { ...c.req.valid("query"), requestId: c.get("requestId") };
    const found = await analytics.staffWorkload(deps, signedIn(c), asked);
    return reply(c, 200, StaffWorkload, found);
  });
  api.openapi(download, async (c) => {
    const query = c.req.valid("query");
    const asked = { ...query, requestId: c.get("requestId") };
    const body = await analytics.download(deps, signedIn(c), asked);
    return stream(body, 200, {
      "content-type": MEDIA_TYPES[query.format],
      "content-disposition": `attachment; filename="${query.key}.${query.format}"`,
    }) as never;
  });
  return api;
}
