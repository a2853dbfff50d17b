/** How alerts are reached over HTTP. */
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
import { Key } from "../decisions/model.ts";
import type { Deps } from "../deps.ts";
import * as alerts from "./alerts.ts";
import { AcceptInput, Alert, dispositions, OverrideInput, PolicyInput } from "./model.ts";

const PATH = "/api/workflow/alerts";
const AlertPage = Page(Alert).openapi("AlertPage");
const params = z.object({ id: z.uuid() });
const json = <T extends z.ZodType>(schema: T) => ({
  description: "OK",
  content: { "application/json": { schema } },
});

const listAlerts = defineRoute({
  permission: "rules:read",
  method: "get",
  path: PATH,
  tags: ["alerts"],
  summary: "List what rules wanted to say, newest first: shown or not, answered or not",
  request: {
    query: PageQuery.extend({
      patientId: z.string().min(1).max(200).optional(),
      key: Key.optional(),
      disposition: z.enum(dispositions).optional(),
      isOpen: z.enum(["true", "false"]).optional(),
    }),
  },
  responses: { 200: json(AlertPage) },
});
const override = defineRoute({
  permission: "decisions:evaluate",
  method: "post",
  path: `${PATH}/{id}/override`,
  tags: ["alerts"],
  summary: "Set an alert aside, and say why",
  request: { params, body: { content: { "application/json": { schema: OverrideInput } } } },
  responses: { 200: json(Alert) },
});
const accept = defineRoute({
  permission: "decisions:evaluate",
  method: "post",
  path: `${PATH}/{id}/accept`,
  tags: ["alerts"],
  summary: "Say that an alert was followed",
  request: { params, body: { content: { "application/json": { schema: AcceptInput } } } },
  responses: { 200: json(Alert) },
});
const getPolicy = defineRoute({
  permission: "rules:read",
  method: "get",
  path: "/api/workflow/alert-policy",
  tags: ["alerts"],
  summary: "Read how often the same may be told",
  request: {},
  responses: { 200: json(PolicyInput) },
});
const putPolicy = defineRoute({
  permission: "rules:approve",
  method: "put",
  path: "/api/workflow/alert-policy",
  tags: ["alerts"],
  summary: "Say how often the same may be told",
  request: { body: { content: { "application/json": { schema: PolicyInput } } } },
  responses: { 200: json(PolicyInput) },
});

export function alertRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(listAlerts, async (c) => {
    const { limit, cursor, isOpen, patientId, key, disposition } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(patientId === undefined ? {} : { patientId }),
      ...(key === undefined ? {} : { key }),
      ...(disposition === undefined ? {} : { disposition }),
      ...(isOpen === undefined ? {} : { isOpen: isOpen === "true" }),
    };
    const requestId = c.get("requestId");
    const rows = await alerts.list(deps, signedIn(c), { filter, before, limit, requestId });
    return reply(c, 200, AlertPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(override, async (c) => {
    const said = { ...c.req.valid("json"), ...c.req.valid("param"), requestId: c.get("requestId") };
    const answered = await alerts.answer(deps, signedIn(c), { ...said, outcome: "overridden" });
    return reply(c, 200, Alert, answered);
  });
  api.openapi(accept, async (c) => {
    const said = { ...c.req.valid("json"), ...c.req.valid("param"), requestId: c.get("requestId") };
    const answered = await alerts.answer(deps, signedIn(c), { ...said, outcome: "accepted" });
    return reply(c, 200, Alert, answered);
  });
  api.openapi(getPolicy, async (c) => {
    return reply(c, 200, PolicyInput, await alerts.getPolicy(deps, signedIn(c)));
  });
  api.openapi(putPolicy, async (c) => {
    const policy = c.req.valid("json");
    await alerts.putPolicy(deps, signedIn(c), { policy, requestId: c.get("requestId") });
    return reply(c, 200, PolicyInput, policy);
  });
  return api;
}
