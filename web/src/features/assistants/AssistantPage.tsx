/** Asks for a draft, shows what would leave first, and lists drafts that wait for somebody. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { useInsightText } from "../insights/texts.ts";
import { usePatientNames } from "../patients/names.ts";
import { PatientPicker } from "../patients/PatientPicker.tsx";
import { nameOf, type Patient } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { IntendedUseLabel } from "../stance/IntendedUseLabel.tsx";
import { useDraft } from "../tasks/drafts.ts";
import {
  type AskForm,
  callOf,
  emptyAsk,
  isEmpty,
  needsPatient,
  proposalsQuery,
  statusTone,
  type TaskName,
  tasksQuery,
  type TaskView,
} from "./assistance.ts";
import { Facts } from "./Facts.tsx";
import { PreviewOf, Refusal } from "./Refusal.tsx";

export function AssistantPage() {
  const common = useText().common;
  const text = useInsightText().assistance;
  usePageTitle(text.title);
  const tasks = useQuery(tasksQuery(useClient()));
  return (
    <>
      <h1 className="text-2xl font-semibold">{text.title}</h1>
      <p className="mt-1 mb-5 max-w-3xl text-ink-2">{text.lead}</p>
      <div className="gap-10 lg:grid lg:grid-cols-[minmax(0,1fr)_22rem]">
        {tasks.isError
          ? <ProblemNotice error={tasks.error} onRetry={() => tasks.refetch()} />
          : tasks.isPending
          ? <Skeleton label={common.loading} lines={6} />
          : <Ask tasks={tasks.data.items} provider={tasks.data.provider} />}
        <Proposals />
      </div>
    </>
  );
}

function Ask({ tasks, provider }: { tasks: readonly TaskView[]; provider: string }) {
  const text = useInsightText().assistance;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [task, setTask] = useState<TaskName>("result-message");
  const [patient, setPatient] = useState<Patient>();
  const [draft, setDraft, forget] = useDraft<AskForm>("assistance", emptyAsk);
  const [isTried, setTried] = useState(false);
  const view = tasks.find((one) => one.task === task);
  const isForPatient = needsPatient(task);
  const isPatientMissing = isForPatient && patient === undefined;
  const body = callOf(task, patient?.id ?? null, draft);
  const call = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/assistance/calls", {
        headers: { "idempotency-key": crypto.randomUUID() },
        body,
      }),
    onSuccess: async ({ proposal }) => {
      queries.invalidateQueries({ queryKey: ["assistance", "proposals"] });
      if (!proposal) return;
      forget();
      await navigate({
        to: "/workflows/assistant/$proposalId",
        params: { proposalId: proposal.id },
      });
    },
  });
  const preview = useMutation({
    mutationFn: () => client.post("/api/workflow/assistance/previews", { body }),
  });
  const isWrong = isPatientMissing || isEmpty(draft);
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !call.isPending) call.mutate();
  }
  const reset = () => {
    call.reset();
    preview.reset();
  };
  return (
    <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-5">
      <Choice
        label={text.task}
        value={task}
        onChange={(next) => {
          setTask(next);
          reset();
        }}
        choices={tasks.map(({ task }) => ({ value: task, label: text.tasks[task] ?? task }))}
      />
      {view && <IntendedUseLabel use={view.intendedUse} />}
      {view && !view.isAllowed ? <Notice icon="lock" title={text.off} /> : (
        <>
          {isForPatient && (
            <div>
              <p className="mb-1 text-sm font-medium text-ink-2">{text.patient}</p>
              {patient
                ? (
                  <p className="flex items-center gap-3">
                    <bdi className="font-medium">{nameOf(patient.name)}</bdi>
                    <Button size="sm" onPress={() => setPatient(undefined)}>
                      {text.choosePatient}
                    </Button>
                  </p>
                )
                : <PatientPicker label={text.choosePatient} onPick={setPatient} />}
              {isTried && isPatientMissing && (
                <p className="mt-1 text-sm text-danger">{text.patientMissing}</p>
              )}
            </div>
          )}
          <Facts facts={draft.facts} onChange={(facts) => setDraft({ ...draft, facts })} />
          <Field
            label={text.document}
            hint={text.documentHint}
            value={draft.document}
            onChange={(document) => setDraft({ ...draft, document })}
            maxLength={20_000}
            isLong
          />
          <Field
            label={text.instruction}
            value={draft.instruction}
            onChange={(instruction) => setDraft({ ...draft, instruction })}
            maxLength={1_000}
            isLong
          />
          {isTried && isEmpty(draft) && (
            <p role="alert" className="text-sm text-danger">{text.nothing}</p>
          )}
          {(call.error ?? preview.error) && <ProblemNotice error={call.error ?? preview.error} />}
          {preview.data && <PreviewOf preview={preview.data} />}
          {call.data && !call.data.proposal && <Refusal call={call.data.call} />}
          <div className="flex flex-wrap items-center justify-end gap-2">
            <p className="mr-auto text-sm text-ink-3">
              {text.provider}: {text.providers[provider] ?? provider}
            </p>
            <Button
              isPending={preview.isPending}
              onPress={() => {
                setTried(true);
                if (!isWrong) preview.mutate();
              }}
            >
              {text.preview}
            </Button>
            <Button type="submit" look="primary" icon="spark" isPending={call.isPending}>
              {call.isPending ? text.drafting : text.draft}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

function Proposals() {
  const common = useText().common;
  const text = useInsightText().assistance;
  const format = useFormat();
  const proposals = useInfiniteQuery(proposalsQuery(useClient()));
  const items = proposals.data?.pages.flatMap((page) => page.items.filter((one) => one !== null)) ??
    [];
  const patients = usePatientNames(items.map(({ patientId }) => patientId));
  return (
    <section aria-label={text.proposals} className="mt-8 min-w-0 lg:mt-0">
      <h2 className="mb-1 text-lg font-semibold">{text.proposals}</h2>
      {proposals.isError && (
        <ProblemNotice
          error={proposals.error}
          onRetry={() => proposals.refetch()}
        />
      )}
      {proposals.isSuccess && items.length === 0 && (
        <p className="border-t border-line py-row text-ink-3">
          {text.noProposals}. {text.noProposalsText}
        </p>
      )}
      <ul className="border-t border-line empty:hidden">
        {items.map((proposal) => {
          const patient = patients(proposal.patientId);
          return (
            <li key={proposal.id} className="relative border-b border-line py-row hover:bg-surface">
              <div className="flex items-start gap-2">
                <Link
                  to="/workflows/assistant/$proposalId"
                  params={{ proposalId: proposal.id }}
                  className="row-link min-w-0 grow font-medium wrap-anywhere"
                >
                  {proposal.rendered.title}
                </Link>
                <Badge tone={statusTone[proposal.status]}>{text.statuses[proposal.status]}</Badge>
              </div>
              <p className="text-xs text-ink-3">
                {[
                  text.tasks[proposal.task] ?? proposal.task,
                  patient && nameOf(patient.name),
                  format.moment(proposal.createdAt),
                ].filter(Boolean).join(" · ")}
              </p>
            </li>
          );
        })}
      </ul>
      {proposals.hasNextPage && (
        <div className="mt-3">
          <Button size="sm" onPress={() => proposals.fetchNextPage()}>{common.more}</Button>
        </div>
      )}
    </section>
  );
}
