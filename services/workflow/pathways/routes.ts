/** How pathways are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  empty,
  Page,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import { Draft, Key } from "../definitions/model.ts";
import type { Deps } from "../deps.ts";
import type { Resource } from "./apply.ts";
import {
  Applied,
  ApplyInput,
  Eligibility,
  Enrolment,
  EnrolmentDetail,
  enrolmentStatuses,
  EvidenceInput,
  GoalInput,
  GoalProgress,
  NewEnrolment,
  PathwayGraph,
  PlanInput,
  StatusReason,
  Variance,
  VarianceInput,
} from "./model.ts";
import * as enrolments from "./enrolments.ts";
import * as pathways from "./pathways.ts";
import * as progress from "./progress.ts";

const PATHS = "/api/workflow/pathways";
const ENROLMENTS = "/api/workflow/enrolments";
const PlanOut = z.looseObject({ resourceType: z.literal("PlanDefinition") })
  .openapi("PlanDefinition");
const EnrolmentPage = Page(Enrolment).openapi("EnrolmentPage");
const ByKey = z.object({ key: Key });
const Id = z.object({ id: z.uuid() });

const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const body = <T extends z.ZodType>(schema: T) => ({
  content: { "application/json": { schema } },
});

const importPlan = defineRoute({
  permission: "pathways:write",
  method: "post",
  path: PATHS,
  tags: ["pathways"],
  summary: "Take a FHIR PlanDefinition in as the draft of a pathway",
  request: { body: body(PlanInput) },
  responses: { 201: json(Draft, "Kept, with everything that is lost or in the way") },
});
const exportPlan = defineRoute({
  permission: "pathways:read",
  method: "get",
  path: `${PATHS}/{key}/plan-definition`,
  tags: ["pathways"],
  summary: "Give the active version of a pathway out as a FHIR PlanDefinition",
  request: { params: ByKey },
  responses: { 200: json(PlanOut) },
});
const applyPlan = defineRoute({
  permission: "pathways:read",
  method: "post",
  path: `${PATHS}/{key}/apply`,
  tags: ["pathways"],
  summary: "FHIR's $apply: CarePlan, RequestGroup and Tasks for a patient; nothing is kept",
  request: { params: ByKey, body: body(ApplyInput) },
  responses: { 200: json(Applied) },
});
const checkEligibility = defineRoute({
  permission: "pathways:read",
  method: "post",
  path: `${PATHS}/{key}/eligibility`,
  tags: ["pathways"],
  summary: "Say whether a pathway fits a patient, why, and what is missing to tell",
  request: { params: ByKey, body: body(ApplyInput) },
  responses: { 200: json(Eligibility) },
});
const enrol = defineRoute({
  permission: "pathways:write",
  method: "post",
  path: ENROLMENTS,
  tags: ["pathways"],
  summary: "Put a patient on a pathway",
  request: { body: body(NewEnrolment) },
  responses: { 201: json(EnrolmentDetail, "Enrolled") },
});
const listEnrolments = defineRoute({
  permission: "pathways:read",
  method: "get",
  path: ENROLMENTS,
  tags: ["pathways"],
  summary: "List enrolments, newest first",
  request: {
    query: PageQuery.extend({
      patientId: z.uuid().optional(),
      status: z.enum(enrolmentStatuses).optional(),
      key: Key.optional(),
    }),
  },
  responses: { 200: json(EnrolmentPage) },
});
const getEnrolment = defineRoute({
  permission: "pathways:read",
  method: "get",
  path: `${ENROLMENTS}/{id}`,
  tags: ["pathways"],
  summary: "Read how far a patient is, with goals and variances",
  request: { params: Id },
  responses: { 200: json(EnrolmentDetail) },
});
const drawPathway = defineRoute({
  permission: "pathways:read",
  method: "get",
  path: `${PATHS}/{key}/graph`,
  tags: ["pathways"],
  summary: "Read the active version of a pathway as nodes and edges, to be drawn",
  request: { params: ByKey },
  responses: { 200: json(PathwayGraph) },
});
const drawEnrolment = defineRoute({
  permission: "pathways:read",
  method: "get",
  path: `${ENROLMENTS}/{id}/graph`,
  tags: ["pathways"],
  summary: "Read the pathway of a patient as nodes and edges, each step with how far it is",
  request: { params: Id },
  responses: { 200: json(PathwayGraph) },
});
const moveEnrolment = (what: enrolments.EnrolmentMove) =>
  defineRoute({
    permission: "pathways:write",
    method: "post",
    path: `${ENROLMENTS}/{id}/${what}` as const,
    tags: ["pathways"],
    summary: `Change an enrolment: ${what}`,
    request: { params: Id, body: body(StatusReason) },
    responses: { 200: json(EnrolmentDetail) },
  });
const addEvidence = defineRoute({
  permission: "pathways:write",
  method: "post",
  path: `${ENROLMENTS}/{id}/evidence`,
  tags: ["pathways"],
  summary: "Close a step by something that has happened without its task",
  request: { params: Id, body: body(EvidenceInput) },
  responses: { 204: { description: "Taken" } },
});
const addVariance = defineRoute({
  permission: "pathways:write",
  method: "post",
  path: `${ENROLMENTS}/{id}/variances`,
  tags: ["pathways"],
  summary: "Record that a step went otherwise than planned, and why",
  request: { params: Id, body: body(VarianceInput) },
  responses: { 201: json(Variance, "Recorded") },
});
const addGoal = defineRoute({
  permission: "pathways:write",
  method: "post",
  path: `${ENROLMENTS}/{id}/goals`,
  tags: ["pathways"],
  summary: "Record how far a goal is reached",
  request: { params: Id, body: body(GoalInput) },
  responses: { 201: json(GoalProgress, "Recorded") },
});

export function pathwayRoutes(deps: Deps): Api {
  const api = createApi();
  const known = (input: { patientId: string; resources: unknown[] }) => ({
    ...input,
    resources: input.resources as Resource[],
  });

  api.openapi(importPlan, async (c) => {
    const { plan, note } = c.req.valid("json");
    const input = { plan, note, requestId: c.get("requestId") };
    return reply(c, 201, Draft, await pathways.importPlan(deps, signedIn(c), input));
  });
  api.openapi(exportPlan, async (c) => {
    const plan = await pathways.exportPlan(deps, signedIn(c), c.req.valid("param").key);
    return reply(c, 200, PlanOut, plan);
  });
  api.openapi(applyPlan, async (c) => {
    const input = { ...known(c.req.valid("json")), ...c.req.valid("param") };
    const asked = { ...input, requestId: c.get("requestId") };
    const { resources } = await pathways.apply(deps, signedIn(c), asked);
    const entry = resources.map((resource) => ({ resource }));
    return reply(c, 200, Applied, { resourceType: "Bundle", type: "collection", entry });
  });
  api.openapi(checkEligibility, async (c) => {
    const input = { ...known(c.req.valid("json")), ...c.req.valid("param") };
    const asked = { ...input, requestId: c.get("requestId") };
    return reply(c, 200, Eligibility, await pathways.eligibility(deps, signedIn(c), asked));
  });
  api.openapi(enrol, async (c) => {
    const { key, indexOn, override, ...rest } = c.req.valid("json");
    const requestId = c.get("requestId");
    const actor = signedIn(c);
    const asked = { ...known(rest), key, indexOn, override, requestId };
    const id = await enrolments.enrol(deps, actor, asked);
    const detail = await enrolments.get(deps, actor, { id, requestId });
    return reply(c, 201, EnrolmentDetail, detail, { location: `${ENROLMENTS}/${id}` });
  });
  api.openapi(listEnrolments, async (c) => {
    const { limit, cursor, patientId, status, key } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(patientId === undefined ? {} : { patientId }),
      ...(status === undefined ? {} : { status }),
      ...(key === undefined ? {} : { key }),
    };
    const requestId = c.get("requestId");
    const rows = await enrolments.list(deps, signedIn(c), { filter, before, limit, requestId });
    return reply(c, 200, EnrolmentPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(getEnrolment, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, EnrolmentDetail, await enrolments.get(deps, signedIn(c), asked));
  });
  api.openapi(drawPathway, async (c) => {
    const { key } = c.req.valid("param");
    return reply(c, 200, PathwayGraph, await pathways.graph(deps, signedIn(c), key));
  });
  api.openapi(drawEnrolment, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, PathwayGraph, await enrolments.graph(deps, signedIn(c), asked));
  });
  for (const what of enrolments.enrolmentMoves) {
    api.openapi(moveEnrolment(what), async (c) => {
      const actor = signedIn(c);
      const asked = { ...c.req.valid("param"), requestId: c.get("requestId") };
      await enrolments.move(deps, actor, { ...asked, ...c.req.valid("json"), what });
      return reply(c, 200, EnrolmentDetail, await enrolments.get(deps, actor, asked));
    });
  }
  api.openapi(addEvidence, async (c) => {
    const input = { ...c.req.valid("json"), ...c.req.valid("param") };
    const asked = { ...input, requestId: c.get("requestId") };
    await progress.addEvidence(deps, signedIn(c), asked);
    return empty();
  });
  api.openapi(addVariance, async (c) => {
    const input = { ...c.req.valid("json"), ...c.req.valid("param") };
    const asked = { ...input, requestId: c.get("requestId") };
    return reply(c, 201, Variance, await progress.addVariance(deps, signedIn(c), asked));
  });
  api.openapi(addGoal, async (c) => {
    const input = { ...c.req.valid("json"), ...c.req.valid("param") };
    const asked = { ...input, requestId: c.get("requestId") };
    return reply(c, 201, GoalProgress, await progress.addGoal(deps, signedIn(c), asked));
  });
  return api;
}
