/** Starting a session: rows, refresh token, audit event, and a letter when the device is new. */
import { type AuditEntry, record, toEvent } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { call, type Db } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as mails from "../mails/mails.ts";
import { issueAccessToken } from "./access_tokens.ts";
import * as users from "../users/users.ts";
import { type Client, type Proof, refreshExpiryOf, SESSIONS_MAX } from "./model.ts";
import { hashOf, newRefreshToken } from "./refresh_tokens.ts";
import { ownerOf, revokeAllWithin } from "./sessions.ts";
import * as store from "./store.ts";

export type Facts = { requestId: string; userAgent: string };

export type Grant = {
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
  refreshExpiresAt: Date;
  /** A cookie by which a browser is known from now on. */
  device?: { name: string; value: string };
};

export type Start = {
  userId: string;
  membershipId: string;
  /** The stored hash that the password was found right by: it must still be the user's. */
  passwordHash?: string;
  client: Client;
  acr: string;
  amr: string[];
  authenticatedAt: Date;
  expiresAt: Date;
  steppedUpAt?: Date | null;
  idleMinutes: number | null;
  action?: "session.started" | "session.stepped_up" | "session.switched";
};

export type Started = { session: Proof; refreshToken: string; refreshExpiresAt: Date };

function firstTokenOf(
  deps: Pick<Deps, "region">,
  start: Pick<Start, "expiresAt" | "idleMinutes">,
  createdAt: Date,
) {
  const refreshToken = newRefreshToken(deps.region);
  const expiresAt = refreshExpiryOf(start, createdAt);
  return {
    refreshToken,
    token: { id: newId(), tokenHash: hashOf(refreshToken), createdAt, expiresAt },
  };
}

type Action = NonNullable<Start["action"]>;

const entryOf = (
  session: Proof,
  client: Client,
  action: Action,
  requestId: string,
): AuditEntry => ({
  actor: ownerOf(session),
  organizationId: session.organizationId,
  action,
  subject: { type: "session", id: session.id },
  requestId,
  details: { client, amr: session.amr },
});

/**
 * After a right password, in one statement, when a session is all there is to start: most sign-ins
 * are so. `changed` when the membership has ended, or the password is another by now; `more` when
 * it takes `startWithin`. Nothing was written then.
 */
export async function startPlain(
  deps: Deps,
  start: Start & { passwordHash: string; organizationId: string },
  { requestId, userAgent }: Facts,
): Promise<Started | "changed" | "more"> {
  const { userId, membershipId, organizationId, acr, amr, authenticatedAt, expiresAt } = start;
  const { refreshToken, token } = firstTokenOf(deps, start, authenticatedAt);
  const session: Proof = {
    ...{ id: newId(), userId, membershipId, organizationId, acr, amr, authenticatedAt, expiresAt },
    permissionVersion: 0,
  };
  const entry = entryOf(session, start.client, "session.started", requestId);
  const { client, passwordHash } = start;
  const started = await call(
    deps.sql,
    (db) =>
      store.startPlain(db, { ...session, client, userAgent, passwordHash }, token, {
        max: SESSIONS_MAX,
        event: toEvent(entry, authenticatedAt),
      }),
  );
  if (started.outcome !== "started") return started.outcome;
  const { permissionVersion } = started;
  return {
    session: { ...session, permissionVersion },
    refreshToken,
    refreshExpiresAt: token.expiresAt,
  };
}

/**
 * Within `tx`, in the platform's own scope; `also` writes what belongs to it before the chain is
 * locked. Undefined when the membership has ended, or the password is another by now. The user's
 * oldest sessions end when there are too many.
 */
export async function startWithin(
  deps: Deps,
  tx: Db,
  { userId, idleMinutes, action = "session.started", ...start }: Start,
  { requestId, userAgent }: Facts,
  also: (session: Proof) => Promise<void> = () => Promise.resolve(),
): Promise<Started | undefined> {
  const at = deps.now();
  const id = newId();
  const { refreshToken, token } = firstTokenOf(
    deps,
    { expiresAt: start.expiresAt, idleMinutes },
    at,
  );
  // Sent together, done one after the other: a round trip costs more than what each of them does.
  const [, started, beyond] = await Promise.all([
    users.lock(tx, userId),
    store.insert(tx, { id, userAgent, steppedUpAt: null, ...start }, token),
    store.lockBeyond(tx, userId, { max: SESSIONS_MAX, now: at }),
  ]);
  if (!started) return undefined;
  const { isNewDevice, ...session } = started;
  await also(session);
  if (beyond.length > 0) {
    const ending = { actor: ownerOf(session), action: "session.revoked", requestId } as const;
    await revokeAllWithin(tx, beyond.map(({ id }) => id), ending, at);
  }
  if (action === "session.started" && isNewDevice) {
    const to = await store.findEmail(tx, session.userId);
    const variables = { userAgent: userAgent || "(it does not say what it is)" };
    await mails.request(tx, { to, template: "new-device", variables }, { at, requestId });
  }
  // Not waited for: the commit leaves together with it, and is none when it was not written.
  record(tx, at, entryOf(session, start.client, action, requestId))
    .catch((error) => deps.log.error("the start of a session was not recorded", error));
  return { session, refreshToken, refreshExpiresAt: token.expiresAt };
}

export async function toGrant(deps: Deps, { session, ...refresh }: Started): Promise<Grant> {
  return { ...await issueAccessToken(deps, session), ...refresh };
}
