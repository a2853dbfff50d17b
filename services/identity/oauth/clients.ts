/** Registering the programs of others, removing them, and knowing them when they come. */
import { timingSafeEqual } from "node:crypto";
import { PLATFORM, record } from "@praxis/shared/audit";
import { anonymous, type Permission, type UserActor } from "@praxis/shared/auth";
import { type Paged, readCursor, toPage } from "@praxis/shared/http";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as revocations from "../revocations/revocations.ts";
import { permissionsOfProgram } from "../roles/model.ts";
import { readBasic } from "../service_tokens/model.ts";
import { revokeAllWithin } from "../sessions/sessions.ts";
import {
  type Client,
  type NewOAuthClient,
  type OAuthClient,
  type Refused,
  refused,
} from "./model.ts";
import { hashOf, newSecret } from "./secrets.ts";
import * as store from "./store.ts";

const Key = z.tuple([z.uuid()]);
const ENDED_AT_ONCE = 100;

/** A program that acts by itself: its own id stands in the place of its user and session. */
export const clientActor = ({ id, organizationId }: Client): UserActor => ({
  kind: "user",
  userId: id,
  organizationId,
  sessionId: id,
  clientId: id,
  permissions: [],
});

export async function listClients(
  { sql }: Deps,
  { organizationId }: UserActor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Paged<OAuthClient>> {
  const [after] = readCursor(cursor, Key) ?? [];
  const rows = await read(
    sql,
    { organizationId },
    (tx) => store.listClients(tx, organizationId, after, limit + 1),
  );
  return toPage(rows, limit, (client) => [client.id]);
}

/** @throws Problem `permission-not-held` when it would be allowed more than who registers it. */
export async function register(
  deps: Deps,
  actor: UserActor,
  { name, kind, redirectUris, permissions }: NewOAuthClient,
  { requestId }: { requestId: string },
): Promise<OAuthClient & { clientSecret?: string }> {
  if (!permissions.every((one) => actor.permissions.includes(one))) {
    throw problem("permission-not-held");
  }
  const { organizationId, userId } = actor;
  const at = deps.now();
  const clientSecret = kind === "confidential" ? newSecret(deps.region) : undefined;
  const client = { id: newId(), name, kind, redirectUris, permissions: [...new Set(permissions)] };
  await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const secretHash = clientSecret === undefined ? null : hashOf(clientSecret);
    await store.insertClient(tx, { ...client, organizationId, secretHash, createdBy: userId }, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "oauth_client.registered",
      subject: { type: "oauth_client", id: client.id },
      requestId,
      details: { kind, permissions: client.permissions, redirectUris: redirectUris.length },
    });
  });
  const created = { ...client, createdAt: at.toISOString() };
  return clientSecret === undefined ? created : { ...created, clientSecret };
}

/** From now on it gets nothing; what it was granted ends. */
export async function remove(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string; requestId: string },
): Promise<void> {
  const { organizationId, userId } = actor;
  const scope = { organizationId, userId };
  const at = deps.now();
  await transaction(deps.sql, scope, async (tx) => {
    if (!await store.removeClient(tx, { id, organizationId }, at)) throw common("not-found");
    // What it holds of its own is refused everywhere from now on.
    const ended = { kind: "membership", id, organizationId, permissionVersion: null } as const;
    await revocations.add(tx, ended, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "oauth_client.removed",
      subject: { type: "oauth_client", id },
      requestId,
    });
  });
  let ended: number;
  do {
    ended = await transaction(deps.sql, scope, async (tx) => {
      const live = await store.listLiveGrants(tx, id, ENDED_AT_ONCE);
      const ending = { actor, action: "session.revoked", requestId } as const;
      await revokeAllWithin(tx, live, ending, at);
      return live.length;
    });
  } while (ended === ENDED_AT_ONCE);
  deps.bell.ring();
}

export const findClient = ({ sql }: Pick<Deps, "sql">, id: string): Promise<Client | undefined> =>
  z.uuid().safeParse(id).success
    ? read(sql, "system", (tx) => store.findClient(tx, id.toLowerCase()))
    : Promise.resolve(undefined);

export type Credentials = { id: string; secret: string | undefined };

/** RFC 6749 §2.3.1: inside Basic both halves are form-encoded. */
function decodeForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** What a request says about its client: in the header or in the form, never in both. */
export function credentialsOf(
  header: string | null,
  form: ReadonlyMap<string, string>,
): Credentials | Refused {
  const [formId, formSecret] = [form.get("client_id"), form.get("client_secret")];
  if (header === null) {
    if (formId === undefined) return refused("invalid_client");
    return { id: formId, secret: formSecret };
  }
  const basic = readBasic(header);
  const id = basic && decodeForm(basic.service);
  const secret = basic && decodeForm(basic.credential);
  if (id === undefined || secret === undefined) return refused("invalid_client");
  if (formSecret !== undefined || (formId !== undefined && formId !== id)) {
    return refused("invalid_request");
  }
  return { id, secret };
}

/** A client's id is a UUID; our own services come with a name, and with the header only. */
export function isClientNamed(header: string | null, form: ReadonlyMap<string, string>): boolean {
  const id = decodeForm(readBasic(header)?.service ?? "");
  return form.has("client_id") || z.uuid().safeParse(id).success;
}

function isProven(client: Client, secret: string | undefined): boolean {
  // A public client that brings a secret is not the one that was registered.
  if (client.secretHash === null) return secret === undefined;
  return secret !== undefined && timingSafeEqual(hashOf(secret), client.secretHash);
}

/** The client that a request comes from; a refusal is on record. */
export async function authenticate(
  deps: Deps,
  given: Credentials,
  { requestId }: { requestId: string },
): Promise<Client | Refused> {
  const client = await findClient(deps, given.id);
  if (client && isProven(client, given.secret)) return client;
  await deps.auditRead({
    actor: anonymous,
    organizationId: client?.organizationId ?? PLATFORM,
    action: "oauth_client.refused",
    subject: { type: "oauth_client", ...(client ? { id: client.id } : {}) },
    outcome: "failed",
    requestId,
  });
  return refused("invalid_client");
}

/** What a client may do by itself; undefined when there is none of this id that can prove itself. */
export async function findOwnPermissions(
  deps: Pick<Deps, "sql">,
  id: string,
): Promise<readonly Permission[] | undefined> {
  const client = await findClient(deps, id);
  return client?.kind === "confidential" ? permissionsOfProgram(client.permissions) : undefined;
}
