/** One task, worked: what it is about, what to fill in, and every other thing to do with it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Task } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { usePatientNames } from "../patients/names.ts";
import { nameOf as patientName } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { Comments } from "./Comments.tsx";
import { TaskMoves } from "./TaskMoves.tsx";
import { taskQuery } from "./tasks.ts";
import { Proposed, Result, WorkForm } from "./WorkForm.tsx";

const route = getRouteApi("/signed-in/tasks/$taskId");

export function TaskPage() {
  const common = useText().common;
  const text = useWorkflowText().task;
  const { taskId } = route.useParams();
  const task = useQuery(taskQuery(useClient(), taskId));
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-4 sm:px-6 lg:px-8">
      <BackLink to="/tasks">{text.back}</BackLink>
      {task.data
        ? <Opened key={taskId} task={task.data} />
        : task.isError
        ? (
          <div className="mt-4 max-w-2xl">
            <h1 className="sr-only">{text.about}</h1>
            <ProblemNotice error={task.error} onRetry={() => task.refetch()} />
          </div>
        )
        : <Skeleton label={common.loading} lines={6} />}
    </div>
  );
}

function Opened({ task }: { task: Task }) {
  const text = useWorkflowText().task;
  const me = useMe();
  const isEnded = task.state === "completed" || task.state === "cancelled";
  const isMine = task.claimedBy === me.id;
  const mayWork = useMay(task.candidatePermission) !== false;
  const isFree = !isEnded && (task.claimedBy === null || isMine);
  usePageTitle(task.title);
  return (
    <>
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{task.title}</h1>
          <Marks task={task} />
        </div>
        {!isEnded && mayWork && <TaskMoves task={task} />}
      </header>
      <div className="gap-10 lg:grid lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 max-w-2xl">
          <FourEyes task={task} />
          {isEnded ? <Result task={task} /> : isFree && mayWork ? <WorkForm task={task} /> : null}
        </div>
        <aside className="mt-6 flex min-w-0 flex-col gap-6 lg:mt-0">
          <About task={task} />
          <Comments taskId={task.id} canSay={mayWork && !isEnded} />
        </aside>
      </div>
      {!isEnded && isFree && !isMine && mayWork && (
        <p className="mt-4 text-sm text-ink-3">{text.takeFirst}</p>
      )}
    </>
  );
}

function Marks({ task }: { task: Task }) {
  const all = useText().tasks;
  const text = useWorkflowText().task;
  const format = useFormat();
  const isLate = Date.parse(task.dueAt) < Date.now();
  const isUrgent = task.priority === "high" || task.priority === "critical";
  if (task.state === "cancelled") {
    return (
      <p className="mt-1">
        <Badge>{text.cancelled}</Badge>
      </p>
    );
  }
  if (task.state === "completed") {
    return (
      <p className="mt-1">
        <Badge tone="good">
          {text.ended(task.completedAt ? format.moment(task.completedAt) : "")}
        </Badge>
      </p>
    );
  }
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
      {isLate
        ? <Badge tone="caution">{all.overdue(format.dayShort(task.dueAt))}</Badge>
        : <span>{all.due(format.relative(task.dueAt))}</span>}
      {isUrgent && (
        <Badge tone={task.priority === "critical" ? "danger" : "caution"}>
          {text.priorities[task.priority]}
        </Badge>
      )}
      {task.escalationLevel > 0 && (
        <Badge tone="danger">{text.escalated(task.escalationLevel)}</Badge>
      )}
      {task.snoozedUntil && Date.parse(task.snoozedUntil) > Date.now() && (
        <Badge>{text.snoozed(format.moment(task.snoozedUntil))}</Badge>
      )}
    </p>
  );
}

function FourEyes({ task }: { task: Task }) {
  const text = useWorkflowText().task;
  const me = useMe();
  const nameOf = useNames();
  if (!task.isFourEyes || task.state === "completed" || task.state === "cancelled") return null;
  const outcome = task.outcome ?? "…";
  const words = task.proposedBy === null
    ? text.fourEyesFirst
    : task.proposedBy === me.id
    ? text.fourEyesMine(outcome)
    : text.fourEyesSecond(nameOf(task.proposedBy) ?? "…", outcome);
  return (
    <div className="mb-4">
      <Notice icon="user" title={text.fourEyesTitle}>
        {words}
        {task.proposedBy !== null && <Proposed task={task} />}
      </Notice>
    </div>
  );
}

function About({ task }: { task: Task }) {
  const texts = useWorkflowText();
  const text = texts.task;
  const all = useText().common;
  const format = useFormat();
  const me = useMe();
  const nameOf = useNames();
  const canSeeRuns = useMay("workflows:read") !== false;
  const patient = usePatientNames([task.patientId])(task.patientId);
  const link = "text-accent underline underline-offset-2";
  const { type, id } = task.subject;
  return (
    <section aria-label={text.about}>
      <h2 className="mb-2 text-lg font-semibold">{text.about}</h2>
      <Facts
        facts={[
          [text.due, format.moment(task.dueAt)],
          [text.pools, task.pools.length > 0 ? task.pools.join(", ") : text.everybody],
          [
            text.heldBy,
            task.claimedBy === null
              ? text.nobody
              : task.claimedBy === me.id
              ? all.you
              : nameOf(task.claimedBy) ?? "…",
          ],
          [
            text.document,
            type === "document" && (
              <Link to="/documents/$documentId" params={{ documentId: id }} className={link}>
                {text.openDocument}
              </Link>
            ),
          ],
          [
            texts.run.patient,
            task.patientId && (
              <Link
                to="/patients/$patientId"
                params={{ patientId: task.patientId }}
                className={link}
              >
                <bdi>{patient ? patientName(patient.name) : texts.run.openChart}</bdi>
              </Link>
            ),
          ],
          [
            texts.pathways.map,
            type === "enrolment" && (
              <Link to="/enrolments/$enrolmentId" params={{ enrolmentId: id }} className={link}>
                {texts.pathways.title}
              </Link>
            ),
          ],
          [
            text.run,
            task.runId && canSeeRuns && (
              <Link to="/workflows/runs/$runId" params={{ runId: task.runId }} className={link}>
                {text.openRun}
              </Link>
            ),
          ],
        ]}
      />
    </section>
  );
}
