/** A document in quarantine: what does not fit, and what to do about it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Document } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import type { Texts } from "../../i18n/en.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";

const REASON = { min: 3, max: 500 };

/** Of a file that names one patient, who is another than the one it was filed for. */
const wordsOf = (text: Texts["document"], who: string, reasons: readonly string[]) => {
  const why = reasons.map((each) => text.heldReasons[each] ?? each).join(", ");
  return {
    title: text.held,
    text: why ? `${text.heldText(who)} (${why})` : text.heldText(who),
    what: text.heldWhat,
    release: text.release,
    releaseReason: text.releaseReason,
  };
};

export function HeldBack({ document }: { document: Document }) {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const canRelease = useMay("documents:write");
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [wasSent, setSent] = useState(false);
  const release = useMutation({
    mutationFn: () =>
      client.post("/api/content/documents/{id}/release", {
        path: { id: document.id },
        body: { reason: reason.trim() },
      }),
    onSuccess: () => {
      announce(text.document.released);
      return queries.invalidateQueries({ queryKey: ["documents"] });
    },
  });
  const seen = document.seenPatient;
  const born = seen?.birthDate?.length === 10 ? format.day(seen.birthDate) : seen?.birthDate;
  const names = [[...seen?.given ?? [], seen?.family ?? ""].join(" ").trim(), born];
  const who = names.filter(Boolean).join(", ") || text.document.heldSomeone;
  const words = document.quarantineReasons.includes("several-patients")
    ? text.document.heldSeveral
    : wordsOf(text.document, who, document.quarantineReasons);
  const isShort = reason.trim().length < REASON.min;

  function submit(event: FormEvent) {
    event.preventDefault();
    setSent(true);
    if (!isShort && !release.isPending) release.mutate();
  }

  return (
    <Notice tone="caution" icon="lock" title={words.title}>
      <p>{words.text}</p>
      {canRelease !== false && (
        <>
          <p className="mt-1">{words.what}</p>
          {!isOpen
            ? (
              <Button size="sm" className="mt-2.5" onPress={() => setOpen(true)}>
                {words.release}
              </Button>
            )
            : (
              <form onSubmit={submit} noValidate className="mt-2.5 flex flex-col items-start gap-3">
                {release.isError && <ProblemNotice error={release.error} />}
                <div className="w-full max-w-lg">
                  <Field
                    label={words.releaseReason}
                    hint={text.document.releaseReasonHint}
                    value={reason}
                    onChange={setReason}
                    maxLength={REASON.max}
                    autoFocus
                    error={wasSent && isShort ? text.document.releaseReasonHint : undefined}
                  />
                </div>
                <div className="flex gap-2">
                  <Button type="submit" size="sm" look="primary" isPending={release.isPending}>
                    {words.release}
                  </Button>
                  <Button size="sm" look="quiet" onPress={() => setOpen(false)}>
                    {text.common.cancel}
                  </Button>
                </div>
              </form>
            )}
        </>
      )}
    </Notice>
  );
}
