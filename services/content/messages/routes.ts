/** How HL7 v2 messages come in over HTTP, and how what stood in them is read. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty, reply, stream } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { Hl7View } from "../hl7/model.ts";
import { HL7_MEDIA_TYPE } from "../ingestion/model.ts";
import { createCommits } from "./commits.ts";
import { problem } from "../problems.ts";
import * as messages from "./messages.ts";
import { isAccepted } from "./model.ts";

const tags = ["hl7"];
const answerType = HL7_MEDIA_TYPE;
const raw = { schema: { type: "string" as const, format: "binary" } };

const receiveMessage = defineRoute({
  permission: "documents:write",
  method: "post",
  path: "/api/content/hl7",
  tags,
  summary: "Hand in an HL7 v2 message or batch; the answer is its acknowledgement",
  request: {
    body: { content: { [answerType]: raw, "application/hl7-v2": raw, "text/plain": raw } },
  },
  responses: {
    200: {
      description: "AA or CA: it is stored; of a batch, whatever its own answers say is",
      content: { [answerType]: raw },
    },
    204: { description: "MSH-15 and MSH-16 ask for no answer" },
    400: { description: "AE or AR: it is not stored", content: { [answerType]: raw } },
  },
});

const getMessages = defineRoute({
  permission: "documents:read",
  method: "get",
  path: "/api/content/documents/{id}/hl7",
  tags,
  summary: "Read the messages of a document as rows",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: { description: "OK", content: { "application/json": { schema: Hl7View } } } },
});

export function messageRoutes(deps: Deps) {
  const api = createApi();
  const commit = createCommits(deps);

  api.openapi(receiveMessage, async (c) => {
    const { code, answer, documentId } = await messages.receive(deps, commit, {
      actor: signedIn(c),
      requestId: c.get("requestId"),
    }, c.req.raw);
    const headers = {
      ...(documentId === null ? {} : { location: `/api/content/documents/${documentId}` }),
      "cache-control": "no-store",
    };
    const isStored = isAccepted(code);
    // The sender asked for no answer; that nothing is kept must not look like success all the same.
    if (answer === null && !isStored) throw problem("message-refused");
    if (answer === null) return empty(204, headers);
    return stream(answer as Uint8Array<ArrayBuffer>, isStored ? 200 : 400, {
      ...headers,
      "content-type": answerType,
      "x-content-type-options": "nosniff",
    });
  });

  api.openapi(getMessages, async (c) => {
    return reply(
      c,
      200,
      Hl7View,
      await messages.show(
        deps,
        { actor: signedIn(c), requestId: c.get("requestId") },
        c.req.valid("param").id,
      ),
    );
  });

  return api;
}
