/** What can be done with passwords. */
import { asProblem } from "@praxis/shared/problem";
import type { Db } from "@praxis/shared/postgres";
export { expectGood } from "./quality.ts";
import type { Deps } from "../deps.ts";
import * as links from "../links/links.ts";
import { urlOf } from "../links/model.ts";
import * as mails from "../mails/mails.ts";
import { DUMMY_HASH, stateOf } from "./model.ts";
import * as store from "./store.ts";

/**
 * Whether `password` is the one behind `passwordHash`. Costs one argon2 call whatever is stored,
 * also when nothing is: the time must not tell which accounts exist. A damaged hash fits nothing.
 */
export async function isRight(
  { hasher, log }: Pick<Deps, "hasher" | "log">,
  passwordHash: string | undefined,
  password: string,
): Promise<boolean> {
  const isUsable = passwordHash !== undefined && stateOf(passwordHash) !== "unusable";
  if (passwordHash !== undefined && !isUsable) {
    log.error("a stored hash is damaged", new Error("not an argon2id hash of a bearable cost"));
  }
  try {
    const fits = await hasher.verify(isUsable ? passwordHash : DUMMY_HASH, password);
    return isUsable && fits;
  } catch (error) {
    if (asProblem(error)) throw error;
    log.error("a stored hash is damaged", error);
    return false;
  }
}

/** A hash at today's cost for a password just proven right, when the stored one was made at another. */
export async function renewedHash(
  { hasher, log }: Pick<Deps, "hasher" | "log">,
  passwordHash: string,
  password: string,
): Promise<string | undefined> {
  if (stateOf(passwordHash) !== "stale") return undefined;
  try {
    return await hasher.hash(password);
  } catch (error) {
    // There will be another sign-in, and this one is right.
    log.error("a hash was not renewed", error);
    return undefined;
  }
}

/** Within `tx`, which has locked the user: whether this is still what their password is judged by. */
export const isCurrent = (tx: Db, userId: string, passwordHash: string): Promise<boolean> =>
  store.isStored(tx, { userId, passwordHash });

/** Within the transaction of the sign-in that proved the password. */
export async function replaceHash(
  tx: Db,
  userId: string,
  { old, renewed }: { old: string; renewed: string },
  at: Date,
): Promise<void> {
  await store.replace(tx, { userId, old, passwordHash: renewed }, at);
}

/** Within `tx`. */
export const add = (
  tx: Db,
  credential: { userId: string; passwordHash: string },
  at: Date,
): Promise<void> => store.insert(tx, credential, at);

/** Within `tx`: a letter with a link to set a password. */
export async function mailReset(
  deps: Deps,
  tx: Db,
  { userId, email }: { userId: string; email: string },
  { at, requestId }: { at: Date; requestId: string },
): Promise<void> {
  const token = await links.make(deps, tx, { kind: "password-reset", userId }, at);
  const variables = { link: urlOf(deps.publicUrl, "/reset-password", token) };
  const mail = { to: email, template: "password-reset", variables } as const;
  await mails.request(tx, mail, { at, requestId });
}
