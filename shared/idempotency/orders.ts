/** What a saga tells a service to do: once for each key, and how it is taken back, done or not. */
import { z } from "@hono/zod-openapi";
import { callingService, type ServiceActor } from "../auth/actor.ts";
import { defineRoute } from "../http/define_route.ts";
import type { Db } from "../postgres/connect.ts";
import { common } from "../problem/problem.ts";
import { IdempotencyHeaders, once } from "./idempotency.ts";

/** Sagas live in one service; no other may order anything. */
const ORDERS_COME_FROM = "workflow";

/** Who orders it, and under which key: the same for every try of the same thing. */
export type Order = { actor: ServiceActor; key: string; requestId: string };

/** The key of the order that is to be taken back. */
export const undoOf = z.string().regex(/^[\x21-\x7e]{1,200}$/);

type Spec<P extends string, I extends z.ZodObject, B extends z.ZodType> = {
  path: P;
  summary: string;
  params: I;
  body: B;
};

/** `POST` by a service, with a key; answered with 204, now or when it was done before. */
export function defineOrder<P extends string, I extends z.ZodObject, B extends z.ZodType>(
  { path, summary, params, body }: Spec<P, I, B>,
) {
  return defineRoute({
    permission: "service",
    method: "post",
    path,
    tags: ["internal"],
    summary,
    request: {
      params,
      headers: IdempotencyHeaders.required(),
      body: { content: { "application/json": { schema: body } } },
    },
    responses: { 204: { description: "Done, now or before" } },
  });
}

type Context = Parameters<typeof callingService>[0] & {
  get(key: "requestId"): string;
  req: { header(name: string): string | undefined };
};

/** @throws Problem `not-permitted` to any service but the one that runs sagas. */
export function orderOf(c: Context): Order {
  const actor = callingService(c);
  if (actor.service !== ORDERS_COME_FROM) throw common("not-permitted");
  return { actor, key: c.req.header("idempotency-key") ?? "", requestId: c.get("requestId") };
}

type What = {
  organizationId: string;
  /** Names what is done, as in `member.suspend`: the same for taking it back. */
  route: string;
  /** Whom or what it is done to: the same for taking it back. */
  subject: string;
};

/** Runs `work` once for each key, within `tx`; its answer must survive JSON. */
export async function carryOut<T>(
  tx: Db,
  { actor, key }: Order,
  { organizationId, route, subject }: What,
  work: () => Promise<T>,
): Promise<T> {
  const keeper = { organizationId, userId: actor.service };
  const { answer } = await once(tx, { actor: keeper, route, key, fingerprint: subject }, work);
  return answer;
}

/**
 * Undoes what was carried out under `undoOf`, once, within `tx`. When nothing was, the key is spent:
 * an order that is still on its way finds nothing to do. `undo` is not called then.
 */
export async function takeBack<T>(
  tx: Db,
  order: Order,
  what: What & { undoOf: string },
  undo: (done: T) => Promise<void>,
): Promise<void> {
  const { route, undoOf: key } = what;
  const done = await carryOut<T | null>(tx, { ...order, key }, what, () => Promise.resolve(null));
  if (done === null) return;
  await carryOut(tx, { ...order, key }, { ...what, route: `${route} undone` }, async () => {
    await undo(done);
    return true;
  });
}
