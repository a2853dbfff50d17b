/** Notifications, as the pages ask for them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Client } from "../../api/client.ts";

const POLL_MS = 20_000;
const PAGE = 50;

export const unreadQuery = (client: Client) =>
  queryOptions({
    queryKey: ["notifications", "unread-count"],
    refetchInterval: POLL_MS,
    queryFn: async ({ signal }) =>
      (await client.get("/api/communication/notifications/unread-count", { signal })).count,
  });

export const notificationsQuery = (client: Client, isUnread: boolean) =>
  infiniteQueryOptions({
    queryKey: ["notifications", isUnread ? "unread" : "all"],
    initialPageParam: undefined as string | undefined,
    refetchInterval: POLL_MS,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/communication/notifications", {
        query: {
          limit: PAGE,
          ...(isUnread ? { unread: "true" as const } : {}),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
