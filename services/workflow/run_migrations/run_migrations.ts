/** What can be done with migrations of runs: looked at before, ordered, followed, cancelled. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import { compile } from "../language/language.ts";
import { problem } from "../problems.ts";
import * as runs from "../runs/runs.ts";
import * as steps from "../steps/steps.ts";
import { lostNodes } from "./judging.ts";
import type { Asked, Leftover, Migration, Ordered, Preview } from "./model.ts";
import * as store from "./store.ts";

/** Of which an order or a preview says beforehand whether they can be moved. */
const JUDGED_MAX = 10_000;
const PAGE = 200;
const LISTED_MAX = 500;

type Request = { requestId: string };

async function findVersions(tx: Db, organizationId: string, { key, from, to }: Asked) {
  const [old, next] = await Promise.all([
    definitions.findRunnable(tx, organizationId, key, from),
    definitions.findRunnable(tx, organizationId, key, to),
  ]);
  if (!old || !next) throw problem("definition-not-found");
  if (!await definitions.isAsApproved(next)) throw problem("approval-void");
  return { old, next };
}

/** Which runs would move, and which of their steps have no place in the new version. */
export async function preview(
  deps: Deps,
  { organizationId }: UserActor,
  asked: Asked,
): Promise<Preview> {
  const scope = { organizationId };
  const { old, next } = await read(
    deps.sql,
    scope,
    (tx) => findVersions(tx, organizationId, asked),
  );
  const program = compile(next.document);
  const missing = new Map<string, number>();
  const affected: string[] = [];
  let count = 0;
  let after: string | null = null;
  for (;;) {
    const page: { definitionId: string; after: string | null; limit: number } = {
      definitionId: old.id,
      after,
      limit: PAGE,
    };
    const [ids, found, live] = await read(deps.sql, scope, async (tx) => {
      const ids = await store.listUnderWay(tx, organizationId, page);
      return [
        ids,
        await runs.listByIds(tx, organizationId, ids),
        await steps.listLiveOf(tx, organizationId, ids),
      ] as const;
    });
    const liveOf = Map.groupBy(live, ({ runId }) => runId);
    for (const run of found) {
      // Before its first step a run can become a run of any version.
      const own = (liveOf.get(run.id) ?? []).filter(({ node }) => node !== "");
      for (const node of lostNodes(run, own, asked, program)) {
        missing.set(node, (missing.get(node) ?? 0) + 1);
      }
    }
    count += ids.length;
    affected.push(...ids.slice(0, LISTED_MAX - affected.length));
    if (ids.length < PAGE || count >= JUDGED_MAX) break;
    after = ids.at(-1)!;
  }
  return {
    runs: count,
    missing: [...missing].map(([node, runs]) => ({ node, runs })),
    affected,
    isCut: count >= JUDGED_MAX,
  };
}

/**
 * Orders that runs become runs of another version; `mover.ts` works it off.
 * @throws migration-map (422) when some cannot, and none are to be left behind
 * @throws migration-running (409) while runs of the same version are being moved
 */
export async function order(
  deps: Deps,
  actor: UserActor,
  { requestId, leaveBehind, ...asked }: Ordered & Request,
): Promise<Migration> {
  const { organizationId, userId } = actor;
  if (!leaveBehind) {
    const { missing } = await preview(deps, actor, asked);
    if (missing.length > 0) {
      throw problem("migration-map", {
        errors: missing.map(({ node, runs }) => ({
          pointer: "/map",
          detail: `${runs} runs stand at ${node} and cannot go on in version ${asked.to} there.`,
        })),
      });
    }
  }
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const { old, next } = await findVersions(tx, organizationId, asked);
    const at = deps.now();
    const kept = await store.insert(tx, organizationId, {
      id: newId(),
      key: asked.key,
      from: old,
      to: next,
      map: asked.map,
      createdBy: userId,
      requestId,
      at,
    });
    if (!kept) throw problem("migration-running");
    await deps.wakeRuns(tx);
    await record(tx, at, {
      actor,
      organizationId,
      action: "run_migration.ordered",
      subject: { type: "run_migration", id: kept.id },
      requestId,
      details: { key: kept.key, from: kept.from, to: kept.to, total: kept.total },
    });
    return kept;
  });
}

export async function get(
  deps: Deps,
  { organizationId }: UserActor,
  id: string,
): Promise<Migration> {
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => store.find(tx, organizationId, id),
  );
  if (!found) throw problem("migration-not-found");
  return found;
}

export const list = (
  deps: Deps,
  { organizationId }: UserActor,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Migration[]> =>
  read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, { before, limit: limit + 1 }),
  );

/** Runs that stayed where they are, and why. */
export async function listLeftovers(
  deps: Deps,
  actor: UserActor,
  { id, after, limit }: { id: string; after: string | undefined; limit: number },
): Promise<Leftover[]> {
  await get(deps, actor, id);
  const { organizationId } = actor;
  return await read(
    deps.sql,
    { organizationId },
    (tx) => store.listLeftovers(tx, organizationId, id, { after, limit: limit + 1 }),
  );
}

/** No more runs are moved; those that were stay moved. */
export async function cancel(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Request & { id: string },
): Promise<Migration> {
  const { organizationId } = actor;
  await get(deps, actor, id);
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const ended = await store.end(tx, organizationId, id, { status: "cancelled", at });
    if (!ended) throw problem("migration-ended");
    await record(tx, at, {
      actor,
      organizationId,
      action: "run_migration.cancelled",
      subject: { type: "run_migration", id },
      requestId,
      details: { moved: ended.moved, leftBehind: ended.leftBehind },
    });
    return ended;
  });
}
