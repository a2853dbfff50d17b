/** Registers a patient, or changes what is known of one; warns of those who might be the same. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useDeferredValue, useEffect, useState } from "react";
import { useClient } from "../../api/context.ts";
import { isKind, Problem } from "../../api/problem.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Choice, Tick } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { Duplicates } from "./Duplicates.tsx";
import {
  emptyForm,
  errorsOf,
  type FormError,
  formOf,
  inputOf,
  type Patient,
  type PatientForm,
  patientQuery,
} from "./patients.ts";
import { usePracticeText } from "./texts.ts";

const edit = getRouteApi("/signed-in/patients/$patientId/edit");

export function RegisterPage() {
  return <FormPage title={usePracticeText().form.registerTitle} />;
}

export function EditPage() {
  const common = useText().common;
  const text = usePracticeText().form;
  const { patientId } = edit.useParams();
  // Whoever edits must not have the record replaced under their hands.
  const patient = useQuery({
    ...patientQuery(useClient(), patientId),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (patient.isLoadingError) {
    return (
      <div className="mx-auto max-w-2xl px-4 pt-5 sm:px-6">
        <h1 className="sr-only">{text.editTitle}</h1>
        <ProblemNotice error={patient.error} onRetry={() => patient.refetch()} />
      </div>
    );
  }
  if (patient.isPending) return <Skeleton label={common.loading} lines={8} />;
  return (
    <FormPage
      key={patient.data.version}
      title={text.editTitle}
      patient={patient.data}
      onReload={() => patient.refetch()}
    />
  );
}

type Props = { title: string; patient?: Patient; onReload?: () => void };

function FormPage({ title, patient, onReload }: Props) {
  const common = useText().common;
  const text = usePracticeText();
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const [form, setForm] = useState(() => patient ? formOf(patient) : emptyForm);
  const [wasTried, setTried] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  usePageTitle(title);
  const errors = errorsOf(form);
  const shown = (error: FormError, message: string) =>
    wasTried && errors.has(error) ? message : undefined;
  const save = useMutation({
    mutationFn: () => {
      const body = inputOf(form, patient);
      if (!patient) {
        const headers = { "idempotency-key": key };
        return client.post("/api/practice/patients", { body, headers });
      }
      return client.put("/api/practice/patients/{id}", {
        path: { id: patient.id },
        headers: { "if-match": `"${patient.version}"` },
        body,
      });
    },
    onSuccess: async ({ id }) => {
      announce(patient ? text.form.saved : text.form.registered);
      queries.removeQueries({ queryKey: ["patients", "one", id] });
      await queries.invalidateQueries({ queryKey: ["patients"] });
      await navigate({ to: "/patients/$patientId", params: { patientId: id } });
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (errors.size === 0 && !save.isPending) save.mutate();
    else focusFirstError(event.currentTarget as HTMLElement);
  }
  const field = (name: Exclude<keyof PatientForm, "sex" | "isConfidential">, label: string) => ({
    label,
    value: form[name],
    onChange: (value: string) => setForm({ ...form, [name]: value }),
    maxLength: 300,
  });
  const isTaken = isKind(save.error, "identifier-taken");
  const isStale = save.error instanceof Problem && save.error.status === 412;

  return (
    <div className="mx-auto max-w-3xl px-4 pt-5 sm:px-6 sm:pt-7">
      <h1 className="mb-5 text-2xl font-semibold">{title}</h1>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            {...field("family", text.form.family)}
            maxLength={500}
            error={shown("name", text.form.nameMissing)}
            autoFocus
          />
          <Field {...field("given", text.form.given)} maxLength={500} />
          <Field
            {...field("birthDate", text.form.birthDate)}
            hint={text.form.birthDateHint}
            error={shown("birthDate", text.form.dateWrong)}
            inputMode="numeric"
          />
          <Choice
            label={text.form.sex}
            value={form.sex}
            onChange={(sex) => setForm({ ...form, sex })}
            choices={(["female", "male", "other", "unknown"] as const).map((value) => ({
              value,
              label: text.sexes[value],
            }))}
          />
          <Field
            {...field("number", `${text.form.number} (${common.optional})`)}
            hint={text.form.numberHint}
            error={isTaken ? text.form.taken : undefined}
          />
          <Field {...field("system", text.form.system)} hint={text.form.systemHint} />
          <Field {...field("phone", `${text.form.phone} (${common.optional})`)} type="tel" />
          <Field
            {...field("email", `${text.form.email} (${common.optional})`)}
            type="email"
            error={shown("email", text.form.emailWrong)}
          />
          <div className="sm:col-span-2">
            <Field {...field("street", `${text.form.street} (${common.optional})`)} />
          </div>
          <div className="grid grid-cols-[7rem_minmax(0,1fr)] gap-4">
            <Field {...field("postalCode", text.form.postalCode)} maxLength={30} />
            <Field {...field("city", text.form.city)} maxLength={200} />
          </div>
          <Field {...field("country", text.form.country)} maxLength={100} />
        </div>
        <Tick
          isSelected={form.isConfidential}
          onChange={(isConfidential) => setForm({ ...form, isConfidential })}
        >
          {text.form.confidential}
        </Tick>
        {!patient && <Warning form={form} />}
        {isStale
          ? (
            <Notice
              tone="caution"
              isUrgent
              title={text.form.changedTitle}
              action={onReload && (
                <Button size="sm" icon="retry" onPress={onReload}>{text.form.reload}</Button>
              )}
            >
              {text.form.changedText}
            </Notice>
          )
          : save.error && !isTaken && <ProblemNotice error={save.error} />}
        <div className="flex justify-end gap-2 pb-4">
          {patient
            ? (
              <ButtonLink to="/patients/$patientId" params={{ patientId: patient.id }} look="quiet">
                {text.form.cancel}
              </ButtonLink>
            )
            : <ButtonLink to="/patients" look="quiet">{text.form.cancel}</ButtonLink>}
          <Button type="submit" look="primary" isPending={save.isPending}>
            {patient ? text.form.save : text.form.register}
          </Button>
        </div>
      </form>
    </div>
  );
}

/** Its error has not been drawn yet: the first field that will have one. */
function focusFirstError(form: HTMLElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>("[data-invalid] input")?.focus());
}

const PAUSE_MS = 400;

/** Asks as soon as there is enough to compare: a name and a birth date, or a whole name. */
function Warning({ form }: { form: PatientForm }) {
  const client = useClient();
  const settled = useSettled(useDeferredValue(form));
  const isEnough = settled.family.trim() !== "" &&
    (settled.given.trim() !== "" || settled.birthDate.trim() !== "");
  const input = inputOf(settled);
  const { data } = useQuery({
    queryKey: ["patients", "duplicates", input],
    enabled: isEnough && errorsOf(settled).size === 0,
    queryFn: ({ signal }) => client.post("/api/practice/duplicates", { body: input, signal }),
  });
  return <Duplicates duplicates={isEnough ? data?.items ?? [] : []} />;
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
