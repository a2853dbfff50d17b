/** What can be done with protocols: written, handed in, approved by a second person, retired. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import { DEFAULT_CALENDAR } from "../../calendars/model.ts";
import type { Deps } from "../../deps.ts";
import { problem } from "../../problems.ts";
import type { Protocol, ProtocolDetail, ProtocolInput } from "../model.ts";
import * as findings from "../findings/store.ts";
import * as store from "./store.ts";

type Request = { requestId: string };
type Named = Request & { key: string; version: number };

const audit = (
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  { id, key, version }: Protocol,
  requestId: string,
) =>
  record(tx, deps.now(), {
    actor,
    organizationId: actor.organizationId,
    action: `protocol.${action}`,
    subject: { type: "protocol", id },
    requestId,
    details: { key, version },
  });

/** Keeps a draft: a new version of its name, or the draft that there is, written anew. */
export async function putDraft(
  deps: Deps,
  actor: UserActor,
  { constraints, requestId, ...given }: ProtocolInput & Request,
): Promise<ProtocolDetail> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const kept = await store.putDraft(tx, organizationId, {
      ...given,
      id: newId(),
      createdBy: userId,
      at: deps.now(),
    });
    if (!kept) throw problem("protocol-state", { detail: "A version of it waits for approval." });
    const rows = constraints.map((one) => ({ ...one, id: newId() }));
    await store.putConstraints(tx, organizationId, kept.id, rows);
    const found = await store.findProtocol(tx, organizationId, kept.key, kept.version);
    await audit(tx, deps, actor, "drafted", kept, requestId);
    return found!;
  });
}

export async function get(
  deps: Deps,
  { organizationId }: UserActor,
  { key, version }: Pick<Named, "key" | "version">,
): Promise<ProtocolDetail> {
  const found = await read(
    deps.sql,
    { organizationId },
    (tx) => store.findProtocol(tx, organizationId, key, version),
  );
  if (!found) throw problem("protocol-not-found");
  return found;
}

/** Newest first; one more than `limit` when there are more. */
export const list = (
  deps: Deps,
  { organizationId }: UserActor,
  { filter, before, limit }: {
    filter: store.ProtocolFilter;
    before: string | undefined;
    limit: number;
  },
): Promise<Protocol[]> =>
  read(
    deps.sql,
    { organizationId },
    (tx) => store.listProtocols(tx, organizationId, filter, { before, limit: limit + 1 }),
  );

async function lock(tx: Db, organizationId: string, { key, version }: Named) {
  const found = await store.findProtocol(tx, organizationId, key, version, "lock");
  if (!found) throw problem("protocol-not-found");
  return found;
}

/** The clinic's own has hours that it can see; for another name they would be assumed. */
async function ensureCalendars(tx: Db, organizationId: string, { constraints }: ProtocolDetail) {
  const names = constraints.flatMap(({ calendar }) =>
    calendar === null || calendar === DEFAULT_CALENDAR ? [] : [calendar]
  );
  const unkept = await store.listUnkept(tx, organizationId, names);
  const errors = constraints.flatMap(({ calendar }, at) =>
    calendar !== null && unkept.includes(calendar)
      ? [{ pointer: `/constraints/${at}/calendar`, detail: "Nobody has kept this calendar." }]
      : []
  );
  if (errors.length > 0) throw common("invalid-request", { errors });
}

/**
 * Hands a draft in, as it stands: from now on it does not change.
 * @throws invalid-request when it counts by a calendar that is not there
 */
export async function submit(deps: Deps, actor: UserActor, named: Named): Promise<Protocol> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await lock(tx, organizationId, named);
    if (found.state !== "draft") {
      throw problem("protocol-state", { detail: `It is ${found.state}.` });
    }
    await ensureCalendars(tx, organizationId, found);
    const moved = await store.moveProtocol(tx, organizationId, found.id, {
      state: "submitted",
      submittedBy: userId,
      at: deps.now(),
    });
    await audit(tx, deps, actor, "submitted", moved, named.requestId);
    return moved;
  });
}

/**
 * A second person lets it count, which is named by its hash; the version that did so until now does
 * not any more.
 * @throws content-changed (412) when it is something else
 */
export async function approve(
  deps: Deps,
  actor: UserActor,
  named: Named & { sha256: string },
): Promise<Protocol> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await lock(tx, organizationId, named);
    if (found.state !== "submitted") {
      throw problem("protocol-state", { detail: `It is ${found.state}.` });
    }
    if (userId === found.createdBy || userId === found.submittedBy) throw problem("own-protocol");
    if (named.sha256 !== found.sha256) throw problem("content-changed");
    const at = deps.now();
    for (const id of await store.retireActive(tx, organizationId, found.key)) {
      await findings.closePending(tx, organizationId, id, at);
    }
    const moved = await store.moveProtocol(tx, organizationId, found.id, {
      state: "active",
      approval: { by: userId, sha256: named.sha256 },
      at,
    });
    const since = new Date(found.effectiveFrom ?? at);
    await findings.watchRuns(tx, organizationId, found.definition, since);
    await audit(tx, deps, actor, "approved", moved, named.requestId);
    return moved;
  });
}

/** Nothing is held against it any more; what was only handed in goes back to its author. */
export async function retire(deps: Deps, actor: UserActor, named: Named): Promise<Protocol> {
  const { organizationId } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await lock(tx, organizationId, named);
    if (found.state === "retired" || found.state === "draft") {
      throw problem("protocol-state", { detail: `It is ${found.state}.` });
    }
    const isBack = found.state === "submitted";
    const at = deps.now();
    const moved = await store.moveProtocol(tx, organizationId, found.id, {
      state: isBack ? "draft" : "retired",
      at,
      ...(isBack ? { submittedBy: null } : {}),
    });
    if (!isBack) await findings.closePending(tx, organizationId, found.id, at);
    await audit(tx, deps, actor, isBack ? "returned" : "retired", moved, named.requestId);
    return moved;
  });
}
