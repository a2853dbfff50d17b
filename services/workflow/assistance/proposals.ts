/** What people do with drafts: look, change, accept, turn down. Nothing else has an effect. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { publish } from "@praxis/shared/events";
import { common, Problem } from "@praxis/shared/problem";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { differencesOf } from "../definitions/model.ts";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as stance from "../stance/stance.ts";
import { bringAbout, sign } from "./effects.ts";
import { ProposalDecided } from "./facts.ts";
import { ground } from "./grounding/grounding.ts";
import type { Paper, Proposal, ProposalDetail } from "./model.ts";
import { show } from "./showing.ts";
import * as store from "./store.ts";
import { tasks } from "./tasks/tasks.ts";

type Request = { requestId: string };
type Named = Request & { id: string };

const audit = (
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  { id, task, version }: store.Kept,
  requestId: string,
  details: Record<string, unknown> = {},
) =>
  record(tx, deps.now(), {
    actor,
    organizationId: actor.organizationId,
    action: `assistance.${action}`,
    subject: { type: "assistance-proposal", id },
    requestId,
    details: { task, version, ...details },
  });

const readBy = (actor: UserActor, requestId: string, type: string, id?: string) => ({
  actor,
  organizationId: actor.organizationId,
  action: id === undefined ? "assistance.listed" : "assistance.read",
  subject: { type, ...(id === undefined ? {} : { id }) },
  requestId,
});

export async function list(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: Request & {
    filter: store.ProposalFilter;
    before: string | undefined;
    limit: number;
  },
): Promise<Proposal[]> {
  const { organizationId } = actor;
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => store.listProposals(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
  await deps.auditRead(readBy(actor, requestId, "assistance-proposal"));
  return found.map(show);
}

const detailOf = (kept: store.Kept): ProposalDetail => ({
  ...show(kept),
  material: kept.material,
  difference: kept.edited === null ? [] : differencesOf(kept.output as never, kept.edited as never),
});

export async function get(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Named,
): Promise<ProposalDetail> {
  const { organizationId } = actor;
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => store.findProposal(tx, organizationId, id),
  );
  if (!found) throw problem("proposal-not-found");
  await deps.auditRead(readBy(actor, requestId, "assistance-proposal", id));
  return detailOf(found);
}

/** The proposal, locked, as it must be for anybody to decide on it. */
async function open(
  tx: Db,
  deps: Deps,
  { organizationId }: UserActor,
  { id, version }: { id: string; version: number },
): Promise<store.Kept> {
  const found = await store.findProposal(tx, organizationId, id, "lock");
  if (!found) throw problem("proposal-not-found");
  if (found.status !== "proposed") {
    throw problem("proposal-state", { detail: `It is ${found.status}.` });
  }
  if (found.version !== version) throw problem("proposal-changed");
  if (new Date(found.expiresAt) <= deps.now()) {
    throw problem("proposal-stale", { detail: "It is too old: ask for a new one." });
  }
  if (await store.isMerged(tx, organizationId, id)) {
    throw problem("proposal-stale", { detail: "The patient was merged into another." });
  }
  return found;
}

/** Keeps what a person made of it beside the draft; what the draft did not say is pointed out. */
export async function edit(
  deps: Deps,
  actor: UserActor,
  { id, version, output, requestId }: Named & { version: number; output: unknown },
): Promise<ProposalDetail> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await open(tx, deps, actor, { id, version });
    const task = tasks[found.task];
    const parsed = task.output.safeParse(output);
    if (!parsed.success) {
      throw common("invalid-request", {
        errors: parsed.error.issues.slice(0, 50).map(({ path, message }) => ({
          pointer: `/output/${path.join("/")}`,
          detail: message,
        })),
      });
    }
    const findings = ground(task, parsed.data, found.material);
    const warnings = findings.slice(0, 50).map(({ pointer, detail }) => `${pointer}: ${detail}`);
    const edited = await store.edit(tx, organizationId, id, { edited: parsed.data, warnings });
    const { length: changes } = differencesOf(edited.output as never, edited.edited as never);
    await audit(tx, deps, actor, "edited", edited, requestId, { changes });
    return detailOf(edited);
  });
}

async function tell(
  tx: Db,
  deps: Deps,
  { organizationId }: UserActor,
  { id, task, patientId }: store.Kept,
  decision: "accepted" | "rejected",
  requestId: string,
): Promise<void> {
  await publish(tx, ProposalDecided, {
    source: "workflow",
    organizationId,
    subject: id,
    at: deps.now(),
    requestId,
    data: { proposalId: id, task, decision, patientId },
  });
}

/**
 * Accepts a draft, under the name and with the right of a person. The decision is kept first, so
 * that two people cannot both bring it about; who comes back after a crash goes on from there.
 */
export async function accept(
  deps: Deps,
  actor: UserActor,
  { id, version, requestId }: Named & { version: number },
): Promise<ProposalDetail> {
  const { organizationId, userId } = actor;
  const scope = { organizationId };
  const claimed = await transaction(deps.sql, scope, async (tx) => {
    const found = await store.findProposal(tx, organizationId, id, "lock");
    if (!found) throw problem("proposal-not-found");
    const { feature } = stance.labelOf(`assistant.${found.task}`);
    const judge = await stance.judgeFor(tx, organizationId);
    if (!judge(feature).isAllowed) throw problem("feature-off");
    if (!actor.permissions.includes(tasks[found.task].effect.permission)) {
      throw common("not-permitted", {
        detail: `This needs ${tasks[found.task].effect.permission}.`,
      });
    }
    const isOwn = found.decidedBy === userId && found.version === version;
    if (isOwn && (found.status === "accepted" || found.status === "accepting")) return found;
    const opened = await open(tx, deps, actor, { id, version });
    return await store.decide(tx, organizationId, opened.id, {
      status: "accepting",
      decidedBy: userId,
      at: deps.now(),
    });
  });
  if (claimed.status === "accepted") return detailOf(claimed);
  let effect: NonNullable<Proposal["effect"]>;
  try {
    effect = await bringAbout(deps, actor, claimed, requestId);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    // It did not come about: the draft is there to be decided on again.
    await transaction(
      deps.sql,
      scope,
      (tx) =>
        store.decide(tx, organizationId, id, {
          status: "proposed",
          decidedBy: null,
          at: deps.now(),
        }),
    );
    throw error;
  }
  return await transaction(deps.sql, scope, async (tx) => {
    const found = await store.findProposal(tx, organizationId, id, "lock");
    if (found?.status === "accepted") return detailOf(found);
    const at = deps.now();
    if (effect.kind === "paper") await sign(tx, actor, claimed, at);
    const decided = { status: "accepted", decidedBy: userId, at, effect } as const;
    const accepted = await store.decide(tx, organizationId, id, decided);
    await tell(tx, deps, actor, accepted, "accepted", requestId);
    await audit(tx, deps, actor, "accepted", accepted, requestId, {
      provider: accepted.provider,
      effect: effect.kind,
      effectId: effect.id,
      isEdited: accepted.edited !== null,
    });
    return detailOf(accepted);
  });
}

export async function reject(
  deps: Deps,
  actor: UserActor,
  { id, version, reason, requestId }: Named & { version: number; reason: string },
): Promise<ProposalDetail> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    await open(tx, deps, actor, { id, version });
    const decided = { status: "rejected", decidedBy: userId, at: deps.now(), reason } as const;
    const rejected = await store.decide(tx, organizationId, id, decided);
    await tell(tx, deps, actor, rejected, "rejected", requestId);
    await audit(tx, deps, actor, "rejected", rejected, requestId);
    return detailOf(rejected);
  });
}

export async function getPaper(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Named,
): Promise<Paper> {
  const { organizationId } = actor;
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => store.findPaper(tx, organizationId, id),
  );
  if (!found) throw problem("paper-not-found");
  await deps.auditRead(readBy(actor, requestId, "assistance-paper", id));
  return found;
}
