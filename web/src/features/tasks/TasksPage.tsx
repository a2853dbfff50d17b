/** Work that waits: take it, give it back, complete it with an outcome. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import type { Task } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Empty, Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { hasOwnPage, listOf, TASK_LISTS, tasksQuery, withHeld } from "./tasks.ts";

const route = getRouteApi("/signed-in/tasks");

export function TasksPage() {
  const text = useText();
  const client = useClient();
  const { list = "open" } = route.useSearch();
  const navigate = route.useNavigate();
  const me = useMe();
  usePageTitle(text.tasks.title);
  const tasks = useInfiniteQuery(tasksQuery(client, list));
  const all = tasks.data?.pages.flatMap((page) => page.items) ?? [];
  const found = list === "mine" ? all.filter(({ claimedBy }) => claimedBy === me.id) : all;
  const [held, setHeld] = useState<Task[]>([]);
  useEffect(() => setHeld([]), [list]);
  const items = withHeld(found, held.filter((task) => list === listOf(task)));
  const hold = (task: Task, isHeld: boolean) =>
    setHeld((before) => [...before.filter(({ id }) => id !== task.id), ...(isHeld ? [task] : [])]);
  const empty = {
    open: [text.tasks.emptyOpen, text.tasks.emptyOpenText],
    mine: [text.tasks.emptyMine, text.tasks.emptyMineText],
    completed: [text.tasks.emptyCompleted, undefined],
  }[list];

  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="mr-auto text-2xl font-semibold">{text.tasks.title}</h1>
        <Segmented
          label={text.tasks.filter}
          value={list}
          onChange={(value) =>
            navigate({ replace: true, search: value === "open" ? {} : { list: value } })}
          choices={TASK_LISTS.map((value) => ({ value, label: text.tasks[value] }))}
        />
      </div>
      {tasks.isError && (
        <div className="mb-3">
          <ProblemNotice error={tasks.error} onRetry={() => tasks.refetch()} />
        </div>
      )}
      {tasks.isLoadingError
        ? null
        : tasks.isPending
        ? <Skeleton label={text.common.loading} lines={8} />
        : items.length === 0 && !tasks.hasNextPage
        ? <Empty icon="tasks" title={empty[0]!}>{empty[1]}</Empty>
        : (
          <>
            <ul className="border-t border-line">
              {items.map((task) => <TaskRow key={task.id} task={task} onHold={hold} />)}
            </ul>
            {tasks.hasNextPage && (
              <div className="mt-4 flex justify-center">
                <Button isPending={tasks.isFetchingNextPage} onPress={() => tasks.fetchNextPage()}>
                  {text.common.more}
                </Button>
              </div>
            )}
          </>
        )}
    </div>
  );
}

type Step = "claim" | "release" | "complete";

type RowProps = { task: Task; onHold: (task: Task, isHeld: boolean) => void };

function TaskRow({ task, onHold }: RowProps) {
  const text = useText();
  const { open } = useWorkflowText().task;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const canWork = useMay(task.candidatePermission) !== false;
  const [isCompleting, setOpen] = useState(false);
  const setCompleting = (isOpen: boolean) => {
    setOpen(isOpen);
    onHold(task, isOpen);
  };
  const [form, setForm] = useState({ outcome: "", comment: "" });
  const step = useMutation({
    mutationFn: async (kind: Step) => {
      const input = { path: { id: task.id }, headers: { "if-match": `"${task.version}"` } };
      if (kind === "complete") {
        const outcome = form.outcome.trim();
        const comment = form.comment.trim();
        const body = { ...(outcome ? { outcome } : {}), ...(comment ? { comment } : {}) };
        await client.post("/api/workflow/tasks/{id}/complete", { ...input, body });
      } else if (kind === "claim") await client.post("/api/workflow/tasks/{id}/claim", input);
      else await client.post("/api/workflow/tasks/{id}/release", input);
    },
    onSuccess: (_, kind) => {
      announce(
        {
          claim: text.tasks.claimed,
          release: text.tasks.released,
          complete: text.tasks.finished,
        }[kind],
      );
      if (kind === "complete") onHold(task, false);
      queries.invalidateQueries({ queryKey: ["tasks"] });
    },
  });
  const isConflict = step.error instanceof Problem && [409, 412].includes(step.error.status);
  const isMine = task.claimedBy === me.id;
  const isLive = task.state === "open" || (task.state === "claimed" && isMine);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!step.isPending) step.mutate("complete");
  }

  const title = task.title.replace(/^Review: /, "");
  const isOwn = hasOwnPage(task);
  return (
    <li className="border-b border-line py-row">
      <div className="flex items-center gap-x-4">
        <div className="min-w-0 grow">
          {task.subject.type === "document" && !isOwn
            ? (
              <Link
                to="/documents/$documentId"
                params={{ documentId: task.subject.id }}
                className="block truncate rounded-sm font-medium underline-offset-2 hover:underline"
              >
                {title}
              </Link>
            )
            : (
              <Link
                to="/tasks/$taskId"
                params={{ taskId: task.id }}
                className="block truncate rounded-sm font-medium underline-offset-2 hover:underline"
              >
                {title}
              </Link>
            )}
          <Meta task={task} isReview={task.title !== title} />
        </div>
        {isLive && canWork && !isCompleting && (
          <div className="flex shrink-0 gap-2">
            {isMine
              ? (
                <Button
                  size="sm"
                  look="quiet"
                  isPending={step.isPending}
                  onPress={() => step.mutate("release")}
                >
                  {text.tasks.release}
                </Button>
              )
              : (
                <Button size="sm" isPending={step.isPending} onPress={() => step.mutate("claim")}>
                  {text.tasks.claim}
                </Button>
              )}
            {isOwn
              ? (
                <ButtonLink
                  size="sm"
                  look={isMine ? "primary" : "quiet"}
                  to="/tasks/$taskId"
                  params={{ taskId: task.id }}
                  className={isMine ? "" : "max-sm:hidden"}
                >
                  {open}
                </ButtonLink>
              )
              : (
                <Button
                  size="sm"
                  icon="check"
                  look={isMine ? "primary" : "quiet"}
                  onPress={() => setCompleting(true)}
                  className={isMine ? "" : "max-sm:hidden"}
                >
                  {text.tasks.complete}
                </Button>
              )}
          </div>
        )}
      </div>
      {isConflict
        ? (
          <div className="mt-2">
            <Notice
              tone="caution"
              isUrgent
              title={text.tasks.conflictTitle}
              action={
                <Button
                  size="sm"
                  onPress={() => {
                    step.reset();
                    queries.invalidateQueries({ queryKey: ["tasks"] });
                  }}
                >
                  {text.common.close}
                </Button>
              }
            >
              {text.tasks.conflictText}
            </Notice>
          </div>
        )
        : step.error && (
          <div className="mt-2">
            <ProblemNotice error={step.error} />
          </div>
        )}
      {isCompleting && isLive && (
        <form
          onSubmit={submit}
          className="enter mt-3 flex flex-col gap-3 rounded-md border border-line bg-surface p-4"
        >
          <h2 className="text-sm font-semibold">{text.tasks.completeTitle}</h2>
          <Field
            label={`${text.tasks.outcome} (${text.common.optional})`}
            hint={text.tasks.outcomeHint}
            value={form.outcome}
            onChange={(outcome) => setForm({ ...form, outcome })}
            maxLength={100}
            autoFocus
          />
          <Field
            label={`${text.tasks.comment} (${text.common.optional})`}
            value={form.comment}
            onChange={(comment) => setForm({ ...form, comment })}
            maxLength={2000}
            isLong
          />
          <div className="flex justify-end gap-2">
            <Button size="sm" onPress={() => setCompleting(false)}>{text.common.cancel}</Button>
            <Button size="sm" type="submit" look="primary" icon="check" isPending={step.isPending}>
              {text.tasks.complete}
            </Button>
          </div>
        </form>
      )}
    </li>
  );
}

function Meta({ task, isReview }: { task: Task; isReview: boolean }) {
  const text = useText();
  const { priorities } = useWorkflowText().task;
  const format = useFormat();
  const me = useMe();
  const nameOf = useNames();
  if (task.state === "completed") {
    return (
      <p className="mt-0.5 text-sm text-ink-2 wrap-anywhere">
        {text.tasks.doneBy(
          task.completedBy === me.id ? text.common.you : nameOf(task.completedBy ?? "") ?? "…",
        )}
        {task.completedAt && (
          <span className="text-ink-3">, {format.moment(task.completedAt)}</span>
        )}
        {task.outcome && <span className="block">{task.outcome}</span>}
        {task.comment && <span className="block text-ink-3">{task.comment}</span>}
      </p>
    );
  }
  const isOverdue = new Date(task.dueAt).getTime() < Date.now();
  const when = format.relative(task.dueAt);
  return (
    <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-3">
      {isReview && <span>{text.tasks.review}</span>}
      {isOverdue
        ? <Badge tone="caution">{text.tasks.overdue(format.dayShort(task.dueAt))}</Badge>
        : <time dateTime={task.dueAt} title={format.exact(task.dueAt)}>{text.tasks.due(when)}
        </time>}
      {(task.priority === "high" || task.priority === "critical") && (
        <Badge tone={task.priority === "critical" ? "danger" : "caution"}>
          {priorities[task.priority]}
        </Badge>
      )}
      {task.claimedBy && task.claimedBy !== me.id && (
        <span>{text.tasks.takenBy(nameOf(task.claimedBy) ?? "…")}</span>
      )}
    </p>
  );
}
