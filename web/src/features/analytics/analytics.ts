/** What is asked of the log of runs, and how a process map is drawn. */
import { queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";
import type { Box, Line } from "../../ui/graph/GraphView.tsx";
import { titleOf } from "../definitions/definitions.ts";
import type { AnalyticsSearch } from "./search.ts";

export type ProcessMap = WorkflowSchemas["ProcessMap"];
export type Edge = WorkflowSchemas["ProcessMapEdge"];

export type Question = { key: string; from?: string; to?: string };

const DAY_MS = 86_400_000;

/** Days of the person's own calendar; `to` is counted in. */
export const questionOf = (key: string, { from, to }: AnalyticsSearch): Question => ({
  key,
  ...(from ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
  ...(to ? { to: new Date(new Date(`${to}T00:00:00`).getTime() + DAY_MS).toISOString() } : {}),
});

type Answers = {
  "process-map": ProcessMap;
  variants: WorkflowSchemas["ProcessVariants"];
  bottlenecks: WorkflowSchemas["ProcessBottlenecks"];
  rework: WorkflowSchemas["Rework"];
  "cycle-times": WorkflowSchemas["CycleTimes"];
  sla: WorkflowSchemas["ServiceLevels"];
  workload: WorkflowSchemas["Workload"];
};

/** One of the questions that all take the same filter. */
export const analyticsQuery = <N extends keyof Answers>(
  client: Client,
  name: N,
  question: Question,
) =>
  queryOptions({
    queryKey: ["analytics", name, question.key, question.from ?? "", question.to ?? ""],
    queryFn: ({ signal }): Promise<Answers[N]> => {
      // They differ in their answers only.
      const path = `/api/workflow/analytics/${name}` as "/api/workflow/analytics/process-map";
      return client.get(path, { query: question, signal }) as Promise<Answers[N]>;
    },
  });

const WIDTH_MIN = 1;
const WIDTH_MAX = 6;
const [START, END] = ["▸start", "▸end"];

/**
 * Boxes for activities, lines for what directly follows, the thicker the more often; where most
 * time goes is marked.
 */
export function drawMap(
  map: ProcessMap,
  { slowest, words }: {
    slowest: Pick<Edge, "from" | "to"> | undefined;
    words: {
      begin: string;
      end: string;
      times: (n: number) => string;
      span: (ms: number) => string;
    };
  },
): { boxes: Box[]; lines: Line[] } {
  const most = Math.max(
    1,
    ...map.edges.map(({ count }) => count),
    ...map.activities.flatMap(({ starts, ends }) => [starts, ends]),
  );
  const widthOf = (count: number) => WIDTH_MIN + (WIDTH_MAX - WIDTH_MIN) * count / most;
  const begun = map.activities.filter(({ starts }) => starts > 0);
  const ended = map.activities.filter(({ ends }) => ends > 0);
  return {
    boxes: [
      ...(begun.length > 0 ? [{ id: START, title: words.begin, isEnd: true }] : []),
      ...map.activities.map(({ activity, count }) => ({
        id: activity,
        title: titleOf({ title: activity }),
        note: words.times(count),
      })),
      ...(ended.length > 0 ? [{ id: END, title: words.end, isEnd: true }] : []),
    ],
    lines: [
      ...begun.map(({ activity, starts }) => ({
        from: START,
        to: activity,
        width: widthOf(starts),
        label: String(starts),
      })),
      ...map.edges.map(({ from, to, count, medianMs }) => {
        const isSlow = slowest?.from === from && slowest.to === to;
        const span = medianMs === null ? "" : ` · ${words.span(medianMs)}`;
        return {
          from,
          to,
          width: widthOf(count),
          label: `${count}${span}`,
          ...(isSlow ? { tone: "caution" as const } : {}),
        };
      }),
      ...ended.map(({ activity, ends }) => ({
        from: activity,
        to: END,
        width: widthOf(ends),
        label: String(ends),
      })),
    ],
  };
}

/** Beside the longest of them. */
export const shareOf = (value: number | null, all: readonly (number | null)[]): number => {
  const max = Math.max(0, ...all.map((one) => one ?? 0));
  return max > 0 ? (value ?? 0) / max : 0;
};
