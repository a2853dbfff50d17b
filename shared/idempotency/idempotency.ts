/** `Idempotency-Key` on creating POSTs: a repeated request gets the first one's answer. */
import { z } from "@hono/zod-openapi";
import type { Db } from "../postgres/connect.ts";
import { common } from "../problem/problem.ts";

export const IdempotencyHeaders = z.object({
  "idempotency-key": z.string().regex(/^[\x21-\x7e]{1,200}$/).optional(),
});

type Request = {
  /** Whose key it is: a user's id, or a service's name. */
  actor: { organizationId: string; userId: string };
  /** Names the operation, as in `document.create`. */
  route: string;
  key: string | undefined;
  /** Equal for equal requests: a digest of everything that was sent. */
  fingerprint: string;
};

/**
 * Runs `create` once per key. Everything happens in the caller's transaction, so a key is taken
 * if and only if its work is committed, and a second request waits for the first to end. The
 * answer must survive JSON. The same key with another request is a 422.
 */
export async function once<T>(
  tx: Db,
  { actor, route, key, fingerprint }: Request,
  create: () => Promise<T>,
): Promise<{ answer: T; replayed: boolean }> {
  if (key === undefined) return { answer: await create(), replayed: false };
  const { organizationId, userId } = actor;
  const taken = await tx`
    insert into idempotency_keys (organization_id, actor_id, route, key, fingerprint)
    values (${organizationId}, ${userId}, ${route}, ${key}, ${fingerprint})
    on conflict do nothing`;
  if (taken.count === 0) {
    const [first] = await tx<{ fingerprint: string; answer: T }[]>`
      select fingerprint, answer from idempotency_keys
      where organization_id = ${organizationId} and actor_id = ${userId}
        and route = ${route} and key = ${key}`;
    if (first?.fingerprint !== fingerprint) throw common("idempotency-mismatch");
    return { answer: first.answer, replayed: true };
  }
  const answer = await create();
  await tx`
    update idempotency_keys set answer = ${tx.json(answer as never)}
    where organization_id = ${organizationId} and actor_id = ${userId}
      and route = ${route} and key = ${key}`;
  return { answer, replayed: false };
}
