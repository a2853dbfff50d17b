/** What can be done with alerts: raise them by the clinic's policy, list them, answer them. */
import { record } from "@praxis/shared/audit";
import type { Actor, UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { CardTemplate, Indicator, Result, RuleDocument } from "../decisions/model.ts";
import { indicators } from "../decisions/model.ts";
import type { Deps } from "../deps.ts";
import { canonical, sha256 } from "../language/language.ts";
import { problem } from "../problems.ts";
import { type Alert, defaultPolicy, type Policy } from "./model.ts";
import { type Candidate, decide, type Verdict } from "./policy.ts";
import * as store from "./store.ts";
import { fill } from "./text.ts";

const HOUR_MS = 3_600_000;
/** How far back answers count when a rule is judged by them. */
const ANSWERS_HOURS = 24 * 90;

/** A rule that has fired, and whom it speaks of. */
export type Fired = {
  ruleId: string;
  key: string;
  version: number;
  isShadow: boolean;
  document: RuleDocument;
  result: Result;
};
export type Place = {
  patientId: string | null;
  encounterId: string | null;
  userRef: string | null;
  hook: string | null;
  clientId: string | null;
};
export type Raised = { alert: store.NewAlert; detail: string | undefined; card: CardTemplate };

/** A table may say how loud a hit is: in an output of that name. */
function indicatorOf({ document, result }: Fired): Indicator {
  const output = result.output;
  const said = output !== null && typeof output === "object"
    ? (output as { indicator?: unknown }).indicator
    : undefined;
  return indicators.find((one) => one === said) ?? document.card.indicator;
}

function worseOf({ document: { worsens }, result }: Fired): number | null {
  const value = worsens && result.inputs[worsens.input]?.value;
  if (typeof value !== "number") return null;
  return worsens!.direction === "up" ? value : -value;
}

const valuesOf = ({ result }: Fired): Record<string, unknown> =>
  Object.fromEntries(Object.entries(result.inputs).map(([name, { value }]) => [name, value]));

async function toCandidate(one: Fired): Promise<Candidate> {
  const { inputs, output } = one.result;
  const values = Object.entries(inputs).map(([name, { value }]) => [name, value]);
  return {
    key: one.key,
    indicator: indicatorOf(one),
    factHash: await sha256(canonical([values, output ?? null])),
    worse: worseOf(one),
    isEssential: one.document.isEssential,
    isShadow: one.isShadow,
  };
}

function toRaised(one: Fired, candidate: Candidate, verdict: Verdict, place: Place): Raised {
  const { card } = one.document;
  const values = { ...valuesOf(one), output: one.result.output };
  const { clientId, userRef, ...where } = place;
  return {
    card,
    detail: card.detail === undefined ? undefined : fill(card.detail, values),
    alert: {
      id: newId(),
      ruleId: one.ruleId,
      key: one.key,
      version: one.version,
      ...where,
      clientId,
      userRef,
      ...verdict,
      summary: fill(card.summary, values).slice(0, 139),
      factHash: candidate.factHash,
      worse: candidate.worse,
      output: one.result.output ?? null,
      inputs: one.result.inputs,
      overrideReasons: card.overrideReasons ?? [],
      suggestions: (card.suggestions ?? []).map(({ label }) => ({ id: newId(), label })),
    },
  };
}

/** Keeps what was fired, shown or not, within the transaction of the caller. */
export async function raise(
  tx: Db,
  at: Date,
  organizationId: string,
  place: Place,
  fired: readonly Fired[],
): Promise<Raised[]> {
  if (fired.length === 0) return [];
  const policy = await store.findPolicy(tx, organizationId) ?? defaultPolicy;
  const history = await store.findHistory(tx, organizationId, place, {
    keys: fired.map(({ key }) => key),
    since: new Date(at.getTime() - policy.dedupeHours * HOUR_MS),
    answersSince: new Date(at.getTime() - ANSWERS_HOURS * HOUR_MS),
  });
  const candidates = await Promise.all(fired.map(toCandidate));
  const verdicts = decide(candidates, history, policy);
  const raised = fired.map((one, n) => toRaised(one, candidates[n]!, verdicts[n]!, place));
  await store.insert(tx, organizationId, at, raised.map(({ alert }) => alert));
  return raised;
}

export async function list(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
    requestId: string;
  },
): Promise<Alert[]> {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "alert.listed",
    subject: { type: "alert" },
    requestId,
    details: { count: Math.min(rows.length, limit) },
  });
  return rows;
}

type Said = {
  id: string;
  outcome: "accepted" | "overridden";
  reasonCode?: string | undefined;
  comment?: string | undefined;
  requestId: string;
};

/** @throws alert-reason when something that is not only information is set aside without one */
export async function answer(
  deps: Deps,
  actor: UserActor,
  { id, outcome, reasonCode, comment, requestId }: Said,
): Promise<Alert> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await store.lock(tx, organizationId, id);
    if (!found) throw problem("alert-not-found");
    if (found.outcome !== null || found.disposition !== "shown") throw problem("alert-state");
    const codes = found.overrideReasons.map(({ code }) => code);
    const isKnown = reasonCode === undefined || codes.includes(reasonCode);
    const isBare = reasonCode === undefined && comment === undefined;
    if (outcome === "overridden" && (!isKnown || (isBare && found.indicator !== "info"))) {
      const detail = codes.length > 0 ? `Say why, or name one of: ${codes.join(", ")}` : "Say why.";
      throw problem("alert-reason", { detail: detail.slice(0, 500) });
    }
    const at = deps.now();
    const answered = await store.answer(tx, organizationId, id, {
      outcome,
      reasonCode: reasonCode ?? null,
      comment: comment ?? null,
      actedBy: userId,
      actedAt: at,
    });
    await auditAnswer(tx, at, actor, organizationId, answered, requestId);
    return answered;
  });
}

type Told = {
  card: string;
  outcome: "accepted" | "overridden";
  reasonCode: string | null;
  comment: string | null;
};

/**
 * What a client reports of cards that a hook of its own was answered with. What is reported twice
 * is kept once.
 * @throws alert-not-found for cards of others
 */
export async function hear(
  deps: Deps,
  actor: Actor,
  { organizationId, clientId, hook, told, requestId }: {
    organizationId: string;
    clientId: string;
    hook: string;
    told: readonly Told[];
    requestId: string;
  },
): Promise<void> {
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    // In one order, so that two reports do not wait for one another.
    const said = told.toSorted((a, b) => a.card < b.card ? -1 : 1);
    const answered: Alert[] = [];
    for (const { card, ...one } of said) {
      const found = await store.lock(tx, organizationId, card, clientId);
      if (!found || found.hook !== hook) throw problem("alert-not-found");
      if (found.outcome !== null) continue;
      const actedBy = `cds-client:${clientId}`;
      const answer = { ...one, actedBy, actedAt: at };
      answered.push(await store.answer(tx, organizationId, card, answer));
    }
    for (const one of answered) {
      await auditAnswer(tx, at, actor, organizationId, one, requestId);
    }
  });
}

async function auditAnswer(
  tx: Db,
  at: Date,
  actor: Actor,
  organizationId: string,
  { id, key, version, outcome, reasonCode }: Alert,
  requestId: string,
): Promise<void> {
  await record(tx, at, {
    actor,
    organizationId,
    action: `alert.${outcome}`,
    subject: { type: "alert", id },
    requestId,
    details: { key, version, ...(reasonCode === null ? {} : { reasonCode }) },
  });
}

export async function getPolicy(
  deps: Deps,
  { organizationId }: UserActor,
): Promise<Policy> {
  const scope = { organizationId };
  return await read(deps.sql, scope, (tx) => store.findPolicy(tx, organizationId)) ?? defaultPolicy;
}

export async function putPolicy(
  deps: Deps,
  actor: UserActor,
  { policy, requestId }: { policy: Policy; requestId: string },
): Promise<void> {
  const { organizationId, userId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    await store.putPolicy(tx, organizationId, policy, { userId, at });
    await record(tx, at, {
      actor,
      organizationId,
      action: "alert_policy.changed",
      subject: { type: "alert_policy", id: organizationId },
      requestId,
      details: policy,
    });
  });
}
