/** Starts a run of an active definition, for a patient or for nobody in particular. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { definitionsQuery, readObject } from "../definitions/definitions.ts";
import { PatientPicker } from "../patients/PatientPicker.tsx";
import { nameOf, type Patient } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useWorkflowText } from "../workflows/texts.ts";

export function StartRunDialog({ onClose }: { onClose: () => void }) {
  const common = useText().common;
  const text = useWorkflowText().starting;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const definitions = useQuery(definitionsQuery(client)).data ?? [];
  const active = definitions.filter(({ state, kind }) => state === "active" && kind === "workflow");
  const [chosen, setChosen] = useState<string>();
  const [patient, setPatient] = useState<Patient>();
  const [isPicking, setPicking] = useState(false);
  const [input, setInput] = useState("{}");
  // One key for what is one wish, however often it is sent.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const key = chosen ?? active[0]?.key;
  const given = readObject(input);
  const start = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/runs", {
        headers: { "idempotency-key": idempotencyKey },
        body: {
          key: key!,
          input: { ...(patient ? { patientId: patient.id } : {}), ...given },
          ...(patient ? { patientId: patient.id } : {}),
        },
      }),
    onSuccess: async ({ id }) => {
      announce(text.started);
      queries.invalidateQueries({ queryKey: ["runs"] });
      await navigate({ to: "/workflows/runs/$runId", params: { runId: id } });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (key && given && !start.isPending) start.mutate();
  }
  return (
    <Dialog isOpen title={text.title} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-4">
        {active.length === 0 ? <p className="text-ink-2">{text.none}</p> : (
          <Choice
            label={text.definition}
            value={key ?? ""}
            onChange={setChosen}
            choices={active.map(({ key, title }) => ({ value: key, label: title }))}
          />
        )}
        <div>
          <p className="mb-1 text-sm font-medium text-ink-2">{text.patient}</p>
          {isPicking
            ? (
              <PatientPicker
                label={text.choosePatient}
                onPick={(picked) => {
                  setPatient(picked);
                  setPicking(false);
                }}
              />
            )
            : (
              <p className="flex flex-wrap items-center gap-3">
                <bdi>{patient ? nameOf(patient.name) : text.noPatient}</bdi>
                <Button size="sm" onPress={() => setPicking(true)}>{text.choosePatient}</Button>
              </p>
            )}
        </div>
        <Field
          label={text.input}
          hint={text.inputHint}
          error={given === undefined ? text.inputWrong : undefined}
          value={input}
          onChange={setInput}
          isLong
        />
        {start.error && <ProblemNotice error={start.error} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button
            type="submit"
            look="primary"
            icon="play"
            isDisabled={active.length === 0}
            isPending={start.isPending}
          >
            {text.start}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
