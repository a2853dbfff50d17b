/** Tasks, as the pages ask for them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Client, Task } from "../../api/client.ts";

export const TASK_LISTS = ["open", "mine", "completed"] as const;
export type TaskList = typeof TASK_LISTS[number];

const POLL_MS = 30_000;
const PAGE = 50;
/** The list in which somebody began to complete a task. */
export const listOf = ({ state }: Pick<Task, "state">): TaskList =>
  state === "claimed" ? "mine" : "open";

/**
 * `found`, and those `held` that somebody else took or completed meanwhile: what was typed about
 * them stays, and sending it says what happened.
 */
export const withHeld = (found: readonly Task[], held: readonly Task[]): Task[] => [
  ...held.filter(({ id }) => found.every((task) => task.id !== id)),
  ...found,
];

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

export const taskQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["tasks", "one", id],
    refetchInterval: POLL_MS,
    queryFn: ({ signal }) => client.get("/api/workflow/tasks/{id}", { path: { id }, signal }),
  });

export const commentsQuery = (client: Client, id: string) =>
  infiniteQueryOptions({
    queryKey: ["tasks", "comments", id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/tasks/{id}/comments", {
        path: { id },
        query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** It asks for more than an outcome in a few words: it has a page of its own to be worked on. */
export const hasOwnPage = (
  { runId, form, outcomes, isFourEyes }: Pick<Task, "runId" | "form" | "outcomes" | "isFourEyes">,
): boolean =>
  runId !== null || outcomes.length > 0 || isFourEyes || (form !== null && form !== undefined);
