/** How long runs and tasks take, what is done in time, and how much work each role has. */
import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useFormat } from "../../i18n/i18n.tsx";
import { Bar } from "../../ui/charts/Bar.tsx";
import { TimeChart } from "../../ui/charts/TimeChart.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { titleOf } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { analyticsQuery, type Question } from "./analytics.ts";
import { Part, Suppressed } from "./Part.tsx";

export function CycleTimes({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const found = useQuery(analyticsQuery(useClient(), "cycle-times", question));
  const items = found.data?.items ?? [];
  if (found.error) return <ProblemNotice error={found.error} />;
  if (items.length === 0) return null;
  const shared = {
    tableLabel: text.asTable,
    pointLabel: text.colWeek,
    points: items.map(({ on }) => format.dayShort(on)),
    kind: "duration" as const,
    format: format.duration,
  };
  const isKnown = (values: readonly (number | null)[]) => values.some((value) => value !== null);
  return (
    <div className="grid gap-10 xl:grid-cols-2">
      {isKnown(items.map(({ medianMs }) => medianMs)) && (
        <TimeChart
          {...shared}
          label={text.cycle}
          shape="lines"
          series={[
            { label: text.colMedian, values: items.map(({ medianMs }) => medianMs), look: "first" },
            { label: text.colP90, values: items.map(({ p90Ms }) => p90Ms), look: "second" },
          ]}
        />
      )}
      {isKnown(items.map(({ medianWaitingMs }) => medianWaitingMs)) && (
        <TimeChart
          {...shared}
          label={text.waiting}
          shape="columns"
          series={[
            {
              label: text.colWaiting,
              values: items.map(({ medianWaitingMs }) => medianWaitingMs),
              look: "first",
            },
            {
              label: text.colService,
              values: items.map(({ medianServiceMs }) => medianServiceMs),
              look: "second",
            },
          ]}
        />
      )}
      <Suppressed count={found.data?.suppressed ?? 0} />
    </div>
  );
}

export function ServiceLevels({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const found = useQuery(analyticsQuery(useClient(), "sla", question));
  const items = found.data?.items ?? [];
  if (found.isSuccess && items.length === 0) return null;
  return (
    <Part title={text.sla} error={found.error}>
      <DataTable
        caption={text.sla}
        columns={[
          { label: text.colTask },
          { label: text.colTasks, isNumber: true },
          { label: text.colOnTime, isNumber: true },
          { label: text.colShare, from: "md", isLabelHidden: true },
          { label: text.colLate, isNumber: true, from: "sm" },
          { label: text.colOverdue, isNumber: true },
        ]}
        rows={items.map((level) => ({
          id: level.activity,
          cells: [
            titleOf({ title: level.activity }),
            format.number(level.tasks),
            level.onTimeShare === null ? "–" : format.percent(level.onTimeShare),
            level.onTimeShare !== null && <Bar key="bar" share={level.onTimeShare} />,
            format.number(level.late),
            format.number(level.overdue),
          ],
        }))}
      />
      <Suppressed count={found.data?.suppressed ?? 0} />
    </Part>
  );
}

export function Workload({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const found = useQuery(analyticsQuery(useClient(), "workload", question));
  const items = found.data?.items ?? [];
  if (found.isSuccess && items.length === 0) return null;
  const span = (ms: number | null) => ms === null ? "–" : format.duration(ms);
  return (
    <Part title={text.workload} error={found.error}>
      <DataTable
        caption={text.workload}
        columns={[
          { label: text.colRole },
          { label: text.colOpened, isNumber: true, from: "sm" },
          { label: text.colDone, isNumber: true },
          { label: text.colOpen, isNumber: true },
          { label: text.colWaiting, isNumber: true, from: "md" },
          { label: text.colService, isNumber: true, from: "md" },
        ]}
        rows={items.map((load) => ({
          id: load.role ?? "",
          cells: [
            load.role === null ? text.everybody : titleOf({ title: load.role }),
            format.number(load.opened),
            format.number(load.completed),
            format.number(load.open),
            span(load.medianWaitingMs),
            span(load.medianServiceMs),
          ],
        }))}
      />
      <Suppressed count={found.data?.suppressed ?? 0} />
    </Part>
  );
}
