/** How a user reaches their own notifications. */
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
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { Notification } from "./model.ts";
import * as notifications from "./notifications.ts";
import * as store from "./store.ts";

const PATH = "/api/communication/notifications";

const NotificationPage = Page(Notification).openapi("NotificationPage");
const Count = z.object({ count: z.number().int() }).openapi("NotificationCount");
const Id = z.object({ id: z.uuid() });

const listNotifications = defineRoute({
  permission: "signed-in",
  method: "get",
  path: PATH,
  tags: ["notifications"],
  summary: "List what you were told, newest first",
  request: { query: PageQuery.extend({ unread: z.enum(["true", "false"]).optional() }) },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: NotificationPage } } },
  },
});

const countUnread = defineRoute({
  permission: "signed-in",
  method: "get",
  path: `${PATH}/unread-count`,
  tags: ["notifications"],
  summary: "Count what you have not read",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Count } } } },
});

const readNotification = defineRoute({
  permission: "signed-in",
  method: "post",
  path: `${PATH}/{id}/read`,
  tags: ["notifications"],
  summary: "Mark one of your notifications as read",
  request: { params: Id },
  responses: {
    200: {
      description: "Read, now or before",
      content: { "application/json": { schema: Notification } },
    },
  },
});

const readAll = defineRoute({
  permission: "signed-in",
  method: "post",
  path: `${PATH}/read-all`,
  tags: ["notifications"],
  summary: "Mark all your notifications as read",
  responses: {
    200: {
      description: "How many were unread",
      content: { "application/json": { schema: Count } },
    },
  },
});

export function notificationRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listNotifications, async (c) => {
    const { organizationId, userId } = signedIn(c);
    const { limit, cursor, unread } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const recipient = { organizationId, userId };
    const rows = await read(
      deps.sql,
      recipient,
      (tx) => store.list(tx, recipient, { unread: unread === "true", before, limit: limit + 1 }),
    );
    return reply(c, 200, NotificationPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(countUnread, async (c) => {
    const { organizationId, userId } = signedIn(c);
    const count = await notifications.countUnread(deps, { organizationId, userId });
    return reply(c, 200, Count, { count });
  });

  api.openapi(readNotification, async (c) => {
    const input = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    const notification = await notifications.markRead(deps, signedIn(c), input);
    return reply(c, 200, Notification, notification);
  });

  api.openapi(readAll, async (c) => {
    const requestId = c.get("requestId");
    const count = await notifications.markAllRead(deps, signedIn(c), { requestId });
    return reply(c, 200, Count, { count });
  });

  return api;
}
