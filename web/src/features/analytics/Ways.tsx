/** Where the time goes, which ways runs take, and what is done again: tables with bars in them. */
import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useFormat } from "../../i18n/i18n.tsx";
import { Bar } from "../../ui/charts/Bar.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { titleOf } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { analyticsQuery, type Question, shareOf } from "./analytics.ts";
import { Part, Suppressed } from "./Part.tsx";

const named = (title: string) => titleOf({ title });

export function Bottlenecks({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const found = useQuery(analyticsQuery(useClient(), "bottlenecks", question));
  const items = found.data?.items ?? [];
  if (found.isSuccess && items.length === 0) return null;
  const trendOf = (trend: number | null) =>
    trend === null || (trend > 0.95 && trend < 1.05)
      ? null
      : trend > 1
      ? text.slower(format.number(Math.round(trend * 10) / 10))
      : text.faster(format.percent(trend));
  return (
    <Part title={text.bottlenecks} error={found.error}>
      <DataTable
        caption={text.bottlenecks}
        columns={[
          { label: text.colFrom },
          { label: text.colTo },
          { label: text.colShare, isNumber: true },
          { label: text.colTotal, from: "md", isLabelHidden: true },
          { label: text.colMedian, isNumber: true },
          { label: text.colP90, isNumber: true, from: "sm" },
          { label: text.colTrend, from: "lg" },
        ]}
        rows={items.map((edge, at) => ({
          id: `${edge.from} ${edge.to}`,
          cells: [
            named(edge.from),
            named(edge.to),
            edge.share === null ? "–" : format.percent(edge.share),
            <Bar
              key="bar"
              tone={at === 0 ? "caution" : "accent"}
              share={shareOf(edge.totalMs, items.map(({ totalMs }) => totalMs))}
            />,
            edge.medianMs === null ? "–" : format.duration(edge.medianMs),
            edge.p90Ms === null ? "–" : format.duration(edge.p90Ms),
            trendOf(edge.trend),
          ],
        }))}
      />
      <Suppressed count={found.data?.suppressed ?? 0} />
    </Part>
  );
}

export function Variants({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const found = useQuery(analyticsQuery(useClient(), "variants", question));
  const items = found.data?.items ?? [];
  return (
    <Part title={text.variants} error={found.error}>
      {items.length > 0 && (
        <DataTable
          caption={text.variants}
          columns={[
            { label: text.colWay },
            { label: text.colRuns, isNumber: true },
            { label: text.colShare, isNumber: true },
            { label: text.colCount, from: "md", isLabelHidden: true },
            { label: text.colMedian, isNumber: true, from: "sm" },
          ]}
          rows={items.map((variant, at) => ({
            id: String(at),
            cells: [
              variant.activities.map(named).join(" → ") +
              (variant.length > variant.activities.length ? " …" : ""),
              format.number(variant.cases),
              format.percent(variant.share),
              <Bar
                key="bar"
                share={shareOf(variant.cases, items.map(({ cases }) => cases))}
              />,
              variant.medianMs === null ? "–" : format.duration(variant.medianMs),
            ],
          }))}
        />
      )}
      <Suppressed count={found.data?.suppressed ?? 0} />
    </Part>
  );
}

export function Rework({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const found = useQuery(analyticsQuery(useClient(), "rework", question));
  const { items = [], firstTimeRight = null, suppressed = 0 } = found.data ?? {};
  return (
    <Part title={text.rework} error={found.error}>
      {firstTimeRight !== null && (
        <p className="mb-1 text-ink-2">{text.firstTimeRight(format.percent(firstTimeRight))}</p>
      )}
      {items.length > 0 && (
        <DataTable
          caption={text.rework}
          columns={[
            { label: text.colTask },
            { label: text.colRuns, isNumber: true },
            { label: text.colRepeats, isNumber: true },
          ]}
          rows={items.map(({ activity, repeatedCases, repeats }) => ({
            id: activity,
            cells: [named(activity), format.number(repeatedCases), format.number(repeats)],
          }))}
        />
      )}
      <Suppressed count={suppressed} />
    </Part>
  );
}
