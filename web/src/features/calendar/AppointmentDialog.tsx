/** One appointment: who, when, and the steps that may follow. */
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { usePracticeText } from "../patients/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { useRefresh } from "./BookDialog.tsx";
import type { Appointment } from "./calendar.ts";
import { useZoneMoment, useZoneTime } from "./times.ts";

type Step = "confirm" | "arrive" | "fulfil" | "miss" | "cancel";

const PATHS = {
  confirm: "/api/practice/appointments/{id}/confirm",
  arrive: "/api/practice/appointments/{id}/arrive",
  fulfil: "/api/practice/appointments/{id}/fulfil",
  miss: "/api/practice/appointments/{id}/no-show",
} as const;

/** What the service allows from each state; it decides by itself. */
const NEXT: Record<Appointment["status"], Step[]> = {
  booked: ["arrive", "confirm", "miss", "cancel"],
  confirmed: ["arrive", "miss", "cancel"],
  arrived: ["fulfil", "cancel"],
  fulfilled: [],
  cancelled: [],
  missed: [],
};

type Props = {
  appointment: Appointment;
  name: string;
  zone: string;
  onMove: () => void;
  onClose: () => void;
};

export function AppointmentDialog({ appointment, name, zone, onMove, onClose }: Props) {
  const common = useText().common;
  const text = usePracticeText().calendar;
  const client = useClient();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const canWrite = useMay("appointments:write") !== false;
  const [isCancelling, setCancelling] = useState(false);
  const [reason, setReason] = useState("");
  const [moment, time] = [useZoneMoment(zone), useZoneTime(zone)];
  const step = useMutation({
    mutationFn: async (kind: Step): Promise<void> => {
      const input = {
        path: { id: appointment.id },
        headers: { "if-match": `"${appointment.version}"` },
      };
      if (kind === "cancel") {
        const body = { reason: reason.trim() || null };
        await client.post("/api/practice/appointments/{id}/cancel", { ...input, body });
      } else await client.post(PATHS[kind], input);
    },
    onSuccess: (_, kind) => {
      announce(text.done[kind]);
      onClose();
    },
    onSettled: refresh,
  });
  const steps = canWrite ? NEXT[appointment.status] : [];
  const isMovable = steps.includes("miss");
  const [first, ...others] = steps.filter((each) => each !== "cancel");

  return (
    <Dialog isOpen title={name} onClose={onClose}>
      <p className="text-ink-2">{moment(appointment.startsAt)} – {time(appointment.endsAt)}</p>
      <p className="mt-1 flex flex-wrap items-center gap-2">
        <Badge>{text.statuses[appointment.status]}</Badge>
        <Link
          to="/patients/$patientId"
          params={{ patientId: appointment.patientId }}
          className="rounded-sm text-accent underline underline-offset-2"
        >
          {text.openChart}
        </Link>
      </p>
      {appointment.reason && <p className="mt-3 wrap-anywhere">{appointment.reason}</p>}
      {step.error && (
        <div className="mt-3">
          <ProblemNotice error={step.error} />
        </div>
      )}
      {isCancelling
        ? (
          <div className="mt-4 flex flex-col gap-3">
            <Field
              label={`${text.cancelReason} (${common.optional})`}
              value={reason}
              onChange={setReason}
              maxLength={200}
              autoFocus
            />
            <div className="flex flex-wrap justify-end gap-2">
              <Button onPress={() => setCancelling(false)}>{text.keep}</Button>
              <Button
                look="danger"
                isPending={step.isPending}
                onPress={() => step.mutate("cancel")}
              >
                {text.steps.cancel}
              </Button>
            </div>
          </div>
        )
        : (
          <div className="mt-5 flex flex-wrap items-center gap-2">
            {first && (
              <Button
                look="primary"
                isPending={step.isPending}
                onPress={() => step.mutate(first)}
              >
                {text.steps[first]}
              </Button>
            )}
            {isMovable && <Button onPress={onMove}>{text.steps.move}</Button>}
            {others.map((kind) => (
              <Button key={kind} look="quiet" onPress={() => step.mutate(kind)}>
                {text.steps[kind]}
              </Button>
            ))}
            {steps.includes("cancel") && (
              <Button look="quiet" onPress={() => setCancelling(true)}>{text.steps.cancel}</Button>
            )}
            <Button look="quiet" className="ml-auto" onPress={onClose}>{common.close}</Button>
          </div>
        )}
    </Dialog>
  );
}
