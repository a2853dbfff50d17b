/** Writes a draft: a workflow in YAML or JSON, or a pathway as a FHIR PlanDefinition. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field, inputClass } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { useDraft } from "../tasks/drafts.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { definitionQuery, type Finding, readObject } from "./definitions.ts";

const route = getRouteApi("/signed-in/workflows/definitions/new");

export function EditorPage() {
  const common = useText().common;
  const text = useWorkflowText().definitions;
  const { from, kind = "workflow" } = route.useSearch();
  const [key = "", version] = from?.split("@") ?? [];
  const detail = useQuery({
    ...definitionQuery(useClient(), key, Number(version)),
    enabled: from !== undefined,
  });
  const title = kind === "pathway" ? text.importTitle : text.editTitle;
  usePageTitle(title);
  return (
    <>
      <BackLink to="/workflows/definitions">{text.back}</BackLink>
      <h1 className="mt-2 mb-4 text-2xl font-semibold">{title}</h1>
      {detail.isError
        ? <ProblemNotice error={detail.error} onRetry={() => detail.refetch()} />
        : from !== undefined && !detail.data
        ? <Skeleton label={common.loading} lines={8} />
        : <Editor key={from ?? ""} kind={kind} source={detail.data?.source ?? ""} from={from} />}
    </>
  );
}

type Props = { kind: "workflow" | "pathway"; source: string; from: string | undefined };

function Editor({ kind, source, from }: Props) {
  const common = useText().common;
  const texts = useWorkflowText();
  const text = texts.definitions;
  const client = useClient();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const announce = useAnnounce();
  const id = useId();
  const [draft, setDraft, forget] = useDraft(`definition ${kind} ${from ?? ""}`, {
    source,
    note: "",
  });
  const [isTried, setTried] = useState(false);
  const isPathway = kind === "pathway";
  const plan = isPathway ? readObject(draft.source) : undefined;
  const isWrong = draft.source.trim() === "" || (isPathway && plan === undefined);
  const check = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/definitions/validate", { body: { source: draft.source } }),
  });
  const save = useMutation({
    mutationFn: () => {
      const note = draft.note.trim() ? { note: draft.note.trim() } : {};
      return isPathway
        ? client.post("/api/workflow/pathways", { body: { plan: plan as never, ...note } })
        : client.post("/api/workflow/definitions", { body: { source: draft.source, ...note } });
    },
    onSuccess: async ({ definition }) => {
      forget();
      announce(text.saved);
      await queries.invalidateQueries({ queryKey: ["definitions"] });
      await navigate({
        to: "/workflows/definitions/$key",
        params: { key: definition.key },
        search: { version: definition.version },
      });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !save.isPending) save.mutate();
  }
  return (
    <form onSubmit={submit} className="flex max-w-4xl flex-col gap-4">
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-sm font-medium text-ink-2">
          {isPathway ? text.editPlan : text.editSource}
        </label>
        <textarea
          id={id}
          rows={22}
          spellCheck={false}
          value={draft.source}
          aria-invalid={isTried && isWrong}
          aria-describedby={isTried && isWrong ? `${id}-error` : undefined}
          onChange={({ target }) => setDraft({ ...draft, source: target.value })}
          className={`${inputClass} resize-y py-2 font-mono text-xs leading-5`}
        />
        {isTried && isWrong && (
          <p id={`${id}-error`} className="text-sm text-danger">
            {draft.source.trim() === "" ? texts.task.missing : texts.task.notJson}
          </p>
        )}
      </div>
      <Field
        label={`${text.noteLabel} (${common.optional})`}
        value={draft.note}
        onChange={(note) => setDraft({ ...draft, note })}
        maxLength={500}
      />
      {check.data && <Findings findings={check.data.findings} />}
      {(check.error ?? save.error) && <ProblemNotice error={check.error ?? save.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        {!isPathway && (
          <Button
            isPending={check.isPending}
            onPress={() => {
              setTried(true);
              if (!isWrong) check.mutate();
            }}
          >
            {text.check}
          </Button>
        )}
        <Button type="submit" look="primary" isPending={save.isPending}>{text.save}</Button>
      </div>
    </form>
  );
}

export function Findings({ findings }: { findings: readonly Finding[] }) {
  const text = useWorkflowText().definitions;
  if (findings.length === 0) return <Notice tone="good" title={text.fine} />;
  return (
    <Notice isUrgent tone="caution" title={text.findings(findings.length)}>
      <ul className="mt-1 flex flex-col gap-1">
        {findings.map(({ pointer, rule, detail, severity }, at) => (
          <li key={at}>
            <Badge tone={severity === "error" ? "danger" : "caution"}>
              {text.severities[severity]}
            </Badge>{" "}
            <code className="font-mono text-xs">{pointer || rule}</code> {detail}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
