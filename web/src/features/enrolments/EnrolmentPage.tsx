/** A patient on a pathway: the way drawn and listed, goals, what went otherwise, and what to do. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { GraphView } from "../../ui/graph/GraphView.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { useTitles } from "../definitions/definitions.ts";
import { usePatientNames } from "../patients/names.ts";
import { nameOf as patientName } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useProgress } from "../runs/progress.ts";
import { runTasksQuery } from "../runs/runs.ts";
import { useMay, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { ReasonDialog } from "../workflows/ReasonDialog.tsx";
import { useWorkflowText } from "../workflows/texts.ts";
import {
  drawingOf,
  type EnrolmentDetail,
  enrolmentQuery,
  type Move,
  movesOf,
  offsetMs,
  type SeenStep,
  seenSteps,
  statusTone,
} from "./enrolments.ts";
import { Goals } from "./Goals.tsx";
import { Steps } from "./Steps.tsx";

const route = getRouteApi("/signed-in/enrolments/$enrolmentId");

export function EnrolmentPage() {
  const common = useText().common;
  const text = useWorkflowText().pathways;
  const { enrolmentId } = route.useParams();
  const enrolment = useQuery(enrolmentQuery(useClient(), enrolmentId));
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-4 sm:px-6 lg:px-8">
      {enrolment.data
        ? <Opened key={enrolmentId} enrolment={enrolment.data} />
        : enrolment.isError
        ? (
          <div className="max-w-2xl">
            <h1 className="sr-only">{text.title}</h1>
            <ProblemNotice error={enrolment.error} onRetry={() => enrolment.refetch()} />
          </div>
        )
        : <Skeleton label={common.loading} lines={8} />}
    </div>
  );
}

function Opened({ enrolment }: { enrolment: EnrolmentDetail }) {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  const titleOf = useTitles();
  const patient = usePatientNames([enrolment.patientId])(enrolment.patientId);
  const canWrite = useMay("pathways:write") !== false;
  const canSeeRuns = useMay("workflows:read") !== false;
  const canSeeTasks = useMay("tasks:read") !== false;
  const title = titleOf(enrolment.key, enrolment.version);
  usePageTitle(title);
  useProgress(enrolment.runId, enrolment.status === "active");
  const tasks = useQuery({ ...runTasksQuery(useClient(), enrolment.runId), enabled: canSeeTasks })
    .data
    ?.items;
  const steps = useMemo(() => seenSteps(enrolment, tasks ?? [], Date.now()), [enrolment, tasks]);
  const isOpen = movesOf(enrolment.status).length > 0;
  return (
    <>
      <BackLink to="/patients/$patientId" params={{ patientId: enrolment.patientId }}>
        {text.back}
      </BackLink>
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{title}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
            {patient && (
              <Link
                to="/patients/$patientId"
                params={{ patientId: enrolment.patientId }}
                className="font-medium text-ink underline-offset-2 hover:underline"
              >
                <bdi>{patientName(patient.name)}</bdi>
              </Link>
            )}
            <Badge tone={statusTone[enrolment.status]}>{text.statuses[enrolment.status]}</Badge>
            <span>{text.since(format.dayShort(enrolment.indexOn))}</span>
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {canSeeRuns && (
            <ButtonLink
              to="/workflows/runs/$runId"
              params={{ runId: enrolment.runId }}
              look="quiet"
            >
              {text.run}
            </ButtonLink>
          )}
          {canWrite && <Moves enrolment={enrolment} />}
        </div>
      </header>
      {enrolment.reason && (
        <div className="mb-4 max-w-3xl">
          <Notice tone="neutral" title={text.statuses[enrolment.status]}>{enrolment.reason}</Notice>
        </div>
      )}
      <Drawing title={title} steps={steps} edges={enrolment.edges} />
      <div className="mt-6 gap-10 lg:grid lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Steps enrolmentId={enrolment.id} steps={steps} canWrite={canWrite && isOpen} />
        <aside className="mt-6 flex min-w-0 flex-col gap-6 lg:mt-0">
          <Goals enrolment={enrolment} canWrite={canWrite && isOpen} />
          <Variances enrolment={enrolment} />
          <Reasons enrolment={enrolment} />
        </aside>
      </div>
    </>
  );
}

/** What stands below a step's title: its state, and when. */
export function useStepNote(): (step: SeenStep) => string {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  return ({ seen, task, doneAt }) => {
    if (seen === "done" && doneAt) return `${text.states.done} ${format.dayShort(doneAt)}`;
    if (seen === "late" && task) return text.lateSince(format.dayShort(task.dueAt));
    if (seen === "due" && task) return text.dueOn(format.dayShort(task.dueAt));
    return text.states[seen];
  };
}

function Drawing(
  { title, steps, edges }: {
    title: string;
    steps: readonly SeenStep[];
    edges: EnrolmentDetail["edges"];
  },
) {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  const noteOf = useStepNote();
  const drawn = drawingOf(steps, edges, {
    noteOf,
    offsetOf: (offset) => format.duration(offsetMs(offset)),
  });
  return <GraphView label={text.drawn(title)} boxes={drawn.boxes} lines={drawn.lines} />;
}

function Moves({ enrolment }: { enrolment: EnrolmentDetail }) {
  const text = useWorkflowText().pathways;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<Move>();
  const move = useMutation({
    mutationFn: ({ what, reason }: { what: Move; reason: string }) =>
      client.post(`/api/workflow/enrolments/{id}/${what}` as const, {
        path: { id: enrolment.id },
        body: { reason },
      }),
    onSuccess: (moved, { what }) => {
      queries.setQueryData(["enrolments", "one", enrolment.id], moved);
      announce(text.moved[what]);
      setAsked(undefined);
    },
    onSettled: () => {
      for (const key of ["enrolments", "runs", "tasks"]) {
        queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
  return (
    <>
      {movesOf(enrolment.status).map((what) => (
        <Button
          key={what}
          look={what === "resume" ? "primary" : what === "hold" ? "secondary" : "quiet"}
          onPress={() => {
            move.reset();
            setAsked(what);
          }}
        >
          {text.moves[what]}
        </Button>
      ))}
      {asked && (
        <ReasonDialog
          title={text.moveTitles[asked]}
          confirm={text.moves[asked]}
          look={asked === "withdraw" ? "danger" : "primary"}
          isPending={move.isPending}
          error={move.error}
          onConfirm={(reason) => move.mutate({ what: asked, reason })}
          onClose={() => setAsked(undefined)}
        >
          <p className="text-ink-2">{text.moveTexts[asked]}</p>
        </ReasonDialog>
      )}
    </>
  );
}

function Variances({ enrolment: { variances, steps } }: { enrolment: EnrolmentDetail }) {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  const nameOf = useNames();
  if (variances.length === 0) return null;
  const titleOf = (step: string) => steps.find(({ id }) => id === step)?.title ?? step;
  return (
    <section aria-label={text.variances}>
      <h2 className="mb-1 text-lg font-semibold">{text.variances}</h2>
      <ul className="border-t border-line">
        {variances.map(({ id, step, type, cause, note, recordedBy, at }) => (
          <li key={id} className="border-b border-line py-row">
            <p className="font-medium wrap-anywhere">{titleOf(step)}</p>
            <p className="text-sm text-ink-2 wrap-anywhere">
              {text.types[type]} · {text.causes[cause]}
              {note && ` · ${note}`}
            </p>
            <p className="text-xs text-ink-3">
              {[nameOf(recordedBy), format.dayShort(at)].filter(Boolean).join(", ")}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Reasons({ enrolment: { eligibility } }: { enrolment: EnrolmentDetail }) {
  const text = useWorkflowText().pathways;
  if (eligibility.reasons.length === 0) return null;
  return (
    <section aria-label={text.eligibility}>
      <h2 className="mb-1 text-lg font-semibold">{text.eligibility}</h2>
      <ul className="border-t border-line text-sm">
        {eligibility.reasons.map(({ name, isMet }) => (
          <li key={name} className="border-b border-line py-row">
            <p className="wrap-anywhere">{name}</p>
            <p className="mt-0.5">
              <Badge tone={isMet === true ? "good" : isMet === false ? "caution" : "neutral"}>
                {isMet === true ? text.met : isMet === false ? text.notMet : text.notKnown}
              </Badge>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
