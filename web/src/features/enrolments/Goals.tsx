/** What a pathway wants to reach, how far it is, and a place to record what was measured. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { definitionQuery } from "../definitions/definitions.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { localOf } from "../tasks/times.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import {
  type EnrolmentDetail,
  type Goal,
  goalsOf,
  isDay,
  isNumber,
  latestOf,
} from "./enrolments.ts";

type Props = { enrolment: EnrolmentDetail; canWrite: boolean };

export function Goals({ enrolment, canWrite }: Props) {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  const client = useClient();
  const definition = useQuery(definitionQuery(client, enrolment.key, enrolment.version)).data;
  const [measured, setMeasured] = useState<Goal>();
  const goals = definition ? goalsOf(definition.source) : [];
  return (
    <section aria-label={text.goals}>
      <h2 className="mb-1 text-lg font-semibold">{text.goals}</h2>
      {definition && goals.length === 0 && (
        <p className="border-t border-line py-row text-ink-3">{text.noGoals}</p>
      )}
      <ul className="border-t border-line empty:hidden">
        {goals.map((goal) => {
          const latest = latestOf(enrolment.goals, goal.id);
          return (
            <li key={goal.id} className="border-b border-line py-row">
              <div className="flex items-start gap-3">
                <p className="min-w-0 grow font-medium wrap-anywhere">{goal.title}</p>
                {latest && latest.isMet !== null && (
                  <Badge tone={latest.isMet ? "good" : "caution"}>
                    {latest.isMet ? text.goalMet : text.goalNotMet}
                  </Badge>
                )}
              </div>
              <p className="mt-0.5 flex flex-wrap items-center justify-between gap-2 text-sm text-ink-2">
                {latest
                  ? (
                    <span className="tabular">
                      {`${latest.value} ${latest.unit ?? ""}`.trim()}, {format.dayShort(
                        latest.measuredOn,
                      )}
                    </span>
                  )
                  : <span className="text-ink-3">{text.goalUnknown}</span>}
                {canWrite && (
                  <button
                    type="button"
                    onClick={() => setMeasured(goal)}
                    aria-label={`${text.measure}: ${goal.title}`}
                    className="rounded-sm text-accent underline underline-offset-2"
                  >
                    {text.measure}
                  </button>
                )}
              </p>
            </li>
          );
        })}
      </ul>
      {measured && (
        <MeasureDialog
          enrolmentId={enrolment.id}
          goal={measured}
          onClose={() => setMeasured(undefined)}
        />
      )}
    </section>
  );
}

function MeasureDialog(
  { enrolmentId, goal, onClose }: { enrolmentId: string; goal: Goal; onClose: () => void },
) {
  const common = useText().common;
  const text = useWorkflowText().pathways;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [typed, setTyped] = useState("");
  const [unit, setUnit] = useState(goal.unit);
  const [measuredOn, setMeasuredOn] = useState(() => localOf(Date.now()).slice(0, 10));
  const [isTried, setTried] = useState(false);
  const value = typed.trim().replace(",", ".");
  const add = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/enrolments/{id}/goals", {
        path: { id: enrolmentId },
        body: {
          goal: goal.id,
          value,
          measuredOn,
          ...(unit.trim() ? { unit: unit.trim() } : {}),
        },
      }),
    onSuccess: () => {
      announce(text.recorded);
      queries.invalidateQueries({ queryKey: ["enrolments"] });
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (isNumber(value) && isDay(measuredOn) && !add.isPending) add.mutate();
  }
  return (
    <Dialog isOpen title={goal.title} onClose={onClose}>
      <form onSubmit={submit} noValidate className="mt-3 flex flex-col gap-3">
        <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
          <Field
            label={text.value}
            error={isTried && !isNumber(value) ? text.valueWrong : undefined}
            value={typed}
            onChange={setTyped}
            inputMode="decimal"
            autoFocus
          />
          <Field label={text.unit} value={unit} onChange={setUnit} maxLength={40} />
        </div>
        <Field
          label={text.measuredOn}
          error={isTried && !isDay(measuredOn) ? text.indexWrong : undefined}
          type="date"
          value={measuredOn}
          onChange={setMeasuredOn}
        />
        {add.error && <ProblemNotice error={add.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isPending={add.isPending}>{text.measure}</Button>
        </div>
      </form>
    </Dialog>
  );
}
