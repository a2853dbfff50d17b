/** Changing the e-mail address: asked with a step-up, confirmed from the new one, told to the old. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { expectWithinLimit } from "../limits.ts";
import * as links from "../links/links.ts";
import { urlOf } from "../links/model.ts";
import * as mails from "../mails/mails.ts";
import { problem } from "../problems.ts";
import * as sessions from "../sessions/sessions.ts";
import * as store from "./store.ts";

const UNIQUE_VIOLATION = "23505";
const LIMIT = { limit: 5, seconds: 3_600 };

/** Answers alike whether or not the new address has an account. */
export async function startChange(
  deps: Deps,
  actor: UserActor,
  { email, requestId }: { email: string; requestId: string },
): Promise<void> {
  await sessions.expectSteppedUp(deps, actor);
  const { userId, organizationId } = actor;
  await expectWithinLimit(deps, `email-change:${userId}`, LIMIT);
  const at = deps.now();
  await transaction(deps.sql, "system", async (tx) => {
    const own = await store.find(tx, userId);
    const facts = { at, requestId };
    if (await store.isTaken(tx, email)) {
      await mails.request(tx, { to: email, template: "email-taken" }, facts);
    } else {
      const token = await links.make(deps, tx, { kind: "email-change", userId, email }, at);
      const variables = { link: urlOf(deps.publicUrl, "/confirm-email", token) };
      await mails.request(tx, { to: email, template: "email-change", variables }, facts);
    }
    await mails.request(tx, { to: own!.email, template: "email-change-notice" }, facts);
    await record(tx, at, {
      actor,
      organizationId,
      action: "email.change_requested",
      subject: { type: "user", id: userId },
      requestId,
    });
  });
}

/** Links that were mailed to the old address are worth nothing any more. */
export async function confirmChange(
  deps: Deps,
  actor: UserActor,
  { token, requestId }: { token: string; requestId: string },
): Promise<void> {
  const { userId, organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, "system", async (tx) => {
    await store.lock(tx, userId);
    const link = await links.use(tx, { kind: "email-change", token }, at);
    if (link.userId !== userId || link.email === null) throw problem("link-expired");
    const own = await store.find(tx, userId);
    // Of two who confirm one address at once, the later finds the constraint.
    const isSet = await store.setEmail(tx, userId, link.email).catch((error) => {
      if (error.code === UNIQUE_VIOLATION) return false;
      throw error;
    });
    if (!isSet) throw problem("email-taken");
    await links.makeWorthless(tx, userId);
    await mails.request(tx, { to: own!.email, template: "email-changed" }, { at, requestId });
    await record(tx, at, {
      actor,
      organizationId,
      action: "email.changed",
      subject: { type: "user", id: userId },
      requestId,
    });
  });
}
