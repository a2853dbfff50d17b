/** Tries a version in memory: what would happen, whom it would ask, and how long it would take. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { WorkflowSchemas } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { nameOf } from "../runs/runs.ts";
import { useDraft } from "../tasks/drafts.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { type Definition, readObject, type Simulation } from "./definitions.ts";

type SimulationInput = WorkflowSchemas["SimulationInput"];
const RUNS_MAX = 200;
const MINUTE_MS = 60_000;

export function Simulate({ definition: { key, version } }: { definition: Definition }) {
  const texts = useWorkflowText();
  const text = texts.simulation;
  const client = useClient();
  const [draft, setDraft] = useDraft(`simulation ${key}`, {
    input: "{}",
    answers: "{}",
    runs: "1",
  });
  const [isTried, setTried] = useState(false);
  const input = readObject(draft.input);
  const answers = readObject(draft.answers);
  const runs = Number(draft.runs);
  const isRunsWrong = !(Number.isInteger(runs) && runs >= 1 && runs <= RUNS_MAX);
  const simulate = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/definitions/{key}/versions/{version}/simulate", {
        path: { key, version: String(version) },
        body: {
          input,
          answers,
          runs,
          results: {},
          minutes: {},
          events: [],
          seed: 1,
        } as SimulationInput,
      }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (input && answers && !isRunsWrong && !simulate.isPending) simulate.mutate();
  }
  const wrong = (value: unknown) => isTried && value === undefined ? text.wrongJson : undefined;
  return (
    <>
      <p className="mb-4 text-sm text-ink-2">{text.lead}</p>
      <form onSubmit={submit} className="flex max-w-2xl flex-col gap-4">
        <Field
          label={text.input}
          error={wrong(input)}
          value={draft.input}
          onChange={(input) => setDraft({ ...draft, input })}
          isLong
        />
        <Field
          label={text.answers}
          hint={text.answersHint}
          error={wrong(answers)}
          value={draft.answers}
          onChange={(answers) => setDraft({ ...draft, answers })}
          isLong
        />
        <div className="flex flex-wrap items-end gap-3">
          <div className="w-32">
            <Field
              label={text.runs}
              error={isTried && isRunsWrong ? `1 – ${RUNS_MAX}` : undefined}
              inputMode="numeric"
              value={draft.runs}
              onChange={(runs) => setDraft({ ...draft, runs })}
            />
          </div>
          <Button type="submit" look="primary" icon="play" isPending={simulate.isPending}>
            {text.go}
          </Button>
        </div>
      </form>
      {simulate.error && (
        <div className="mt-4">
          <ProblemNotice error={simulate.error} />
        </div>
      )}
      {simulate.data && <Outcome simulation={simulate.data} />}
    </>
  );
}

function Outcome({ simulation }: { simulation: Simulation }) {
  const texts = useWorkflowText();
  const text = texts.simulation;
  const format = useFormat();
  const { status, tookMinutes, reason, trace, tasks, many } = simulation;
  const span = (minutes: number) => format.duration(minutes * MINUTE_MS);
  return (
    <div role="status" className="enter mt-6 flex flex-col gap-6">
      <Facts
        isWide
        facts={[
          [text.status, status === "waiting" ? text.waiting : texts.runs.statuses[status]],
          [text.took, span(tookMinutes)],
          [texts.run.reason, reason],
          ...(many
            ? [
              [text.median, span(many.medianMinutes)],
              [text.p90, span(many.p90Minutes)],
              [text.perRun, format.number(many.tasksPerRun)],
              ...Object.entries(many.statuses).map(([status, n]) => [
                texts.runs.statuses[status as "failed"] ?? status,
                format.number(n),
              ]),
            ] as [string, string][]
            : []),
        ]}
      />
      {tasks.length > 0 && (
        <section>
          <h3 className="mb-1 font-semibold">{text.tasks}</h3>
          <DataTable
            caption={text.tasks}
            columns={[{ label: text.colTask }, { label: text.colFor }, {
              label: text.colDue,
              isNumber: true,
            }]}
            rows={tasks.map(({ title, pools, dueAt }, at) => ({
              id: String(at),
              cells: [title, pools.join(", "), format.moment(dueAt)],
            }))}
          />
        </section>
      )}
      <section>
        <h3 className="mb-1 font-semibold">{text.trace}</h3>
        <DataTable
          caption={text.trace}
          columns={[
            { label: text.colAt },
            { label: text.colStep },
            { label: text.colWhat },
            { label: text.colDetail, from: "sm" },
          ]}
          rows={trace.map(({ at, node, event, detail }, n) => ({
            id: String(n),
            cells: [
              <span key="at" className="tabular whitespace-nowrap">{format.moment(at)}</span>,
              node && nameOf(node),
              <code key="what" className="font-mono text-xs">{event}</code>,
              detail,
            ],
          }))}
        />
      </section>
    </div>
  );
}
