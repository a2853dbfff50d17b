/** Writes a protocol: whose runs are judged, and constraint by constraint what has to be kept. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/Choice.tsx";
import { Field } from "../../ui/Field.tsx";
import { chosenOf, definitionsQuery, familiesOf, graphQuery } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { useDraft } from "../tasks/drafts.ts";
import {
  type ConstraintForm,
  constraintOf,
  emptyConstraint,
  faultsOf,
  hasCount,
  hasTarget,
  hasWindow,
  isKey,
  type Template,
} from "./compliance.ts";
import { SEVERITIES } from "./search.ts";

const route = getRouteApi("/signed-in/workflows/compliance/new");

export function ProtocolFormPage() {
  const text = useInsightText().compliance;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const announce = useAnnounce();
  usePageTitle(text.newProtocol);
  const definitions = useQuery(definitionsQuery(client)).data ?? [];
  const families = familiesOf(definitions);
  const [draft, setDraft, forget] = useDraft("protocol", {
    key: "",
    title: "",
    definition: "",
    constraints: [emptyConstraint],
  });
  const [isTried, setTried] = useState(false);
  const definition = draft.definition || families[0]?.key || "";
  const key = draft.key.trim();
  const faults = draft.constraints.map(faultsOf);
  const isWrong = !isKey(key) || !draft.title.trim() || definition === "" ||
    faults.some(({ size }) => size > 0);
  const save = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/compliance/protocols", {
        body: {
          key,
          title: draft.title.trim(),
          definition,
          constraints: draft.constraints.map(constraintOf),
        },
      }),
    onSuccess: async ({ key, version }) => {
      forget();
      announce(text.saved);
      await queries.invalidateQueries({ queryKey: ["compliance"] });
      await navigate({
        to: "/workflows/compliance/protocols/$key",
        params: { key },
        search: { version },
      });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !save.isPending) save.mutate();
  }
  const listId = useId();
  const version = chosenOf(definitions.filter((one) => one.key === definition), undefined);
  const graph = useQuery({
    ...graphQuery(client, definition, version?.version ?? 0),
    enabled: version !== undefined,
  }).data;
  const activities = [
    ...new Set(
      graph?.nodes.filter(({ kind }) => kind !== "start" && kind !== "end")
        .map(({ id }) => id.split("/").at(-1)!),
    ),
  ];
  const change = (at: number, constraint: ConstraintForm) =>
    setDraft({ ...draft, constraints: draft.constraints.with(at, constraint) });
  return (
    <>
      <BackLink to="/workflows/compliance">{text.back}</BackLink>
      <h1 className="mt-2 mb-4 text-2xl font-semibold">{text.newProtocol}</h1>
      <form onSubmit={submit} noValidate className="flex max-w-3xl flex-col gap-5">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={text.name}
            error={isTried && !draft.title.trim() ? text.needed : undefined}
            value={draft.title}
            onChange={(title) => setDraft({ ...draft, title })}
            maxLength={200}
          />
          <Field
            label={text.key}
            hint={text.keyHint}
            error={isTried && !isKey(key) ? text.keyWrong : undefined}
            value={draft.key}
            onChange={(key) => setDraft({ ...draft, key })}
            maxLength={63}
          />
        </div>
        <Choice
          label={text.definition}
          value={definition}
          onChange={(definition) => setDraft({ ...draft, definition })}
          choices={families.map(({ key, newest }) => ({ value: key, label: newest.title }))}
        />
        <datalist id={listId}>
          {activities.map((activity) => <option key={activity} value={activity} />)}
        </datalist>
        {draft.constraints.map((constraint, at) => (
          <OneConstraint
            key={at}
            nth={at + 1}
            form={constraint}
            list={listId}
            faults={isTried ? faults[at]! : new Set()}
            onChange={(next) => change(at, next)}
            onRemove={draft.constraints.length > 1
              ? () => setDraft({ ...draft, constraints: draft.constraints.toSpliced(at, 1) })
              : undefined}
          />
        ))}
        {save.error && <ProblemNotice error={save.error} />}
        <div className="flex flex-wrap justify-between gap-2">
          <Button
            icon="plus"
            onPress={() =>
              setDraft({ ...draft, constraints: [...draft.constraints, emptyConstraint] })}
          >
            {text.add}
          </Button>
          <Button type="submit" look="primary" isPending={save.isPending}>{text.save}</Button>
        </div>
      </form>
    </>
  );
}

type Props = {
  nth: number;
  form: ConstraintForm;
  list: string;
  faults: ReadonlySet<keyof ConstraintForm>;
  onChange: (form: ConstraintForm) => void;
  onRemove: (() => void) | undefined;
};

function OneConstraint({ nth, form, list, faults, onChange, onRemove }: Props) {
  const text = useInsightText().compliance;
  const templates = Object.keys(text.templates) as Template[];
  const field = (name: "name" | "activity" | "target" | "count" | "withinMinutes") => ({
    value: form[name],
    onChange: (value: string) => onChange({ ...form, [name]: value }),
    error: faults.has(name)
      ? name === "count" || name === "withinMinutes" ? text.wrongNumber : text.needed
      : undefined,
  });
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 rounded-lg border border-line bg-surface p-4">
      <legend className="px-1 font-semibold">{text.constraint(nth)}</legend>
      <Field label={text.name} {...field("name")} maxLength={200} />
      <Choice
        label={text.template}
        value={form.template}
        onChange={(template) => onChange({ ...form, template })}
        choices={templates.map((value) => ({ value, label: text.templates[value] }))}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.activity} {...field("activity")} list={list} maxLength={200} />
        {hasTarget(form.template) && (
          <Field label={text.target} {...field("target")} list={list} maxLength={200} />
        )}
        {hasCount(form.template) && (
          <Field label={text.count} {...field("count")} inputMode="numeric" />
        )}
        {hasWindow(form.template) && (
          <Field label={text.within} {...field("withinMinutes")} inputMode="numeric" />
        )}
        <Choice
          label={text.severity}
          value={form.severity}
          onChange={(severity) => onChange({ ...form, severity })}
          choices={SEVERITIES.map((value) => ({ value, label: text.severities[value] }))}
        />
      </div>
      {onRemove && (
        <div className="flex justify-end">
          <Button size="sm" look="quiet" onPress={onRemove}>{text.remove}</Button>
        </div>
      )}
    </fieldset>
  );
}
