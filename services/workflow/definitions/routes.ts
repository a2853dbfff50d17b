/** How definitions are reached over HTTP. */
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
import { Simulation, SimulationInput } from "../runs/model.ts";
import * as runs from "../runs/runs.ts";
import * as definitions from "./definitions.ts";
import {
  Approval,
  Definition,
  DefinitionDetail,
  DefinitionInput,
  definitionKinds,
  definitionStates,
  Differences,
  Draft,
  Findings,
  Graph,
  Key,
} from "./model.ts";

const PATH = "/api/workflow/definitions";
const DefinitionPage = Page(Definition).openapi("DefinitionPage");
const Functions = z.object({
  items: z.array(z.object({ name: z.string(), title: z.string(), permission: z.string() })),
}).openapi("WorkflowFunctions");

const Version = z.object({ key: Key, version: z.string().max(60).openapi({ example: "3" }) });

/** What is no number is the number of no version. */
function named({ key, version }: z.output<typeof Version>): { key: string; version: number } {
  if (!/^[1-9]\d{0,5}$/.test(version)) throw problem("definition-not-found");
  return { key, version: Number(version) };
}
const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const body = { content: { "application/json": { schema: DefinitionInput } } };

const listDefinitions = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: PATH,
  tags: ["definitions"],
  summary: "List the definitions of your organization, newest first",
  request: {
    query: PageQuery.extend({
      state: z.enum(definitionStates).optional(),
      kind: z.enum(definitionKinds).optional(),
      key: Key.optional(),
    }),
  },
  responses: { 200: json(DefinitionPage) },
});
const putDraft = defineRoute({
  permission: "workflows:author",
  method: "post",
  path: PATH,
  tags: ["definitions"],
  summary: "Write a draft: a new version of its name, or the draft that there is, anew",
  request: { body },
  responses: { 201: json(Draft, "Kept, with everything that is in the way of publishing it") },
});
const validate = defineRoute({
  permission: "workflows:author",
  method: "post",
  path: `${PATH}/validate`,
  tags: ["definitions"],
  summary: "Say what is wrong with a definition, without keeping it",
  request: { body },
  responses: { 200: json(Findings) },
});
const getDefinition = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{key}/versions/{version}`,
  tags: ["definitions"],
  summary: "Read a version as it was written",
  request: { params: Version },
  responses: { 200: json(DefinitionDetail) },
});
const submit = defineRoute({
  permission: "workflows:author",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/submit`,
  tags: ["definitions"],
  summary: "Hand a draft in: from then on it does not change",
  request: { params: Version },
  responses: { 200: json(Definition) },
});
const approve = defineRoute({
  permission: "workflows:approve",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/approve`,
  tags: ["definitions"],
  summary: "Let a version run that somebody else has written and handed in",
  request: {
    params: Version,
    body: { content: { "application/json": { schema: Approval } } },
  },
  responses: { 200: json(Definition) },
});
const retire = defineRoute({
  permission: "workflows:approve",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/retire`,
  tags: ["definitions"],
  summary: "No new runs of this version; what was only handed in goes back to its author",
  request: { params: Version },
  responses: { 200: json(Definition) },
});
const diff = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{key}/versions/{version}/diff`,
  tags: ["definitions"],
  summary: "Say what is different from another version, task by task; the one before unless named",
  request: {
    params: Version,
    query: z.strictObject({ from: z.coerce.number().int().min(1).max(999_999).optional() }),
  },
  responses: { 200: json(Differences) },
});
const drawDefinition = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{key}/versions/{version}/graph`,
  tags: ["definitions"],
  summary: "Read a version as nodes and edges, to be drawn",
  request: { params: Version },
  responses: { 200: json(Graph) },
});
const simulate = defineRoute({
  permission: "workflows:author",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/simulate`,
  tags: ["definitions"],
  summary: "Run a version in memory, with a clock that jumps and nobody asked",
  request: {
    params: Version,
    body: { content: { "application/json": { schema: SimulationInput } } },
  },
  responses: { 200: json(Simulation) },
});
const listFunctions = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: "/api/workflow/functions",
  tags: ["definitions"],
  summary: "List what definitions may call",
  responses: { 200: json(Functions) },
});

export function definitionRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listDefinitions, async (c) => {
    const { limit, cursor, state, kind, key } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(state === undefined ? {} : { state }),
      ...(kind === undefined ? {} : { kind }),
      ...(key === undefined ? {} : { key }),
    };
    const rows = await definitions.list(deps, signedIn(c), { filter, before, limit });
    return reply(c, 200, DefinitionPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(putDraft, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    const draft = await definitions.putDraft(deps, signedIn(c), input);
    const { key, version } = draft.definition;
    return reply(c, 201, Draft, draft, { location: `${PATH}/${key}/versions/${version}` });
  });

  api.openapi(validate, async (c) => {
    const findings = await definitions.validate(deps, signedIn(c), c.req.valid("json").source);
    const ok = !findings.some(({ severity }) => severity === "error");
    return reply(c, 200, Findings, { ok, findings });
  });

  api.openapi(getDefinition, async (c) => {
    const found = await definitions.get(deps, signedIn(c), named(c.req.valid("param")));
    return reply(c, 200, DefinitionDetail, found);
  });

  api.openapi(submit, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    return reply(c, 200, Definition, await definitions.submit(deps, signedIn(c), asked));
  });

  api.openapi(approve, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    const approval = { ...asked, ...c.req.valid("json") };
    const approved = await definitions.approve(deps, signedIn(c), approval);
    return reply(c, 200, Definition, approved);
  });

  api.openapi(retire, async (c) => {
    const asked = { ...named(c.req.valid("param")), requestId: c.get("requestId") };
    return reply(c, 200, Definition, await definitions.retire(deps, signedIn(c), asked));
  });

  api.openapi(diff, async (c) => {
    const { key, version: to } = named(c.req.valid("param"));
    const { from = to - 1 } = c.req.valid("query");
    const items = await definitions.diff(deps, signedIn(c), { key, from, to });
    return reply(c, 200, Differences, { items });
  });

  api.openapi(drawDefinition, async (c) => {
    const graph = await definitions.graph(deps, signedIn(c), named(c.req.valid("param")));
    return reply(c, 200, Graph, graph);
  });

  api.openapi(simulate, async (c) => {
    const asked = named(c.req.valid("param"));
    const { document } = await definitions.get(deps, signedIn(c), asked);
    const simulated = await runs.simulate(deps, document, c.req.valid("json"));
    return reply(c, 200, Simulation, simulated);
  });

  api.openapi(listFunctions, (c) => reply(c, 200, Functions, { items: [...deps.functions] }));

  return api;
}
