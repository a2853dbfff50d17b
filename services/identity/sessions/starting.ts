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
  /** A cookie by which a browser is known from now on. */
  device?: { name: string; value: string };
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
  const refreshToken = newRefreshToken(deps.region);
  const refreshExpiresAt = refreshExpiryOf({ expiresAt: start.expiresAt, idleMinutes }, at);
  const started = await store.insert(tx, { id, userAgent, steppedUpAt: null, ...start }, {
    id: newId(),
    tokenHash: hashOf(refreshToken),
    createdAt: at,
    expiresAt: refreshExpiresAt,
  });
  if (!started) return undefined;
  const { isNewDevice, ...session } = started;
  await also(session);
  if (action === "session.started" && isNewDevice) {
    const to = await store.findEmail(tx, session.userId);
    const variables = { userAgent: userAgent || "(it does not say what it is)" };
    await mails.request(tx, { to, template: "new-device", variables }, { at, requestId });
  }
  // Not waited for: the commit leaves together with it, and is none when it was not written.
  record(tx, at, {
    actor: ownerOf(session),
    organizationId: session.organizationId,
    action,
    subject: { type: "session", id: session.id },
    requestId,
    details: { client: start.client, amr: session.amr },
  }).catch((error) => deps.log.error("the start of a session was not recorded", error));
  return { session, refreshToken, refreshExpiresAt };
}

export async function toGrant(deps: Deps, { session, ...refresh }: Started): Promise<Grant> {
  return { ...await issueAccessToken(deps, session), ...refresh };
}
