/** The merges that made a record what it is, and their undoing. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { isKind } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { type Merge, mergesQuery, nameOf, namesQuery } from "./patients.ts";
import { usePracticeText } from "./texts.ts";

export function Merges({ patientId }: { patientId: string }) {
  const text = usePracticeText().chart;
  const client = useClient();
  const all = useQuery(mergesQuery(client, patientId)).data?.items ?? [];
  const merges = all.filter(({ undoneAt, intoPatientId }) =>
    undoneAt === null && intoPatientId === patientId
  );
  const names = useQuery(namesQuery(client, merges.map((merge) => merge.patientId).sort())).data;
  const [undoing, setUndoing] = useState<Merge>();
  if (merges.length === 0) return null;
  return (
    <section aria-label={text.merges}>
      <h2 className="text-sm font-semibold">{text.merges}</h2>
      <ul className="mt-1">
        {merges.map((merge) => {
          const other = names?.get(merge.patientId);
          return (
            <li
              key={merge.id}
              className="flex flex-wrap items-center gap-x-3 border-t border-line py-row"
            >
              <span className="min-w-0 grow">
                <Link
                  to="/patients/$patientId"
                  params={{ patientId: merge.patientId }}
                  className="block truncate underline-offset-2 hover:underline"
                >
                  {other ? nameOf(other.name) : "…"}
                </Link>
                <MergedOn at={merge.mergedAt} />
              </span>
              <Button size="sm" onPress={() => setUndoing(merge)}>{text.undo}</Button>
            </li>
          );
        })}
      </ul>
      {undoing && <Undo merge={undoing} onClose={() => setUndoing(undefined)} />}
    </section>
  );
}

function MergedOn({ at }: { at: string }) {
  const text = usePracticeText().chart;
  return <span className="block text-xs text-ink-3">{text.mergedOn(useFormat().dayShort(at))}
  </span>;
}

function Undo({ merge, onClose }: { merge: Merge; onClose: () => void }) {
  const common = useText().common;
  const text = usePracticeText().chart;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const undo = useMutation({
    mutationFn: () => client.post("/api/practice/merges/{id}/undo", { path: { id: merge.id } }),
    onSuccess: async () => {
      announce(text.undone);
      onClose();
      await queries.invalidateQueries({ queryKey: ["patients"] });
    },
  });
  return (
    <Dialog isOpen title={text.undoTitle} onClose={onClose}>
      <p className="text-ink-2">{text.undoText}</p>
      {undo.error && (
        <div className="mt-3">
          {isKind(undo.error, "merge-overtaken")
            ? <Notice tone="caution" isUrgent title={text.overtaken} />
            : <ProblemNotice error={undo.error} />}
        </div>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onPress={onClose}>{common.cancel}</Button>
        <Button look="primary" isPending={undo.isPending} onPress={() => undo.mutate()}>
          {text.undo}
        </Button>
      </div>
    </Dialog>
  );
}
