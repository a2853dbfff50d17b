/** One draft: read, mended, accepted by a person with the right to what it brings about, or rejected. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { BackLink } from "../../ui/BackLink.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { Disclosure } from "../../ui/Disclosure.tsx";
import { inputClass } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { readObject } from "../definitions/definitions.ts";
import { useInsightText } from "../insights/texts.ts";
import { usePatientNames } from "../patients/names.ts";
import { nameOf as patientName } from "../patients/patients.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { IntendedUseLabel } from "../stance/IntendedUseLabel.tsx";
import { useDraft } from "../tasks/drafts.ts";
import { ReasonDialog } from "../workflows/ReasonDialog.tsx";
import { useWorkflowText } from "../workflows/texts.ts";
import { paperQuery, type ProposalDetail, proposalQuery, statusTone } from "./assistance.ts";

const route = getRouteApi("/signed-in/workflows/assistant/$proposalId");

export function ProposalPage() {
  const common = useText().common;
  const text = useInsightText().assistance;
  const { proposalId } = route.useParams();
  const proposal = useQuery(proposalQuery(useClient(), proposalId));
  return (
    <>
      <BackLink to="/workflows/assistant">{text.back}</BackLink>
      {proposal.data
        ? <Opened key={proposalId} proposal={proposal.data} />
        : proposal.isError
        ? (
          <div className="mt-4 max-w-2xl">
            <h1 className="sr-only">{text.text}</h1>
            <ProblemNotice error={proposal.error} onRetry={() => proposal.refetch()} />
          </div>
        )
        : <Skeleton label={common.loading} lines={6} />}
    </>
  );
}

function Opened({ proposal }: { proposal: ProposalDetail }) {
  const text = useInsightText().assistance;
  const texts = useWorkflowText().definitions;
  const format = useFormat();
  const nameOf = useNames();
  const patient = usePatientNames([proposal.patientId])(proposal.patientId);
  const [isEditing, setEditing] = useState(false);
  const { status, rendered, warnings, insteadOf, provider, effect, decidedBy, decidedAt } =
    proposal;
  const isOpen = status === "proposed";
  usePageTitle(rendered.title);
  return (
    <div className="max-w-4xl">
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-2xl font-semibold wrap-anywhere">{rendered.title}</h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-ink-2">
            <Badge tone={statusTone[status]}>{text.statuses[status]}</Badge>
            <span>{text.tasks[proposal.task] ?? proposal.task}</span>
            {patient && proposal.patientId && (
              <Link
                to="/patients/$patientId"
                params={{ patientId: proposal.patientId }}
                className="font-medium text-ink underline-offset-2 hover:underline"
              >
                <bdi>{patientName(patient.name)}</bdi>
              </Link>
            )}
            <span>{text.provider}: {text.providers[provider] ?? provider}</span>
            {isOpen && <span>{text.expires(format.moment(proposal.expiresAt))}</span>}
          </p>
        </div>
      </header>
      <div className="flex flex-col gap-4">
        {insteadOf && (
          <Notice tone="caution" title={text.insteadOf}>{text.failed[insteadOf]}</Notice>
        )}
        {warnings.length > 0 && (
          <Notice tone="caution" title={text.warnings}>
            <ul className="list-disc pl-4">
              {warnings.map((warning) => <li key={warning}>{warning}</li>)}
            </ul>
          </Notice>
        )}
        {effect && (
          <Notice tone="good" title={text.effect[effect.kind] ?? effect.kind}>
            {decidedBy && decidedAt &&
              text.decided(nameOf(decidedBy) ?? "…", format.moment(decidedAt))}
          </Notice>
        )}
        {status === "rejected" && (
          <Notice tone="neutral" title={text.statuses.rejected}>
            {proposal.reason}
            {decidedBy && decidedAt && (
              <p>{text.decided(nameOf(decidedBy) ?? "…", format.moment(decidedAt))}</p>
            )}
          </Notice>
        )}
        {isEditing ? <Editor proposal={proposal} onClose={() => setEditing(false)} /> : (
          <article
            aria-label={text.text}
            className="rounded-lg border border-line bg-surface p-5 whitespace-pre-wrap wrap-anywhere"
          >
            {rendered.text}
          </article>
        )}
        {isOpen && !isEditing && <Decisions proposal={proposal} onEdit={() => setEditing(true)} />}
        {effect?.kind === "paper" && <Signed id={effect.id} />}
        {proposal.difference.length > 0 && (
          <Disclosure title={text.changed}>
            <ul className="flex flex-col gap-2">
              {proposal.difference.map(({ pointer, change, before, after }) => (
                <li key={`${pointer} ${change}`}>
                  <code className="font-mono text-xs">{pointer}</code>
                  <div className="grid gap-2 sm:grid-cols-2">
                    <Code label={texts.before} text={JSON.stringify(before, null, 2) ?? ""} />
                    <Code label={texts.after} text={JSON.stringify(after, null, 2) ?? ""} />
                  </div>
                </li>
              ))}
            </ul>
          </Disclosure>
        )}
        <Disclosure title={text.material}>
          <Code label={text.material} text={JSON.stringify(proposal.material, null, 2)} />
        </Disclosure>
        <IntendedUseLabel use={proposal.intendedUse} />
      </div>
    </div>
  );
}

function useDecided(id: string) {
  const queries = useQueryClient();
  return (decided: ProposalDetail) => {
    queries.setQueryData(["assistance", "proposal", id], decided);
    queries.invalidateQueries({ queryKey: ["assistance", "proposals"] });
    queries.invalidateQueries({ queryKey: ["definitions"] });
  };
}

function Decisions({ proposal, onEdit }: { proposal: ProposalDetail; onEdit: () => void }) {
  const text = useInsightText().assistance;
  const client = useClient();
  const announce = useAnnounce();
  const decided = useDecided(proposal.id);
  const canDecide = useMay("assistants:decide") !== false;
  const hasRight = useMay(proposal.needs) !== false;
  const [isRejecting, setRejecting] = useState(false);
  const { id, version, needs } = proposal;
  const accept = useMutation({
    mutationFn: () =>
      client.post("/api/workflow/assistance/proposals/{id}/accept", {
        path: { id },
        body: { version },
      }),
    onSuccess: (accepted) => {
      announce(text.acceptedText);
      decided(accepted);
    },
  });
  const reject = useMutation({
    mutationFn: (reason: string) =>
      client.post("/api/workflow/assistance/proposals/{id}/reject", {
        path: { id },
        body: { version, reason },
      }),
    onSuccess: (rejected) => {
      announce(text.rejectedText);
      decided(rejected);
    },
  });
  if (!canDecide) return <Notice icon="lock" title={text.cannotAccept} />;
  return (
    <>
      {!hasRight && <Notice icon="lock" title={text.cannotAccept}>{needs}</Notice>}
      {accept.error && <ProblemNotice error={accept.error} />}
      <div className="flex flex-wrap gap-2">
        {hasRight && (
          <Button
            look="primary"
            icon="check"
            isPending={accept.isPending}
            onPress={() => accept.mutate()}
          >
            {needs.startsWith("documents:") ? text.acceptSign : text.accept}
          </Button>
        )}
        <Button onPress={onEdit}>{text.edit}</Button>
        <Button look="quiet" onPress={() => setRejecting(true)}>{text.reject}</Button>
      </div>
      {isRejecting && (
        <ReasonDialog
          title={text.rejectTitle}
          confirm={text.reject}
          look="danger"
          isPending={reject.isPending}
          error={reject.error}
          onConfirm={(reason) => reject.mutate(reason)}
          onClose={() => setRejecting(false)}
        />
      )}
    </>
  );
}

/** Field by field, as the task defines it: the service looks again at what stands there. */
function Editor({ proposal, onClose }: { proposal: ProposalDetail; onClose: () => void }) {
  const common = useText().common;
  const text = useInsightText().assistance;
  const client = useClient();
  const announce = useAnnounce();
  const id = useId();
  const decided = useDecided(proposal.id);
  const [typed, setTyped, forget] = useDraft(
    `proposal ${proposal.id} ${proposal.version}`,
    JSON.stringify(proposal.edited ?? proposal.output, null, 2),
  );
  const [isTried, setTried] = useState(false);
  const output = readObject(typed);
  const save = useMutation({
    mutationFn: () =>
      client.put("/api/workflow/assistance/proposals/{id}", {
        path: { id: proposal.id },
        body: { version: proposal.version, output: output! },
      }),
    onSuccess: (edited) => {
      forget();
      announce(text.saved);
      decided(edited);
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (output && !save.isPending) save.mutate();
  }
  const isWrong = isTried && output === undefined;
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <label htmlFor={id} className="text-sm font-medium text-ink-2">{text.editLabel}</label>
      <textarea
        id={id}
        rows={16}
        spellCheck={false}
        value={typed}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-error` : undefined}
        onChange={({ target }) => setTyped(target.value)}
        className={`${inputClass} resize-y py-2 font-mono text-xs leading-5`}
      />
      {isWrong && <p id={`${id}-error`} className="text-sm text-danger">{text.editWrong}</p>}
      {save.error && <ProblemNotice error={save.error} />}
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{common.cancel}</Button>
        <Button type="submit" look="primary" isPending={save.isPending}>{text.save}</Button>
      </div>
    </form>
  );
}

function Signed({ id }: { id: string }) {
  const text = useInsightText().assistance;
  const format = useFormat();
  const nameOf = useNames();
  const paper = useQuery(paperQuery(useClient(), id)).data;
  if (!paper) return null;
  return (
    <p className="text-sm text-ink-2 wrap-anywhere">
      {text.paper}: {text.signedBy(nameOf(paper.signedBy) ?? "…", format.moment(paper.signedAt))}
      <code className="ml-2 font-mono text-xs text-ink-3">{paper.sha256.slice(0, 16)}…</code>
    </p>
  );
}
