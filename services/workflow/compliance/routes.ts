/** How protocols, findings and conformance are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  Page,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as compliance from "./compliance.ts";
import * as conformance from "./conformance/conformance.ts";
import { DefinitionConformance, RunConformance } from "./conformance/model.ts";
import { Verdict } from "./declare/templates.ts";
import {
  CareEvent,
  CareEventInput,
  ExcuseInput,
  Finding,
  FindingDetail,
  findingStates,
  Key,
  Protocol,
  ProtocolApproval,
  ProtocolDetail,
  ProtocolInput,
  protocolStates,
  Report,
} from "./model.ts";
import * as protocols from "./protocols/protocols.ts";

const PATH = "/api/workflow/compliance";
const tags = ["compliance"];
const ProtocolPage = Page(Protocol).openapi("ComplianceProtocolPage");
const FindingPage = Page(Finding).openapi("ComplianceFindingPage");
const Verdicts = z.object({
  asOf: z.iso.datetime(),
  items: z.array(Verdict).openapi({ description: "Those of the newest runs, at most 1,000." }),
  isCut: z.boolean(),
}).openapi("ComplianceVerdicts");
const CareLog = z.object({ items: z.array(CareEvent) }).openapi("CareLog");
const CareEventId = z.object({ id: z.uuid() }).openapi("CareEventId");

const Id = z.object({ id: z.uuid() });
const Version = z.object({ key: Key, version: z.string().max(60).openapi({ example: "3" }) });
const asOf = z.iso.datetime().optional().openapi({
  description: "As it was known then: what was told later does not count.",
});
const period = {
  from: z.iso.datetime().optional().openapi({ description: "Runs that began then or later." }),
  to: z.iso.datetime().optional().openapi({ description: "Runs that began before." }),
};

/** What is no number is the number of no version. */
function named({ key, version }: z.output<typeof Version>): { key: string; version: number } {
  if (!/^[1-9]\d{0,5}$/.test(version)) throw problem("protocol-not-found");
  return { key, version: Number(version) };
}
const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const bodyOf = <T extends z.ZodType>(schema: T) => ({
  content: { "application/json": { schema } },
});

const listProtocols = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/protocols`,
  tags,
  summary: "List the protocols of your organization, newest first",
  request: {
    query: PageQuery.extend({
      state: z.enum(protocolStates).optional(),
      key: Key.optional(),
      definition: z.string().max(63).optional(),
    }),
  },
  responses: { 200: json(ProtocolPage) },
});
const putDraft = defineRoute({
  permission: "compliance:write",
  method: "post",
  path: `${PATH}/protocols`,
  tags,
  summary: "Write a draft: a new version of its name, or the draft that there is, anew",
  request: { body: bodyOf(ProtocolInput) },
  responses: { 201: json(ProtocolDetail, "Kept") },
});
const getProtocol = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/protocols/{key}/versions/{version}`,
  tags,
  summary: "Read a version with its constraints",
  request: { params: Version },
  responses: { 200: json(ProtocolDetail) },
});
const submit = defineRoute({
  permission: "compliance:write",
  method: "post",
  path: `${PATH}/protocols/{key}/versions/{version}/submit`,
  tags,
  summary: "Hand a draft in: from then on it does not change",
  request: { params: Version },
  responses: { 200: json(Protocol) },
});
const approve = defineRoute({
  permission: "compliance:approve",
  method: "post",
  path: `${PATH}/protocols/{key}/versions/{version}/approve`,
  tags,
  summary: "Let a version count that somebody else has written and handed in",
  request: {
    params: Version,
    body: { content: { "application/json": { schema: ProtocolApproval } } },
  },
  responses: { 200: json(Protocol) },
});
const retire = defineRoute({
  permission: "compliance:approve",
  method: "post",
  path: `${PATH}/protocols/{key}/versions/{version}/retire`,
  tags,
  summary: "Hold nothing against it any more; what was only handed in goes back to its author",
  request: { params: Version },
  responses: { 200: json(Protocol) },
});
const check = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/protocols/{key}/versions/{version}/check`,
  tags,
  summary: "Hold one run, or the runs of one patient, against any version, as of any date",
  request: {
    params: Version,
    query: z.strictObject({ runId: z.uuid().optional(), patientId: z.uuid().optional(), asOf }),
  },
  responses: { 200: json(Verdicts) },
});
const getReport = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/protocols/{key}/versions/{version}/report`,
  tags,
  summary: "Count how well a version was kept in all runs of a period, as of any date",
  request: { params: Version, query: z.strictObject({ ...period, asOf }) },
  responses: { 200: json(Report) },
});
const listFindings = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/findings`,
  tags,
  summary: "List what was not kept, is at risk, or cannot be told, newest first",
  request: {
    query: PageQuery.extend({
      state: z.enum(findingStates).optional(),
      isAtRisk: z.enum(["true", "false"]).optional(),
      key: Key.optional(),
      runId: z.uuid().optional(),
      patientId: z.uuid().optional(),
      severity: z.enum(["low", "medium", "high"]).optional(),
    }),
  },
  responses: { 200: json(FindingPage) },
});
const getFinding = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/findings/{id}`,
  tags,
  summary: "Read a finding with every verdict that there was about it",
  request: { params: Id },
  responses: { 200: json(FindingDetail) },
});
const excuse = defineRoute({
  permission: "compliance:approve",
  method: "post",
  path: `${PATH}/findings/{id}/excuse`,
  tags,
  summary: "Say why it was right all the same; it holds as long as the finding stays as it is",
  request: { params: Id, body: bodyOf(ExcuseInput) },
  responses: { 200: json(Finding) },
});
const tellOfCare = defineRoute({
  permission: "compliance:write",
  method: "post",
  path: `${PATH}/runs/{id}/care-events`,
  tags,
  summary: "Tell what a run did not see when it happened, or correct what it saw",
  request: { params: Id, body: bodyOf(CareEventInput) },
  responses: { 201: json(CareEventId, "Kept beside what it corrects") },
});
const getLog = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/runs/{id}/log`,
  tags,
  summary: "Read what constraints are held against: by when it happened, and when it was told",
  request: { params: Id },
  responses: { 200: json(CareLog) },
});
const getRunConformance = defineRoute({
  permission: "compliance:read",
  method: "get",
  path: `${PATH}/runs/{id}/conformance`,
  tags,
  summary: "Hold a run beside its definition: skipped, omitted, late, out of order, added",
  request: { params: Id },
  responses: { 200: json(RunConformance) },
});
const getConformance = defineRoute({
  permission: "analytics:read",
  method: "get",
  path: `${PATH}/conformance`,
  tags,
  summary: "Hold the newest runs of a definition beside it, counted",
  request: {
    query: z.strictObject({
      key: Key,
      version: z.coerce.number().int().min(1).max(999_999).optional(),
      ...period,
    }),
  },
  responses: { 200: json(DefinitionConformance) },
});

/** Without what was not given. */
const given = <T extends Record<string, unknown>>(filter: T) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

export function complianceRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listProtocols, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const asked = { filter: given(filter), before, limit };
    const rows = await protocols.list(deps, signedIn(c), asked);
    return reply(c, 200, ProtocolPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(putDraft, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    const draft = await protocols.putDraft(deps, signedIn(c), input);
    const location = `${PATH}/protocols/${draft.key}/versions/${draft.version}`;
    return reply(c, 201, ProtocolDetail, draft, { location });
  });
  api.openapi(getProtocol, async (c) => {
    const found = await protocols.get(deps, signedIn(c), named(c.req.valid("param")));
    return reply(c, 200, ProtocolDetail, found);
  });
  api.openapi(submit, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    return reply(c, 200, Protocol, await protocols.submit(deps, signedIn(c), asked));
  });
  api.openapi(approve, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    const approval = { ...asked, ...c.req.valid("json") };
    return reply(c, 200, Protocol, await protocols.approve(deps, signedIn(c), approval));
  });
  api.openapi(retire, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    return reply(c, 200, Protocol, await protocols.retire(deps, signedIn(c), asked));
  });
  api.openapi(check, async (c) => {
    const which = { ...named(c.req.valid("param")), ...c.req.valid("query") };
    const asked = { ...which, requestId: c.get("requestId") };
    return reply(c, 200, Verdicts, await compliance.check(deps, signedIn(c), asked));
  });
  api.openapi(getReport, async (c) => {
    const which = { ...named(c.req.valid("param")), ...c.req.valid("query") };
    const asked = { ...which, requestId: c.get("requestId") };
    return reply(c, 200, Report, await compliance.report(deps, signedIn(c), asked));
  });
  api.openapi(listFindings, async (c) => {
    const { limit, cursor, isAtRisk, ...rest } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = given({
      ...rest,
      isAtRisk: isAtRisk === undefined ? undefined : isAtRisk === "true",
    });
    const asked = { filter, before, limit, requestId: c.get("requestId") };
    const rows = await compliance.listFindings(deps, signedIn(c), asked);
    return reply(c, 200, FindingPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(getFinding, async (c) => {
    const asked = { ...c.req.valid("param"), requestId: c.get("requestId") };
    return reply(c, 200, FindingDetail, await compliance.getFinding(deps, signedIn(c), asked));
  });
  api.openapi(excuse, async (c) => {
    const said = { ...c.req.valid("param"), ...c.req.valid("json") };
    const asked = { ...said, requestId: c.get("requestId") };
    return reply(c, 200, Finding, await compliance.excuse(deps, signedIn(c), asked));
  });
  api.openapi(tellOfCare, async (c) => {
    const { id: runId } = c.req.valid("param");
    const asked = { runId, event: c.req.valid("json"), requestId: c.get("requestId") };
    const id = await compliance.tellOfCare(deps, signedIn(c), asked);
    return reply(c, 201, CareEventId, { id });
  });
  api.openapi(getLog, async (c) => {
    const { id: runId } = c.req.valid("param");
    const asked = { runId, requestId: c.get("requestId") };
    return reply(c, 200, CareLog, await compliance.listLog(deps, signedIn(c), asked));
  });
  api.openapi(getRunConformance, async (c) => {
    const { id: runId } = c.req.valid("param");
    const asked = { runId, requestId: c.get("requestId") };
    return reply(c, 200, RunConformance, await conformance.ofRun(deps, signedIn(c), asked));
  });
  api.openapi(getConformance, async (c) => {
    const { from, to, ...which } = c.req.valid("query");
    const found = await conformance.ofDefinition(deps, signedIn(c), {
      ...which,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    });
    return reply(c, 200, DefinitionConformance, found);
  });
  return api;
}
