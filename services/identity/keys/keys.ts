/** The keys that sign tokens, and their public halves, as this process holds them. */
import { ALGORITHM } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import { createLocalJWKSet, importJWK, type JWTVerifyGetKey, SignJWT } from "jose";
import {
  type Keys,
  KeySet,
  type PublicKey,
  RELOAD_MS,
  type SigningKey,
  STALE_MS,
} from "./model.ts";
import { bootstrapKeys, type RotationDeps } from "./rotation.ts";
import { unseal } from "./sealing.ts";
import * as store from "./store.ts";

export { newSigningKey, retireNow, rotateNow, rotateWhenDue } from "./rotation.ts";

type Signer = { kid: string; key: Awaited<ReturnType<typeof importJWK>> };
type Snapshot = {
  readAt: number;
  published: KeySet;
  resolve: JWTVerifyGetKey;
  current: { kid: string; sealed: Uint8Array } | undefined;
};

/**
 * The database's keys, read again when they are older than `RELOAD_MS`, so that all instances sign
 * with the same one and publish the same set. While the database cannot be asked, what is held is
 * used on: for checking without end, for signing for `STALE_MS`.
 */
export function createKeys(deps: RotationDeps, bootstrap?: readonly SigningKey[]): Keys {
  const { sql, now, encryptionKey } = deps;
  let held: Snapshot | undefined;
  let isBootstrapped = false;
  let underWay: Promise<Snapshot> | undefined;
  let signer: Signer | undefined;

  async function load(): Promise<Snapshot> {
    if (!isBootstrapped) await bootstrapKeys(deps, bootstrap);
    isBootstrapped = true;
    const readAt = now().getTime();
    const rows = await read(sql, "system", store.list);
    const order = ["current", "next", "retiring"];
    const keys: PublicKey[] = rows
      .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      .map((row) => row.publicJwk);
    const current = rows.find(({ state }) => state === "current");
    const published = KeySet.parse({ keys });
    held = {
      readAt,
      published,
      resolve: createLocalJWKSet(published),
      current: current && { kid: current.kid, sealed: current.sealedPrivateJwk! },
    };
    return held;
  }

  /** One reading at a time, whoever asks. */
  const loadOnce = () => underWay ??= load().finally(() => underWay = undefined);

  async function fresh(staleMs: number): Promise<Snapshot> {
    const ageMs = held ? now().getTime() - held.readAt : Infinity;
    if (held && ageMs < RELOAD_MS) return held;
    try {
      return await loadOnce();
    } catch (error) {
      if (held && ageMs < staleMs) return held;
      throw error;
    }
  }

  /** Imported once: a key per request would cost more than its signature. */
  async function signerOf({ current }: Snapshot): Promise<Signer> {
    if (!current) throw new Error("there is no signing key");
    const { kid, sealed } = current;
    if (signer?.kid !== kid) {
      signer = { kid, key: await importJWK(unseal(encryptionKey, kid, sealed), ALGORITHM) };
    }
    return signer;
  }

  return {
    published: async () => (await fresh(Infinity)).published,
    resolve: async (header, token) => await (await fresh(Infinity)).resolve(header, token),
    async sign(claims, typ) {
      const { kid, key } = await signerOf(await fresh(STALE_MS));
      return await new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ, kid }).sign(key);
    },
    async reload() {
      // What is under way may have been read before the change.
      await underWay?.catch(() => {});
      await loadOnce();
    },
  };
}
