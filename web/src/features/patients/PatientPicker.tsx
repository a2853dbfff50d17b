/** Finds one patient: a search, and those found as choices. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { moveBetweenRows } from "../../ui/rows.ts";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { Born } from "./Born.tsx";
import { nameOf, type Patient, patientsQuery } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

const SHOWN_MAX = 6;

type Props = { label: string; except?: string; onPick: (patient: Patient) => void };

export function PatientPicker({ label, except, onPick }: Props) {
  const common = useText().common;
  const text = usePracticeText().list;
  const [typed, setTyped] = useState("");
  const found = useInfiniteQuery(patientsQuery(useClient(), typed));
  const patients = (found.data?.pages[0]?.items ?? []).filter(({ id }) => id !== except);
  return (
    <div>
      <SearchBox
        label={label}
        placeholder={text.searchHint}
        clearLabel={text.clear}
        value={typed}
        onSearch={setTyped}
      />
      <p role="status" className="sr-only">
        {found.isSuccess && text.results(patients.length)}
      </p>
      {found.isError
        ? <ProblemNotice error={found.error} onRetry={() => found.refetch()} />
        : found.isPending
        ? <Skeleton label={common.loading} lines={3} />
        : patients.length === 0
        ? <p className="py-3 text-ink-3">{text.noneTitle}</p>
        : (
          <ul
            className="mt-2 border-t border-line"
            onKeyDown={(event: KeyboardEvent) => moveBetweenRows(event)}
          >
            {patients.slice(0, SHOWN_MAX).map((patient) => (
              <li key={patient.id} className="border-b border-line">
                <button
                  type="button"
                  data-row
                  onClick={() =>
                    onPick(patient)}
                  className="flex w-full items-baseline gap-3 rounded-sm px-2 py-2 text-left hover:bg-sunken"
                >
                  <span className="min-w-0 grow truncate font-medium">
                    <bdi>{nameOf(patient.name)}</bdi>
                  </span>
                  <span className="tabular shrink-0 text-sm text-ink-3">
                    <Born patient={patient} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
    </div>
  );
}
