/** How templates are reached. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import {
  ByKey,
  ByVersion,
  chosenVersion,
  Difference,
  NewTemplate,
  NewVersion,
  Preview,
  PreviewRequest,
  Template,
  Version,
} from "./model.ts";
import * as templates from "./templates.ts";

const PATH = "/api/communication/templates";
const TemplateList = z.object({ items: z.array(Template) }).openapi("TemplateList");
const DifferenceList = z.object({ items: z.array(Difference) }).openapi("TemplateDifferenceList");
const VersionList = z.object({ items: z.array(Version) }).openapi("TemplateVersionList");
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const tags = ["templates"];
const done = { 204: { description: "Done" } };

const listTemplates = defineRoute({
  permission: "templates:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List templates, your own and those that everybody has",
  responses: { 200: { description: "OK", ...json(TemplateList) } },
});

const createTemplate = defineRoute({
  permission: "templates:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Begin a template",
  request: { body: json(NewTemplate) },
  responses: { 201: { description: "Begun", ...json(Template) } },
});

const listVersions = defineRoute({
  permission: "templates:read",
  method: "get",
  path: `${PATH}/{key}/versions`,
  tags,
  summary: "List what was written, newest first",
  request: { params: ByKey },
  responses: { 200: { description: "OK", ...json(VersionList) } },
});

const addVersion = defineRoute({
  permission: "templates:write",
  method: "post",
  path: `${PATH}/{key}/versions`,
  tags,
  summary: "Write a version; it is checked, and nothing is sent with it yet",
  request: { params: ByKey, body: json(NewVersion) },
  responses: { 201: { description: "Written", ...json(Version) } },
});

const previewVersion = defineRoute({
  permission: "templates:write",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/preview`,
  tags,
  summary: "See what would be sent",
  request: { params: ByVersion, body: json(PreviewRequest) },
  responses: { 200: { description: "OK", ...json(Preview) } },
});

const compareVersions = defineRoute({
  permission: "templates:read",
  method: "get",
  path: `${PATH}/{key}/versions/{version}/diff/{other}`,
  tags,
  summary: "What was changed from one version to another",
  request: { params: ByVersion.extend({ other: z.string().max(40).openapi({ example: "2" }) }) },
  responses: { 200: { description: "OK", ...json(DifferenceList) } },
});

const approveVersion = defineRoute({
  permission: "templates:approve",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/approve`,
  tags,
  summary: "Approve what somebody else has written",
  request: { params: ByVersion },
  responses: done,
});

const publishVersion = defineRoute({
  permission: "templates:publish",
  method: "post",
  path: `${PATH}/{key}/versions/{version}/publish`,
  tags,
  summary: "Send with this version from now on; an earlier one rolls back",
  request: { params: ByVersion },
  responses: done,
});

export function templateRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listTemplates, async (c) => {
    const items = await templates.list(deps, signedIn(c).organizationId);
    return reply(c, 200, TemplateList, { items });
  });

  api.openapi(createTemplate, async (c) => {
    const request = { requestId: c.get("requestId") };
    const template = await templates.create(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 201, Template, template);
  });

  api.openapi(listVersions, async (c) => {
    const { key } = c.req.valid("param");
    const items = await templates.listVersions(deps, signedIn(c).organizationId, key);
    return reply(c, 200, VersionList, { items });
  });

  api.openapi(addVersion, async (c) => {
    const input = { key: c.req.valid("param").key, version: c.req.valid("json") };
    const request = { requestId: c.get("requestId") };
    return reply(c, 201, Version, await templates.addVersion(deps, signedIn(c), input, request));
  });

  api.openapi(previewVersion, async (c) => {
    const input = { ...chosenVersion(c.req.valid("param")), ...c.req.valid("json") };
    return reply(
      c,
      200,
      Preview,
      await templates.preview(deps, signedIn(c).organizationId, input),
    );
  });

  api.openapi(compareVersions, async (c) => {
    const { other: name, ...params } = c.req.valid("param");
    const { version: other } = chosenVersion({ key: params.key, version: name });
    const { organizationId } = signedIn(c);
    const items = await templates.compare(deps, organizationId, {
      ...chosenVersion(params),
      other,
    });
    return reply(c, 200, DifferenceList, { items });
  });

  api.openapi(approveVersion, async (c) => {
    const request = { requestId: c.get("requestId") };
    await templates.approve(deps, signedIn(c), chosenVersion(c.req.valid("param")), request);
    return empty();
  });

  api.openapi(publishVersion, async (c) => {
    const request = { requestId: c.get("requestId") };
    await templates.publish(deps, signedIn(c), chosenVersion(c.req.valid("param")), request);
    return empty();
  });

  return api;
}
