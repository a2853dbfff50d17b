/** One finding: what was not kept and why, every verdict about it, and the excuse for it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { titleOf } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { usePatientNames } from "../patients/names.ts";
import { nameOf as patientName } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { ReasonDialog } from "../workflows/ReasonDialog.tsx";
import { type FindingDetail, findingQuery, findingTone, protocolQuery } from "./compliance.ts";
import { ConstraintText } from "./ConstraintText.tsx";

const route = getRouteApi("/signed-in/workflows/compliance/findings/$findingId");

export function FindingPage() {
  const common = useText().common;
  const text = useInsightText().compliance;
  const { findingId } = route.useParams();
  const finding = useQuery(findingQuery(useClient(), findingId));
  return (
    <>
      <BackLink to="/workflows/compliance">{text.back}</BackLink>
      {finding.data
        ? <Opened finding={finding.data} />
        : finding.isError
        ? (
          <div className="mt-4 max-w-2xl">
            <h1 className="sr-only">{text.about}</h1>
            <ProblemNotice error={finding.error} onRetry={() => finding.refetch()} />
          </div>
        )
        : <Skeleton label={common.loading} lines={6} />}
    </>
  );
}

function Opened({ finding }: { finding: FindingDetail }) {
  const text = useInsightText().compliance;
  const format = useFormat();
  const nameOf = useNames();
  const canExcuse = useMay("compliance:approve") === true;
  const [isExcusing, setExcusing] = useState(false);
  const { protocol, constraint, excuse, patientId } = finding;
  const patient = usePatientNames([patientId])(patientId);
  const detail = useQuery(protocolQuery(useClient(), protocol.key, protocol.version)).data;
  const written = detail?.constraints.find(({ name }) => name === constraint.name);
  const link = "text-accent underline underline-offset-2";
  usePageTitle(constraint.name);
  return (
    <div className="max-w-4xl">
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{constraint.name}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
            <Badge tone={findingTone[finding.state]}>{text.states[finding.state]}</Badge>
            {finding.isAtRisk && <Badge tone="caution">{text.atRisk}</Badge>}
            <span>{text.severities[constraint.severity]}</span>
          </p>
        </div>
        {canExcuse && finding.state === "violated" && (
          <Button onPress={() => setExcusing(true)}>{text.excuse}</Button>
        )}
      </header>
      <p className="mb-4 text-ink-2 wrap-anywhere">{finding.explanation}</p>
      {excuse && (
        <div className="mb-4">
          <Notice
            icon="user"
            title={text.excusedBy(nameOf(excuse.by) ?? "…", format.moment(excuse.at))}
          >
            {excuse.reason}
          </Notice>
        </div>
      )}
      <Facts
        facts={[
          [
            text.protocol,
            <Link
              key="protocol"
              to="/workflows/compliance/protocols/$key"
              params={{ key: protocol.key }}
              search={{ version: protocol.version }}
              className={link}
            >
              {protocol.title}, {text.version(protocol.version)}
            </Link>,
          ],
          [text.constraints, written && <ConstraintText key="text" constraint={written} />],
          [
            text.colPatient,
            patientId && patient && (
              <Link to="/patients/$patientId" params={{ patientId }} className={link}>
                <bdi>{patientName(patient.name)}</bdi>
              </Link>
            ),
          ],
          [
            text.run,
            <Link
              key="run"
              to="/workflows/runs/$runId"
              params={{ runId: finding.runId }}
              className={link}
            >
              {text.openRun}
            </Link>,
          ],
          [text.activity, finding.activity && titleOf({ title: finding.activity })],
          [text.activatedAt, finding.activatedAt && format.moment(finding.activatedAt)],
          [text.dueAt, finding.dueAt && format.moment(finding.dueAt)],
          [text.targetAt, finding.targetAt && format.moment(finding.targetAt)],
        ]}
      />
      <h2 className="mt-7 mb-1 text-lg font-semibold">{text.history}</h2>
      <DataTable
        caption={text.history}
        columns={[{ label: text.colAt }, { label: text.colState }]}
        rows={finding.history.map(({ at, state }, n) => ({
          id: String(n),
          cells: [
            format.moment(at),
            <Badge key="state" tone={findingTone[state]}>{text.states[state]}</Badge>,
          ],
        }))}
      />
      {isExcusing && <ExcuseDialog id={finding.id} onClose={() => setExcusing(false)} />}
    </div>
  );
}

function ExcuseDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const text = useInsightText().compliance;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const excuse = useMutation({
    mutationFn: (reason: string) =>
      client.post("/api/workflow/compliance/findings/{id}/excuse", {
        path: { id },
        body: { reason },
      }),
    onSuccess: () => {
      announce(text.excused);
      queries.invalidateQueries({ queryKey: ["compliance"] });
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={text.excuseTitle}
      confirm={text.excuse}
      isPending={excuse.isPending}
      error={excuse.error}
      onConfirm={(reason) => excuse.mutate(reason)}
      onClose={onClose}
    />
  );
}
