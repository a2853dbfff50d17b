/** How documents are shared over HTTP, and how those with whom they are shared read them. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  createApi,
  defineRoute,
  empty,
  PageQuery,
  readCursor,
  reply,
  stream,
  toPage,
} from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import type { Call } from "../documents/documents.ts";
import { digestOf, dispositionOf } from "../documents/model.ts";
import { NewShare, Share, SharedDocumentPage, SharePage } from "./model.ts";
import * as shares from "./shares.ts";

const tags = ["shares"];
const SHARES = "/api/content/documents/{id}/shares";
const OWN = "/api/content/me/documents";
const Id = z.object({ id: z.uuid() });
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

const shareDocument = defineRoute({
  permission: "documents:share",
  method: "post",
  path: SHARES,
  tags,
  summary: "Let a user of your organization read the present version",
  request: { params: Id, body: { content: json(NewShare) } },
  responses: { 201: { description: "Shared", content: json(Share) } },
});

const listShares = defineRoute({
  permission: "documents:share",
  method: "get",
  path: SHARES,
  tags,
  summary: "List who may read a document, beside the staff",
  request: { params: Id, query: PageQuery },
  responses: { 200: { description: "OK", content: json(SharePage) } },
});

const revokeShare = defineRoute({
  permission: "documents:share",
  method: "delete",
  path: `${SHARES}/{shareId}`,
  tags,
  summary: "Take a share back; a release that the patient has read stays",
  request: { params: Id.extend({ shareId: z.uuid() }) },
  responses: { 204: { description: "Revoked" } },
});

const listOwn = defineRoute({
  permission: "signed-in",
  method: "get",
  path: OWN,
  tags,
  summary: "List the documents that are shared with you, newest first",
  request: { query: PageQuery },
  responses: { 200: { description: "OK", content: json(SharedDocumentPage) } },
});

const readOwn = defineRoute({
  permission: "signed-in",
  method: "get",
  path: `${OWN}/{id}/content`,
  tags,
  summary: "Read the bytes of a document that is shared with you",
  request: { params: Id },
  responses: { 200: { description: "The exact bytes" } },
});

type Context = Parameters<typeof signedIn>[0] & { get(key: "requestId"): string };
const callOf = (c: Context): Call => ({ actor: signedIn(c), requestId: c.get("requestId") });
const beforeOf = (cursor: string | undefined) => readCursor(cursor, z.tuple([z.uuid()]))?.[0];

export function shareRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(shareDocument, async (c) => {
    const { id } = c.req.valid("param");
    return reply(c, 201, Share, await shares.share(deps, callOf(c), id, c.req.valid("json")));
  });

  api.openapi(listShares, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { id } = c.req.valid("param");
    const rows = await shares.list(deps, callOf(c), id, { before: beforeOf(cursor), limit });
    return reply(c, 200, SharePage, toPage(rows, limit, (row) => [row.id]));
  });

  api.openapi(revokeShare, async (c) => {
    const { id: documentId, shareId } = c.req.valid("param");
    await shares.revoke(deps, callOf(c), { documentId, id: shareId });
    return empty();
  });

  api.openapi(listOwn, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const rows = await shares.listOwn(deps, callOf(c), { before: beforeOf(cursor), limit });
    return reply(c, 200, SharedDocumentPage, toPage(rows, limit, (row) => [row.id]));
  });

  api.openapi(readOwn, async (c) => {
    const { id } = c.req.valid("param");
    const { content, bytes } = await shares.openOwn(deps, callOf(c), id);
    return stream(bytes, 200, {
      "content-type": content.mediaType,
      "content-length": String(content.size),
      "content-disposition": dispositionOf(content.fileName),
      "repr-digest": digestOf(content.sha256),
      // Hostile HTML and SVG are documents too: never shown in the platform's own origin.
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-store",
    });
  });

  return api;
}
