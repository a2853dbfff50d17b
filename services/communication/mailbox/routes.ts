/** The mailbox of development: what would have been mailed, for people and programs. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, reply, stream } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as mailbox from "./mailbox.ts";
import { MailList, MailQuery, pageOf } from "./model.ts";

const listMails = defineRoute({
  permission: "public",
  method: "get",
  path: "/api/communication/mailbox",
  tags: ["mailbox"],
  summary: "List the newest letters, texts and pushes; in production there is no such thing (404)",
  request: { query: MailQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: MailList } } },
  },
});

const showMails = defineRoute({
  permission: "public",
  method: "get",
  path: "/api/communication/mailbox/page",
  tags: ["mailbox"],
  summary: "The same as a page",
  request: { query: MailQuery },
  responses: {
    200: { description: "OK", content: { "text/html": { schema: z.string() } } },
  },
});

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
};

export function mailboxRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listMails, async (c) => {
    const items = await mailbox.list(deps, c.req.valid("query").to);
    return reply(c, 200, MailList, { items }, { "cache-control": "no-store" });
  });

  api.openapi(showMails, async (c) => {
    const mails = await mailbox.list(deps, c.req.valid("query").to);
    return stream(pageOf(mails), 200, HEADERS);
  });

  return api;
}
