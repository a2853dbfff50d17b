/** One run: its steps as they happen, drawn and listed, its tasks, and what an operator may do. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Disclosure } from "../../ui/Disclosure.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { GraphView } from "../../ui/graph/GraphView.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { callOf, definitionQuery, drawingOf, useTitles } from "../definitions/definitions.ts";
import { usePatientNames } from "../patients/names.ts";
import { nameOf as patientName } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { Operations } from "./Operations.tsx";
import { useProgress } from "./progress.ts";
import {
  errorOf,
  historyQuery,
  isOver,
  nameOf,
  type RunDetail,
  runGraphQuery,
  runQuery,
  runTasksQuery,
  toneOf,
} from "./runs.ts";
import { Timeline } from "./Timeline.tsx";

const route = getRouteApi("/signed-in/workflows/runs/$runId");

export function RunPage() {
  const common = useText().common;
  const text = useWorkflowText().run;
  const { runId } = route.useParams();
  const run = useQuery(runQuery(useClient(), runId));
  return (
    <>
      <BackLink to="/workflows/runs">{text.back}</BackLink>
      {run.data
        ? <Opened key={runId} run={run.data} />
        : run.isError
        ? (
          <div className="mt-4 max-w-2xl">
            <h1 className="sr-only">{text.back}</h1>
            <ProblemNotice error={run.error} onRetry={() => run.refetch()} />
          </div>
        )
        : <Skeleton label={common.loading} lines={8} />}
    </>
  );
}

function Opened({ run }: { run: RunDetail }) {
  const text = useWorkflowText();
  const format = useFormat();
  const titleOf = useTitles();
  const canOperate = useMay("workflows:operate") === true;
  const canOpen = useMay("pathways:read") !== false;
  const title = titleOf(run.key, run.version);
  usePageTitle(title);
  const isUnderWay = !isOver(run.status) && run.status !== "failed";
  const isLive = useProgress(run.id, isUnderWay);
  const document = useQuery(definitionQuery(useClient(), run.key, run.version)).data?.document;
  const stuck = run.steps.filter(({ state }) => state === "failed" || state === "quarantined");
  const isIncident = run.status === "failed" || run.status === "compensation_failed";
  const [first] = isIncident ? stuck : [];

  return (
    <>
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{title}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
            <Badge tone={toneOf[run.status]}>{text.runs.statuses[run.status]}</Badge>
            {run.isShadow && <Badge>{text.runs.shadow}</Badge>}
            <span>{text.runs.version(run.version)}</span>
            <span>{format.moment(run.createdAt)}</span>
            {isLive && (
              <span className="inline-flex items-center gap-1.5 text-good">
                <span aria-hidden="true" className="size-2 rounded-full bg-good" />
                {text.run.live}
              </span>
            )}
          </p>
        </div>
        {canOperate && <Operations run={run} stuckStepId={first?.id} />}
      </header>
      <p role="status" className="sr-only">
        {isOver(run.status) && text.run.ended(text.runs.statuses[run.status])}
      </p>
      {isIncident && (
        <div className="mb-4 max-w-3xl">
          <Notice isUrgent tone="danger" title={text.run.incidentTitle}>
            {first && <p>{text.run.incidentStep(nameOf(first.node))}</p>}
            {(first ? errorOf(first) : run.reason) ?? run.reason}
          </Notice>
        </div>
      )}
      {run.status === "suspended" && (
        <div className="mb-4 max-w-3xl">
          <Notice tone="caution" icon="pause" title={text.run.stillTitle}>{run.reason}</Notice>
        </div>
      )}
      <div className="gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0">
          <Drawing run={run} title={title} />
          <h2 className="mt-6 mb-1 text-lg font-semibold">{text.run.timeline}</h2>
          <Timeline steps={run.steps} callOf={(node) => callOf(document, node)} />
        </div>
        <aside className="mt-6 flex min-w-0 flex-col gap-6 lg:mt-0">
          <TasksOf runId={run.id} />
          <About run={run} />
          {run.subject?.type === "enrolment" && canOpen && (
            <Link
              to="/enrolments/$enrolmentId"
              params={{ enrolmentId: run.subject.id }}
              className="text-accent underline underline-offset-2"
            >
              {text.pathways.map}
            </Link>
          )}
        </aside>
      </div>
      <History runId={run.id} />
    </>
  );
}

function Drawing({ run, title }: { run: RunDetail; title: string }) {
  const text = useWorkflowText();
  const graph = useQuery(runGraphQuery(useClient(), run.id)).data;
  const drawn = useMemo(
    () =>
      graph && drawingOf(graph, ({ state }) => ({
        note: state ? text.run.steps[state] : undefined,
        tone: state === "done"
          ? "good"
          : state === "ready" || state === "waiting"
          ? "accent"
          : state === "failed" || state === "quarantined"
          ? "danger"
          : "neutral",
        isFaint: state === null || state === "cancelled" || state === "skipped",
      })),
    [graph, text],
  );
  if (!drawn) return null;
  return (
    <GraphView
      label={text.definitions.drawn(title)}
      boxes={drawn.boxes}
      lines={drawn.lines}
    />
  );
}

function TasksOf({ runId }: { runId: string }) {
  const all = useText().tasks;
  const text = useWorkflowText();
  const format = useFormat();
  const canRead = useMay("tasks:read") !== false;
  const tasks = useQuery({ ...runTasksQuery(useClient(), runId), enabled: canRead }).data?.items;
  return (
    <section aria-label={text.run.tasks}>
      <h2 className="mb-1 text-lg font-semibold">{text.run.tasks}</h2>
      {!tasks || tasks.length === 0
        ? <p className="border-t border-line py-row text-ink-3">{text.run.noTasks}</p>
        : (
          <ul className="border-t border-line">
            {tasks.map((task) => (
              <li key={task.id} className="relative border-b border-line py-row hover:bg-surface">
                <Link
                  to="/tasks/$taskId"
                  params={{ taskId: task.id }}
                  className="row-link font-medium wrap-anywhere"
                >
                  {task.title}
                </Link>
                <p className="text-xs text-ink-3">
                  {task.state === "completed"
                    ? task.outcome ?? text.task.completed
                    : task.state === "cancelled"
                    ? text.task.cancelled
                    : all.due(format.relative(task.dueAt))}
                </p>
              </li>
            ))}
          </ul>
        )}
    </section>
  );
}

function About({ run }: { run: RunDetail }) {
  const text = useWorkflowText().run;
  const nameOf = useNames();
  const patient = usePatientNames([run.patientId])(run.patientId);
  const { kind, id } = run.startedBy;
  const starter = kind === "user"
    ? nameOf(id)
    : kind === "event"
    ? text.startedByEvent(id)
    : text.system;
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  return (
    <section aria-label={text.facts}>
      <h2 className="mb-2 text-lg font-semibold">{text.facts}</h2>
      <Facts
        facts={[
          [text.startedBy, starter],
          [
            text.patient,
            run.patientId && (
              <Link
                to="/patients/$patientId"
                params={{ patientId: run.patientId }}
                className="text-accent underline underline-offset-2"
              >
                <bdi>{patient ? patientName(patient.name) : text.openChart}</bdi>
              </Link>
            ),
          ],
          [text.reason, run.reason],
        ]}
      />
      <div className="mt-3 flex flex-col gap-2">
        <Disclosure title={text.input}>
          <Code text={json(run.input)} label={text.input} />
        </Disclosure>
        {run.output !== null && run.output !== undefined && (
          <Disclosure title={text.output}>
            <Code text={json(run.output)} label={text.output} />
          </Disclosure>
        )}
      </div>
    </section>
  );
}

function History({ runId }: { runId: string }) {
  const common = useText().common;
  const text = useWorkflowText().run;
  const format = useFormat();
  const history = useInfiniteQuery(historyQuery(useClient(), runId));
  const entries = history.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="mt-8">
      <Disclosure title={text.history}>
        <DataTable
          caption={text.history}
          columns={[
            { label: text.historyAt },
            { label: text.historyStep },
            { label: text.historyWhat },
            { label: text.historyDetail },
          ]}
          rows={entries.map((entry) => ({
            id: String(entry.seq),
            cells: [
              <span key="at" className="tabular whitespace-nowrap">{format.exact(entry.at)}</span>,
              entry.node ? nameOf(entry.node) : "",
              <code key="what" className="font-mono text-xs">{entry.event}</code>,
              <span key="detail">
                {entry.detail}
                {entry.lateMs !== null && entry.lateMs >= 1_000 && (
                  <Badge tone="caution">{text.late(format.duration(entry.lateMs))}</Badge>
                )}
              </span>,
            ],
          }))}
        />
        {history.hasNextPage && (
          <div className="mt-3">
            <Button size="sm" onPress={() => history.fetchNextPage()}>{common.more}</Button>
          </div>
        )}
      </Disclosure>
    </div>
  );
}
