/** The folder's public face: rules are asked about a patient, one in the app or many by a hook. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import * as alerts from "../alerts/alerts.ts";
import { isApproved } from "../approvals/approvals.ts";
import type { Deps } from "../deps.ts";
import type { Facts } from "../facts/model.ts";
import { problem } from "../problems.ts";
import { ensureAllowed, judgeFor } from "../stance/stance.ts";
import { judgeAll, type Judged, TIMEOUTS_MAX } from "./evaluate.ts";
import { givenFrom } from "./inputs.ts";
import type { Decided, GivenInputs, HookName, RuleDocument } from "./model.ts";
import * as store from "./store.ts";

/** No hook of the standard's library is called so. */
const IN_THE_APP = "app";

/** Documents of rules that were handed in never change. */
const DOCUMENTS_MAX = 5_000;
const documents = new Map<string, { document: RuleDocument; isVoid: boolean }>();

export type Asked = store.Listening & { document: RuleDocument; isVoid: boolean };

/** Those that the clinic wants to hear at this hook, active or in the shadow. */
export async function listAsked(
  { sql }: Pick<Deps, "sql">,
  organizationId: string,
  hook: HookName,
): Promise<Asked[]> {
  return await read(sql, { organizationId }, async (tx) => {
    const [listening, ask] = await Promise.all([
      store.listListening(tx, organizationId, hook),
      judgeFor(tx, organizationId),
    ]);
    const allowed = listening.filter(({ key }) => ask(`rule.${key}`).isAllowed);
    const ids = allowed.map(({ id }) => id);
    if (ids.some((id) => !documents.has(id))) {
      if (documents.size + ids.length > DOCUMENTS_MAX) documents.clear();
      const rows = await store.listDocuments(tx, organizationId, ids);
      for (const { id, document, sha256, approvedSha256 } of rows) {
        const isVoid = !await isApproved({ content: document, sha256, approvedSha256 });
        documents.set(id, { document, isVoid });
      }
    }
    return allowed.map((rule) => ({ ...rule, ...documents.get(rule.id)! }));
  });
}

const VOID: Judged = {
  status: "indeterminate",
  missing: [],
  stale: [],
  reasons: [{ input: "", reason: "It is not what was approved." }],
  inputs: {},
  isTimeout: false,
};

/** One answer per rule, in their order. One that is not what was approved is not asked. */
export async function judge(
  { evaluator }: Pick<Deps, "evaluator">,
  rules: readonly Asked[],
  facts: Facts,
  at: Date,
): Promise<Judged[]> {
  const asked = rules.filter(({ isVoid }) => !isVoid).map(({ document, sha256 }) => ({
    document,
    sha256,
    given: givenFrom(document.inputs, facts, at),
  }));
  const judged = (await judgeAll(evaluator, asked, at)).values();
  return rules.map(({ isVoid }) => isVoid ? VOID : judged.next().value!);
}

const letterOf = ({ status, isTimeout }: Judged) =>
  isTimeout ? "t" : status === "fired" ? "f" : status === "not_fired" ? "n" : "i";

/** Writes down what was known and what each rule made of it, within the caller's transaction. */
export async function noteCall(
  tx: Db,
  organizationId: string,
  call: Omit<store.Call, "id" | "results">,
  asked: readonly { id: string }[],
  judged: readonly Judged[],
): Promise<void> {
  const results = Object.fromEntries(asked.map(({ id }, n) => [id, letterOf(judged[n]!)]));
  await store.insertCall(tx, organizationId, { id: newId(), ...call, results });
}

/** Within the caller's transaction. */
export async function noteTimeouts(
  tx: Db,
  { log }: Pick<Deps, "log">,
  organizationId: string,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  if (ids.length === 0) return;
  const limit = { limit: TIMEOUTS_MAX, at };
  for (const id of await store.countTimeouts(tx, organizationId, ids, limit)) {
    log.info("a rule took too long too often and is set aside", { rule: id });
  }
}

type Question = {
  key: string;
  inputs: GivenInputs;
  patientId: string | null;
  encounterId: string | null;
  requestId: string;
};

export async function decide(
  deps: Deps,
  actor: UserActor,
  { key, inputs, patientId, encounterId, requestId }: Question,
): Promise<Decided> {
  const { organizationId, userId } = actor;
  const rule = await read(
    deps.sql,
    { organizationId },
    (tx) => store.findActive(tx, organizationId, key),
  );
  if (!rule) throw problem("rule-not-found");
  const intendedUse = await ensureAllowed(deps, { organizationId, feature: `rule.${key}` });
  if (rule.quarantinedAt !== null) {
    throw problem("rule-state", { detail: "It has taken too long too often and is set aside." });
  }
  const { document, sha256, version, id } = rule;
  if (!await isApproved({ ...rule, content: document })) throw problem("approval-void");
  const at = deps.now();
  const [judged] = await judgeAll(deps.evaluator, [{ document, sha256, given: inputs }], at);
  const { isTimeout, ...result } = judged!;
  const alert = await transaction(deps.sql, { organizationId }, async (tx) => {
    await noteTimeouts(tx, deps, organizationId, isTimeout ? [id] : [], at);
    const place = { patientId, encounterId, userRef: userId, hook: null, clientId: null };
    const fired = { ruleId: id, key, version, isShadow: false, document, result };
    const [raised] = result.status === "fired"
      ? await alerts.raise(tx, at, organizationId, place, [fired])
      : [];
    const call = { clientId: null, hook: IN_THE_APP, patientId, encounterId, facts: {}, at };
    await noteCall(tx, organizationId, call, [rule], [judged!]);
    await record(tx, at, {
      actor,
      organizationId,
      action: "decision.evaluated",
      subject: patientId === null ? { type: "rule", id } : { type: "patient", id: patientId },
      requestId,
      details: { key, version, status: result.status },
    });
    return raised;
  });
  return {
    ...result,
    rule: { key, version, title: rule.title, sha256 },
    evidence: document.evidence,
    intendedUse,
    alert: alert
      ? {
        id: alert.alert.id,
        disposition: alert.alert.disposition,
        indicator: alert.alert.indicator,
        summary: alert.alert.summary,
        ...(alert.detail === undefined ? {} : { detail: alert.detail }),
        overrideReasons: alert.alert.overrideReasons,
        suggestions: alert.alert.suggestions,
      }
      : null,
  };
}

export type { Judged };
