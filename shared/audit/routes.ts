/** How audit events are reached: the same two routes in every service. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "../auth/actor.ts";
import { type Api, createApi } from "../http/api.ts";
import { defineRoute } from "../http/define_route.ts";
import { Page, PageQuery, readCursor, toPage } from "../http/paging.ts";
import { reply } from "../http/reply.ts";
import type { Sql } from "../postgres/connect.ts";
import { read } from "../postgres/transaction.ts";
import type { ReadAudit } from "./audit.ts";
import { AuditEvent, Verification } from "./model.ts";
import * as store from "./store.ts";

const AuditPage = Page(AuditEvent).openapi("AuditEventPage");

const AuditQuery = PageQuery.extend({
  subjectId: z.string().max(200).optional(),
  action: z.string().max(100).optional(),
  clientId: z.uuid().optional(),
});

type Deps = { sql: Sql; auditRead: ReadAudit };

/** `/api/<service>/audit-events` and `/verify`. */
export function auditRoutes(service: string, { sql, auditRead }: Deps): Api {
  const path = `/api/${service}/audit-events`;

  const listEvents = defineRoute({
    permission: "audit:read",
    method: "get",
    path,
    tags: ["audit"],
    summary: "List what happened in your organization, newest first",
    request: { query: AuditQuery },
    responses: {
      200: { description: "OK", content: { "application/json": { schema: AuditPage } } },
    },
  });

  const verifyEvents = defineRoute({
    permission: "audit:verify",
    method: "get",
    path: `${path}/verify`,
    tags: ["audit"],
    summary: "Recompute the hash chain of your organization",
    responses: {
      200: { description: "OK", content: { "application/json": { schema: Verification } } },
    },
  });

  const api = createApi();

  api.openapi(listEvents, async (c) => {
    const { organizationId } = signedIn(c);
    const { limit, cursor, subjectId, action, clientId } = c.req.valid("query");
    const filter = {
      organizationId,
      ...(subjectId === undefined ? {} : { subjectId }),
      ...(action === undefined ? {} : { action }),
      ...(clientId === undefined ? {} : { clientId: clientId.toLowerCase() }),
    };
    const [before] = readCursor(cursor, z.tuple([z.number().int()])) ?? [];
    const rows = await read(
      sql,
      { organizationId },
      (tx) => store.list(tx, filter, before, limit + 1),
    );
    await auditRead({
      actor: c.get("actor"),
      organizationId,
      action: "audit.read",
      subject: { type: "audit" },
      requestId: c.get("requestId"),
    });
    return reply(c, 200, AuditPage, toPage(rows, limit, (event) => [event.seq]));
  });

  api.openapi(verifyEvents, async (c) => {
    const { organizationId } = signedIn(c);
    const result = await read(sql, { organizationId }, (tx) => store.verify(tx, organizationId));
    await auditRead({
      actor: c.get("actor"),
      organizationId,
      action: "audit.verified",
      subject: { type: "audit" },
      requestId: c.get("requestId"),
      details: { ok: result.ok, checked: result.checked },
    });
    return reply(c, 200, Verification, result);
  });

  return api;
}
