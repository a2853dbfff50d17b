/** All patients: found as one types, by name, sound, birth date or number. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type KeyboardEvent, useCallback } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { moveBetweenRows } from "../../ui/rows.ts";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { Born } from "./Born.tsx";
import { nameOf, type Patient, patientsQuery } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

const route = getRouteApi("/signed-in/patients");

export function PatientsPage() {
  const text = usePracticeText().list;
  const { q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const canWrite = useMay("patients:write") !== false;
  usePageTitle(text.title);
  const onSearch = useCallback(
    (typed: string) => navigate({ replace: true, search: () => typed.trim() ? { q: typed } : {} }),
    [navigate],
  );
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="mr-auto text-2xl font-semibold">{text.title}</h1>
        <div className="order-3 w-full sm:order-none sm:w-72 lg:w-88">
          <SearchBox
            label={text.search}
            placeholder={text.searchHint}
            clearLabel={text.clear}
            value={q}
            onSearch={onSearch}
          />
        </div>
        {canWrite && (
          <div className="flex gap-2">
            <ButtonLink to="/patients/import" look="quiet" icon="upload" className="max-sm:hidden">
              {text.import}
            </ButtonLink>
            <ButtonLink to="/patients/new" look="primary" icon="plus">{text.register}</ButtonLink>
          </div>
        )}
      </div>
      <Found typed={q} onClear={() => onSearch("")} />
    </div>
  );
}

function Found({ typed, onClear }: { typed: string; onClear: () => void }) {
  const common = useText().common;
  const text = usePracticeText().list;
  const found = useInfiniteQuery(patientsQuery(useClient(), typed));
  const patients = found.data?.pages.flatMap(({ items }) => items) ?? [];
  if (found.isError) return <ProblemNotice error={found.error} onRetry={() => found.refetch()} />;
  if (found.isPending) return <Skeleton label={common.loading} lines={9} />;
  return (
    <>
      <p role="status" className={typed ? "mb-1 text-sm text-ink-3" : "sr-only"}>
        {!found.isPlaceholderData &&
          (found.hasNextPage ? text.atLeast(patients.length) : text.results(patients.length))}
      </p>
      {patients.length === 0
        ? (
          typed
            ? (
              <Empty
                icon="search"
                title={text.noneTitle}
                action={<Button onPress={onClear}>{text.clear}</Button>}
              >
                {text.noneText(typed.slice(0, 80))}
              </Empty>
            )
            : <Empty icon="user" title={text.emptyTitle}>{text.emptyText}</Empty>
        )
        : (
          <div
            aria-busy={found.isPlaceholderData}
            className={found.isPlaceholderData ? "opacity-60" : ""}
          >
            <PatientTable patients={patients} />
            {found.hasNextPage && (
              <div className="mt-4 flex justify-center">
                <Button isPending={found.isFetchingNextPage} onPress={() => found.fetchNextPage()}>
                  {common.more}
                </Button>
              </div>
            )}
          </div>
        )}
    </>
  );
}

function PatientTable({ patients }: { patients: Patient[] }) {
  const text = usePracticeText();
  const head = "border-b border-line py-2 pr-3 font-medium";
  const cell = "border-b border-line py-row pr-3 align-top";
  return (
    <table
      className="w-full table-fixed border-separate border-spacing-0"
      onKeyDown={(event: KeyboardEvent) => moveBetweenRows(event)}
    >
      <caption className="sr-only">{text.list.title}</caption>
      <thead className="max-sm:hidden">
        <tr className="text-left text-xs font-medium text-ink-3">
          <th scope="col" className={`${head} pl-2`}>{text.list.colName}</th>
          <th scope="col" className={`${head} w-56`}>{text.list.colBorn}</th>
          <th scope="col" className={`${head} w-28 max-md:hidden`}>{text.list.colSex}</th>
          <th scope="col" className={`${head} w-48 max-lg:hidden`}>{text.list.colNumber}</th>
        </tr>
      </thead>
      <tbody>
        {patients.map((patient) => (
          <tr key={patient.id} className="relative hover:bg-surface">
            <td className={`${cell} pl-2`}>
              <div className="flex min-w-0 items-center gap-2">
                <Link
                  to="/patients/$patientId"
                  params={{ patientId: patient.id }}
                  data-row
                  className="row-link min-w-0 truncate font-medium text-ink"
                >
                  <bdi>{nameOf(patient.name)}</bdi>
                </Link>
                {patient.isConfidential && <Badge tone="caution">{text.chart.confidential}</Badge>}
                {patient.deceased && <Badge>{text.chart.deceased}</Badge>}
              </div>
              <p className="truncate text-xs text-ink-3 sm:hidden">
                <Born patient={patient} />
              </p>
            </td>
            <td className={`${cell} tabular text-ink-2 max-sm:hidden`}>
              <Born patient={patient} />
            </td>
            <td className={`${cell} text-ink-2 max-md:hidden`}>{text.sexes[patient.sex]}</td>
            <td className={`${cell} truncate text-ink-3 max-lg:hidden`}>
              {patient.identifiers[0]?.value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
