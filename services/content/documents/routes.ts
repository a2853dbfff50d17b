/** How documents are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import type { Actor } from "@praxis/shared/auth";
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
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { uploadForm, versionForm } from "../uploads/model.ts";
import * as documents from "./documents.ts";
import {
  digestOf,
  dispositionOf,
  Document,
  DocumentPage,
  DocumentQuery,
  DocumentText,
  type DocumentVersion,
  matchesStrongly,
  matchesWeakly,
  rangeOf,
  Release,
  Structure,
  tagOf,
  TextQuery,
  VersionPage,
} from "./model.ts";

const tags = ["documents"];
const path = "/api/content/documents";
const oneDocument = z.object({ id: z.uuid() });
/** Whatever is no version's number names no version: 404, as with an unknown one. */
const oneVersion = oneDocument.extend({ version: z.string().max(40) });
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

/** As long as the server takes headers: what does not name one range is ignored, not refused. */
const ContentHeaders = z.object({
  range: z.string().optional(),
  "if-range": z.string().optional(),
  "if-none-match": z.string().optional(),
});

const bytes = {
  200: { description: "The exact bytes" },
  206: { description: "The range asked for" },
  304: { description: "Not changed" },
  416: { description: "No such range" },
};

const createDocument = defineRoute({
  permission: "documents:write",
  method: "post",
  path,
  tags,
  summary: "File a document",
  request: {
    headers: IdempotencyHeaders,
    body: { content: { "multipart/form-data": { schema: uploadForm } } },
  },
  responses: { 201: { description: "Filed", content: json(Document) } },
});

const listDocuments = defineRoute({
  permission: "documents:read",
  method: "get",
  path,
  tags,
  summary: "List documents, newest first",
  request: { query: DocumentQuery },
  responses: { 200: { description: "OK", content: json(DocumentPage) } },
});

const getDocument = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}`,
  tags,
  summary: "Read what is known of a document",
  request: { params: oneDocument },
  responses: { 200: { description: "OK", content: json(Document) } },
});

const getContent = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}/content`,
  tags,
  summary: "Read the bytes of the present version",
  request: { params: oneDocument, headers: ContentHeaders },
  responses: bytes,
});

const putContent = defineRoute({
  permission: "documents:write",
  method: "put",
  path: `${path}/{id}/content`,
  tags,
  summary: "Add a version; If-Match says which one it follows",
  request: {
    params: oneDocument,
    headers: z.object({ "if-match": z.string().optional() }),
    body: { content: { "multipart/form-data": { schema: versionForm } } },
  },
  responses: { 200: { description: "Added", content: json(Document) } },
});

const listVersions = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}/versions`,
  tags,
  summary: "List the versions of a document, newest first",
  request: { params: oneDocument, query: PageQuery },
  responses: { 200: { description: "OK", content: json(VersionPage) } },
});

const getVersionContent = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}/versions/{version}/content`,
  tags,
  summary: "Read the bytes of one version",
  request: { params: oneVersion, headers: ContentHeaders },
  responses: bytes,
});

const getStructure = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}/structure`,
  tags,
  summary: "Read what was found inside, after the manner of its kind",
  request: { params: oneDocument },
  responses: { 200: { description: "OK", content: json(Structure) } },
});

const getText = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}/text`,
  tags,
  summary: "Read the text that was found inside, 65,536 characters at a time",
  request: { params: oneDocument, query: TextQuery },
  responses: { 200: { description: "OK", content: json(DocumentText) } },
});

const getRendition = defineRoute({
  permission: "documents:read",
  method: "get",
  path: `${path}/{id}/renditions/{name}`,
  tags,
  summary: "Read a picture of a document: thumbnail, page-1, frame-1",
  request: { params: oneDocument.extend({ name: z.string().max(40) }) },
  responses: { 200: { description: "The picture" } },
});

const releaseDocument = defineRoute({
  permission: "documents:write",
  method: "post",
  path: `${path}/{id}/release`,
  tags,
  summary: "End a document's quarantine: it is its patient's",
  request: { params: oneDocument, body: { content: json(Release), required: true } },
  responses: { 200: { description: "In the chart", content: json(Document) } },
});

const reprocessDocument = defineRoute({
  permission: "documents:write",
  method: "post",
  path: `${path}/{id}/reprocess`,
  tags,
  summary: "Have the present version read again",
  request: { params: oneDocument },
  responses: { 202: { description: "Waiting", content: json(Document) } },
});

type Facts = { get(key: "actor"): Actor; get(key: "requestId"): string };

const callOf = (c: { get(key: "actor" | "requestId"): unknown }): documents.Call => {
  const facts = c as Facts;
  return { actor: signedIn(facts), requestId: facts.get("requestId") };
};

/** Hostile HTML and SVG are documents too: never shown in the platform's own origin. */
const harmless = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "private, no-cache",
};

export function documentRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(createDocument, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const document = await documents.create(deps, callOf(c), c.req.raw, key);
    return reply(c, 201, Document, document, {
      location: `${path}/${document.id}`,
      etag: tagOf(document),
    });
  });

  api.openapi(listDocuments, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const [createdAt, id] = readCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()])) ?? [];
    const before = createdAt && id ? { createdAt, id } : undefined;
    const rows = await documents.list(deps, callOf(c), filter, before, limit);
    return reply(c, 200, DocumentPage, toPage(rows, limit, (row) => [row.createdAt, row.id]));
  });

  api.openapi(getDocument, async (c) => {
    const document = await documents.show(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 200, Document, document, { etag: tagOf(document) });
  });

  api.openapi(getContent, async (c) => {
    const { id } = c.req.valid("param");
    const content = await documents.findContent(deps, signedIn(c), id, undefined);
    return await send(callOf(c), c.req.method, id, content, c.req.valid("header"));
  });

  api.openapi(putContent, async (c) => {
    const { id } = c.req.valid("param");
    const ifMatch = c.req.valid("header")["if-match"];
    const document = await documents.replaceContent(deps, callOf(c), id, c.req.raw, ifMatch);
    return reply(c, 200, Document, document, { etag: tagOf(document) });
  });

  api.openapi(listVersions, async (c) => {
    const { id } = c.req.valid("param");
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.number().int()])) ?? [];
    const rows = await documents.listVersions(deps, callOf(c), id, before, limit);
    return reply(c, 200, VersionPage, toPage(rows, limit, (row) => [row.version]));
  });

  api.openapi(getVersionContent, async (c) => {
    const { id, version } = c.req.valid("param");
    const content = await documents.findContent(
      deps,
      signedIn(c),
      id,
      /^[1-9]\d{0,8}$/.test(version) ? Number(version) : 0,
    );
    return await send(callOf(c), c.req.method, id, content, c.req.valid("header"));
  });

  api.openapi(getStructure, async (c) => {
    const { id } = c.req.valid("param");
    return reply(c, 200, Structure, await documents.readStructure(deps, callOf(c), id));
  });

  api.openapi(getText, async (c) => {
    const { id } = c.req.valid("param");
    const { offset } = c.req.valid("query");
    return reply(c, 200, DocumentText, await documents.readText(deps, callOf(c), id, offset));
  });

  api.openapi(getRendition, async (c) => {
    const { id, name } = c.req.valid("param");
    const picture = await documents.readRendition(deps, callOf(c), id, name);
    return stream(new Uint8Array(picture.bytes), 200, {
      ...harmless,
      "content-type": picture.mediaType,
    });
  });

  api.openapi(releaseDocument, async (c) => {
    const { id } = c.req.valid("param");
    const { reason } = c.req.valid("json");
    const document = await documents.release(deps, callOf(c), id, reason);
    return reply(c, 200, Document, document, { etag: tagOf(document) });
  });

  api.openapi(reprocessDocument, async (c) => {
    const document = await documents.reprocess(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 202, Document, document, { etag: tagOf(document) });
  });

  async function send(
    call: documents.Call,
    method: string,
    id: string,
    content: DocumentVersion,
    asked: z.infer<typeof ContentHeaders>,
  ): Promise<Response> {
    const { size, sha256 } = content;
    const etag = tagOf(content);
    const about = { etag, "repr-digest": digestOf(sha256), "accept-ranges": "bytes", ...harmless };
    if (asked["if-none-match"] && matchesWeakly(asked["if-none-match"], etag)) {
      await documents.readContent(deps, call, id, content, undefined);
      return empty(304, about);
    }
    const current = asked["if-range"] === undefined || matchesStrongly(asked["if-range"], etag);
    const range = current && method === "GET" ? rangeOf(asked.range, size) : "whole";
    if (range === "outside") {
      throw problem("range-not-satisfiable", { headers: { "content-range": `bytes */${size}` } });
    }
    const { start, end } = range === "whole" ? { start: 0, end: size - 1 } : range;
    const wanted = method === "HEAD" ? undefined : { start, end };
    return stream(
      await documents.readContent(deps, call, id, content, wanted),
      range === "whole" ? 200 : 206,
      {
        ...about,
        "content-type": content.mediaType,
        "content-length": String(end - start + 1),
        "content-disposition": dispositionOf(content.fileName),
        ...(range === "whole" ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
      },
    );
  }

  return api;
}
