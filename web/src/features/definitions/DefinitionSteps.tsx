/** The steps of a version from a draft to one that runs, in two people's hands. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useMe } from "../sessions/me.ts";
import { useWorkflowText } from "../workflows/texts.ts";
import type { Definition } from "./definitions.ts";

type Step = "submit" | "approve" | "shadow" | "retire";

export function DefinitionSteps({ definition }: { definition: Definition }) {
  const common = useText().common;
  const text = useWorkflowText().definitions;
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const me = useMe();
  const canAuthor = useMay("workflows:author") !== false;
  const canApprove = useMay("workflows:approve") === true;
  const [isRetiring, setRetiring] = useState(false);
  const { key, version, state, sha256, createdBy, submittedBy } = definition;
  const isOwn = createdBy === me.id || submittedBy === me.id;
  const step = useMutation({
    mutationFn: (kind: Step): Promise<Definition> => {
      const path = { key, version: String(version) };
      const base = "/api/workflow/definitions/{key}/versions/{version}" as const;
      if (kind === "submit") return client.post(`${base}/submit`, { path });
      if (kind === "retire") return client.post(`${base}/retire`, { path });
      // What is on the screen is what is approved.
      const body = { sha256, state: kind === "approve" ? "active" as const : kind };
      return client.post(`${base}/approve`, { path, body });
    },
    onSuccess: (_, kind) => {
      announce(
        {
          submit: text.submitted,
          approve: text.approved,
          shadow: text.shadowed,
          retire: text.retired,
        }[kind],
      );
      setRetiring(false);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["definitions"] }),
  });
  const isLive = state === "active" || state === "shadow";
  return (
    <>
      {state === "draft" && canAuthor && (
        <Button
          look="primary"
          isPending={step.isPending}
          onPress={() => step.mutate("submit")}
        >
          {text.submit}
        </Button>
      )}
      {(state === "submitted" || state === "shadow") && canApprove && !isOwn && (
        <>
          {state === "submitted" && (
            <Button
              isPending={step.isPending}
              onPress={() => step.mutate("shadow")}
            >
              {text.approveShadow}
            </Button>
          )}
          <Button
            look="primary"
            icon="check"
            isPending={step.isPending}
            onPress={() => step.mutate("approve")}
          >
            {text.approve}
          </Button>
        </>
      )}
      {(isLive || state === "submitted") && canApprove && (
        <Button
          look="quiet"
          onPress={() => setRetiring(true)}
        >
          {isLive ? text.retire : text.sendBack}
        </Button>
      )}
      {state === "submitted" && isOwn && (
        <div className="basis-full">
          <Notice icon="user" title={text.ownTitle}>{text.ownText}</Notice>
        </div>
      )}
      {step.error && !isRetiring && (
        <div className="basis-full">
          <ProblemNotice error={step.error} />
        </div>
      )}
      <Dialog
        isOpen={isRetiring}
        title={isLive ? text.retire : text.sendBack}
        onClose={() => setRetiring(false)}
      >
        {isLive && <p className="mt-1 text-ink-2">{text.confirmRetire}</p>}
        {step.error && <ProblemNotice error={step.error} />}
        <div className="mt-5 flex justify-end gap-2">
          <Button onPress={() => setRetiring(false)}>{common.cancel}</Button>
          <Button
            look={isLive ? "danger" : "primary"}
            isPending={step.isPending}
            onPress={() => step.mutate("retire")}
          >
            {isLive ? text.retire : text.sendBack}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
