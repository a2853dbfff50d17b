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
import { Counts, Notification } from "./model.ts";
import * as notifications from "./notifications.ts";
import * as store from "./store.ts";

const PATH = "/api/communication/notifications";

const NotificationPage = Page(Notification).openapi("NotificationPage");
const Count = z.object({ count: z.number().int() }).openapi("NotificationCount");
const Id = z.object({ id: z.uuid() });
const flag = z.enum(["true", "false"]).optional();
const Seen = z.strictObject({ upTo: z.uuid() });
const Until = z.strictObject({ until: z.iso.datetime() });
const Answer = z.strictObject({ key: z.string().max(40) });

const listNotifications = defineRoute({
  permission: "signed-in",
  method: "get",
  path: PATH,
  tags: ["notifications"],
  summary: "List what you were told, newest first",
  request: { query: PageQuery.extend({ unread: flag, archived: flag, snoozed: flag }) },
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

const inboxCounts = defineRoute({
  permission: "signed-in",
  method: "get",
  path: `${PATH}/counts`,
  tags: ["notifications"],
  summary: "Count what you have not seen, and not read of each kind",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Counts } } } },
});

const markSeen = defineRoute({
  permission: "signed-in",
  method: "post",
  path: `${PATH}/seen`,
  tags: ["notifications"],
  summary: "You have seen all up to this one",
  request: { body: { content: { "application/json": { schema: Seen } } } },
  responses: {
    200: { description: "How many were new", content: { "application/json": { schema: Count } } },
  },
});

const changeOf = <P extends string>(path: P, summary: string) =>
  defineRoute({
    permission: "signed-in",
    method: "post",
    path,
    tags: ["notifications"],
    summary,
    request: { params: Id },
    responses: {
      200: {
        description: "As it is now",
        content: { "application/json": { schema: Notification } },
      },
    },
  });

const unreadOne = changeOf(`${PATH}/{id}/unread`, "Mark one of your notifications as not read");
const archiveOne = changeOf(`${PATH}/{id}/archive`, "Put one of your notifications away");
const unarchiveOne = changeOf(`${PATH}/{id}/unarchive`, "Take one of your notifications back");

const archiveAll = defineRoute({
  permission: "signed-in",
  method: "post",
  path: `${PATH}/archive-all`,
  tags: ["notifications"],
  summary: "Put away all up to this one",
  request: { body: { content: { "application/json": { schema: Seen } } } },
  responses: {
    200: { description: "How many", content: { "application/json": { schema: Count } } },
  },
});

const snoozeOne = defineRoute({
  permission: "signed-in",
  method: "post",
  path: `${PATH}/{id}/snooze`,
  tags: ["notifications"],
  summary: "Put one of your notifications off; it is back by itself",
  request: { params: Id, body: { content: { "application/json": { schema: Until } } } },
  responses: {
    200: { description: "As it is now", content: { "application/json": { schema: Notification } } },
  },
});

const unsnoozeOne = defineRoute({
  permission: "signed-in",
  method: "delete",
  path: `${PATH}/{id}/snooze`,
  tags: ["notifications"],
  summary: "Take one back that was put off",
  request: { params: Id },
  responses: {
    200: { description: "As it is now", content: { "application/json": { schema: Notification } } },
  },
});

const answerOne = defineRoute({
  permission: "signed-in",
  method: "post",
  path: `${PATH}/{id}/actions`,
  tags: ["notifications"],
  summary: "Answer what a notification asks; the first answer holds",
  request: { params: Id, body: { content: { "application/json": { schema: Answer } } } },
  responses: {
    200: { description: "As it is now", content: { "application/json": { schema: Notification } } },
  },
});

export function notificationRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listNotifications, async (c) => {
    const { organizationId, userId } = signedIn(c);
    const { limit, cursor, unread, archived, snoozed } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const recipient = { organizationId, userId };
    const rows = await read(
      deps.sql,
      recipient,
      (tx) =>
        store.list(tx, recipient, {
          unread: unread === "true",
          archived: archived === "true",
          snoozed: snoozed === "true",
          now: deps.now(),
          before,
          limit: limit + 1,
        }),
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

  api.openapi(inboxCounts, async (c) => {
    const { organizationId, userId } = signedIn(c);
    const recipient = { organizationId, userId };
    return reply(
      c,
      200,
      Counts,
      await read(deps.sql, recipient, (tx) => store.counts(tx, recipient, deps.now())),
    );
  });

  api.openapi(markSeen, async (c) => {
    const count = await notifications.markSeen(deps, signedIn(c), c.req.valid("json").upTo);
    return reply(c, 200, Count, { count });
  });

  api.openapi(unreadOne, async (c) => {
    const one = { ...c.req.valid("param"), requestId: c.get("requestId") };
    return reply(c, 200, Notification, await notifications.markUnread(deps, signedIn(c), one));
  });

  api.openapi(archiveOne, async (c) => {
    const one = { ...c.req.valid("param"), requestId: c.get("requestId"), isArchived: true };
    return reply(c, 200, Notification, await notifications.setArchived(deps, signedIn(c), one));
  });

  api.openapi(unarchiveOne, async (c) => {
    const one = { ...c.req.valid("param"), requestId: c.get("requestId"), isArchived: false };
    return reply(c, 200, Notification, await notifications.setArchived(deps, signedIn(c), one));
  });

  api.openapi(archiveAll, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    return reply(c, 200, Count, {
      count: await notifications.archiveAll(deps, signedIn(c), input),
    });
  });

  api.openapi(snoozeOne, async (c) => {
    const until = new Date(c.req.valid("json").until);
    const one = { ...c.req.valid("param"), requestId: c.get("requestId"), until };
    return reply(c, 200, Notification, await notifications.snooze(deps, signedIn(c), one));
  });

  api.openapi(unsnoozeOne, async (c) => {
    const one = { ...c.req.valid("param"), requestId: c.get("requestId"), until: null };
    return reply(c, 200, Notification, await notifications.snooze(deps, signedIn(c), one));
  });

  api.openapi(answerOne, async (c) => {
    const one = {
      ...c.req.valid("param"),
      ...c.req.valid("json"),
      requestId: c.get("requestId"),
    };
    return reply(c, 200, Notification, await notifications.takeAction(deps, signedIn(c), one));
  });

  return api;
}
