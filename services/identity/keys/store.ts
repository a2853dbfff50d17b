/** Where signing keys are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { KeyState, PublicKey } from "./model.ts";

const LOCK = 4_201_340;

/** Instances that start or rotate at the same time wait for each other until the commit. */
export async function lock(db: Db): Promise<void> {
  await db`select pg_advisory_xact_lock(${LOCK})`;
}

export type StoredKey = {
  kid: string;
  publicJwk: PublicKey;
  sealedPrivateJwk: Uint8Array | null;
  state: KeyState;
  publishedAt: Date;
  activatedAt: Date | null;
  retiringAt: Date | null;
};

/** Every key that is not retired, in the order of publication. */
export async function list(db: Db): Promise<StoredKey[]> {
  return await db<StoredKey[]>`
    select kid, public_jwk, sealed_private_jwk, state, published_at, activated_at, retiring_at
    from signing_keys where state <> 'retired' order by published_at, kid`;
}

/** Has there ever been one? */
export async function isEmpty(db: Db): Promise<boolean> {
  return (await db`select 1 from signing_keys limit 1`).length === 0;
}

export async function insert(
  db: Db,
  key: { publicJwk: PublicKey; sealedPrivateJwk: Uint8Array; state: "next" | "current" },
  at: Date,
): Promise<void> {
  await db`
    insert into signing_keys
      (kid, public_jwk, sealed_private_jwk, state, published_at, activated_at)
    values (${key.publicJwk.kid}, ${db.json(key.publicJwk)}, ${key.sealedPrivateJwk}, ${key.state},
            ${at}, ${key.state === "current" ? at : null})`;
}

export async function activate(db: Db, kid: string, at: Date): Promise<void> {
  await db`update signing_keys set state = 'current', activated_at = ${at} where kid = ${kid}`;
}

/** Its private half goes now: it signs no more. */
export async function startRetiring(db: Db, kid: string, at: Date): Promise<void> {
  await db`
    update signing_keys set state = 'retiring', retiring_at = ${at}, sealed_private_jwk = null
    where kid = ${kid}`;
}

export async function retire(db: Db, kid: string, at: Date): Promise<void> {
  await db`
    update signing_keys set state = 'retired', retired_at = ${at}, sealed_private_jwk = null
    where kid = ${kid}`;
}
