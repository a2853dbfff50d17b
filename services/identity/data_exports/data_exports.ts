/** Giving people a copy of what identity knows about them. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { type Paged, PageQuery } from "@praxis/shared/http";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import * as factors from "../factors/factors.ts";
import { expectWithinLimit } from "../limits.ts";
import { problem } from "../problems.ts";
import * as sessions from "../sessions/sessions.ts";
import * as users from "../users/users.ts";
import { type DataExport, EXPORT_KEPT_MS, EXPORT_MS, type Line } from "./model.ts";
import * as store from "./store.ts";

const LIMIT = { limit: 5, seconds: 86_400 };
const PAGE = PageQuery.parse({ limit: 100 });

/** Needs a step-up: who holds a session for a moment shall not carry everything away. */
export async function start(
  deps: Deps,
  actor: UserActor,
  { requestId }: { requestId: string },
): Promise<DataExport> {
  await sessions.expectSteppedUp(deps, actor);
  const { userId, organizationId } = actor;
  await expectWithinLimit(deps, `data-export:${userId}`, LIMIT);
  const createdAt = deps.now();
  const expiresAt = new Date(createdAt.getTime() + EXPORT_MS);
  const id = newId();
  await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    await store.removeOld(tx, {
      userId,
      before: new Date(createdAt.getTime() - EXPORT_KEPT_MS),
    });
    await store.insert(tx, { id, userId, createdAt, expiresAt });
    await record(tx, createdAt, {
      actor,
      organizationId,
      action: "data_export.started",
      subject: { type: "user", id: userId },
      requestId,
      details: { exportId: id },
    });
  });
  return { id, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

async function* itemsOf<T>(page: (cursor?: string) => Promise<Paged<T>>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** Everything identity knows about the actor, but for secrets; page by page, however much it is. */
async function* linesOf(deps: Deps, actor: UserActor): AsyncGenerator<Line> {
  yield { profile: await users.getMe(deps, actor) };
  for (const factor of (await factors.list(deps, actor)).items) yield { factor };
  const own = itemsOf((cursor) => sessions.listOwn(deps, actor, { ...PAGE, cursor }));
  for await (const session of own) yield { session };
  const trail = itemsOf((cursor) => users.listSecurityEvents(deps, actor, { ...PAGE, cursor }));
  for await (const securityEvent of trail) yield { securityEvent };
}

/**
 * The copy, a line of JSON for each thing.
 * @throws Problem `not-found`, also for another user's; `export-expired`
 */
export async function fetch(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string; requestId: string },
): Promise<AsyncGenerator<Line>> {
  const { userId, organizationId } = actor;
  const found = await read(
    deps.sql,
    { organizationId, userId },
    (tx) => store.find(tx, { id, userId }),
  );
  if (!found) throw common("not-found");
  if (deps.now() >= found.expiresAt) throw problem("export-expired");
  await deps.auditRead({
    actor,
    organizationId,
    action: "data_export.fetched",
    subject: { type: "user", id: userId },
    requestId,
    details: { exportId: id },
  });
  return linesOf(deps, actor);
}
