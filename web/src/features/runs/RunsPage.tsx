/** Runs, newest first; those that need a person are one choice away. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice, Tick } from "../../ui/Choice.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { definitionsQuery, familiesOf, useTitles } from "../definitions/definitions.ts";
import { nameOf } from "../patients/patients.ts";
import { usePatientNames } from "../patients/names.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { runsQuery, toneOf } from "./runs.ts";
import { RUN_STATUSES, type RunSearch } from "./search.ts";
import { StartRunDialog } from "./StartRunDialog.tsx";

const route = getRouteApi("/signed-in/workflows/runs");

export function RunsPage() {
  const common = useText().common;
  const text = useWorkflowText().runs;
  const format = useFormat();
  const client = useClient();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const canStart = useMay("workflows:start") !== false;
  const [isStarting, setStarting] = useState(false);
  usePageTitle(text.title);
  const titleOf = useTitles();
  const families = familiesOf(useQuery(definitionsQuery(client)).data ?? []);
  const runs = useInfiniteQuery(runsQuery(client, search));
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  const patients = usePatientNames(items.map(({ patientId }) => patientId));
  const isFiltered = search.status !== undefined || search.key !== undefined;
  const change = (next: RunSearch) => navigate({ replace: true, search: next });

  return (
    <>
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <h1 className="mr-auto text-2xl font-semibold">{text.title}</h1>
        <div className="max-sm:order-2 max-sm:min-w-0 max-sm:grow max-sm:basis-36">
          <Choice
            label={text.filterStatus}
            value={search.status ?? ""}
            onChange={(status) => {
              const { status: _old, ...rest } = search;
              change(status === "" ? rest : { ...rest, status });
            }}
            choices={[
              { value: "" as const, label: text.all },
              ...RUN_STATUSES.map((value) => ({ value, label: text.statuses[value] })),
            ]}
          />
        </div>
        <div className="max-w-64 max-sm:order-2 max-sm:min-w-0 max-sm:grow max-sm:basis-36">
          <Choice
            label={text.filterKey}
            value={search.key ?? ""}
            onChange={(key) => {
              const { key: _old, ...rest } = search;
              change(key === "" ? rest : { ...rest, key });
            }}
            choices={[
              { value: "", label: text.anyDefinition },
              ...families.map(({ key, newest }) => ({ value: key, label: newest.title })),
            ]}
          />
        </div>
        <div className="max-sm:order-3 max-sm:basis-full">
          <Tick
            isSelected={search.shadow === true}
            onChange={(isOn) => {
              const { shadow: _old, ...rest } = search;
              change(isOn ? { ...rest, shadow: true } : rest);
            }}
          >
            {text.withShadow}
          </Tick>
        </div>
        {canStart && (
          <Button
            look="primary"
            icon="play"
            className="max-sm:order-1"
            onPress={() => setStarting(true)}
          >
            {text.start}
          </Button>
        )}
      </div>
      {isStarting && <StartRunDialog onClose={() => setStarting(false)} />}
      {runs.isError && <ProblemNotice error={runs.error} onRetry={() => runs.refetch()} />}
      {runs.isLoadingError
        ? null
        : runs.isPending
        ? <Skeleton label={common.loading} lines={8} />
        : items.length === 0
        ? (
          <Empty
            icon="workflows"
            title={isFiltered ? text.noneTitle : text.emptyTitle}
            action={isFiltered && <Button onPress={() => change({})}>{text.clear}</Button>}
          >
            {isFiltered ? text.noneText : text.emptyText}
          </Empty>
        )
        : (
          <>
            <DataTable
              caption={text.title}
              columns={[
                { label: text.colTitle },
                { label: text.colStatus },
                { label: text.colPatient, from: "md" },
                { label: text.colStarted, isNumber: true, from: "sm" },
              ]}
              rows={items.map((run) => {
                const patient = patients(run.patientId);
                return {
                  id: run.id,
                  cells: [
                    <div key="title">
                      <Link
                        to="/workflows/runs/$runId"
                        params={{ runId: run.id }}
                        className="row-link font-medium text-base text-ink"
                      >
                        {titleOf(run.key, run.version)}
                      </Link>
                      <p className="text-xs text-ink-3">
                        {text.version(run.version)}
                        {run.isShadow && ` · ${text.shadow}`}
                        <span className="sm:hidden">{` · ${format.moment(run.createdAt)}`}</span>
                      </p>
                    </div>,
                    <Badge key="status" tone={toneOf[run.status]}>
                      {text.statuses[run.status]}
                    </Badge>,
                    patient && <bdi key="patient">{nameOf(patient.name)}</bdi>,
                    <time
                      key="at"
                      dateTime={run.createdAt}
                      className="whitespace-nowrap text-ink-2"
                    >
                      {format.moment(run.createdAt)}
                    </time>,
                  ],
                };
              })}
            />
            {runs.hasNextPage && (
              <div className="mt-4 flex justify-center">
                <Button isPending={runs.isFetchingNextPage} onPress={() => runs.fetchNextPage()}>
                  {common.more}
                </Button>
              </div>
            )}
          </>
        )}
    </>
  );
}
