/** What an accepted draft becomes, through the functions that everybody else uses, too. */
import type { UserActor } from "@praxis/shared/auth";
import { traceparentOf } from "@praxis/shared/events";
import type { Db } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { sha256 } from "../language/language.ts";
import * as pathways from "../pathways/pathways.ts";
import { problem } from "../problems.ts";
import { assistanceOf } from "./asking.ts";
import type { Proposal } from "./model.ts";
import * as store from "./store.ts";
import type { PathwayOutput } from "./tasks/pathway_proposal.ts";
import { tasks } from "./tasks/tasks.ts";

/** The organization's own words around a message that a clinician has approved. */
export const MESSAGE_TEMPLATE = "result-message";

type Effect = NonNullable<Proposal["effect"]>;

/** The draft of a PlanDefinition: it runs for nobody until two people have let it. */
function planOf({ title, steps }: PathwayOutput, id: string) {
  const name = title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40)
    .replace(/^-+|-+$/g, "") || "pathway";
  return {
    resourceType: "PlanDefinition",
    // Two proposals of one title are two definitions.
    name: `${name}-${id.slice(-8)}`,
    title,
    status: "draft",
    action: steps.map(({ id, title, after, offset }) => ({
      id,
      title,
      ...(after === null ? {} : {
        relatedAction: [{
          actionId: after,
          relationship: "after-end",
          ...(offset === null
            ? {}
            : { offsetDuration: { value: offset.value, code: offset.unit } }),
        }],
      }),
    })),
  };
}

/**
 * The part of an effect that is not in our own hands, or in a transaction of its own. The same for
 * every try: what was done before is not done twice. @throws Problem `effect-refused`.
 */
export async function bringAbout(
  deps: Deps,
  actor: UserActor,
  proposal: store.Kept,
  requestId: string,
): Promise<Effect> {
  const task = tasks[proposal.task];
  const output = proposal.edited ?? proposal.output;
  const { id, patientId } = proposal;
  switch (task.effect.kind) {
    case "definition-draft": {
      const plan = planOf(output as PathwayOutput, id);
      const note = `Drafted by an assistant (${proposal.provider}), accepted by a person.`;
      const { definition } = await pathways.importPlan(deps, actor, { plan, note, requestId });
      return { kind: "definition-draft", id: `${definition.key}/${definition.version}` };
    }
    case "message": {
      const { title, text } = task.render(output);
      const key = `assistance:${id}`;
      const answer = await assistanceOf(deps).ask({
        service: "communication",
        method: "POST",
        path: "/internal/messages",
        body: {
          organizationId: actor.organizationId,
          template: MESSAGE_TEMPLATE,
          recipients: [{ id: patientId, kind: "patient" }],
          data: { subject: title, text },
          subject: { type: "assistance-proposal", id },
          dedupeKey: `assistance ${id}`,
        },
      }, { key, requestId, traceparent: traceparentOf(requestId, key) });
      if (answer.kind !== "done") throw problem("effect-refused", { detail: answer.reason });
      const { id: messageId } = (answer.result ?? {}) as { id?: string };
      return { kind: "message", id: messageId ?? id };
    }
    case "paper":
      return { kind: "paper", id };
  }
}

/** A paper is written with the decision itself: signed, hashed, and from then on as it is. */
export async function sign(
  tx: Db,
  { organizationId, userId }: UserActor,
  proposal: store.Kept,
  at: Date,
): Promise<void> {
  const { id, patientId, task } = proposal;
  const { title, text } = tasks[task].render(proposal.edited ?? proposal.output);
  await store.insertPaper(tx, organizationId, {
    id,
    proposalId: id,
    patientId,
    task,
    title,
    text,
    sha256: await sha256(`${title}\n\n${text}`),
    signedBy: userId,
    at,
  });
}
