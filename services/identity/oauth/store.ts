/** Where clients, their grants, codes and refresh tokens are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Asked } from "../sessions/model.ts";
import type { Client, Grant, OAuthClient } from "./model.ts";

export async function findClient(db: Db, id: string): Promise<Client | undefined> {
  const [row] = await db<Client[]>`
    select id, organization_id, name, kind, secret_hash, redirect_uris, permissions
    from oauth_clients where id = ${id} and removed_at is null`;
  return row;
}

export async function listClients(
  db: Db,
  organizationId: string,
  after: string | undefined,
  limit: number,
): Promise<OAuthClient[]> {
  const rows = await db<(Omit<OAuthClient, "createdAt"> & { createdAt: Date })[]>`
    select id, name, kind, redirect_uris, permissions, created_at
    from oauth_clients
    where organization_id = ${organizationId} and removed_at is null
      ${after === undefined ? db`` : db`and id > ${after}`}
    order by id limit ${limit}`;
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

export async function insertClient(
  db: Db,
  client: Client & { createdBy: string },
  at: Date,
): Promise<void> {
  await db`
    insert into oauth_clients (id, organization_id, name, kind, secret_hash, redirect_uris,
                               permissions, created_by, created_at)
    values (${client.id}, ${client.organizationId}, ${client.name}, ${client.kind},
            ${client.secretHash}, ${client.redirectUris}, ${client.permissions},
            ${client.createdBy}, ${at})`;
}

/** False when there is none of this id in the organization. */
export async function removeClient(
  db: Db,
  { id, organizationId }: { id: string; organizationId: string },
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update oauth_clients set removed_at = ${at}
    where id = ${id} and organization_id = ${organizationId} and removed_at is null`;
  return count === 1;
}

/** The sessions of a client's grants that have not ended. */
export async function listLiveGrants(db: Db, clientId: string, limit: number): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select s.id from oauth_grants g join sessions s on s.id = g.session_id
    where g.client_id = ${clientId} and s.revoked_at is null
    order by s.id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** A session as far as a token speaks of it. */
export type ProvenSession = {
  id: string;
  organizationId: string;
  userId: string;
  membershipId: string;
  permissionVersion: number;
  acr: string;
  amr: string[];
  authenticatedAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  isMember: boolean;
};

export type LockedSession = ProvenSession & Asked;

/** With what its clinic asks. Its other exchanges wait until this transaction has ended. */
export async function lockSession(db: Db, id: string): Promise<LockedSession | undefined> {
  const [row] = await db<LockedSession[]>`
    select s.id, s.organization_id, s.user_id, s.membership_id, m.permission_version, s.acr, s.amr,
           s.authenticated_at, s.expires_at, s.revoked_at,
           m.ended_at is null and u.disabled_at is null as is_member,
           p.second_factor, p.session_minutes, p.idle_minutes
    from sessions s
    join memberships m on m.id = s.membership_id
    join users u on u.id = s.user_id
    left join security_policies p on p.organization_id = s.organization_id
    where s.id = ${id}
    for update of s`;
  return row;
}

/** When and how the user of a live session signed in. */
export async function findAuthentication(
  db: Db,
  { sessionId, userId, now }: { sessionId: string; userId: string; now: Date },
): Promise<{ authenticatedAt: Date } | undefined> {
  const [row] = await db<{ authenticatedAt: Date }[]>`
    select authenticated_at from sessions
    where id = ${sessionId} and user_id = ${userId} and revoked_at is null
      and expires_at > ${now}`;
  return row;
}

/** A session for a grant, as strong as the one in which the user agreed. */
export async function insertSession(
  db: Db,
  session: Omit<ProvenSession, "revokedAt" | "isMember" | "permissionVersion"> & {
    clientName: string;
  },
  at: Date,
): Promise<void> {
  await db`
    insert into sessions (id, organization_id, user_id, membership_id, client, user_agent, acr, amr,
                          authenticated_at, last_used_at, expires_at)
    values (${session.id}, ${session.organizationId}, ${session.userId}, ${session.membershipId},
            'api', ${session.clientName}, ${session.acr}, ${session.amr},
            ${session.authenticatedAt}, ${at}, ${session.expiresAt})`;
}

export async function touchSession(db: Db, id: string, at: Date): Promise<void> {
  await db`update sessions set last_used_at = ${at} where id = ${id}`;
}

export async function insertGrant(db: Db, grant: Grant): Promise<void> {
  await db`
    insert into oauth_grants (session_id, organization_id, client_id, scope)
    values (${grant.sessionId}, ${grant.organizationId}, ${grant.clientId}, ${grant.scope})`;
}

export async function findGrant(db: Db, sessionId: string): Promise<Grant | undefined> {
  const [row] = await db<Grant[]>`
    select session_id, organization_id, client_id, scope from oauth_grants
    where session_id = ${sessionId}`;
  return row;
}

export type Code = {
  organizationId: string;
  clientId: string;
  sessionId: string;
  redirectUri: string;
  codeChallenge: string;
  scope: string[];
  nonce: string | null;
  expiresAt: Date;
  usedAt: Date | null;
  grantId: string | null;
};

export async function insertCode(
  db: Db,
  codeHash: Uint8Array,
  code: Omit<Code, "usedAt" | "grantId">,
): Promise<void> {
  await db`
    insert into oauth_codes (code_hash, organization_id, client_id, session_id, redirect_uri,
                             code_challenge, scope, nonce, expires_at)
    values (${codeHash}, ${code.organizationId}, ${code.clientId}, ${code.sessionId},
            ${code.redirectUri}, ${code.codeChallenge}, ${code.scope}, ${code.nonce},
            ${code.expiresAt})`;
}

/** Codes that ended before `before`: no second use of theirs has anything left to end. */
export async function removeOldCodes(db: Db, clientId: string, before: Date): Promise<void> {
  await db`delete from oauth_codes where client_id = ${clientId} and expires_at < ${before}`;
}

/** Others who bring the same code wait until this transaction has ended. */
export async function lockCode(db: Db, codeHash: Uint8Array): Promise<Code | undefined> {
  const [row] = await db<Code[]>`
    select organization_id, client_id, session_id, redirect_uri, code_challenge, scope, nonce,
           expires_at, used_at, grant_id
    from oauth_codes where code_hash = ${codeHash}
    for update`;
  return row;
}

export async function markCodeUsed(
  db: Db,
  codeHash: Uint8Array,
  grantId: string | null,
  at: Date,
): Promise<void> {
  await db`
    update oauth_codes set used_at = ${at}, grant_id = ${grantId} where code_hash = ${codeHash}`;
}

export type RefreshToken = {
  id: string;
  sessionId: string;
  expiresAt: Date;
  usedAt: Date | null;
  isParentOfNewest: boolean;
};

export async function findRefreshToken(
  db: Db,
  tokenHash: Uint8Array,
): Promise<RefreshToken | undefined> {
  const [row] = await db<RefreshToken[]>`
    select t.id, t.session_id, t.expires_at, t.used_at,
           child.id is not null and child.used_at is null as is_parent_of_newest
    from oauth_refresh_tokens t left join oauth_refresh_tokens child on child.parent_id = t.id
    where t.token_hash = ${tokenHash}`;
  return row;
}

export async function insertRefreshToken(
  db: Db,
  token: {
    id: string;
    organizationId: string;
    sessionId: string;
    parentId: string | null;
    tokenHash: Uint8Array;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await db`
    insert into oauth_refresh_tokens
      (id, organization_id, session_id, parent_id, token_hash, created_at, expires_at)
    values (${token.id}, ${token.organizationId}, ${token.sessionId}, ${token.parentId},
            ${token.tokenHash}, ${token.createdAt}, ${token.expiresAt})`;
}

export async function markRefreshTokenUsed(db: Db, id: string, at: Date): Promise<void> {
  await db`update oauth_refresh_tokens set used_at = ${at} where id = ${id}`;
}

/** As it stands, without a lock. */
export async function findSession(
  db: Db,
  id: string,
): Promise<
  | Pick<ProvenSession, "id" | "organizationId" | "userId" | "expiresAt" | "revokedAt" | "isMember">
  | undefined
> {
  const [row] = await db<ProvenSession[]>`
    select s.id, s.organization_id, s.user_id, s.expires_at, s.revoked_at,
           m.ended_at is null and u.disabled_at is null as is_member
    from sessions s
    join memberships m on m.id = s.membership_id
    join users u on u.id = s.user_id
    where s.id = ${id}`;
  return row;
}
