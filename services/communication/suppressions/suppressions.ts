/** What can be done about addresses that are not written to. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { holdBack } from "../holds/holds.ts";
import { problem } from "../problems.ts";
import { normalize, type PointChannel } from "../recipients/model.ts";
import { hashAddress } from "../sealing.ts";
import { isLiftable, type Reason, type Suppression } from "./model.ts";
import * as store from "./store.ts";

type Request = { requestId: string };
type Address = { channel: PointChannel; address: string };

/** Within `tx`: from now on nothing of this scope goes there. True when that is new. */
export async function suppress(
  tx: Db,
  at: Date,
  organizationId: string,
  suppression: { channel: string; addressHash: string; scope: string; reason: Reason },
): Promise<boolean> {
  return await store.insert(tx, organizationId, { id: newId(), at, ...suppression });
}

export { liftReason } from "./store.ts";

/** @throws Problem `invalid-request` for what is no address. */
function hashOf(deps: Deps, organizationId: string, { channel, address }: Address): string {
  const normal = normalize(channel, address);
  if (!normal) {
    throw common("invalid-request", {
      errors: [{ pointer: "/address", detail: `This is no address for ${channel}.` }],
    });
  }
  return hashAddress(deps.encryptionKey, { organizationId, channel, address: normal.address });
}

export async function add(
  deps: Deps,
  actor: UserActor,
  { scope, ...address }: Address & { scope: string },
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  const addressHash = hashOf(deps, organizationId, address);
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await holdBack(tx, organizationId);
    const { channel } = address;
    await suppress(tx, at, organizationId, { channel, addressHash, scope, reason: "manual" });
    await record(tx, at, {
      actor,
      organizationId,
      action: "suppression.added",
      subject: { type: "suppression" },
      requestId,
      details: { channel, scope },
    });
  });
}

export async function list(
  deps: Deps,
  organizationId: string,
  { about, before, limit }: {
    about: Address | undefined;
    before: string | undefined;
    limit: number;
  },
): Promise<Suppression[]> {
  const addressHash = about && hashOf(deps, organizationId, about);
  return await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, { addressHash, before, limit }),
  );
}

export async function lift(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const suppression = await store.find(tx, organizationId, id);
    if (!suppression) throw problem("suppression-not-found");
    if (!isLiftable(suppression.reason)) throw problem("suppression-not-liftable");
    await store.lift(tx, organizationId, id, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "suppression.lifted",
      subject: { type: "suppression", id },
      requestId,
      details: { reason: suppression.reason },
    });
  });
}
