/** The rules of a clinic, and a question to one of them about a patient. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { useInsightText } from "../insights/texts.ts";
import { PatientPicker } from "../patients/PatientPicker.tsx";
import { nameOf, type Patient } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe } from "../sessions/me.ts";
import { IntendedUseLabel } from "../stance/IntendedUseLabel.tsx";
import { type Decided, newestOf, type Rule, ruleQuery, rulesQuery, toneOf } from "./alerts.ts";

export function Rules() {
  const text = useInsightText().alerts;
  const canRead = useMay("rules:read") !== false;
  const canAsk = useMay("decisions:evaluate") !== false;
  const [asked, setAsked] = useState<Rule>();
  const rules = useQuery({ ...rulesQuery(useClient()), enabled: canRead });
  const newest = newestOf(rules.data?.items ?? []);
  if (!canRead) return null;
  return (
    <section aria-label={text.rules}>
      <h2 className="text-lg font-semibold">{text.rules}</h2>
      <p className="mb-2 text-sm text-ink-2">{text.rulesLead}</p>
      {rules.isError && <ProblemNotice error={rules.error} />}
      {rules.isSuccess && newest.length === 0 && (
        <p className="border-t border-line py-row text-ink-3">{text.noRules}</p>
      )}
      <ul className="border-t border-line empty:hidden">
        {newest.map((rule) => (
          <li
            key={rule.key}
            className="flex flex-wrap items-center gap-2 border-b border-line py-row"
          >
            <div className="min-w-0 flex-1 basis-40">
              <p className="font-medium wrap-anywhere">{rule.title}</p>
              <p className="text-xs text-ink-3">{text.version(rule.version)}</p>
            </div>
            <Badge tone={rule.state === "active" ? "good" : "neutral"}>
              {text.states[rule.state]}
            </Badge>
            <RuleSteps rule={rule} />
            {rule.state === "active" && canAsk && (
              <Button
                size="sm"
                aria-label={`${text.ask}: ${rule.title}`}
                onPress={() => setAsked(rule)}
              >
                {text.ask}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && <AskDialog rule={asked} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

/** Handed in by its author, approved by somebody else. */
function RuleSteps({ rule }: { rule: Rule }) {
  const text = useInsightText().alerts;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const canWrite = useMay("rules:write") === true;
  const canApprove = useMay("rules:approve") === true;
  const { key, version, state, sha256 } = rule;
  const isOwn = rule.createdBy === me.id || rule.submittedBy === me.id;
  const step = useMutation({
    mutationFn: (kind: "submit" | "approve") => {
      const path = { key, version: String(version) };
      const base = "/api/workflow/rules/{key}/versions/{version}" as const;
      return kind === "submit"
        ? client.post(`${base}/submit`, { path })
        : client.post(`${base}/approve`, { path, body: { sha256, state: "active" } });
    },
    onSuccess: (_, kind) => announce(kind === "submit" ? text.submitted : text.approved),
    onSettled: () => queries.invalidateQueries({ queryKey: ["rules"] }),
  });
  return (
    <>
      {state === "draft" && canWrite && (
        <Button
          size="sm"
          isPending={step.isPending}
          onPress={() => step.mutate("submit")}
        >
          {text.submit}
        </Button>
      )}
      {state === "submitted" && canApprove && !isOwn && (
        <Button
          size="sm"
          isPending={step.isPending}
          onPress={() => step.mutate("approve")}
        >
          {text.approve}
        </Button>
      )}
      {step.error && (
        <div className="basis-full">
          <ProblemNotice error={step.error} />
        </div>
      )}
    </>
  );
}

type Typed = Record<string, { value: string; unit: string }>;

/** Asks a rule: what it is made from is typed in, with its unit; nothing stands for what is not. */
function AskDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const common = useText().common;
  const text = useInsightText().alerts;
  const client = useClient();
  const queries = useQueryClient();
  const [patient, setPatient] = useState<Patient>();
  const [typed, setTyped] = useState<Typed>({});
  const detail = useQuery(ruleQuery(client, rule.key, rule.version));
  const inputs = detail.data?.document.inputs ?? [];
  const ask = useMutation({
    mutationFn: () => {
      const at = new Date().toISOString();
      const given = inputs.flatMap(({ name, unit }) => {
        const value = typed[name]?.value.trim() ?? "";
        if (value === "") return [];
        const number = Number(value.replace(",", "."));
        const said = Number.isFinite(number) ? number : value === "true" ? true : value;
        return [[name, { value: said, at, ...(unit ? { unit: typed[name]!.unit || unit } : {}) }]];
      });
      return client.post("/api/workflow/decisions/{key}/evaluate", {
        path: { key: rule.key },
        body: {
          inputs: Object.fromEntries(given),
          patientId: patient?.id ?? null,
          encounterId: null,
        },
      });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["alerts"] }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!ask.isPending) ask.mutate();
  }
  return (
    <Dialog isOpen title={rule.title} onClose={onClose}>
      <form onSubmit={submit} className="mt-3 flex flex-col gap-3">
        {patient
          ? (
            <p className="flex items-center gap-3">
              <bdi className="font-medium">{nameOf(patient.name)}</bdi>
              <Button size="sm" onPress={() => setPatient(undefined)}>{text.another}</Button>
            </p>
          )
          : <PatientPicker label={text.choosePatient} onPick={setPatient} />}
        {detail.isPending && <Skeleton label={common.loading} lines={3} />}
        {inputs.map(({ name, unit }) => (
          <Field
            key={name}
            label={unit ? `${name} (${unit})` : name}
            value={typed[name]?.value ?? ""}
            onChange={(value) => setTyped({ ...typed, [name]: { value, unit: unit ?? "" } })}
          />
        ))}
        {ask.error && <ProblemNotice error={ask.error} />}
        {ask.data && <Outcome decided={ask.data} />}
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{common.close}</Button>
          <Button type="submit" look="primary" isPending={ask.isPending}>{text.ask}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Outcome({ decided }: { decided: Decided }) {
  const text = useInsightText().alerts;
  const format = useFormat();
  const { status, missing, stale, alert, reasons, output } = decided;
  const reasonOf = (name: string) => reasons.find(({ input }) => input === name)?.reason;
  return (
    <>
      {status === "indeterminate"
        ? (
          <Notice isUrgent tone="caution" title={text.indeterminate}>
            <ul className="list-disc pl-4">
              {[...missing, ...stale].map((name) => (
                <li key={name}>{[name, reasonOf(name)].filter(Boolean).join(": ")}</li>
              ))}
            </ul>
          </Notice>
        )
        : status === "not_fired"
        ? <Notice tone="neutral" title={text.notFired}>{text.noneText}</Notice>
        : (
          <Notice
            isUrgent
            tone={alert ? toneOf[alert.indicator] : "caution"}
            title={alert?.summary ?? text.fired}
          >
            {alert?.detail ??
              (typeof output === "number" ? format.number(output) : undefined)}
          </Notice>
        )}
      <IntendedUseLabel use={decided.intendedUse} />
    </>
  );
}
