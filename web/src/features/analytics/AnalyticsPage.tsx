/** What the log of runs tells: the way they take, where the time goes, and who has how much to do. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";
import { GraphView } from "../../ui/graph/GraphView.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Disclosure } from "../../ui/Disclosure.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { definitionsQuery, familiesOf, titleOf } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { analyticsQuery, drawMap, type Question, questionOf } from "./analytics.ts";
import { Suppressed } from "./Part.tsx";
import { Bottlenecks, Rework, Variants } from "./Ways.tsx";
import { CycleTimes, ServiceLevels, Workload } from "./Times.tsx";

const route = getRouteApi("/signed-in/workflows/analytics");

export function AnalyticsPage() {
  const text = useInsightText().analytics;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle(text.title);
  const families = familiesOf(useQuery(definitionsQuery(useClient())).data ?? []);
  const known = families.some(({ key }) => key === search.key);
  const key = known ? search.key : families[0]?.key;
  const question = useMemo(() => key && questionOf(key, search), [key, search]);
  const title = families.find((family) => family.key === key)?.newest.title ?? "";
  const change = (next: Record<string, string>) =>
    navigate({
      replace: true,
      search: Object.fromEntries(
        Object.entries({ ...search, ...next }).filter(([, value]) => value !== ""),
      ),
    });
  return (
    <>
      <div className="mb-5 flex flex-wrap items-end gap-3">
        <h1 className="mr-auto text-2xl font-semibold max-sm:basis-full">{text.title}</h1>
        <div className="max-w-72 min-w-0">
          <Choice
            label={text.definition}
            value={key ?? ""}
            onChange={(key) => change({ key })}
            choices={families.map(({ key, newest }) => ({ value: key, label: newest.title }))}
          />
        </div>
        <Field
          label={text.from}
          type="date"
          value={search.from ?? ""}
          onChange={(from) => change({ from })}
        />
        <Field
          label={text.to}
          type="date"
          value={search.to ?? ""}
          onChange={(to) => change({ to })}
        />
        {question && <Downloads question={question} />}
      </div>
      {question
        ? <Answers key={JSON.stringify(question)} question={question} title={title} />
        : <Empty icon="chart" title={text.noneTitle}>{text.noneText}</Empty>}
    </>
  );
}

function Downloads({ question }: { question: Question }) {
  const text = useInsightText().analytics;
  const client = useClient();
  const announce = useAnnounce();
  const canExport = useMay("analytics:export") === true;
  const download = useMutation({
    mutationFn: async (format: "xes" | "csv") => {
      const query = new URLSearchParams({ ...question, format });
      const bytes = await client.bytes(`/api/workflow/analytics/export?${query}`);
      const address = URL.createObjectURL(new Blob([bytes]));
      const link = document.createElement("a");
      link.href = address;
      link.download = `${question.key}.${format}`;
      link.click();
      URL.revokeObjectURL(address);
    },
    onSuccess: () => announce(text.downloaded),
  });
  if (!canExport) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {(["xes", "csv"] as const).map((format) => (
        <Button
          key={format}
          icon="download"
          isPending={download.isPending && download.variables === format}
          onPress={() => download.mutate(format)}
        >
          {format === "xes" ? text.downloadXes : text.downloadCsv}
        </Button>
      ))}
      {download.error && (
        <div className="basis-full">
          <ProblemNotice error={download.error} />
        </div>
      )}
    </div>
  );
}

function Answers({ question, title }: { question: Question; title: string }) {
  const common = useText().common;
  const text = useInsightText().analytics;
  const map = useQuery(analyticsQuery(useClient(), "process-map", question));
  if (map.isError) return <ProblemNotice error={map.error} onRetry={() => map.refetch()} />;
  if (!map.data) return <Skeleton label={common.loading} lines={8} />;
  if (map.data.activities.length === 0) {
    return <Empty icon="chart" title={text.noneTitle}>{text.noneText}</Empty>;
  }
  return (
    <div className="flex flex-col gap-10">
      <ProcessMapPart question={question} title={title} />
      <Bottlenecks question={question} />
      <CycleTimes question={question} />
      <Variants question={question} />
      <ServiceLevels question={question} />
      <Workload question={question} />
      <Rework question={question} />
    </div>
  );
}

function ProcessMapPart({ question, title }: { question: Question; title: string }) {
  const text = useInsightText().analytics;
  const format = useFormat();
  const client = useClient();
  const map = useQuery(analyticsQuery(client, "process-map", question)).data;
  const slowest = useQuery(analyticsQuery(client, "bottlenecks", question)).data?.items[0];
  const drawn = useMemo(
    () =>
      map && drawMap(map, {
        slowest,
        words: {
          begin: text.begin,
          end: text.end,
          times: (n) => text.times(format.number(n)),
          span: format.duration,
        },
      }),
    [map, slowest, text, format],
  );
  if (!map || !drawn) return null;
  return (
    <section aria-label={text.map}>
      <div className="mb-2 flex flex-wrap items-baseline gap-3">
        <h2 className="text-lg font-semibold">{text.map}</h2>
        <p className="text-sm text-ink-3">{text.cases(map.cases)}</p>
      </div>
      <GraphView label={text.mapLabel(title)} boxes={drawn.boxes} lines={drawn.lines} />
      <Suppressed count={map.suppressed.activities + map.suppressed.edges} />
      {map.ties > 0 && <p className="mt-1 text-xs text-ink-3">{text.ties(map.ties)}</p>}
      <div className="mt-2">
        <Disclosure title={text.asTable}>
          <DataTable
            caption={text.map}
            columns={[
              { label: text.colFrom },
              { label: text.colTo },
              { label: text.colCount, isNumber: true },
              { label: text.colMedian, isNumber: true },
              { label: text.colP90, isNumber: true, from: "sm" },
            ]}
            rows={map.edges.map((edge) => ({
              id: `${edge.from} ${edge.to}`,
              cells: [
                titleOf({ title: edge.from }),
                titleOf({ title: edge.to }),
                format.number(edge.count),
                edge.medianMs === null ? "–" : format.duration(edge.medianMs),
                edge.p90Ms === null ? "–" : format.duration(edge.p90Ms),
              ],
            }))}
          />
        </Disclosure>
      </div>
    </section>
  );
}
