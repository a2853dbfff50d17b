/** Starting a session: rows, refresh token, audit event, and a letter when the device is new. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as mails from "../mails/mails.ts";
import { issueAccessToken } from "./access_tokens.ts";
import { type Client, type Proof, refreshExpiryOf } from "./model.ts";
import { hashOf, newRefreshToken } from "./refresh_tokens.ts";
import { ownerOf } from "./sessions.ts";
import * as store from "./store.ts";

export type Facts = { requestId: string; userAgent: string };

export type Grant = {
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
  refreshExpiresAt: Date;
};

export type Start = {
  membershipId: string;
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

/**
 * Within `tx`; `also` writes what belongs to it before the chain is locked. Undefined when the
 * membership has ended.
 */
export async function startWithin(
  deps: Deps,
  tx: Db,
  { idleMinutes, action = "session.started", ...start }: Start,
  { requestId, userAgent }: Facts,
  also: (session: Proof) => Promise<void> = () => Promise.resolve(),
): Promise<Started | undefined> {
  const at = deps.now();
  const id = newId();
  const session = await store.insert(tx, {
    id,
    userAgent,
    steppedUpAt: null,
    ...start,
  });
  if (!session) return undefined;
  const refreshToken = newRefreshToken(deps.region);
  const refreshExpiresAt = refreshExpiryOf({ expiresAt: session.expiresAt, idleMinutes }, at);
  await store.insertToken(tx, {
    id: newId(),
    organizationId: session.organizationId,
    sessionId: session.id,
    parentId: null,
    tokenHash: hashOf(refreshToken),
    createdAt: at,
    expiresAt: refreshExpiresAt,
  });
  await also(session);
  if (action === "session.started") {
    const { userId } = session;
    if (await store.isNewDevice(tx, { userId, userAgent, id })) {
      const to = await store.findEmail(tx, userId);
      const variables = { userAgent: userAgent || "(it does not say what it is)" };
      await mails.request(tx, { to, template: "new-device", variables }, { at, requestId });
    }
  }
  await record(tx, at, {
    actor: ownerOf(session),
    organizationId: session.organizationId,
    action,
    subject: { type: "session", id: session.id },
    requestId,
    details: { client: start.client, amr: session.amr },
  });
  return { session, refreshToken, refreshExpiresAt };
}

export async function toGrant(deps: Deps, { session, ...refresh }: Started): Promise<Grant> {
  return { ...await issueAccessToken(deps, session), ...refresh };
}
