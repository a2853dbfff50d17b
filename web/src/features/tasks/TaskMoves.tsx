/** What is done with a task beside working it: take, give back, hand over, put off. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Task } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe } from "../sessions/me.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import { DelegateDialog, SnoozeDialog } from "./HandOver.tsx";

type Step =
  | { kind: "claim" | "release" }
  | { kind: "delegate"; toUserId: string }
  | { kind: "snooze"; until: string };

export function TaskMoves({ task }: { task: Task }) {
  const all = useText().tasks;
  const text = useWorkflowText().task;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const canAssign = useMay("tasks:assign") === true;
  const [asked, setAsked] = useState<"delegate" | "snooze">();
  const isMine = task.claimedBy === me.id;
  const move = useMutation({
    mutationFn: (step: Step): Promise<Task> => {
      const input = { path: { id: task.id }, headers: { "if-match": `"${task.version}"` } };
      switch (step.kind) {
        case "delegate": {
          const body = { toUserId: step.toUserId };
          return client.post("/api/workflow/tasks/{id}/delegate", { ...input, body });
        }
        case "snooze": {
          const body = { until: step.until };
          return client.post("/api/workflow/tasks/{id}/snooze", { ...input, body });
        }
        default:
          return client.post(`/api/workflow/tasks/{id}/${step.kind}` as const, input);
      }
    },
    onSuccess: (moved, { kind }) => {
      queries.setQueryData(["tasks", "one", task.id], moved);
      setAsked(undefined);
      announce(
        {
          claim: all.claimed,
          release: all.released,
          delegate: text.delegated,
          snooze: text.snoozedDone,
        }[kind],
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["tasks"] }),
  });
  const ask = (what: "delegate" | "snooze") => {
    move.reset();
    setAsked(what);
  };
  return (
    <div className="flex flex-wrap gap-2">
      {task.state === "open" && (
        <Button
          isPending={move.isPending}
          onPress={() => move.mutate({ kind: "claim" })}
        >
          {text.claim}
        </Button>
      )}
      {isMine && (
        <Button
          isPending={move.isPending}
          onPress={() => move.mutate({ kind: "release" })}
        >
          {text.release}
        </Button>
      )}
      {(isMine || canAssign) && (
        <Button look="quiet" onPress={() => ask("delegate")}>{text.delegate}</Button>
      )}
      {(isMine || task.state === "open") && (
        <Button
          look="quiet"
          icon="clock"
          onPress={() => ask("snooze")}
        >
          {text.snooze}
        </Button>
      )}
      {move.error && asked === undefined && (
        <div className="basis-full">
          <ProblemNotice error={move.error} />
        </div>
      )}
      {asked === "delegate" && (
        <DelegateDialog
          task={task}
          isPending={move.isPending}
          error={move.error}
          onConfirm={(toUserId) => move.mutate({ kind: "delegate", toUserId })}
          onClose={() => setAsked(undefined)}
        />
      )}
      {asked === "snooze" && (
        <SnoozeDialog
          task={task}
          isPending={move.isPending}
          error={move.error}
          onConfirm={(until) => move.mutate({ kind: "snooze", until })}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}
