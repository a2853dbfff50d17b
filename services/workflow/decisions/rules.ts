/** What can be done with rules: write, hand in, approve, try, replay. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { ensureNamed } from "../approvals/approvals.ts";
import type { Deps } from "../deps.ts";
import { readDmn, writeDmn } from "../dmn/dmn.ts";
import type { Facts } from "../facts/model.ts";
import { hashOf } from "../language/language.ts";
import { problem } from "../problems.ts";
import { findScore } from "../scores/scores.ts";
import { isUnit } from "../units/units.ts";
import { judgeAll, runTests, TIMEOUTS_MAX } from "./evaluate.ts";
import { givenFrom } from "./inputs.ts";
import type {
  Performance,
  Replay,
  Rule,
  RuleDetail,
  RuleDocument,
  RuleDraft,
  TestRun,
} from "./model.ts";
import * as store from "./store.ts";

type Fault = { pointer: string; detail: string };
const ERRORS_MAX = 50;
const invalid = (errors: Fault[]) =>
  problem("rule-invalid", { errors: errors.slice(0, ERRORS_MAX) });

/** A table of its own needs a model around it: its columns are the inputs. */
function modelOf({ xml, model, table, title, inputs }: RuleDraft): RuleDocument["model"] {
  if (model) return model;
  if (xml !== undefined) {
    try {
      return readDmn(xml);
    } catch (error) {
      const detail = (error as Error).message.slice(0, 500);
      throw invalid([{ pointer: "/xml", detail: `The DMN cannot be taken: ${detail}` }]);
    }
  }
  const columns = table!.inputs.map(({ expression, type }) => ({
    name: expression.trim(),
    ...(type === undefined ? {} : { type }),
  }));
  const more = inputs.map(({ name }) => ({ name }))
    .filter(({ name }) => !columns.some((column) => column.name === name));
  const all = [...columns, ...more].filter(({ name }, at, every) =>
    name !== "" && every.findIndex((one) => one.name === name) === at
  );
  return {
    name: title,
    namespace: "https://praxis.example/decisions",
    types: [],
    inputs: all,
    functions: [],
    decisions: [{ name: "result", needs: all.map(({ name }) => name), logic: table! }],
  };
}

function documentOf(draft: RuleDraft): RuleDocument {
  const { xml: _, table: __, model: ___, decision, ...rest } = draft;
  const model = modelOf(draft);
  const names = model.decisions.map(({ name }) => name);
  const chosen = decision ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined || !names.includes(chosen)) {
    const detail = `Name one of: ${names.join(", ")}`.slice(0, 500);
    throw invalid([{ pointer: "/decision", detail }]);
  }
  return { ...rest, model, decision: chosen };
}

/** What the schema cannot say. */
function faultsOf({ model, inputs, hooks, worsens }: RuleDocument): Fault[] {
  const faults: Fault[] = [];
  const known = new Map(model.inputs.map(({ name, type }) => [name, type]));
  for (const [at, { name, unit, from }] of inputs.entries()) {
    const wrong = (detail: string) => faults.push({ pointer: `/inputs/${at}`, detail });
    if (!known.has(name)) wrong(`The decision has no input “${name}”.`);
    if (unit !== undefined && !isUnit(unit)) wrong(`“${unit}” is no unit of UCUM.`);
    if (unit !== undefined && known.get(name) !== "number") wrong("A quantity is a number.");
    if (from && "score" in from && !findScore(from.score)) wrong(`There is no “${from.score}”.`);
    if (hooks.length > 0 && !from) wrong("A hook has to know where to find it.");
  }
  const isSaid = (name: string) => inputs.some((one) => one.name === name);
  if (hooks.length > 0) {
    for (const { name } of model.inputs.filter((one) => !isSaid(one.name))) {
      faults.push({ pointer: "/inputs", detail: `A hook has to know where to find “${name}”.` });
    }
  }
  if (worsens && known.get(worsens.input) !== "number") {
    faults.push({ pointer: "/worsens", detail: "It is no number among the inputs." });
  }
  return faults;
}

type Request = { requestId: string };

async function audit(
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  { id, key, version, sha256 }: Rule,
  requestId: string,
): Promise<void> {
  await record(tx, deps.now(), {
    actor,
    organizationId: actor.organizationId,
    action: `rule.${action}`,
    subject: { type: "rule", id },
    requestId,
    details: { key, version, sha256 },
  });
}

/** Keeps a draft that can be evaluated; its tests may still fail. */
export async function putDraft(
  deps: Deps,
  actor: UserActor,
  { draft, requestId }: Request & { draft: RuleDraft },
): Promise<Rule> {
  const document = documentOf(draft);
  const faults = faultsOf(document);
  if (faults.length > 0) throw invalid(faults);
  const unreadable = await deps.evaluator.check(document.model);
  if (unreadable.length > 0) {
    throw invalid(unreadable.map(({ at, detail }) => ({ pointer: `/model: ${at}`, detail })));
  }
  const { organizationId, userId } = actor;
  const hash = await hashOf(document);
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const kept = await store.putDraft(tx, {
      id: newId(),
      organizationId,
      document,
      sha256: hash,
      createdBy: userId,
      at: deps.now(),
    });
    if (!kept) throw problem("rule-state", { detail: "A version of it waits for approval." });
    await audit(tx, deps, actor, "drafted", kept, requestId);
    return kept;
  });
}

export type Named = { key: string; version: number };

export async function get(
  deps: Deps,
  { organizationId }: UserActor,
  { key, version }: Named,
): Promise<RuleDetail> {
  const scope = { organizationId };
  const found = await read(deps.sql, scope, (tx) => store.find(tx, organizationId, key, version));
  if (!found) throw problem("rule-not-found");
  return found;
}

export async function exportDmn(deps: Deps, actor: UserActor, named: Named): Promise<string> {
  return writeDmn((await get(deps, actor, named)).document.model);
}

export async function list(
  deps: Deps,
  { organizationId }: UserActor,
  { filter, before, limit }: {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
  },
): Promise<Rule[]> {
  return await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
}

/** Runs the test table of a version. */
export async function test(deps: Deps, actor: UserActor, named: Named): Promise<TestRun> {
  const found = await get(deps, actor, named);
  return await runTests(deps.evaluator, found, deps.now());
}

/** Hands a draft in, as it stands, when it has tests and they pass. */
export async function submit(
  deps: Deps,
  actor: UserActor,
  { requestId, ...named }: Named & Request,
): Promise<Rule> {
  const draft = await get(deps, actor, named);
  const { failed, passed, items } = await runTests(deps.evaluator, draft, deps.now());
  if (passed === 0 || failed > 0) {
    const names = items.flatMap(({ isPassed }, at) => isPassed ? [] : [at]);
    throw invalid(
      passed + failed === 0
        ? [{ pointer: "/tests", detail: "A rule without tests is not handed in." }]
        : names.map((at) => ({ pointer: `/tests/${at}`, detail: "This test does not pass." })),
    );
  }
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const locked = await store.find(tx, organizationId, named.key, named.version, "lock");
    if (locked?.state !== "draft" || locked.sha256 !== draft.sha256) {
      throw problem("rule-state", { detail: "It is no draft, or has changed meanwhile." });
    }
    const moved = await store.move(tx, organizationId, locked.id, {
      state: "submitted",
      submittedBy: userId,
      at: deps.now(),
    });
    await audit(tx, deps, actor, "submitted", moved, requestId);
    return moved;
  });
}

/**
 * A second person lets it speak, or has it watched in the shadow first: what they have read, which
 * is named by its hash.
 * @throws content-changed (412) when it is something else
 */
export async function approve(
  deps: Deps,
  actor: UserActor,
  { key, version, state, sha256, requestId }: Named & Request & {
    state: "active" | "shadow";
    sha256: string;
  },
): Promise<Rule> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await store.find(tx, organizationId, key, version, "lock");
    if (!found) throw problem("rule-not-found");
    const isOpen = found.state === "submitted" || (found.state === "shadow" && state === "active");
    // One that was set aside may be let in again by the same decision.
    const isAside = found.state === state && found.quarantinedAt !== null;
    if (!isOpen && !isAside) throw problem("rule-state", { detail: `It is ${found.state}.` });
    if (userId === found.createdBy || userId === found.submittedBy) throw problem("own-rule");
    await ensureNamed({ content: found.document, sha256: found.sha256 }, sha256);
    if (state === "active") await store.retireActive(tx, organizationId, key);
    const at = deps.now();
    const approval = { by: userId, sha256 };
    const moved = await store.move(tx, organizationId, found.id, { state, approval, at });
    await audit(tx, deps, actor, state === "active" ? "approved" : "shadowed", moved, requestId);
    return moved;
  });
}

/** It is not asked any more. What was only handed in goes back to its author. */
export async function retire(
  deps: Deps,
  actor: UserActor,
  { key, version, requestId }: Named & Request,
): Promise<Rule> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await store.find(tx, organizationId, key, version, "lock");
    if (!found) throw problem("rule-not-found");
    if (found.state === "retired" || found.state === "draft") {
      throw problem("rule-state", { detail: `It is ${found.state}.` });
    }
    const isReturned = found.state === "submitted";
    const moved = await store.move(tx, organizationId, found.id, {
      state: isReturned ? "draft" : "retired",
      at: deps.now(),
      ...(isReturned ? { submittedBy: null } : {}),
    });
    await audit(tx, deps, actor, isReturned ? "returned" : "retired", moved, requestId);
    return moved;
  });
}

const REPLAYED_MAX = 2_000;

/**
 * How often a version would have fired on what hooks were told; nobody is shown anything.
 * @throws rule-state when it takes too long again and again
 */
export async function replay(
  deps: Deps,
  actor: UserActor,
  { from, to, requestId, ...named }: Named & Request & { from: Date; to: Date },
): Promise<Replay> {
  const rule = await get(deps, actor, named);
  const { organizationId } = actor;
  const { document, sha256 } = rule;
  const calls = await read(
    deps.sql,
    { organizationId },
    (tx) =>
      store.listFacts(tx, organizationId, { hooks: document.hooks, from, to, limit: REPLAYED_MAX }),
  );
  const result: Replay = {
    calls: calls.length,
    fired: 0,
    notFired: 0,
    indeterminate: 0,
    patients: 0,
    gaps: {},
  };
  const patients = new Set<string>();
  let timeouts = 0;
  // The same rule on many patients is one question each; a batch has one budget for all.
  for (const { patientId, facts, at } of calls) {
    const given = givenFrom(document.inputs, facts as Facts, at);
    const [judged] = await judgeAll(deps.evaluator, [{ document, sha256, given }], at);
    const { status, missing, stale, isTimeout } = judged!;
    if (isTimeout && ++timeouts === TIMEOUTS_MAX) {
      throw problem("rule-state", { detail: "It takes too long to be asked about so many." });
    }
    if (status === "fired") {
      result.fired++;
      if (patientId !== null) patients.add(patientId);
    } else if (status === "not_fired") result.notFired++;
    else result.indeterminate++;
    for (const name of [...missing, ...stale]) {
      result.gaps[name] = (Object.hasOwn(result.gaps, name) ? result.gaps[name]! : 0) + 1;
    }
  }
  await deps.auditRead({
    actor,
    organizationId,
    action: "rule.replayed",
    subject: { type: "rule", id: rule.id },
    requestId,
    details: { calls: result.calls },
  });
  return { ...result, patients: patients.size };
}

export async function measure(
  deps: Deps,
  { organizationId }: UserActor,
  { key, version, from }: { key: string; version: number | undefined; from: Date },
): Promise<Performance> {
  const told = await read(deps.sql, { organizationId }, async (tx) => {
    const [newest] = await store.list(tx, organizationId, { key }, { before: undefined, limit: 1 });
    return newest && await store.measure(tx, organizationId, key, { from, version });
  });
  if (!told) throw problem("rule-not-found");
  return { key, ...told };
}
