/** Exchanging a refresh token: each is good for one exchange, and a second one ends the session. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { issueAccessToken } from "./access_tokens.ts";
import * as mails from "../mails/mails.ts";
import { satisfies } from "../policies/model.ts";
import { judge, refreshExpiryOf } from "./model.ts";
import { hashOf, successorOf } from "./refresh_tokens.ts";
import { ownerOf, revokeWithin } from "./sessions.ts";
import type { Facts, Grant } from "./starting.ts";
import * as store from "./store.ts";

type Outcome =
  | { kind: "granted"; session: store.LockedSession }
  | { kind: "refused"; isRevokedNow: boolean };

const refused: Outcome = { kind: "refused", isRevokedNow: false };

async function exchange(
  deps: Deps,
  tx: Db,
  { refreshToken, requestId }: { refreshToken: string; requestId: string },
): Promise<Outcome> {
  const at = deps.now();
  const tokenHash = hashOf(refreshToken);
  const known = await store.findToken(tx, tokenHash);
  if (!known) return refused;
  const session = await store.lock(tx, known.sessionId);
  // Read again under the lock: whoever held it before may have used the token.
  const token = await store.findToken(tx, tokenHash) ?? known;
  const { organizationId } = session;
  const event = {
    actor: ownerOf(session),
    organizationId,
    subject: { type: "session", id: session.id },
    requestId,
  };
  const verdict = judge(token, session, at);
  const isEnough = satisfies(session, session.secondFactor ?? "optional");
  switch (verdict === "current" && !isEnough ? "ended" : verdict) {
    case "repeated":
      return { kind: "granted", session };
    case "current": {
      // Sent together: a round trip costs more than what each of them does.
      await Promise.all([
        store.markUsed(tx, token.id, at),
        store.insertToken(tx, {
          id: newId(),
          organizationId,
          sessionId: session.id,
          parentId: token.id,
          tokenHash: hashOf(successorOf(refreshToken, deps)),
          createdAt: at,
          expiresAt: refreshExpiryOf(session, at),
        }),
        store.touch(tx, session.id, at),
      ]);
      await record(tx, at, { ...event, action: "session.refreshed" });
      return { kind: "granted", session };
    }
    case "reused": {
      const ending = { actor: event.actor, action: "session.reuse_detected", requestId } as const;
      const to = await store.findEmail(tx, session.userId);
      const isRevokedNow = await revokeWithin(tx, session.id, ending, at);
      if (isRevokedNow) {
        await mails.request(tx, { to, template: "session-reuse" }, { at, requestId });
      }
      return { kind: "refused", isRevokedNow };
    }
    case "ended":
      await record(tx, at, { ...event, action: "session.refresh_refused", outcome: "refused" });
      return refused;
  }
}

/** @throws Problem `refresh-rejected`, the same whatever was wrong. */
export async function refresh(
  deps: Deps,
  refreshToken: string,
  { requestId }: Pick<Facts, "requestId">,
): Promise<Grant> {
  // What ends a session must be committed, although the answer is a refusal.
  const outcome = await transaction(
    deps.sql,
    "system",
    (tx) => exchange(deps, tx, { refreshToken, requestId }),
  );
  if (outcome.kind === "refused") {
    if (outcome.isRevokedNow) deps.bell.ring();
    throw problem("refresh-rejected");
  }
  const { session } = outcome;
  return {
    ...await issueAccessToken(deps, session),
    refreshToken: successorOf(refreshToken, deps),
    refreshExpiresAt: refreshExpiryOf(session, deps.now()),
  };
}
