/** How keys follow each other: the schedule, an operator's wish, and an emergency. */
import { generateKeyPairSync } from "node:crypto";
import { PLATFORM, record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as revocations from "../revocations/revocations.ts";
import { planOf, PublicKey, readyKey, type SigningKey } from "./model.ts";
import { seal } from "./sealing.ts";
import * as store from "./store.ts";

export type RotationDeps = Pick<Deps, "sql" | "now" | "encryptionKey">;
/** Who wants it: the schedule of the service itself, or someone at its console. */
type By = "identity" | "operator";

type Action =
  | "signing_key.imported"
  | "signing_key.published"
  | "signing_key.activated"
  | "signing_key.retiring"
  | "signing_key.retired";
type Change = { action: Action; kid: string };

export function newSigningKey(kid: string = newId()): SigningKey {
  const { d, x } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { kty: "OKP", crv: "Ed25519", d: d!, x: x!, kid, alg: "EdDSA", use: "sig" };
}

/** One at a time across all instances; what it changed is on record with it. */
async function change(
  deps: RotationDeps,
  by: By,
  work: (tx: Db, keys: store.StoredKey[], at: Date) => Promise<Change[]>,
): Promise<Change[]> {
  return await transaction(deps.sql, "system", async (tx) => {
    await store.lock(tx);
    const at = deps.now();
    const changes = await work(tx, await store.list(tx), at);
    const entries = changes.map(({ action, kid }) => ({
      actor: { kind: "service", service: by } as const,
      organizationId: PLATFORM,
      action,
      subject: { type: "signing_key", id: kid },
    }));
    if (entries.length > 0) await record(tx, at, ...entries);
    return changes;
  });
}

async function add(
  { encryptionKey }: RotationDeps,
  tx: Db,
  key: SigningKey,
  state: "next" | "current",
  at: Date,
): Promise<string> {
  // The schema drops what it does not name: the private `d`.
  const publicJwk = PublicKey.parse(key);
  await store.insert(tx, { publicJwk, sealedPrivateJwk: seal(encryptionKey, key), state }, at);
  return key.kid;
}

async function publish(deps: RotationDeps, tx: Db, at: Date): Promise<Change> {
  return {
    action: "signing_key.published",
    kid: await add(deps, tx, newSigningKey(), "next", at),
  };
}

async function replaceCurrent(
  tx: Db,
  keys: store.StoredKey[],
  kid: string,
  at: Date,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const old of keys.filter(({ state }) => state === "current")) {
    await store.startRetiring(tx, old.kid, at);
    changes.push({ action: "signing_key.retiring", kid: old.kid });
  }
  await store.activate(tx, kid, at);
  return [...changes, { action: "signing_key.activated", kid }];
}

/**
 * Imports `bootstrap` when there has never been a key, and makes keys where it brings none, so
 * that afterwards one signs and one waits. Instances that start together agree on them.
 */
export async function bootstrapKeys(
  deps: RotationDeps,
  bootstrap: readonly SigningKey[] = [],
): Promise<void> {
  await change(deps, "identity", async (tx, _keys, at) => {
    if (!await store.isEmpty(tx)) return [];
    const changes: Change[] = [];
    const first = bootstrap.length > 0 ? bootstrap : [newSigningKey()];
    for (const [n, key] of first.entries()) {
      const kid = await add(deps, tx, key, n === 0 ? "current" : "next", at);
      changes.push({ action: "signing_key.imported", kid });
    }
    return first.length > 1 ? changes : [...changes, await publish(deps, tx, at)];
  });
}

/** Does what is due, if anything. Returns how many keys changed their state. */
export async function rotateWhenDue(
  deps: RotationDeps,
  { rotateEveryMs, by = "identity" }: { rotateEveryMs?: number; by?: By } = {},
): Promise<number> {
  const changes = await change(deps, by, async (tx, keys, at) => {
    // The first keys are the bootstrap's to make.
    if (keys.length === 0) return [];
    const plan = planOf(keys, at, rotateEveryMs === undefined ? {} : { rotateEveryMs });
    const done: Change[] = [];
    for (const kid of plan.retire) {
      await store.retire(tx, kid, at);
      done.push({ action: "signing_key.retired", kid });
    }
    if (plan.promote !== undefined) done.push(...await replaceCurrent(tx, keys, plan.promote, at));
    if (plan.publish) done.push(await publish(deps, tx, at));
    return done;
  });
  return changes.length;
}

/** An operator's wish: the waiting key takes over now. False when it has not waited long enough. */
export async function rotateNow(deps: RotationDeps): Promise<boolean> {
  const changes = await change(deps, "operator", async (tx, keys, at) => {
    const ready = readyKey(keys, at);
    if (ready === undefined) return [];
    const done = await replaceCurrent(tx, keys, ready, at);
    const isAnotherWaiting = keys.some(({ kid, state }) => state === "next" && kid !== ready);
    return isAnotherWaiting ? done : [...done, await publish(deps, tx, at)];
  });
  return changes.length > 0;
}

/**
 * An emergency: the key `kid` is no longer published from now on, whatever it signed. When it was
 * the current one, the key that waits takes over. Our own verifier refuses its tokens at once (on
 * other instances within `RELOAD_MS`); those of other services hear of it with the revocations,
 * within a second or so. False when there is no such key.
 */
export async function retireNow(deps: RotationDeps, kid: string): Promise<boolean> {
  const changes = await change(deps, "operator", async (tx, keys, at) => {
    const bad = keys.find((key) => key.kid === kid);
    if (!bad) return [];
    await store.retire(tx, kid, at);
    await revocations.add(tx, { kind: "key", id: kid, organizationId: PLATFORM }, at);
    const done: Change[] = [{ action: "signing_key.retired", kid }];
    const waiting = keys.filter((key) => key.state === "next" && key.kid !== kid);
    if (bad.state !== "current") {
      return waiting.length > 0 ? done : [...done, await publish(deps, tx, at)];
    }
    const heir = waiting[0]?.kid ?? await add(deps, tx, newSigningKey(), "next", at);
    if (waiting.length === 0) done.push({ action: "signing_key.published", kid: heir });
    await store.activate(tx, heir, at);
    done.push({ action: "signing_key.activated", kid: heir });
    return waiting.length > 1 ? done : [...done, await publish(deps, tx, at)];
  });
  return changes.length > 0;
}
