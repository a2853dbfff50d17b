/** One protocol: its constraints, how well each was kept, and its way through two people's hands. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Bar } from "../../ui/charts/Bar.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Empty, Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { useTitles } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { type Protocol, protocolQuery, protocolsQuery, reportQuery } from "./compliance.ts";
import { ConstraintText } from "./ConstraintText.tsx";

const route = getRouteApi("/signed-in/workflows/compliance/protocols/$key");

export function ProtocolPage() {
  const all = useText();
  const text = useInsightText().compliance;
  const { key } = route.useParams();
  const search = route.useSearch();
  const protocols = useQuery(protocolsQuery(useClient()));
  const versions = (protocols.data?.items ?? []).filter((one) => one.key === key);
  const chosen = versions.find(({ version }) => version === search.version) ??
    versions.toSorted((a, b) => b.version - a.version)[0];
  return (
    <>
      <BackLink to="/workflows/compliance">{text.back}</BackLink>
      {chosen
        ? <Opened key={chosen.id} protocol={chosen} />
        : protocols.isError
        ? <ProblemNotice error={protocols.error} onRetry={() => protocols.refetch()} />
        : protocols.isPending
        ? <Skeleton label={all.common.loading} lines={6} />
        : (
          <>
            <h1 className="sr-only">{text.protocol}</h1>
            <Empty icon="check" title={all.problem.missing}>{all.problem.missingText}</Empty>
          </>
        )}
    </>
  );
}

function Opened({ protocol }: { protocol: Protocol }) {
  const common = useText().common;
  const text = useInsightText().compliance;
  const format = useFormat();
  const client = useClient();
  const titleOf = useTitles();
  const { key, version, title, state } = protocol;
  usePageTitle(title);
  const detail = useQuery(protocolQuery(client, key, version));
  const report = useQuery({ ...reportQuery(client, key, version), enabled: state !== "draft" });
  const kept = new Map(report.data?.constraints.map((one) => [one.name, one]));
  return (
    <>
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{title}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
            <span>{text.version(version)}</span>
            <Badge tone={state === "active" ? "good" : "neutral"}>
              {text.protocolStates[state]}
            </Badge>
            <span>{text.definition} {titleOf(protocol.definition, 0)}</span>
            {report.data && <span>{text.runs(report.data.runs)}</span>}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Steps protocol={protocol} sha256={detail.data?.sha256} />
        </div>
      </header>
      {detail.isError
        ? <ProblemNotice error={detail.error} />
        : !detail.data
        ? <Skeleton label={common.loading} lines={5} />
        : (
          <DataTable
            caption={text.constraints}
            columns={[
              { label: text.constraints },
              { label: text.severity, from: "sm" },
              { label: text.rate, isNumber: true },
              { label: text.report, from: "md", isLabelHidden: true },
              { label: text.states.violated, isNumber: true },
              { label: text.states.pending, isNumber: true, from: "md" },
            ]}
            rows={detail.data.constraints.map((constraint) => {
              const counts = kept.get(constraint.name);
              return {
                id: constraint.id,
                cells: [
                  <div key="constraint">
                    <p className="text-base font-medium">{constraint.name}</p>
                    <ConstraintText constraint={constraint} />
                  </div>,
                  text.severities[constraint.severity],
                  counts?.rate === null || counts === undefined ? "–" : format.percent(counts.rate),
                  counts && counts.rate !== null && <Bar key="bar" share={counts.rate} />,
                  counts ? format.number(counts.violated) : "–",
                  counts ? format.number(counts.pending) : "–",
                ],
              };
            })}
          />
        )}
      {report.isError && <ProblemNotice error={report.error} />}
    </>
  );
}

/** `sha256` is of the constraints on the screen: there is nothing to approve before they are. */
function Steps({ protocol, sha256 }: { protocol: Protocol; sha256: string | undefined }) {
  const text = useInsightText().compliance;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const canWrite = useMay("compliance:write") !== false;
  const canApprove = useMay("compliance:approve") === true;
  const { key, version, state, createdBy, submittedBy } = protocol;
  const isOwn = createdBy === me.id || submittedBy === me.id;
  const step = useMutation({
    mutationFn: (kind: "submit" | "approve" | "retire") => {
      const path = { key, version: String(version) };
      const base = "/api/workflow/compliance/protocols/{key}/versions/{version}" as const;
      if (kind !== "approve") return client.post(`${base}/${kind}`, { path });
      return client.post(`${base}/approve`, { path, body: { sha256: sha256! } });
    },
    onSuccess: (_, kind) =>
      announce({ submit: text.submitted, approve: text.approved, retire: text.retired }[kind]),
    onSettled: () => queries.invalidateQueries({ queryKey: ["compliance"] }),
  });
  return (
    <>
      {state === "draft" && canWrite && (
        <Button
          look="primary"
          isPending={step.isPending}
          onPress={() => step.mutate("submit")}
        >
          {text.submit}
        </Button>
      )}
      {state === "submitted" && canApprove && !isOwn && sha256 !== undefined && (
        <Button
          look="primary"
          icon="check"
          isPending={step.isPending}
          onPress={() => step.mutate("approve")}
        >
          {text.approve}
        </Button>
      )}
      {state === "active" && canApprove && (
        <Button
          look="quiet"
          isPending={step.isPending}
          onPress={() => step.mutate("retire")}
        >
          {text.retire}
        </Button>
      )}
      {state === "submitted" && isOwn && (
        <div className="basis-full">
          <Notice icon="user" title={text.ownTitle}>{text.ownText}</Notice>
        </div>
      )}
      {step.error && (
        <div className="basis-full">
          <ProblemNotice error={step.error} />
        </div>
      )}
    </>
  );
}
