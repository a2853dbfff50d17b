/** How far reading has come, and how it is begun anew, over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { reprocessAll } from "../documents/documents.ts";
import { Kind } from "../documents/model.ts";
import * as ingestion from "./ingestion.ts";

const tags = ["ingestion"];
const path = "/api/content/ingestion";

const count = z.number().int();
const Progress = z.object({
  items: z.array(z.object({
    kind: Kind,
    waiting: count,
    running: count.openapi({ description: "Being read, or to be tried again." }),
    failed: count,
  })),
}).openapi("IngestionProgress");

const Engine = z.strictObject({
  engine: z.string().min(1).max(100),
  engineVersion: z.string().min(1).max(100),
}).openapi("Engine");
const Queued = z.object({
  queued: count,
  more: z.boolean().openapi({ description: "There are others: ask again." }),
}).openapi("ReprocessQueued");

const getProgress = defineRoute({
  permission: "documents:read",
  method: "get",
  path,
  tags,
  summary: "Count the documents that wait, are being read, or could not be",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Progress } } } },
});

const reprocess = defineRoute({
  permission: "documents:write",
  method: "post",
  path: `${path}/reprocess`,
  tags,
  summary: "Have everything read again that one version of an engine has read",
  request: { body: { content: { "application/json": { schema: Engine } }, required: true } },
  responses: {
    202: { description: "Waiting", content: { "application/json": { schema: Queued } } },
  },
});

export function ingestionRoutes(deps: Deps) {
  const api = createApi();
  api.openapi(getProgress, async (c) => {
    const items = await ingestion.progress(deps, signedIn(c).organizationId);
    return reply(c, 200, Progress, { items });
  });
  api.openapi(reprocess, async (c) => {
    return reply(
      c,
      202,
      Queued,
      await reprocessAll(
        deps,
        { actor: signedIn(c), requestId: c.get("requestId") },
        c.req.valid("json"),
      ),
    );
  });
  return api;
}
