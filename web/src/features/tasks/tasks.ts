/** Tasks, as the pages ask for them. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Client } from "../../api/client.ts";

export const TASK_LISTS = ["open", "mine", "completed"] as const;
export type TaskList = typeof TASK_LISTS[number];

const POLL_MS = 30_000;
const PAGE = 50;
const STATES = { open: "open", mine: "claimed", completed: "completed" } as const;

export const tasksQuery = (client: Client, list: TaskList) =>
  infiniteQueryOptions({
    queryKey: ["tasks", list],
    initialPageParam: undefined as string | undefined,
    refetchInterval: POLL_MS,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/tasks", {
        query: {
          limit: PAGE,
          state: STATES[list],
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
