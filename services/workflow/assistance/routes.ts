/** How assistance is reached over HTTP. */
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
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import type { Deps } from "../deps.ts";
import * as assistance from "./assistance.ts";
import {
  Acceptance,
  Answer,
  Budget,
  BudgetInput,
  Call,
  CallInput,
  Edit,
  Paper,
  Preview,
  Proposal,
  ProposalDetail,
  proposalStatuses,
  Rejection,
  TaskViews,
} from "./model.ts";
import { taskNames } from "./tasks/task.ts";

const PATH = "/api/workflow/assistance";
const tags = ["assistance"];
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const ok = <T extends z.ZodType>(schema: T) => ({ 200: { description: "OK", ...json(schema) } });
const Id = z.object({ id: z.uuid() });
const ProposalPage = Page(Proposal).openapi("AssistanceProposalPage");
const CallPage = Page(Call).openapi("AssistanceCallPage");
const Cursor = z.tuple([z.uuid()]);

const listTasks = defineRoute({
  permission: "assistants:use",
  method: "get",
  path: `${PATH}/tasks`,
  tags,
  summary: "List what assistants can draft here, by whom, and what each draft is meant for",
  request: {},
  responses: ok(TaskViews),
});
const call = defineRoute({
  permission: "assistants:use",
  method: "post",
  path: `${PATH}/calls`,
  tags,
  summary: "Ask for a draft. It changes nothing until a person accepts it",
  request: { headers: IdempotencyHeaders, body: json(CallInput) },
  responses: {
    201: { description: "Asked; `proposal` is null when nothing usable came", ...json(Answer) },
  },
});
const preview = defineRoute({
  permission: "assistants:use",
  method: "post",
  path: `${PATH}/previews`,
  tags,
  summary: "See what would leave the clinic, without asking anybody",
  request: { body: json(CallInput) },
  responses: ok(Preview),
});
const listCalls = defineRoute({
  permission: "assistants:admin",
  method: "get",
  path: `${PATH}/calls`,
  tags,
  summary: "List calls with their prompts, providers, tokens and hashes, newest first",
  request: { query: PageQuery },
  responses: ok(CallPage),
});
const listProposals = defineRoute({
  permission: "assistants:use",
  method: "get",
  path: `${PATH}/proposals`,
  tags,
  summary: "List drafts, newest first",
  request: {
    query: PageQuery.extend({
      patientId: z.uuid().optional(),
      status: z.enum(proposalStatuses).optional(),
      task: z.enum(taskNames).optional(),
    }),
  },
  responses: ok(ProposalPage),
});
const getProposal = defineRoute({
  permission: "assistants:use",
  method: "get",
  path: `${PATH}/proposals/{id}`,
  tags,
  summary: "Read a draft with what it rests on",
  request: { params: Id },
  responses: ok(ProposalDetail),
});
const editProposal = defineRoute({
  permission: "assistants:decide",
  method: "put",
  path: `${PATH}/proposals/{id}`,
  tags,
  summary: "Change a draft; the difference is kept",
  request: { params: Id, body: json(Edit) },
  responses: ok(ProposalDetail),
});
const acceptProposal = defineRoute({
  permission: "assistants:decide",
  method: "post",
  path: `${PATH}/proposals/{id}/accept`,
  tags,
  summary: "Bring a draft about, with the right to what it brings about",
  request: { params: Id, body: json(Acceptance) },
  responses: ok(ProposalDetail),
});
const rejectProposal = defineRoute({
  permission: "assistants:decide",
  method: "post",
  path: `${PATH}/proposals/{id}/reject`,
  tags,
  summary: "Turn a draft down, with a reason",
  request: { params: Id, body: json(Rejection) },
  responses: ok(ProposalDetail),
});
const getPaper = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${PATH}/papers/{id}`,
  tags,
  summary: "Read what was signed",
  request: { params: Id },
  responses: ok(Paper),
});
const getBudget = defineRoute({
  permission: "assistants:admin",
  method: "get",
  path: `${PATH}/budget`,
  tags,
  summary: "Read what this month may cost, and what it has cost",
  request: {},
  responses: ok(Budget),
});
const putBudget = defineRoute({
  permission: "assistants:admin",
  method: "put",
  path: `${PATH}/budget`,
  tags,
  summary: "Say what a month may cost",
  request: { body: json(BudgetInput) },
  responses: ok(Budget),
});

export function assistanceRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listTasks, async (c) => {
    return reply(c, 200, TaskViews, await assistance.listTasks(deps, signedIn(c)));
  });
  api.openapi(call, async (c) => {
    const idempotencyKey = c.req.valid("header")["idempotency-key"];
    const asked = { ...c.req.valid("json"), idempotencyKey, requestId: c.get("requestId") };
    return reply(c, 201, Answer, await assistance.call(deps, signedIn(c), asked));
  });
  api.openapi(preview, async (c) => {
    const seen = await assistance.preview(deps, signedIn(c), c.req.valid("json"));
    return reply(c, 200, Preview, seen);
  });
  api.openapi(listCalls, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, Cursor) ?? [];
    const rows = await assistance.listCalls(deps, signedIn(c), { before, limit });
    return reply(c, 200, CallPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(listProposals, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const [before] = readCursor(cursor, Cursor) ?? [];
    const asked = { filter, before, limit, requestId: c.get("requestId") };
    const rows = await assistance.list(deps, signedIn(c), asked);
    return reply(c, 200, ProposalPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(getProposal, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, ProposalDetail, await assistance.get(deps, signedIn(c), asked));
  });
  api.openapi(editProposal, async (c) => {
    const { id } = c.req.valid("param");
    const asked = { id, ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, ProposalDetail, await assistance.edit(deps, signedIn(c), asked));
  });
  api.openapi(acceptProposal, async (c) => {
    const { id } = c.req.valid("param");
    const asked = { id, ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, ProposalDetail, await assistance.accept(deps, signedIn(c), asked));
  });
  api.openapi(rejectProposal, async (c) => {
    const { id } = c.req.valid("param");
    const asked = { id, ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, ProposalDetail, await assistance.reject(deps, signedIn(c), asked));
  });
  api.openapi(getPaper, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, Paper, await assistance.getPaper(deps, signedIn(c), asked));
  });
  api.openapi(getBudget, async (c) => {
    return reply(c, 200, Budget, await assistance.getBudget(deps, signedIn(c)));
  });
  api.openapi(putBudget, async (c) => {
    const asked = { ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, Budget, await assistance.putBudget(deps, signedIn(c), asked));
  });
  return api;
}
