/** What can be done with sagas. */
import { record } from "@praxis/shared/audit";
import type { Actor, UserActor } from "@praxis/shared/auth";
import { errorsOf } from "@praxis/shared/http";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import {
  type HistoryEntry,
  operate as judge,
  type Operation,
  type Saga,
  type SagaDefinition,
  type SagaDetail,
  type Step,
  type StepRow,
} from "./model.ts";
import * as store from "./store.ts";

type Starting = {
  organizationId: string;
  name: string;
  input: Record<string, unknown>;
  key: string | undefined;
  requestId: string;
};

/** Key order is of no meaning. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map((
      [name, one],
    ) => [name, sorted(one)]),
  );
};
const isSame = (one: unknown, other: unknown) =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/** The newest definition of that name. */
function getDefinition(deps: Deps, name: string): SagaDefinition {
  const known = deps.sagas.filter((definition) => definition.name === name)
    .sort((a, b) => b.version - a.version);
  if (!known[0]) throw problem("saga-unknown");
  return known[0];
}

/** The steps as they are defined and stand; what is defined no longer cannot be gone on with. */
export function stepsOf(
  definitions: readonly SagaDefinition[],
  { name, definitionVersion }: { name: string; definitionVersion: number },
  rows: readonly StepRow[],
): Step[] | undefined {
  const definition = definitions.find((one) =>
    one.name === name && one.version === definitionVersion
  );
  if (!definition || definition.steps.length !== rows.length) return undefined;
  return rows.map((row, at) => ({ ...row, ...definition.steps[at]!, name: row.name }));
}

function mayStart(actor: Actor, { permission, services = [] }: SagaDefinition): boolean {
  if (actor.kind === "user") return actor.permissions.includes(permission);
  return actor.kind === "service" && services.includes(actor.service);
}

/** Starts a saga; a second one with the same key is the first. */
export async function start(
  deps: Deps,
  actor: Actor,
  { organizationId, name, input, key, requestId }: Starting,
): Promise<{ saga: Saga; replayed: boolean }> {
  const definition = getDefinition(deps, name);
  if (!mayStart(actor, definition)) throw common("not-permitted");
  const parsed = definition.input.safeParse(input);
  if (!parsed.success) {
    const errors = errorsOf(parsed.error.issues as Parameters<typeof errorsOf>[0]);
    throw common("invalid-request", {
      errors: errors.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail })),
    });
  }
  const startedBy = actor.kind === "user"
    ? { kind: "user", id: actor.userId }
    : { kind: "service", id: actor.kind === "service" ? actor.service : "" };
  const id = newId();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const saga = await store.insert(tx, {
      id,
      organizationId,
      name,
      definitionVersion: definition.version,
      input: parsed.data,
      startedBy,
      requestId,
      // Keys of different callers are different keys.
      key: `${startedBy.id} ${key ?? id}`,
      deadlineSeconds: definition.deadlineSeconds,
      steps: definition.steps.map((step) => step.name),
    });
    if (!saga) {
      const first = await store.findByKey(tx, organizationId, name, `${startedBy.id} ${key}`);
      if (!first || !isSame(first.input, parsed.data)) throw common("idempotency-mismatch");
      return { saga: first.saga, replayed: true };
    }
    await store.addHistory(tx, organizationId, id, { event: "started" });
    await deps.wakeSagas(tx);
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "saga.started",
      subject: { type: "saga", id },
      requestId,
      details: { name, definitionVersion: definition.version },
    });
    return { saga, replayed: false };
  });
}

type Read = { requestId: string };

async function load(
  deps: Deps,
  tx: Db,
  organizationId: string,
  id: string,
): Promise<{ detail: SagaDetail; steps: Step[] | undefined }> {
  const found = await store.find(tx, organizationId, id);
  if (!found) throw problem("saga-not-found");
  const [rows, history] = await Promise.all([
    store.listSteps(tx, organizationId, id),
    store.listHistory(tx, organizationId, id),
  ]);
  const steps = stepsOf(deps.sagas, { ...found.saga, ...found }, rows);
  return {
    steps,
    detail: {
      ...found.saga,
      steps: rows.map(({ name, state, attempts, crashes }, at) => ({
        name,
        class: steps?.[at]?.class ?? null,
        state,
        attempts,
        crashes,
      })),
      history,
    },
  };
}

export async function get(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Read & { id: string },
): Promise<SagaDetail> {
  const { organizationId } = actor;
  const { detail } = await read(
    deps.sql,
    { organizationId },
    (tx) => load(deps, tx, organizationId, id),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "saga.read",
    subject: { type: "saga", id },
    requestId,
  });
  return detail;
}

/** What has happened since `after`, and how the saga stands. */
export async function follow(
  deps: Deps,
  organizationId: string,
  { id, after }: { id: string; after: number },
): Promise<{ saga: Saga; entries: HistoryEntry[] }> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const found = await store.find(tx, organizationId, id);
    if (!found) throw problem("saga-not-found");
    return {
      saga: found.saga,
      entries: await store.listHistory(tx, organizationId, id, after),
    };
  });
}

/** As `follow`, by someone who begins to look. */
export async function beginToFollow(
  deps: Deps,
  actor: UserActor,
  { requestId, ...which }: Read & { id: string; after: number },
): ReturnType<typeof follow> {
  const { organizationId } = actor;
  const first = await follow(deps, organizationId, which);
  await deps.auditRead({
    actor,
    organizationId,
    action: "saga.followed",
    subject: { type: "saga", id: which.id },
    requestId,
  });
  return first;
}

/** Newest first, from the one before `before` on; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: Read & {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
  },
): Promise<Saga[]> {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "saga.listed",
    subject: { type: "saga" },
    requestId,
    details: { ...filter, count: Math.min(rows.length, limit) },
  });
  return rows;
}

const done = { retry: "saga.retried", skip: "saga.step_skipped", abort: "saga.aborted" } as const;

/** An operator takes a saga in hand, and says on what grounds. */
export async function operate(
  deps: Deps,
  actor: UserActor,
  { id, operation, evidence, requestId }: Read & {
    id: string;
    operation: Operation;
    evidence: string;
  },
): Promise<SagaDetail> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    // Whoever works on it must have lost it before anything is decided.
    if (!await store.seize(tx, organizationId, id)) throw problem("saga-not-found");
    const { detail, steps } = await load(deps, tx, organizationId, id);
    if (!steps) throw problem("saga-definition-gone");
    const judged = judge(detail.state, steps, operation);
    if (judged.kind === "refused") throw problem(judged.why);
    const saga = { id, organizationId };
    for (const { position, state } of judged.steps) {
      await store.restartStep(tx, saga, position, state);
    }
    const step = judged.steps[0] === undefined ? null : steps[judged.steps[0].position]!.name;
    await store.turn(tx, saga, {
      state: judged.state,
      deadlineSeconds: getDefinition(deps, detail.name).deadlineSeconds,
      isEnd: judged.state === "abandoned",
      ...(operation === "abort" ? { reason: "an operator has ended it" } : {}),
    });
    await store.addHistory(tx, organizationId, id, {
      step,
      event: operation,
      detail: evidence,
      actorId: userId,
    });
    await deps.wakeSagas(tx);
    const { detail: after } = await load(deps, tx, organizationId, id);
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: done[operation],
      subject: { type: "saga", id },
      requestId,
      details: { evidence, ...(step === null ? {} : { step }) },
    });
    return after;
  });
}
