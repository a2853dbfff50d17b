/** Makes one record of two: side by side, with what would move, before anything does. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { Born } from "./Born.tsx";
import { PatientPicker } from "./PatientPicker.tsx";
import { chartQuery, nameOf, type Patient, patientQuery } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

const route = getRouteApi("/signed-in/patients/$patientId/merge");

export function MergePage() {
  const common = useText().common;
  const text = usePracticeText();
  const { patientId } = route.useParams();
  const patient = useQuery(patientQuery(useClient(), patientId));
  const [other, setOther] = useState<Patient>();
  usePageTitle(text.merge.title);
  return (
    <div className="mx-auto max-w-4xl px-4 pt-5 sm:px-6 sm:pt-7">
      <h1 className="text-2xl font-semibold">{text.merge.title}</h1>
      <p className="mb-5 text-ink-2">{text.merge.lead}</p>
      {patient.isLoadingError
        ? <ProblemNotice error={patient.error} onRetry={() => patient.refetch()} />
        : patient.isPending
        ? <Skeleton label={common.loading} lines={6} />
        : other
        ? <Preview one={patient.data} other={other} onBack={() => setOther(undefined)} />
        : (
          <div className="grid gap-8 sm:grid-cols-2">
            <Record title={nameOf(patient.data.name)} patient={patient.data} />
            <section>
              <h2 className="mb-2 text-sm font-semibold">{text.merge.find}</h2>
              <PatientPicker label={text.merge.find} except={patientId} onPick={setOther} />
            </section>
          </div>
        )}
    </div>
  );
}

function Preview({ one, other, onBack }: { one: Patient; other: Patient; onBack: () => void }) {
  const text = usePracticeText().merge;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const [isSwapped, setSwapped] = useState(false);
  const [reason, setReason] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const [gone, stays] = isSwapped ? [one, other] : [other, one];
  const merge = useMutation({
    mutationFn: () =>
      client.post("/api/practice/merges", {
        headers: { "idempotency-key": `${key}-${gone.id}` },
        body: { patientId: gone.id, intoPatientId: stays.id, reason: reason.trim() || null },
      }),
    onSuccess: async () => {
      announce(text.done);
      await navigate({ to: "/patients/$patientId", params: { patientId: stays.id } });
      // Only then: the chart of who was given up must not be asked for again.
      await queries.invalidateQueries({ queryKey: ["patients"] });
    },
  });
  const isOdd = (gone.birthDate && stays.birthDate && gone.birthDate !== stays.birthDate) ||
    (gone.sex !== stays.sex && gone.sex !== "unknown" && stays.sex !== "unknown");
  return (
    <div className="flex flex-col gap-5">
      <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
        <Record title={text.gone} patient={gone} tone="gone" />
        <Button icon="retry" className="sm:mt-9" onPress={() => setSwapped(!isSwapped)}>
          {text.swap}
        </Button>
        <Record title={text.stays} patient={stays} />
      </div>
      {isOdd && <Notice tone="caution" title={text.differ} />}
      <section className="rounded-md border border-line bg-surface p-4">
        <h2 className="text-sm font-semibold">{text.moves}</h2>
        <Moves patient={gone} />
        <p className="mt-2 text-sm text-ink-2">{text.demographics}</p>
      </section>
      <Field
        label={`${text.reason} (${useText().common.optional})`}
        value={reason}
        onChange={setReason}
        maxLength={300}
      />
      {merge.error && <ProblemNotice error={merge.error} />}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onPress={onBack}>{text.another}</Button>
        <ButtonLink to="/patients/$patientId" params={{ patientId: one.id }} look="quiet">
          {useText().common.cancel}
        </ButtonLink>
        <Button look="primary" isPending={merge.isPending} onPress={() => merge.mutate()}>
          {text.confirm}
        </Button>
      </div>
    </div>
  );
}

/** As far as the chart tells: what it cannot say is named as well. */
function Moves({ patient }: { patient: Patient }) {
  const common = useText().common;
  const text = usePracticeText();
  const chart = useQuery(chartQuery(useClient(), patient.id));
  if (chart.isPending) return <Skeleton label={common.loading} lines={2} />;
  const parts = [text.merge.identifiers(patient.identifiers.length)];
  if (chart.data && !("mergedInto" in chart.data)) {
    const { appointments, documents, tasks } = chart.data;
    if (appointments) {
      const count = appointments.upcoming.length + appointments.past.length;
      parts.push(text.merge.appointments(count));
    }
    if (documents) parts.push(text.merge.documents(documents.length));
    if (tasks) parts.push(text.merge.tasks(tasks.length));
  }
  return (
    <ul className="mt-1 list-disc pl-5">
      {[...parts, text.merge.andMore].map((part) => <li key={part}>{part}</li>)}
    </ul>
  );
}

function Record(
  { title, patient, tone }: { title: string; patient: Patient; tone?: "gone" },
) {
  const text = usePracticeText();
  const rows: [string, ReactNode][] = [
    [text.chart.born, <Born key="born" patient={patient} />],
    [text.form.sex, text.sexes[patient.sex]],
    [text.chart.numbers, patient.identifiers.map(({ value }) => value).join(", ")],
    [text.chart.contacts, patient.contacts.map(({ value }) => value).join(", ")],
    [text.chart.address, patient.addresses[0]?.city ?? ""],
  ];
  return (
    <section
      aria-label={title}
      className={`rounded-md border p-4 ${
        tone === "gone" ? "border-dashed border-line-strong" : "border-line bg-surface"
      }`}
    >
      <h2 className="text-xs font-medium text-ink-3">{title}</h2>
      <p className="mb-2 text-lg font-semibold wrap-anywhere">
        <bdi>{nameOf(patient.name)}</bdi>
      </p>
      <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="wrap-anywhere">{value || "–"}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
