/** What rules had to say, and what people made of it; and the rules themselves. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Radios } from "../../ui/Radios.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { useInsightText } from "../insights/texts.ts";
import { usePatientNames } from "../patients/names.ts";
import { nameOf as patientName, type Patient } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { IntendedUseLabel } from "../stance/IntendedUseLabel.tsx";
import { stanceQuery } from "../stance/stance.ts";
import { type Alert, alertsQuery, toneOf } from "./alerts.ts";
import { Rules } from "./Rules.tsx";

const route = getRouteApi("/signed-in/workflows/alerts");
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function AlertsPage() {
  const common = useText().common;
  const text = useInsightText().alerts;
  const { list, patient } = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle(text.title);
  const client = useClient();
  const canRead = useMay("rules:read") !== false;
  const alerts = useInfiniteQuery({
    ...alertsQuery(client, { ...(list ? { list } : {}), ...(patient ? { patient } : {}) }),
    enabled: canRead,
  });
  const items = alerts.data?.pages.flatMap((page) => page.items) ?? [];
  const ids = items.map(({ patientId }) => patientId && UUID.test(patientId) ? patientId : null);
  const patients = usePatientNames(ids);
  const rule = useQuery(stanceQuery(client)).data?.items.find(({ kind }) => kind === "rule");
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-2xl font-semibold">{text.title}</h1>
          <p className="mt-1 text-ink-2">{text.lead}</p>
        </div>
        <Segmented
          label={text.filter}
          value={list ?? "open"}
          onChange={(value) =>
            navigate({
              replace: true,
              search: {
                ...(patient ? { patient } : {}),
                ...(value === "open" ? {} : { list: value }),
              },
            })}
          choices={[
            { value: "open" as const, label: text.open },
            { value: "answered" as const, label: text.answered },
            { value: "unshown" as const, label: text.everything },
          ]}
        />
      </div>
      <div className="gap-10 lg:grid lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          {alerts.isError
            ? <ProblemNotice error={alerts.error} onRetry={() => alerts.refetch()} />
            : alerts.isPending
            ? <Skeleton label={common.loading} lines={5} />
            : items.length === 0
            ? <Empty icon="bell" title={text.none}>{text.noneText}</Empty>
            : (
              <ul className="flex flex-col gap-3">
                {items.map((alert, at) => (
                  <Card key={alert.id} alert={alert} patient={patients(ids[at] ?? null)} />
                ))}
              </ul>
            )}
          {alerts.hasNextPage && (
            <div className="mt-4 flex justify-center">
              <Button onPress={() => alerts.fetchNextPage()}>{common.more}</Button>
            </div>
          )}
        </div>
        <aside className="mt-6 flex min-w-0 flex-col gap-5 lg:mt-0">
          {rule && <IntendedUseLabel use={rule} />}
          <Rules />
        </aside>
      </div>
    </>
  );
}

const edges = {
  neutral: "border-l-line-strong",
  good: "border-l-good",
  caution: "border-l-caution",
  danger: "border-l-danger",
};

function Card({ alert, patient }: { alert: Alert; patient: Patient | undefined }) {
  const text = useInsightText().alerts;
  const format = useFormat();
  const nameOf = useNames();
  const me = useMe();
  const common = useText().common;
  const canAnswer = useMay("decisions:evaluate") !== false;
  const tone = toneOf[alert.indicator];
  const who = alert.actedBy === me.id ? common.you : nameOf(alert.actedBy ?? "") ?? "…";
  const reason = alert.overrideReasons.find(({ code }) => code === alert.reasonCode)?.display;
  return (
    <li>
      <article
        aria-label={alert.summary}
        className={`rounded-lg border border-l-4 border-line bg-surface p-4 ${edges[tone]}`}
      >
        <p className="mb-1 flex flex-wrap items-center gap-2 text-xs text-ink-3">
          <Badge tone={tone}>{text.indicators[alert.indicator]}</Badge>
          {alert.disposition !== "shown" && <Badge>{text.dispositions[alert.disposition]}</Badge>}
          {patient && alert.patientId && (
            <Link
              to="/patients/$patientId"
              params={{ patientId: alert.patientId }}
              className="text-sm font-medium text-ink underline-offset-2 hover:underline"
            >
              <bdi>{patientName(patient.name)}</bdi>
            </Link>
          )}
          <time dateTime={alert.createdAt}>{format.moment(alert.createdAt)}</time>
        </p>
        <h2 className="text-lg font-semibold wrap-anywhere">{alert.summary}</h2>
        <p className="text-xs text-ink-3">
          {text.source} {alert.key}, {text.version(alert.version)}
        </p>
        {alert.suggestions.length > 0 && (
          <ul className="mt-2 list-disc pl-4 text-sm">
            {alert.suggestions.map(({ id, label }) => <li key={id}>{label}</li>)}
          </ul>
        )}
        {alert.outcome
          ? (
            <p className="mt-2 text-sm text-ink-2 wrap-anywhere">
              {alert.outcome === "accepted" ? text.wasAccepted : text.wasOverridden}: {who}
              {alert.actedAt && `, ${format.moment(alert.actedAt)}`}
              {(reason ?? alert.comment) && (
                <span className="block text-ink-3">
                  {[reason, alert.comment].filter(Boolean).join(" · ")}
                </span>
              )}
            </p>
          )
          : canAnswer && alert.disposition === "shown" && <Answer alert={alert} />}
      </article>
    </li>
  );
}

type Reply =
  | { kind: "accept" }
  | { kind: "override"; reasonCode: string; comment: string };

function Answer({ alert }: { alert: Alert }) {
  const text = useInsightText().alerts;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [isAsking, setAsking] = useState(false);
  const answer = useMutation({
    mutationFn: (reply: Reply) => {
      const path = { id: alert.id };
      if (reply.kind === "accept") {
        return client.post("/api/workflow/alerts/{id}/accept", { path, body: {} });
      }
      const { reasonCode, comment } = reply;
      const body = {
        ...(reasonCode ? { reasonCode } : {}),
        ...(comment ? { comment } : {}),
      };
      return client.post("/api/workflow/alerts/{id}/override", { path, body });
    },
    onSuccess: (_, { kind }) => announce(kind === "accept" ? text.accepted : text.overridden),
    onSettled: () => queries.invalidateQueries({ queryKey: ["alerts"] }),
  });
  return (
    <>
      {answer.error && !isAsking && (
        <div className="mt-2">
          <ProblemNotice error={answer.error} />
        </div>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          size="sm"
          icon="check"
          isPending={answer.isPending}
          onPress={() => answer.mutate({ kind: "accept" })}
        >
          {text.accept}
        </Button>
        <Button size="sm" look="quiet" onPress={() => setAsking(true)}>{text.override}</Button>
      </div>
      {isAsking && (
        <OverrideDialog
          alert={alert}
          isPending={answer.isPending}
          error={answer.error}
          onConfirm={(reasonCode, comment) =>
            answer.mutate({ kind: "override", reasonCode, comment })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

type OverrideProps = {
  alert: Alert;
  isPending: boolean;
  error: unknown;
  onConfirm: (reasonCode: string, comment: string) => void;
  onClose: () => void;
};

/** Never without a reason: of those that the rule offers, or in words. */
function OverrideDialog({ alert, isPending, error, onConfirm, onClose }: OverrideProps) {
  const common = useText().common;
  const text = useInsightText().alerts;
  const [code, setCode] = useState("");
  const [comment, setComment] = useState("");
  const [isTried, setTried] = useState(false);
  const hasReasons = alert.overrideReasons.length > 0;
  const isMissing = hasReasons ? code === "" : comment.trim() === "";
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isMissing && !isPending) onConfirm(code, comment.trim());
  }
  return (
    <Dialog isOpen title={text.overrideTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-2 flex flex-col gap-4">
        <p className="text-ink-2 wrap-anywhere">{alert.summary}</p>
        {hasReasons && (
          <Radios
            label={text.overrideReason}
            error={isTried && isMissing ? text.overrideMissing : undefined}
            choices={alert.overrideReasons.map(({ code, display }) => ({
              value: code,
              label: display,
            }))}
            value={code}
            onChange={setCode}
          />
        )}
        <Field
          label={hasReasons ? `${text.overrideComment} (${common.optional})` : text.overrideReason}
          error={isTried && isMissing && !hasReasons ? text.overrideSay : undefined}
          value={comment}
          onChange={setComment}
          maxLength={2_000}
          isLong
        />
        {error !== null && error !== undefined && <ProblemNotice error={error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isPending={isPending}>{text.override}</Button>
        </div>
      </form>
    </Dialog>
  );
}
