/** How people get a copy of what is known about them. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply, stream } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as exports from "./data_exports.ts";
import { DataExport } from "./model.ts";

const PATH = "/api/identity/users/me/exports";
const NO_STORE = { "cache-control": "no-store" };

const startExport = defineRoute({
  permission: "signed-in",
  method: "post",
  path: PATH,
  tags: ["users"],
  summary: "Ask for a copy of what is known about you, good for a day; needs a step-up",
  responses: {
    201: {
      description: "May be fetched now",
      content: { "application/json": { schema: DataExport } },
    },
  },
});

const fetchExport = defineRoute({
  permission: "signed-in",
  method: "get",
  path: `${PATH}/{id}`,
  tags: ["users"],
  summary: "Fetch the copy: one line of JSON for each thing",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: { description: "application/x-ndjson" } },
});

export function dataExportRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(startExport, async (c) => {
    const requestId = c.get("requestId");
    const started = await exports.start(deps, signedIn(c), { requestId });
    return reply(c, 201, DataExport, started, { ...NO_STORE, location: `${PATH}/${started.id}` });
  });

  api.openapi(fetchExport, async (c) => {
    const input = { ...c.req.valid("param"), requestId: c.get("requestId") };
    const lines = await exports.fetch(deps, signedIn(c), input);
    const body = ReadableStream.from(lines).pipeThrough(
      new TransformStream<unknown, string>({
        transform: (line, controller) => controller.enqueue(`${JSON.stringify(line)}\n`),
      }),
    ).pipeThrough(new TextEncoderStream());
    return stream(body, 200, {
      ...NO_STORE,
      "content-type": "application/x-ndjson",
      "content-disposition": 'attachment; filename="praxis-account.ndjson"',
    });
  });

  return api;
}
