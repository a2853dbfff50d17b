/** What was not kept, is at risk or cannot be told; and the protocols that say what to keep. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Choice, Tick } from "../../ui/Choice.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { useInsightText } from "../insights/texts.ts";
import { usePatientNames } from "../patients/names.ts";
import { nameOf } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { findingsQuery, findingTone, newestOf, protocolsQuery } from "./compliance.ts";
import { FINDING_STATES, type FindingSearch, SEVERITIES } from "./search.ts";

const route = getRouteApi("/signed-in/workflows/compliance");

export function CompliancePage() {
  const text = useInsightText().compliance;
  const canWrite = useMay("compliance:write") !== false;
  usePageTitle(text.title);
  return (
    <>
      <div className="mb-5 flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-2xl font-semibold">{text.title}</h1>
          <p className="mt-1 text-ink-2">{text.lead}</p>
        </div>
        {canWrite && (
          <ButtonLink to="/workflows/compliance/new" look="primary" icon="plus">
            {text.newProtocol}
          </ButtonLink>
        )}
      </div>
      <Findings />
      <Protocols />
    </>
  );
}

function Findings() {
  const common = useText().common;
  const text = useInsightText().compliance;
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (next: FindingSearch) => navigate({ replace: true, search: next });
  const findings = useInfiniteQuery(findingsQuery(useClient(), search));
  const items = findings.data?.pages.flatMap((page) => page.items) ?? [];
  const patients = usePatientNames(items.map(({ patientId }) => patientId));
  return (
    <section aria-label={text.findings}>
      <div className="mb-2 flex flex-wrap items-end gap-3">
        <h2 className="mr-auto text-lg font-semibold max-sm:basis-full">{text.findings}</h2>
        <Choice
          label={text.filterState}
          value={search.state ?? ""}
          onChange={(state) => {
            const { state: _old, ...rest } = search;
            change(state === "" ? rest : { ...rest, state });
          }}
          choices={[
            { value: "" as const, label: text.all },
            ...FINDING_STATES.map((value) => ({ value, label: text.states[value] })),
          ]}
        />
        <Choice
          label={text.filterSeverity}
          value={search.severity ?? ""}
          onChange={(severity) => {
            const { severity: _old, ...rest } = search;
            change(severity === "" ? rest : { ...rest, severity });
          }}
          choices={[
            { value: "" as const, label: text.all },
            ...SEVERITIES.map((value) => ({ value, label: text.severities[value] })),
          ]}
        />
        <Tick
          isSelected={search.atRisk === true}
          onChange={(isOn) => {
            const { atRisk: _old, ...rest } = search;
            change(isOn ? { ...rest, atRisk: true } : rest);
          }}
        >
          {text.onlyAtRisk}
        </Tick>
      </div>
      {findings.isError
        ? <ProblemNotice error={findings.error} onRetry={() => findings.refetch()} />
        : findings.isPending
        ? <Skeleton label={common.loading} lines={5} />
        : items.length === 0
        ? <Empty icon="check" title={text.emptyTitle}>{text.emptyText}</Empty>
        : (
          <>
            <DataTable
              caption={text.findings}
              columns={[
                { label: text.colFinding },
                { label: text.colState },
                { label: text.colPatient, from: "md" },
                { label: text.colDue, isNumber: true, from: "sm" },
              ]}
              rows={items.map((finding) => {
                const patient = patients(finding.patientId);
                return {
                  id: finding.id,
                  cells: [
                    <div key="finding">
                      <Link
                        to="/workflows/compliance/findings/$findingId"
                        params={{ findingId: finding.id }}
                        className="row-link text-base font-medium"
                      >
                        {finding.constraint.name}
                      </Link>
                      <p className="text-xs text-ink-3">
                        {finding.protocol.title} · {text.severities[finding.constraint.severity]}
                      </p>
                    </div>,
                    <span key="state" className="flex flex-wrap gap-1">
                      <Badge tone={findingTone[finding.state]}>{text.states[finding.state]}</Badge>
                      {finding.isAtRisk && <Badge tone="caution">{text.atRisk}</Badge>}
                    </span>,
                    patient && <bdi key="patient">{nameOf(patient.name)}</bdi>,
                    finding.dueAt && format.moment(finding.dueAt),
                  ],
                };
              })}
            />
            {findings.hasNextPage && (
              <div className="mt-4 flex justify-center">
                <Button onPress={() => findings.fetchNextPage()}>{common.more}</Button>
              </div>
            )}
          </>
        )}
    </section>
  );
}

function Protocols() {
  const text = useInsightText().compliance;
  const protocols = useQuery(protocolsQuery(useClient()));
  const newest = newestOf(protocols.data?.items ?? []);
  return (
    <section aria-label={text.protocols} className="mt-9">
      <h2 className="mb-1 text-lg font-semibold">{text.protocols}</h2>
      {protocols.isError && <ProblemNotice error={protocols.error} />}
      {protocols.isSuccess && newest.length === 0 && (
        <p className="border-t border-line py-row text-ink-3">
          {text.noProtocols}. {text.noProtocolsText}
        </p>
      )}
      <ul className="border-t border-line empty:hidden">
        {newest.map(({ key, version, title, state }) => (
          <li
            key={key}
            className="relative flex flex-wrap items-center gap-2 border-b border-line py-row hover:bg-surface"
          >
            <Link
              to="/workflows/compliance/protocols/$key"
              params={{ key }}
              className="row-link min-w-0 grow font-medium wrap-anywhere"
            >
              {title}
            </Link>
            <span className="text-sm text-ink-3">{text.version(version)}</span>
            <Badge tone={state === "active" ? "good" : "neutral"}>
              {text.protocolStates[state]}
            </Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}
