/** Books a free time for a patient; and gives an appointment another time. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { nameOf, type Patient, patientQuery } from "../patients/patients.ts";
import { PatientPicker } from "../patients/PatientPicker.tsx";
import { usePracticeText } from "../patients/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { type Appointment, moveTo, type Practitioner, type Slot } from "./calendar.ts";
import { useZoneMoment } from "./times.ts";

/** What a change of one time changes on the screen. */
export function useRefresh(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      [["appointments"], ["slots"], ["patients", "chart"]].map((queryKey) =>
        queries.invalidateQueries({ queryKey })
      ),
    );
}

export function useMove(appointment: Appointment | undefined, onDone: () => void) {
  const text = usePracticeText().calendar;
  const client = useClient();
  const refresh = useRefresh();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: (slot: Slot) =>
      client.post("/api/practice/appointments/{id}/move", {
        path: { id: appointment!.id },
        headers: { "if-match": `"${appointment!.version}"` },
        body: moveTo(slot),
      }),
    onSuccess: () => {
      announce(text.done.move);
      onDone();
    },
    onSettled: refresh,
  });
}

type Props = {
  slot: Slot;
  practitioner: Practitioner;
  zone: string;
  patientId: string | undefined;
  onClose: () => void;
};

export function BookDialog({ slot, practitioner, zone, patientId, onClose }: Props) {
  const common = useText().common;
  const text = usePracticeText().calendar;
  const client = useClient();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const moment = useZoneMoment(zone);
  const given = useQuery({
    ...patientQuery(client, patientId ?? ""),
    enabled: patientId !== undefined,
  }).data;
  const [picked, setPicked] = useState<Patient>();
  const [reason, setReason] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const patient = picked ?? given;
  const book = useMutation({
    mutationFn: () =>
      client.post("/api/practice/appointments", {
        headers: { "idempotency-key": `${key}-${patient!.id}` },
        body: {
          patientId: patient!.id,
          practitionerId: practitioner.id,
          locationId: slot.locationId,
          startsAt: slot.startsAt,
          endsAt: slot.endsAt,
          reason: reason.trim() || null,
        },
      }),
    onSuccess: () => {
      announce(text.done.book);
      onClose();
    },
    onSettled: refresh,
  });
  const isTaken = book.error instanceof Problem && book.error.status === 409;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (patient && !book.isPending) book.mutate();
  }

  return (
    <Dialog isOpen title={text.bookTitle} onClose={onClose}>
      <p className="mb-4 text-ink-2">
        {moment(slot.startsAt)}, {nameOf(practitioner.name)}
      </p>
      {patient
        ? (
          <form onSubmit={submit} className="flex flex-col gap-4">
            <div className="flex items-center gap-3 rounded-md border border-line bg-surface px-3 py-2">
              <span className="min-w-0 grow truncate font-medium">
                <bdi>{nameOf(patient.name)}</bdi>
              </span>
              {picked && (
                <Button size="sm" look="quiet" onPress={() => setPicked(undefined)}>
                  {common.cancel}
                </Button>
              )}
            </div>
            <Field
              label={`${text.reason} (${common.optional})`}
              value={reason}
              onChange={setReason}
              maxLength={500}
              autoFocus
            />
            {isTaken
              ? <Notice tone="caution" isUrgent title={text.taken} />
              : book.error && <ProblemNotice error={book.error} />}
            <div className="flex justify-end gap-2">
              <Button onPress={onClose}>{common.cancel}</Button>
              <Button type="submit" look="primary" isPending={book.isPending}>{text.book}</Button>
            </div>
          </form>
        )
        : <PatientPicker label={text.patient} onPick={setPicked} />}
    </Dialog>
  );
}
