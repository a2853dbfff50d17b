/** What can be done with locations. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { isCurrent } from "../patients/model.ts";
import { problem } from "../problems.ts";
import type { Location, LocationInput } from "./model.ts";
import * as store from "./store.ts";

export async function add(
  deps: Deps,
  { actor, requestId }: Call,
  input: LocationInput,
  key: string | undefined,
): Promise<Location> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const fingerprint = fingerprintOf(input);
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const { answer } = await once(tx, { actor, route: "location.add", key, fingerprint }, add);
    return answer;

    async function add(): Promise<Location> {
      const location = await store.insert(tx, { ...input, id: newId(), organizationId }, at);
      await record(tx, at, {
        actor,
        organizationId,
        action: "location.added",
        subject: { type: "location", id: location.id },
        requestId,
      });
      return location;
    }
  });
}

export async function change(
  deps: Deps,
  { actor, requestId }: Call,
  { id, ifMatch, input }: { id: string; ifMatch: string | undefined; input: LocationInput },
): Promise<Location> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const before = await lock(tx, organizationId, id);
    if (ifMatch === undefined) throw problem("condition-missing");
    if (!isCurrent(before, ifMatch)) throw problem("stale");
    const location = await store.update(tx, { ...input, id, organizationId });
    await record(tx, at, {
      actor,
      organizationId,
      action: "location.changed",
      subject: { type: "location", id },
      requestId,
      details: { version: location.version },
    });
    return location;
  });
}

/** @throws location-not-found, for another organization's as well. */
export async function get(tx: Db, organizationId: string, id: string): Promise<Location> {
  const location = await store.find(tx, organizationId, id);
  if (!location) throw problem("location-not-found");
  return location;
}

export async function lock(tx: Db, organizationId: string, id: string): Promise<Location> {
  const location = await store.lock(tx, organizationId, id);
  if (!location) throw problem("location-not-found");
  return location;
}

export const open = (deps: Deps, { actor: { organizationId } }: Call, id: string) =>
  read(deps.sql, { organizationId }, (tx) => get(tx, organizationId, id));

type Page = { after: string | undefined; limit: number };

/** One more than `limit` when there are more. `name` is the beginning of a name. */
export function list(
  deps: Deps,
  { actor: { organizationId } }: Call,
  filter: { name?: string },
  { after, limit }: Page,
): Promise<Location[]> {
  return read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { after, limit: limit + 1 }),
  );
}

/** The time zone of each location of an organization, by its id. */
export async function zonesOf(tx: Db, organizationId: string, ids: string[]) {
  const zones = new Map<string, string>();
  for (const id of new Set(ids)) {
    zones.set(id, (await get(tx, organizationId, id)).timeZone);
  }
  return zones;
}
