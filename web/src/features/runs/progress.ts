/** A run followed while it is under way: what is told of it makes the page ask again. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Client } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { isAborted, isPassing } from "../../api/problem.ts";

const AGAIN_MS = 1_000;
/** News that come within this time are looked at together. */
const TOGETHER_MS = 200;

/** Follows until the run is over or `signal` says so, and goes on where it was when cut off. */
export async function follow(
  client: Pick<Client, "events">,
  runId: string,
  { onNews, pause, signal }: {
    onNews: (isOver: boolean) => void;
    pause: () => Promise<void>;
    signal: AbortSignal;
  },
): Promise<void> {
  let after: string | undefined;
  while (!signal.aborted) {
    try {
      const address = `/api/workflow/runs/${encodeURIComponent(runId)}/progress`;
      for await (const { id, type } of client.events(address, { after, signal })) {
        after = id ?? after;
        onNews(type === "run");
        if (type === "run") return;
      }
    } catch (error) {
      if (isAborted(error)) return;
      // What was refused stays refused; what broke is opened again.
      if (!isPassing(error)) throw error;
    }
    await pause();
  }
}

/** True while news of the run come in by themselves. */
export function useProgress(runId: string, isUnderWay: boolean): boolean {
  const client = useClient();
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    if (!isUnderWay) return;
    const stop = new AbortController();
    const { signal } = stop;
    let asking: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      asking ??= setTimeout(() => {
        asking = undefined;
        for (const kind of ["one", "graph", "history"]) {
          queries.invalidateQueries({ queryKey: ["runs", kind, runId] });
        }
        queries.invalidateQueries({ queryKey: ["tasks"] });
        queries.invalidateQueries({ queryKey: ["enrolments"] });
      }, TOGETHER_MS);
    };
    const pause = () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, AGAIN_MS);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        }, { once: true });
      });
    setLive(true);
    follow(client, runId, { onNews: refresh, pause, signal })
      .catch(() => {})
      .finally(() => signal.aborted || setLive(false));
    return () => {
      stop.abort();
      clearTimeout(asking);
      setLive(false);
    };
  }, [client, queries, runId, isUnderWay]);
  return isLive;
}
