/** What can be done with an organization's webhooks (Standard Webhooks). */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { isPlainlyInside } from "@praxis/shared/outward";
import { problem } from "../problems.ts";
import { seal } from "../sealing.ts";
import { type Endpoint, type EventType, type NewEndpoint } from "./model.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

const SECRET_BYTES = 32;
const OVERLAP_MS = 86_400_000;

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

export { listDeliveries } from "./store.ts";
export { drain } from "./telling.ts";
