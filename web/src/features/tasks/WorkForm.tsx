/** What a task asks for: its form, its outcomes, a comment; and what came of it when it has ended. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import type { Task } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Radios } from "../../ui/Radios.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMe, useNames } from "../sessions/me.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { useDraft } from "./drafts.ts";
import { dataOf, faultsOf, fieldsOf, labelOf, type Typed, typedOf } from "./schema.ts";
import { SchemaForm } from "./SchemaForm.tsx";

/** Nothing is `typed` until somebody does: what another person proposes stands there till then. */
type Draft = { typed?: Typed; outcome: string; comment: string };
const EMPTY: Draft = { outcome: "", comment: "" };

export function WorkForm({ task }: { task: Task }) {
  const all = useText();
  const text = useWorkflowText().task;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft, forget] = useDraft<Draft>(`task ${task.id}`, EMPTY);
  const [isTried, setTried] = useState(false);
  const fields = fieldsOf(task.form);
  const typed = draft.typed ?? typedOf(fields, proposedIn(task));
  const faults = faultsOf(task.form, typed);
  const isOutcomeMissing = task.outcomes.length > 0 && !task.outcomes.includes(draft.outcome);
  const isMend = isTried && (faults.size > 0 || isOutcomeMissing);

  const complete = useMutation({
    mutationFn: () => {
      const [outcome, comment] = [draft.outcome.trim(), draft.comment.trim()];
      // Who leaves all that another person proposes as it is confirms what this version holds.
      const isConfirmed = task.proposedBy !== null && !draft.typed &&
        (outcome || null) === task.outcome;
      return client.post("/api/workflow/tasks/{id}/complete", {
        path: { id: task.id },
        headers: { "if-match": `"${task.version}"` },
        body: {
          ...(outcome ? { outcome } : {}),
          ...(comment ? { comment } : {}),
          ...(fields.length > 0 && !isConfirmed ? { data: dataOf(fields, typed) } : {}),
        },
      });
    },
    onSuccess: (completed) => {
      forget();
      queries.setQueryData(["tasks", "one", task.id], completed);
      announce(completed.state === "completed" ? all.tasks.finished : text.proposed);
    },
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ["tasks"] });
      queries.invalidateQueries({ queryKey: ["runs"] });
      queries.invalidateQueries({ queryKey: ["enrolments"] });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (faults.size > 0 || isOutcomeMissing) {
      // Once the errors are drawn, to the first of them.
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-wrong] input")?.focus()
      );
      return;
    }
    if (!complete.isPending) complete.mutate();
  }
  if (task.isFourEyes && task.proposedBy === me.id) return null;
  const isConflict = complete.error instanceof Problem &&
    ["task-changed", "task-claimed", "task-ended"].includes(complete.error.kind);
  const verb = !task.isFourEyes
    ? text.complete
    : task.proposedBy === null
    ? text.propose
    : text.confirm;

  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-5">
      <h2 className="sr-only">{text.form}</h2>
      {fields.length > 0 && (
        <SchemaForm
          fields={fields}
          typed={typed}
          faults={isTried ? faults : new Map()}
          onChange={(typed) => setDraft({ ...draft, typed })}
        />
      )}
      {task.outcomes.length > 0
        ? (
          <div data-wrong={isTried && isOutcomeMissing ? "" : undefined}>
            <Radios
              label={text.outcome}
              error={isTried && isOutcomeMissing ? text.outcomeMissing : undefined}
              choices={task.outcomes.map((value) => ({ value, label: labelOf(value) }))}
              value={draft.outcome}
              onChange={(outcome) => setDraft({ ...draft, outcome })}
            />
          </div>
        )
        : (
          <Field
            label={`${text.outcome} (${all.common.optional})`}
            hint={all.tasks.outcomeHint}
            value={draft.outcome}
            onChange={(outcome) => setDraft({ ...draft, outcome })}
            maxLength={100}
          />
        )}
      <Field
        label={`${all.tasks.comment} (${all.common.optional})`}
        value={draft.comment}
        onChange={(comment) => setDraft({ ...draft, comment })}
        maxLength={2_000}
        isLong
      />
      {isMend && <Notice isUrgent tone="caution" title={text.mend} />}
      {complete.error && (isConflict
        ? (
          <Notice isUrgent tone="caution" title={all.problem.changed}>
            {all.problem.changedText}
          </Notice>
        )
        : <ProblemNotice error={complete.error} />)}
      <div className="flex justify-end">
        <Button type="submit" look="primary" icon="check" isPending={complete.isPending}>
          {verb}
        </Button>
      </div>
    </form>
  );
}

const dataIn = (task: Task) => (task.data ?? {}) as Record<string, unknown>;

/** What another person has answered before, when two have to. */
const proposedIn = (task: Task) => task.proposedBy === null ? {} : dataIn(task);

/** What was answered, in words; `hasField` when the form shows it too. */
function useAnswers(task: Task): { label: string; said: string; hasField: boolean }[] {
  const text = useWorkflowText().task;
  const known = new Map(fieldsOf(task.form).map(({ name, label }) => [name, label]));
  return Object.entries(dataIn(task)).map(([name, value]) => ({
    label: known.get(name) ?? labelOf(name),
    said: typeof value === "boolean"
      ? value ? text.yes : text.no
      : typeof value === "string"
      ? value
      : JSON.stringify(value),
    hasField: known.has(name),
  }));
}

/** What another person has answered beyond the form: confirming it means to have read it. */
export function Proposed({ task }: { task: Task }) {
  const beyond = useAnswers(task).filter(({ hasField }) => !hasField);
  if (beyond.length === 0) return null;
  return (
    <div className="mt-2">
      <Facts facts={beyond.map(({ label, said }) => [label, said])} />
    </div>
  );
}

/** What was filled in, in the order of the form. */
export function Result({ task }: { task: Task }) {
  const all = useText();
  const text = useWorkflowText().task;
  const nameOf = useNames();
  const me = useMe();
  const answers = useAnswers(task);
  const by = task.completedBy === me.id ? all.common.you : nameOf(task.completedBy ?? "") ?? "…";
  return (
    <section aria-label={text.result} className="rounded-lg border border-line bg-surface p-4">
      <h2 className="mb-2 text-lg font-semibold">{text.result}</h2>
      <Facts
        facts={[
          [text.outcome, task.outcome ? labelOf(task.outcome) : undefined],
          ...answers.map(({ label, said }): [string, string] => [label, said]),
          [all.tasks.comment, task.comment],
          [text.completed, task.completedBy ? by : undefined],
        ]}
      />
    </section>
  );
}
