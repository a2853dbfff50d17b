/** How sagas reach content. */
import { z } from "@hono/zod-openapi";
import { createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { defineOrder, orderOf } from "@praxis/shared/orders";
import type { Deps } from "../deps.ts";
import {
  Filed,
  Id,
  MemberShares,
  NewLetter,
  Nothing,
  ReleaseToPatient,
  RestoreShares,
  Undo,
  WithdrawRelease,
} from "./model.ts";
import * as participation from "./participation.ts";

const prepareClinic = defineOrder({
  path: "/internal/organizations/{id}/prepare",
  summary: "Prepare a new clinic",
  params: Id,
  body: Nothing,
});
const clearClinic = defineOrder({
  path: "/internal/organizations/{id}/clear",
  summary: "Take the preparation of a clinic back",
  params: Id,
  body: Undo,
});
const releaseDocument = defineOrder({
  path: "/internal/documents/{id}/release",
  summary: "Release a document to its patient",
  params: Id,
  body: ReleaseToPatient,
});
const withdrawDocument = defineOrder({
  path: "/internal/documents/{id}/withdraw",
  summary: "Take a release back that the patient has not read",
  params: Id,
  body: WithdrawRelease,
});
const revokeShares = defineOrder({
  path: "/internal/shares/revoke",
  summary: "End what is shared with a member",
  params: z.object({}),
  body: MemberShares,
});
const restoreShares = defineOrder({
  path: "/internal/shares/restore",
  summary: "Give a member back what was shared with them",
  params: z.object({}),
  body: RestoreShares,
});

/** Answered with the document's id: what comes after it in a run needs it. */
const fileLetter = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/letters",
  tags: ["internal"],
  summary: "File a text as a document",
  request: {
    headers: IdempotencyHeaders.required(),
    body: { content: { "application/json": { schema: NewLetter } } },
  },
  responses: {
    200: { description: "Filed", content: { "application/json": { schema: Filed } } },
  },
});

export function participationRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(prepareClinic, async (c) => {
    await participation.prepare(deps, orderOf(c), c.req.valid("param").id);
    return empty();
  });

  api.openapi(clearClinic, async (c) => {
    const { undoOf } = c.req.valid("json");
    const organizationId = c.req.valid("param").id;
    await participation.clear(deps, orderOf(c), { organizationId, undoOf });
    return empty();
  });

  api.openapi(releaseDocument, async (c) => {
    const documentId = c.req.valid("param").id;
    await participation.release(deps, orderOf(c), { documentId, ...c.req.valid("json") });
    return empty();
  });

  api.openapi(withdrawDocument, async (c) => {
    const documentId = c.req.valid("param").id;
    await participation.withdraw(deps, orderOf(c), { documentId, ...c.req.valid("json") });
    return empty();
  });

  api.openapi(revokeShares, async (c) => {
    await participation.revokeShares(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  api.openapi(restoreShares, async (c) => {
    await participation.restoreShares(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  api.openapi(fileLetter, async (c) => {
    const documentId = await participation.fileLetter(deps, orderOf(c), c.req.valid("json"));
    return reply(c, 200, Filed, { documentId });
  });

  return api;
}
