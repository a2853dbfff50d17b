/** One call of an assistant, from what it is given to a draft that stands on it, or to a refusal. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { common } from "@praxis/shared/problem";
import { read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { canonical, sha256 } from "../language/language.ts";
import { problem } from "../problems.ts";
import * as terminology from "../terminology/terminology.ts";
import * as stance from "../stance/stance.ts";
import { askModel, askRules, assistanceOf, type Job, prepare } from "./asking.ts";
import { readable } from "./injection.ts";
import { type Material, reduce } from "./input.ts";
import { type Answer, type CallInput, type Outcome, PROPOSAL_HOURS } from "./model.ts";
import { promptFor } from "./prompts.ts";
import { ruleBased } from "./providers/own.ts";
import { show } from "./showing.ts";
import * as store from "./store.ts";
import { tasks } from "./tasks/tasks.ts";

const HOUR_MS = 3_600_000;

/** Its own rules may step in where a model could not be asked, never where it answered badly. */
const STEPS_IN = new Set<Outcome>([
  "timeout",
  "rate_limited",
  "unavailable",
  "budget_exceeded",
  "policy_blocked",
]);

const warningsOf = ({ documents, instruction }: Material): string[] => {
  const texts = [
    ...documents,
    ...(instruction === null ? [] : [{ id: "instruction", text: instruction }]),
  ];
  return texts.flatMap(({ id, text }) => {
    const { suspicious } = readable(text);
    return suspicious === 0 ? [] : [
      `${id}: ${suspicious} passage${suspicious === 1 ? " speaks" : "s speak"} to a machine, and ` +
      "nothing was taken from there.",
    ];
  });
};

type Asked = CallInput & { idempotencyKey: string | undefined; requestId: string };

/** What is to be asked, of whom, and whether it may be. */
export async function plan(
  deps: Deps,
  { organizationId }: UserActor,
  { task: name, patientId, input }: CallInput,
) {
  const judge = await read(
    deps.sql,
    { organizationId },
    (tx) => stance.judgeFor(tx, organizationId),
  );
  const label = stance.labelOf(`assistant.${name}`);
  if (!judge(label.feature).isAllowed) throw problem("feature-off");
  const task = tasks[name];
  const { material, leftOut } = reduce(input, task.needs);
  const isEmpty = material.facts.length === 0 && material.documents.length === 0;
  if (isEmpty && material.instruction === null) {
    throw common("invalid-request", {
      errors: [{ pointer: "/input", detail: "Nothing in it is of use for this task." }],
    });
  }
  const texts = material.documents.map(({ text }) => text);
  if (texts.length > 0) {
    const terms = await terminology.termsIn(deps, organizationId, texts);
    if (terms.length > 0) material.terms = terms;
  }
  const assistance = assistanceOf(deps);
  const mayExternal = judge("assistant.external-model").isAllowed;
  const isExternal = assistance.provider.isExternal && mayExternal;
  const provider = isExternal || !assistance.provider.isExternal ? assistance.provider : ruleBased;
  const mayFreeText = judge("assistant.free-text").isAllowed;
  const prompt = promptFor(name);
  const job: Job = { organizationId, task, prompt, material, patientId, names: input.names };
  return { job, leftOut, provider, isExternal, mayFreeText };
}

/** What would leave, and what would stop it. */
export async function preview(deps: Deps, actor: UserActor, given: CallInput) {
  const { job, leftOut, provider, isExternal, mayFreeText } = await plan(deps, actor, given);
  const bare = { provider: provider.id, leftOut, instructions: job.prompt.text };
  if (!isExternal) {
    return { ...bare, wouldLeave: false, blockedBecause: null, data: "", hidden: {} };
  }
  const prepared = await prepare(assistanceOf(deps), job, mayFreeText);
  const blockedBecause = "blocked" in prepared ? prepared.blocked : null;
  return {
    ...bare,
    wouldLeave: blockedBecause === null,
    blockedBecause,
    data: blockedBecause === null ? prepared.payload!.data : "",
    hidden: prepared.payload?.hidden ?? {},
  };
}

async function answerAgain(deps: Deps, actor: UserActor, asked: Asked, fingerprint: string) {
  const { organizationId, userId } = actor;
  return await read(deps.sql, { organizationId }, async (tx): Promise<Answer> => {
    const first = await store.findCallByKey(tx, organizationId, userId, asked.idempotencyKey!);
    if (first?.fingerprint !== fingerprint) throw common("idempotency-mismatch");
    if (first.outcome === null) throw problem("assistance-running");
    const proposal = await store.findProposalOfCall(tx, organizationId, first.id);
    return { call: first, proposal: proposal ? show(proposal) : null };
  });
}

export async function call(deps: Deps, actor: UserActor, asked: Asked): Promise<Answer> {
  const { organizationId, userId } = actor;
  const { job, leftOut, provider, isExternal, mayFreeText } = await plan(deps, actor, asked);
  const { task, patientId, input, requestId, idempotencyKey = null } = asked;
  const fingerprint = await sha256(canonical({ task, patientId, input }));
  const id = newId();
  const isNew = await transaction(deps.sql, { organizationId }, (tx) =>
    store.insertCall(tx, {
      id,
      organizationId,
      userId,
      task,
      patientId,
      promptVersion: job.prompt.version,
      promptSha256: job.prompt.sha256,
      provider: provider.id,
      model: provider.model,
      idempotencyKey,
      fingerprint,
      requestId,
      at: deps.now(),
    }));
  if (!isNew) return await answerAgain(deps, actor, asked, fingerprint);
  const first = isExternal ? await askModel(deps, job, mayFreeText) : askRules(job);
  const stepsIn = isExternal && STEPS_IN.has(first.ended.outcome);
  const { made } = stepsIn ? askRules(job) : first;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx): Promise<Answer> => {
    const ended = await store.endCall(tx, organizationId, id, { ...first.ended, leftOut }, at);
    const proposal = made && await store.insertProposal(tx, organizationId, {
      id: newId(),
      callId: id,
      task,
      patientId,
      provider: made.provider.id,
      insteadOf: stepsIn ? first.ended.outcome : null,
      material: job.material,
      output: made.output,
      warnings: warningsOf(job.material),
      createdBy: userId,
      at,
      expiresAt: new Date(at.getTime() + PROPOSAL_HOURS * HOUR_MS),
    });
    const { provider: asker, model, outcome, payloadSha256, inputTokens, outputTokens } = ended;
    await record(tx, at, {
      actor,
      organizationId,
      action: "assistance.called",
      subject: { type: "assistance-call", id },
      outcome: outcome === "ok" ? "success" : "failed",
      requestId,
      details: {
        task,
        patientId,
        promptVersion: job.prompt.version,
        promptSha256: job.prompt.sha256,
        provider: asker,
        model,
        outcome,
        payloadSha256,
        inputTokens,
        outputTokens,
        ...(proposal === undefined ? {} : { proposalId: proposal.id }),
      },
    });
    return { call: ended, proposal: proposal ? show(proposal) : null };
  });
}
