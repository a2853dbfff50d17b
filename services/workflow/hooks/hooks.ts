/** Answers hooks: asks the clinic's rules within their budget, and hears what became of its cards. */
import { record } from "@praxis/shared/audit";
import type { ServiceActor } from "@praxis/shared/auth";
import { errorsOf, isWithin } from "@praxis/shared/http";
import { transaction } from "@praxis/shared/postgres";
import * as alerts from "../alerts/alerts.ts";
import * as decisions from "../decisions/decisions.ts";
import { type HookName, LEVELS_MAX } from "../decisions/model.ts";
import type { Deps } from "../deps.ts";
import { factsOf } from "../facts/facts.ts";
import { problem } from "../problems.ts";
import { toCard } from "./cards.ts";
import {
  emptyPlaces,
  Feedback,
  type HookContext,
  hookRequest,
  type HookResponse,
} from "./model.ts";
import { complete } from "./prefetch.ts";
import type { Caller } from "./tokens.ts";

const ERRORS_MAX = 20;
/** Programs of others stand in the audit as what they are; which one is in the details. */
const actor: ServiceActor = { kind: "service", service: "cds-client" };

function undecidedOf(rules: readonly decisions.Asked[], judged: readonly decisions.Judged[]) {
  return rules.flatMap(({ key, version, state }, at) => {
    const { status, missing, stale, reasons } = judged[at]!;
    if (status !== "indeterminate" || state === "shadow") return [];
    const [first] = reasons;
    return [{
      rule: key,
      version,
      ...(missing.length > 0 ? { missing } : {}),
      ...(stale.length > 0 ? { stale } : {}),
      ...(first ? { reason: `${first.input} ${first.reason}`.trim() } : {}),
    }];
  });
}

type HookCall = { hook: HookName; body: unknown; client: Caller; requestId: string };

/**
 * @throws hook-malformed (400) for what is not of the standard's shape
 * @throws prefetch-missing (412) when there are rules, and nothing to ask them about: it was neither
 *   sent nor could it be fetched
 */
export async function answer(
  deps: Deps,
  { hook, body, client, requestId }: HookCall,
): Promise<HookResponse> {
  const empty = isWithin(body, LEVELS_MAX) ? emptyPlaces(body) : [""];
  if (empty.length > 0) {
    throw problem("hook-malformed", {
      errors: empty.slice(0, ERRORS_MAX).map((pointer) => ({
        pointer,
        detail: pointer === ""
          ? "It is empty, or too deep."
          : "Neither null nor anything empty: leave it out.",
      })),
    });
  }
  const parsed = hookRequest(hook, deps.isProduction).safeParse(body);
  if (!parsed.success) {
    throw problem("hook-malformed", { errors: errorsOf(parsed.error.issues as never) });
  }
  const { patientId, userId, encounterId } = parsed.data.context as HookContext;
  const { organizationId } = client;
  const rules = await decisions.listAsked(deps, organizationId, hook);
  const { known, fetched, faults } = rules.length === 0
    // Kept for rules to come, that are tried on what was known; nothing is fetched for nobody.
    ? { known: parsed.data.prefetch ?? {}, fetched: [], faults: [] }
    : await complete(deps.fetchFhir, parsed.data, { patientId, registered: client.fhirServer });
  if (rules.length > 0 && Object.keys(known).length === 0) {
    throw problem("prefetch-missing", { errors: faults });
  }
  const at = deps.now();
  const facts = factsOf(known, patientId);
  const judged = await decisions.judge(deps, rules, facts, at);
  const place = {
    patientId,
    encounterId: encounterId ?? null,
    userRef: userId ?? null,
    hook,
    clientId: client.id,
  };
  const fired = rules.flatMap(({ id, key, version, state, document }, n) =>
    judged[n]!.status === "fired"
      ? [{
        ruleId: id,
        key,
        version,
        isShadow: state === "shadow",
        document,
        result: judged[n]!,
      }]
      : []
  );
  const late = rules.flatMap(({ id }, n) => judged[n]!.isTimeout ? [id] : []);
  const raised = await transaction(deps.sql, { organizationId }, async (tx) => {
    await decisions.noteTimeouts(tx, deps, organizationId, late, at);
    const told = await alerts.raise(tx, at, organizationId, place, fired);
    const call = {
      clientId: client.id,
      hook,
      patientId,
      encounterId: place.encounterId,
      facts,
      at,
    };
    await decisions.noteCall(tx, organizationId, call, rules, judged);
    await record(tx, at, {
      actor,
      organizationId,
      action: "hook.answered",
      subject: { type: "patient", id: patientId },
      requestId,
      details: { hook, clientId: client.id, rules: rules.length, fired: fired.length, fetched },
    });
    return told;
  });
  const cards = raised.flatMap((one, n) =>
    one.alert.disposition === "shown" ? [toCard(one, fired[n]!.document.evidence)] : []
  );
  const undecided = undecidedOf(rules, judged);
  return {
    cards,
    ...(undecided.length > 0 ? { extension: { "app.praxis.undecided": undecided } } : {}),
  };
}

/** The same said twice is said once; cards of others are none. */
export async function hear(
  deps: Deps,
  { hook, body, client, requestId }: HookCall,
): Promise<void> {
  const parsed = Feedback.safeParse(body);
  if (!parsed.success) {
    throw problem("hook-malformed", { errors: errorsOf(parsed.error.issues as never) });
  }
  await alerts.hear(deps, actor, {
    organizationId: client.organizationId,
    clientId: client.id,
    hook,
    told: parsed.data.feedback.map(({ card, outcome, overrideReason }) => ({
      card,
      outcome,
      reasonCode: overrideReason?.reason?.code ?? null,
      comment: overrideReason?.userComment ?? null,
    })),
    requestId,
  });
}
