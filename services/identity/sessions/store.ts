/** Where sessions and their refresh tokens are kept. */
import type { NewAuditEvent } from "@praxis/shared/audit";
import type { AccessClaims } from "@praxis/shared/auth";
import type { Db } from "@praxis/shared/postgres";
import type { Asked, Client, Proof, Session, SessionState, TokenState } from "./model.ts";

/** Who an address belongs to, with everything that may stand against a sign-in. */
export type Candidate = {
  userId: string;
  isDisabled: boolean;
  passwordHash: string | null;
  membershipId: string | null;
  organizationId: string | null;
  hasTotp: boolean;
  hasPasskey: boolean;
  hasRecoveryCodes: boolean;
} & Asked;

export async function findCandidate(
  db: Db,
  who: { email: string } | { userId: string },
  organizationId: string | undefined,
): Promise<Candidate | undefined> {
  const { email, userId } = { email: null, userId: null, ...who };
  const [row] = await db<Candidate[]>`
    select user_id, is_disabled, password_hash, membership_id, organization_id, second_factor,
           session_minutes, idle_minutes, has_totp, has_passkey, has_recovery_codes
    from sign_in_candidate(${email}, ${userId}, ${organizationId ?? null})`;
  return row;
}

export type NewSession = Omit<Proof, "permissionVersion" | "userId" | "organizationId"> & {
  client: Client;
  userAgent: string;
  steppedUpAt: Date | null;
  passwordHash?: string;
};

/** The first refresh token of a session. */
export type FirstToken = { id: string; tokenHash: Uint8Array; createdAt: Date; expiresAt: Date };

export type NewlyStarted = Proof & {
  /** The user has signed in before, and never from a device that calls itself so. */
  isNewDevice: boolean;
};

/**
 * Starts a session, with its first token, for a membership that is live now and, where
 * `passwordHash` is given, as long as that is the user's; undefined when it is not any more. One
 * statement, because a round trip costs more than what it asks for.
 */
export async function insert(
  db: Db,
  session: NewSession,
  token: FirstToken,
): Promise<NewlyStarted | undefined> {
  const { id, membershipId, client, userAgent, acr, amr, authenticatedAt, expiresAt } = session;
  const { steppedUpAt, passwordHash = null } = session;
  const [row] = await db<NewlyStarted[]>`
    with live as (
      select m.id, m.organization_id, m.user_id, m.permission_version
      from memberships m join users u on u.id = m.user_id
      where m.id = ${membershipId} and m.ended_at is null and u.disabled_at is null
        and (${passwordHash}::text is null or exists (
          select 1 from credentials c
          where c.user_id = m.user_id and c.password_hash = ${passwordHash}::text))
    ), added as (
      insert into sessions (id, organization_id, user_id, membership_id, client, user_agent, acr,
                            amr, authenticated_at, last_used_at, expires_at, stepped_up_at)
      select ${id}::uuid, organization_id, user_id, id, ${client}::text, ${userAgent}::text,
             ${acr}::text, ${amr}::text[], ${authenticatedAt}::timestamptz,
             ${authenticatedAt}::timestamptz, ${expiresAt}::timestamptz,
             ${steppedUpAt}::timestamptz
      from live
      returning id, organization_id, membership_id, acr, amr, authenticated_at, expires_at
    ), first_token as (
      insert into refresh_tokens (id, organization_id, session_id, token_hash, created_at, expires_at)
      select ${token.id}::uuid, organization_id, id, ${token.tokenHash}::bytea,
             ${token.createdAt}::timestamptz, ${token.expiresAt}::timestamptz
      from added
    )
    select added.id, live.user_id, added.organization_id, added.membership_id,
           live.permission_version, added.acr, added.amr, added.authenticated_at, added.expires_at,
           exists (select 1 from sessions s where s.user_id = live.user_id)
             and not exists (
               select 1 from sessions s
               where s.user_id = live.user_id and s.user_agent = ${userAgent}) as is_new_device
    from added, live`;
  return row;
}

/** What `start_plain_session` did: nothing, unless it says `started`. */
type PlainStart =
  | { outcome: "started"; permissionVersion: number }
  | { outcome: "changed" | "more" };

/**
 * The same with its audit event, as a transaction of its own, as long as there is nothing else to
 * do: no letter about a new device, and fewer than `max` live sessions.
 */
export async function startPlain(
  db: Db,
  session: Omit<Proof, "permissionVersion"> & {
    client: Client;
    userAgent: string;
    passwordHash: string;
  },
  token: FirstToken,
  { max, event }: { max: number; event: NewAuditEvent },
): Promise<PlainStart> {
  const { id, userId, membershipId, organizationId, passwordHash, client, userAgent } = session;
  const { acr, amr, authenticatedAt, expiresAt } = session;
  const [row] = await db<PlainStart[]>`
    select outcome, permission_version from start_plain_session(
      ${id}, ${userId}, ${membershipId}, ${organizationId}, ${passwordHash}, ${client},
      ${userAgent}, ${acr}, ${amr}, ${authenticatedAt}, ${expiresAt}, ${token.id},
      ${token.tokenHash}, ${token.expiresAt}, ${max}, ${db.json(event as never)})`;
  return row!;
}

export type LockedSession = Proof & SessionState & Asked;

/** Its other refreshes wait until this transaction has ended. */
export async function lock(db: Db, id: string): Promise<LockedSession> {
  const [row] = await db<LockedSession[]>`
    select s.id, s.user_id, s.organization_id, s.membership_id, m.permission_version, s.acr, s.amr,
           s.authenticated_at, s.expires_at, s.revoked_at,
           m.ended_at is null and u.disabled_at is null as is_member,
           p.second_factor, p.session_minutes, p.idle_minutes
    from sessions s
    join memberships m on m.id = s.membership_id
    join users u on u.id = s.user_id
    left join security_policies p on p.organization_id = s.organization_id
    where s.id = ${id}
    for update of s`;
  return row!;
}

export async function touch(db: Db, id: string, at: Date): Promise<void> {
  await db`update sessions set last_used_at = ${at} where id = ${id}`;
}

export type InClinic = { id: string; organizationId: string };

/** Those that had not been revoked before. Locked in one order, whoever asks. */
export async function markRevoked(db: Db, ids: readonly string[], at: Date): Promise<InClinic[]> {
  return await db<InClinic[]>`
    with ending as (
      select id from sessions where id = any(${[...ids]}::uuid[]) and revoked_at is null
      order by id for update
    )
    update sessions s set revoked_at = ${at} from ending where s.id = ending.id
    returning s.id, s.organization_id`;
}

/**
 * What a user has beyond their `max` newest live sessions. Without those that others have locked:
 * they are used right now, and whoever waited for them could be waited for.
 */
export async function lockBeyond(
  db: Db,
  userId: string,
  { max, now }: { max: number; now: Date },
): Promise<InClinic[]> {
  return await db<InClinic[]>`
    select id, organization_id from sessions
    where id in (
      select id from sessions
      where user_id = ${userId} and revoked_at is null and expires_at > ${now}
      order by id desc offset ${max})
    for update skip locked`;
}

/** The user of a session, whatever has become of it. */
export async function findUser(db: Db, id: string): Promise<string | undefined> {
  const [row] = await db<{ userId: string }[]>`select user_id from sessions where id = ${id}`;
  return row?.userId;
}

/** Another session has taken the place of `id`, on the same device. */
export async function markSucceeded(db: Db, id: string, by: string): Promise<void> {
  await db`update sessions set succeeded_by = ${by} where id = ${id}`;
}

/** A session of this user and those that took its place, one after the other; empty without it. */
export async function listLine(
  db: Db,
  { id, userId }: { id: string; userId: string },
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    with recursive line as (
      select id, succeeded_by from sessions where id = ${id} and user_id = ${userId}
      union
      select s.id, s.succeeded_by from line join sessions s on s.id = line.succeeded_by
      where s.user_id = ${userId}
    )
    select id from line`;
  return rows.map((row) => row.id);
}

type ListedSession =
  & Omit<
    Session,
    "authenticatedAt" | "lastUsedAt" | "expiresAt" | "current"
  >
  & { authenticatedAt: Date; lastUsedAt: Date; expiresAt: Date };

/** A user's live sessions, newest first, beginning below the id `before`. */
export async function listLive(
  db: Db,
  userId: string,
  now: Date,
  before: string | undefined,
  limit: number,
): Promise<Omit<Session, "current">[]> {
  const rows = await db<ListedSession[]>`
    select id, organization_id, client, user_agent, authenticated_at, last_used_at, expires_at
    from sessions
    where user_id = ${userId} and revoked_at is null and expires_at > ${now}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    authenticatedAt: row.authenticatedAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
}

/** The role behind verified claims, as long as session, membership and user are live. */
export async function findRole(
  db: Db,
  { sid, sub, org, mid }: Pick<AccessClaims, "sid" | "sub" | "org" | "mid">,
  now: Date,
): Promise<string | undefined> {
  const [row] = await db<{ role: string }[]>`
    select m.role
    from sessions s
    join memberships m on m.id = s.membership_id
    join users u on u.id = s.user_id
    where s.id = ${sid} and s.user_id = ${sub} and s.organization_id = ${org}
      and s.membership_id = ${mid} and s.revoked_at is null and s.expires_at > ${now}
      and m.ended_at is null and u.disabled_at is null`;
  return row?.role;
}

/** What a program was registered with that has a secret to prove itself by; undefined once it was removed. */
export async function findProgram(
  db: Db,
  { sub, org }: Pick<AccessClaims, "sub" | "org">,
): Promise<string[] | undefined> {
  const [row] = await db<{ permissions: string[] }[]>`
    select permissions from oauth_clients
    where id = ${sub} and organization_id = ${org} and kind = 'confidential'
      and removed_at is null`;
  return row?.permissions;
}

export type NewToken = {
  id: string;
  organizationId: string;
  sessionId: string;
  parentId: string | null;
  tokenHash: Uint8Array;
  createdAt: Date;
  expiresAt: Date;
};

export async function insertToken(db: Db, token: NewToken): Promise<void> {
  await db`
    insert into refresh_tokens
      (id, organization_id, session_id, parent_id, token_hash, created_at, expires_at)
    values (${token.id}, ${token.organizationId}, ${token.sessionId}, ${token.parentId},
            ${token.tokenHash}, ${token.createdAt}, ${token.expiresAt})`;
}

export type FoundToken = TokenState & { id: string; sessionId: string };

export async function findToken(db: Db, tokenHash: Uint8Array): Promise<FoundToken | undefined> {
  const [row] = await db<FoundToken[]>`
    select t.id, t.session_id, t.used_at, t.expires_at,
           child.id is not null and child.used_at is null as is_parent_of_newest
    from refresh_tokens t left join refresh_tokens child on child.parent_id = t.id
    where t.token_hash = ${tokenHash}`;
  return row;
}

export async function markUsed(db: Db, id: string, at: Date): Promise<void> {
  await db`update refresh_tokens set used_at = ${at} where id = ${id}`;
}

export type OwnSession = Proof & {
  client: Client;
  steppedUpAt: Date | null;
  email: string;
  hasFactor: boolean;
};

/** The live session that asks; undefined when it has ended, or belongs to a program of others. */
export async function findOwn(
  db: Db,
  { id, userId }: { id: string; userId: string },
  now: Date,
): Promise<OwnSession | undefined> {
  const [row] = await db<OwnSession[]>`
    select s.id, s.user_id, s.organization_id, s.membership_id, m.permission_version, s.acr, s.amr,
           s.authenticated_at, s.expires_at, s.client, s.stepped_up_at, u.email,
           exists (select 1 from factors f
                   where f.user_id = s.user_id and f.confirmed_at is not null) as has_factor
    from sessions s
    join memberships m on m.id = s.membership_id
    join users u on u.id = s.user_id
    where s.id = ${id} and s.user_id = ${userId} and s.revoked_at is null and s.expires_at > ${now}
      and not exists (select 1 from oauth_grants g where g.session_id = s.id)`;
  return row;
}

export type Others = { userId: string; except?: string; organizationId?: string };

/** A user's live sessions, in one clinic or in all of them, but for `except`. */
export async function listOthers(
  db: Db,
  { userId, except, organizationId }: Others,
  now: Date,
): Promise<InClinic[]> {
  return await db<InClinic[]>`
    select id, organization_id from sessions
    where user_id = ${userId} and revoked_at is null and expires_at > ${now}
      ${except === undefined ? db`` : db`and id <> ${except}`}
      ${organizationId === undefined ? db`` : db`and organization_id = ${organizationId}`}`;
}

export async function findEmail(db: Db, userId: string): Promise<string> {
  const [row] = await db<{ email: string }[]>`select email from users where id = ${userId}`;
  return row!.email;
}

/** What the clinic of a membership asks. */
export async function findAsked(db: Db, membershipId: string): Promise<Asked> {
  const [row] = await db<Asked[]>`
    select p.second_factor, p.session_minutes, p.idle_minutes
    from memberships m left join security_policies p on p.organization_id = m.organization_id
    where m.id = ${membershipId}`;
  return row!;
}
