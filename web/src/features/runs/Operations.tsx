/** What an operator does with a run: each asks why, and stands in the audit. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Tick } from "../../ui/Choice.tsx";
import { ReasonDialog } from "../workflows/ReasonDialog.tsx";
import { useWorkflowText } from "../workflows/texts.ts";
import { type Operation, operationsOf, type Run } from "./runs.ts";

type Props = {
  run: Run;
  /** The step that cannot go on, if any. */
  stuckStepId?: string | undefined;
};

export function Operations({ run, stuckStepId }: Props) {
  const text = useWorkflowText().run;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<Operation>();
  const [compensate, setCompensate] = useState(false);
  const work = useMutation({
    mutationFn: async ({ kind, reason }: { kind: Operation; reason: string }): Promise<void> => {
      const input = { path: { id: run.id } };
      if (kind === "cancel") {
        const body = { reason, compensate };
        await client.post("/api/workflow/runs/{id}/cancel", { ...input, body });
      } else if (kind === "skip") {
        const body = { reason, stepId: stuckStepId! };
        await client.post("/api/workflow/runs/{id}/skip-step", { ...input, body });
      } else {
        await client.post(`/api/workflow/runs/{id}/${kind}` as const, {
          ...input,
          body: { reason },
        });
      }
    },
    onSuccess: (_, { kind }) => {
      announce(text.done[kind]);
      setAsked(undefined);
    },
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ["runs"] });
      queries.invalidateQueries({ queryKey: ["tasks"] });
    },
  });
  const operations = operationsOf(run.status);
  const all = stuckStepId === undefined ? operations : [...operations, "skip" as const];
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {all.map((kind) => (
          <Button
            key={kind}
            look={kind === "retry" || kind === "resume" ? "primary" : "secondary"}
            icon={({ retry: "retry", resume: "play", suspend: "pause" } as const)[kind as "retry"]}
            onPress={() => {
              work.reset();
              setAsked(kind);
            }}
          >
            {text[kind]}
          </Button>
        ))}
      </div>
      {asked && (
        <ReasonDialog
          title={text.confirm[asked]}
          confirm={text[asked]}
          look={asked === "cancel" ? "danger" : "primary"}
          isPending={work.isPending}
          error={work.error}
          onConfirm={(reason) => work.mutate({ kind: asked, reason })}
          onClose={() => setAsked(undefined)}
        >
          {asked === "cancel" && (
            <Tick isSelected={compensate} onChange={setCompensate}>{text.compensate}</Tick>
          )}
        </ReasonDialog>
      )}
    </>
  );
}
