/** What can be done with an organization's webhooks (Standard Webhooks). */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import { Webhook } from "standardwebhooks";
import type { Deps } from "../deps.ts";
import { isPlainlyInside, publicPlaceOf } from "../network.ts";
import { problem } from "../problems.ts";
import { seal, unseal } from "../sealing.ts";
import { type Endpoint, type EventType, type NewEndpoint, retryAt } from "./model.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

const SECRET_BYTES = 32;
const OVERLAP_MS = 86_400_000;
const TIMEOUT_MS = 10_000;

const newSecret = () => `whsec_${crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64()}`;

const toEndpoint = (row: store.EndpointRow): Endpoint => ({
  ...row,
  previousUntil: row.previousUntil?.toISOString() ?? null,
});

/** Within `tx`. Ids and states only: whoever may see more asks for it. */
export async function tell(
  tx: Db,
  at: Date,
  organizationId: string,
  { type, data }: { type: EventType; data: Record<string, string | null> },
): Promise<void> {
  const endpointIds = await store.listListening(tx, organizationId, type);
  const payload = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const eventId = newId();
  for (const endpointId of endpointIds) {
    const row = { id: newId(), organizationId, endpointId, eventId, type, payload, at };
    await store.enqueue(tx, row);
  }
}

async function auditOf(
  tx: Db,
  deps: Deps,
  actor: UserActor,
  { action, id, requestId }: { action: string; id: string } & Request,
) {
  const { organizationId } = actor;
  const subject = { type: "webhook-endpoint", id };
  await record(tx, deps.now(), { actor, organizationId, action, subject, requestId });
}

export async function create(
  deps: Deps,
  actor: UserActor,
  { url, eventTypes }: NewEndpoint,
  { requestId }: Request,
): Promise<Endpoint & { secret: string }> {
  const { organizationId } = actor;
  if (
    !deps.limits.mayCallInside &&
    (!url.startsWith("https:") || isPlainlyInside(new URL(url).hostname))
  ) {
    throw common("invalid-request", {
      errors: [{ pointer: "/url", detail: "A public address with https is needed." }],
    });
  }
  const [id, secret] = [newId(), newSecret()];
  const sealedSecret = seal(deps.encryptionKey, "webhook-secret", id, secret);
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const row = { id, organizationId, url, eventTypes, sealedSecret, at: deps.now() };
    await store.insert(tx, row);
    await auditOf(tx, deps, actor, { action: "webhook.created", id, requestId });
  });
  return { id, url, eventTypes, isEnabled: true, previousUntil: null, secret };
}

export async function list(deps: Deps, organizationId: string): Promise<Endpoint[]> {
  const rows = await read(deps.sql, { organizationId }, (tx) => store.list(tx, organizationId));
  return rows.map(toEndpoint);
}

/** For a day both secrets sign, so that the other side can change over in its own time. */
export async function rotate(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<Endpoint & { secret: string }> {
  const { organizationId } = actor;
  const secret = newSecret();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.find(tx, organizationId, id)) throw problem("webhook-not-found");
    const sealedSecret = seal(deps.encryptionKey, "webhook-secret", id, secret);
    const previousUntil = new Date(deps.now().getTime() + OVERLAP_MS);
    await store.rotate(tx, organizationId, { id, sealedSecret, previousUntil });
    const row = await store.find(tx, organizationId, id);
    await auditOf(tx, deps, actor, { action: "webhook.rotated", id, requestId });
    return { ...toEndpoint(row!), secret };
  });
}

export async function remove(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.remove(tx, organizationId, id)) throw problem("webhook-not-found");
    await auditOf(tx, deps, actor, { action: "webhook.removed", id, requestId });
  });
}

export async function ping(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.find(tx, organizationId, id)) throw problem("webhook-not-found");
    const payload = JSON.stringify({ type: "ping", timestamp: at.toISOString(), data: {} });
    const row = { id: newId(), organizationId, endpointId: id, eventId: newId(), payload, at };
    await store.enqueue(tx, { ...row, type: "ping" });
    await auditOf(tx, deps, actor, { action: "webhook.pinged", id, requestId });
  });
}

export async function resend(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.resend(tx, organizationId, id, deps.now())) {
      throw problem("webhook-delivery-not-found");
    }
    await auditOf(tx, deps, actor, { action: "webhook.resent", id, requestId });
  });
}

async function post(
  deps: Deps,
  endpoint: store.EndpointRow,
  { eventId, payload }: store.Due,
): Promise<{ status: string; isDelivered: boolean; isGone: boolean }> {
  const now = deps.now();
  const { resolve = publicPlaceOf } = deps.calls;
  if (!deps.limits.mayCallInside && "refused" in await resolve(new URL(endpoint.url).hostname)) {
    return { status: "not a public address", isDelivered: false, isGone: false };
  }
  const open = (sealed: Uint8Array) =>
    new Webhook(unseal(deps.encryptionKey, "webhook-secret", endpoint.id, sealed));
  const keys = [open(endpoint.sealedSecret)];
  const { sealedPreviousSecret, previousUntil } = endpoint;
  if (sealedPreviousSecret && previousUntil && previousUntil > now) {
    keys.push(open(sealedPreviousSecret));
  }
  try {
    const response = await fetch(endpoint.url, {
      method: "POST",
      body: payload,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        "content-type": "application/json",
        "webhook-id": eventId,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": keys.map((key) => key.sign(eventId, now, payload)).join(" "),
      },
    });
    await response.body?.cancel();
    return {
      status: `HTTP ${response.status}`,
      isDelivered: response.status >= 200 && response.status < 300,
      isGone: response.status === 410,
    };
  } catch {
    return { status: "no answer", isDelivered: false, isGone: false };
  }
}

/** Tells what is due; how many were told or tried. */
export async function drain(deps: Deps, limit = 10): Promise<number> {
  const now = deps.now();
  const leasedUntil = new Date(now.getTime() + 3 * TIMEOUT_MS);
  const due = await transaction(
    deps.sql,
    "system",
    (tx) => store.claim(tx, { now, leasedUntil, limit }),
  );
  await Promise.all(due.map(async (one) => {
    const { organizationId, endpointId, id } = one;
    const endpoint = await read(
      deps.sql,
      { organizationId },
      (tx) => store.find(tx, organizationId, endpointId),
    );
    if (!endpoint) return;
    const { status, isDelivered, isGone } = await post(deps, endpoint, one);
    const dueAt = isDelivered || isGone ? undefined : retryAt(one.attempts + 1, now);
    const state = isDelivered ? "delivered" : dueAt ? "pending" : "failed";
    await transaction(
      deps.sql,
      { organizationId },
      (tx) => store.finish(tx, { id, state, status, dueAt }),
    );
  }));
  return due.length;
}

export { listDeliveries } from "./store.ts";
