/** In the chart: which pathways a patient is on, and the way onto another. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { useTitles } from "../definitions/definitions.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { EnrolDialog } from "./EnrolDialog.tsx";
import { enrolmentsQuery, statusTone } from "./enrolments.ts";

export function PatientPathways({ patientId }: { patientId: string }) {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  const titleOf = useTitles();
  const canRead = useMay("pathways:read") !== false;
  const canEnrol = useMay("pathways:write") !== false;
  const [isEnrolling, setEnrolling] = useState(false);
  const found = useQuery({ ...enrolmentsQuery(useClient(), patientId), enabled: canRead });
  const enrolments = found.data?.items ?? [];
  if (!canRead) return null;
  return (
    <section aria-label={text.title} className="min-w-0">
      <div className="mb-1 flex items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">{text.title}</h2>
        {canEnrol && <Button size="sm" onPress={() => setEnrolling(true)}>{text.enrol}</Button>}
      </div>
      {found.isError
        ? <ProblemNotice error={found.error} onRetry={() => found.refetch()} />
        : enrolments.length === 0
        ? <p className="border-t border-line py-row text-ink-3">{text.none}</p>
        : (
          <ul className="border-t border-line">
            {enrolments.map(({ id, key, version, status, indexOn }) => (
              <li key={id} className="flex items-baseline gap-3 border-b border-line py-row">
                <Link
                  to="/enrolments/$enrolmentId"
                  params={{ enrolmentId: id }}
                  className="min-w-0 grow truncate font-medium underline-offset-2 hover:underline"
                >
                  {titleOf(key, version)}
                </Link>
                <Badge tone={statusTone[status]}>{text.statuses[status]}</Badge>
                <time dateTime={indexOn} className="tabular shrink-0 text-sm text-ink-3">
                  {format.dayShort(indexOn)}
                </time>
              </li>
            ))}
          </ul>
        )}
      {isEnrolling && <EnrolDialog patientId={patientId} onClose={() => setEnrolling(false)} />}
    </section>
  );
}
