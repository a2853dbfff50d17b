/** The steps of a pathway as a table, and what a person says of one of them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useWorkflowText } from "../workflows/texts.ts";
import { type SeenStep, stateTone } from "./enrolments.ts";

type Props = { enrolmentId: string; steps: readonly SeenStep[]; canWrite: boolean };
type Asked = { what: "evidence" | "variance"; step: SeenStep };

export function Steps({ enrolmentId, steps, canWrite }: Props) {
  const text = useWorkflowText().pathways;
  const format = useFormat();
  const [asked, setAsked] = useState<Asked>();
  const titleOf = (id: string) => steps.find((step) => step.id === id)?.title ?? id;
  const badgeTone = (step: SeenStep) => {
    const tone = stateTone[step.seen];
    return tone === "accent" ? "neutral" : tone;
  };
  return (
    <section aria-label={text.list} className="min-w-0">
      <h2 className="mb-1 text-lg font-semibold">{text.list}</h2>
      <DataTable
        caption={text.list}
        columns={[
          { label: text.colStep },
          { label: text.colState },
          { label: text.colAfter, from: "md" },
          { label: text.colDone, from: "sm" },
        ]}
        rows={steps.map((step) => ({
          id: step.id,
          cells: [
            <div key="step">
              <p className="font-medium">{step.title}</p>
              {step.cannotTell && <p className="text-xs text-caution">{text.cannotTellStep}</p>}
              {step.evidence && (
                <p className="text-xs text-ink-3">{text.evidence}: {step.evidence}</p>
              )}
              <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1 empty:hidden">
                {step.task && (
                  <Link
                    to="/tasks/$taskId"
                    params={{ taskId: step.task.id }}
                    aria-label={`${text.openTask}: ${step.title}`}
                    className="text-accent underline underline-offset-2"
                  >
                    {text.openTask}
                  </Link>
                )}
                {canWrite && (step.seen === "due" || step.seen === "late") && (
                  <StepButton
                    step={step}
                    onPress={() => setAsked({ what: "evidence", step })}
                  >
                    {text.addEvidence}
                  </StepButton>
                )}
                {canWrite && step.seen !== "not_applicable" && (
                  <StepButton
                    step={step}
                    onPress={() => setAsked({ what: "variance", step })}
                  >
                    {text.addVariance}
                  </StepButton>
                )}
              </p>
            </div>,
            <div key="state">
              <Badge tone={badgeTone(step)}>{text.states[step.seen]}</Badge>
              {step.task && (
                <p className="mt-0.5 text-xs text-ink-3">
                  {step.seen === "late"
                    ? text.lateSince(format.dayShort(step.task.dueAt))
                    : text.dueOn(format.dayShort(step.task.dueAt))}
                </p>
              )}
            </div>,
            step.after.map(titleOf).join(", "),
            step.doneAt && format.dayShort(step.doneAt),
          ],
        }))}
      />
      {asked?.what === "evidence" && (
        <EvidenceDialog
          enrolmentId={enrolmentId}
          step={asked.step}
          onClose={() => setAsked(undefined)}
        />
      )}
      {asked?.what === "variance" && (
        <VarianceDialog
          enrolmentId={enrolmentId}
          step={asked.step}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}

function StepButton(
  { step, onPress, children }: { step: SeenStep; onPress: () => void; children: string },
) {
  return (
    <button
      type="button"
      onClick={onPress}
      aria-label={`${children}: ${step.title}`}
      className="rounded-sm text-accent underline underline-offset-2"
    >
      {children}
    </button>
  );
}

type DialogProps = { enrolmentId: string; step: SeenStep; onClose: () => void };

function useRecorded(onClose: () => void) {
  const text = useWorkflowText().pathways;
  const queries = useQueryClient();
  const announce = useAnnounce();
  return () => {
    announce(text.recorded);
    for (const key of ["enrolments", "tasks", "runs"]) {
      queries.invalidateQueries({ queryKey: [key] });
    }
    onClose();
  };
}

function EvidenceDialog({ enrolmentId, step, onClose }: DialogProps) {
  const common = useText().common;
  const texts = useWorkflowText();
  const text = texts.pathways;
  const client = useClient();
  const [reference, setReference] = useState("");
  const [isTried, setTried] = useState(false);
  const add = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/enrolments/{id}/evidence", {
        path: { id: enrolmentId },
        body: { step: step.id, reference: reference.trim() },
      }),
    onSuccess: useRecorded(onClose),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (reference.trim() !== "" && !add.isPending) add.mutate();
  }
  return (
    <Dialog isOpen title={text.evidenceTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-2 flex flex-col gap-3">
        <p className="font-medium">{step.title}</p>
        <Field
          label={text.evidence}
          hint={text.evidenceHint}
          error={isTried && reference.trim() === "" ? texts.task.missing : undefined}
          value={reference}
          onChange={setReference}
          maxLength={200}
          autoFocus
        />
        {add.error && <ProblemNotice error={add.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isPending={add.isPending}>{text.addEvidence}</Button>
        </div>
      </form>
    </Dialog>
  );
}

const TYPES = ["early", "late", "omitted", "added", "substituted"] as const;
const CAUSES = ["patient", "clinician", "system", "clinical", "social"] as const;

function VarianceDialog({ enrolmentId, step, onClose }: DialogProps) {
  const common = useText().common;
  const text = useWorkflowText().pathways;
  const client = useClient();
  const [type, setType] = useState<typeof TYPES[number]>(step.seen === "late" ? "late" : "omitted");
  const [cause, setCause] = useState<typeof CAUSES[number]>("patient");
  const [note, setNote] = useState("");
  const add = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/enrolments/{id}/variances", {
        path: { id: enrolmentId },
        body: { step: step.id, type, cause, ...(note.trim() ? { note: note.trim() } : {}) },
      }),
    onSuccess: useRecorded(onClose),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!add.isPending) add.mutate();
  }
  return (
    <Dialog isOpen title={text.varianceTitle} onClose={onClose}>
      <form onSubmit={submit} className="mt-2 flex flex-col gap-3">
        <p className="font-medium">{step.title}</p>
        <Choice
          label={text.varianceType}
          value={type}
          onChange={setType}
          choices={TYPES.map((value) => ({ value, label: text.types[value] }))}
        />
        <Choice
          label={text.varianceCause}
          value={cause}
          onChange={setCause}
          choices={CAUSES.map((value) => ({ value, label: text.causes[value] }))}
        />
        <Field
          label={`${text.note} (${common.optional})`}
          value={note}
          onChange={setNote}
          maxLength={500}
          isLong
        />
        {add.error && <ProblemNotice error={add.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isPending={add.isPending}>{text.addVariance}</Button>
        </div>
      </form>
    </Dialog>
  );
}
