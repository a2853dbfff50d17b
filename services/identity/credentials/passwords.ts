/** Changing a password, and setting a new one through a mailed link. */
import { PLATFORM, record } from "@praxis/shared/audit";
import { anonymous, type UserActor } from "@praxis/shared/auth";
import { read, transaction } from "@praxis/shared/postgres";
import * as challenges from "../challenges/challenges.ts";
import type { Deps } from "../deps.ts";
import { pseudonymOf } from "../derived_keys.ts";
import { expectWithinLimit } from "../limits.ts";
import * as links from "../links/links.ts";
import * as mails from "../mails/mails.ts";
import { problem } from "../problems.ts";
import * as sessions from "../sessions/sessions.ts";
import * as users from "../users/users.ts";
import { isRight, mailReset } from "./credentials.ts";
import { expectGood } from "./quality.ts";
import * as store from "./store.ts";

type Facts = { requestId: string };

const FORGOT_LIMIT = { limit: 5, seconds: 3_600 };
const CHANGE_LIMIT = { limit: 10, seconds: 900 };

/** Needs the current password, and a step-up by whoever has a second factor. */
export async function change(
  deps: Deps,
  actor: UserActor,
  { currentPassword, newPassword, requestId }: {
    currentPassword: string;
    newPassword: string;
  } & Facts,
): Promise<void> {
  const { userId, sessionId, organizationId } = actor;
  const own = await sessions.getOwn(deps, actor);
  if (own.hasFactor) await sessions.expectSteppedUp(deps, actor);
  await expectWithinLimit(deps, `password-change:${userId}`, CHANGE_LIMIT);
  const person = await read(deps.sql, "system", (tx) => store.findPerson(tx, { userId }));
  if (!person || !await isRight(deps, person.passwordHash ?? undefined, currentPassword)) {
    await deps.auditRead({
      actor,
      organizationId,
      action: "password.change_refused",
      subject: { type: "user", id: userId },
      outcome: "failed",
      requestId,
    });
    throw problem("credentials-rejected");
  }
  const known = [person.email, person.fullName, ...person.clinics];
  const judged = { known, hasFactor: person.hasFactor, pointer: "/newPassword" };
  await expectGood(deps, newPassword, judged);
  const passwordHash = await deps.hasher.hash(newPassword);
  const at = deps.now();
  await transaction(deps.sql, "system", async (tx) => {
    await users.lock(tx, userId);
    // Of someone who has only the old password, and the owner who resets it, the owner wins.
    const changed = { userId, old: person.passwordHash!, passwordHash };
    if (!await store.replace(tx, changed, at)) throw problem("credentials-rejected");
    await links.makeWorthless(tx, userId);
    await challenges.endAll(tx, userId, at);
    await sessions.revokeOthersWithin(tx, actor, { userId, except: sessionId, requestId }, at);
    await mails.request(tx, { to: person.email, template: "password-changed" }, { at, requestId });
    await record(tx, at, {
      actor,
      organizationId,
      action: "password.changed",
      subject: { type: "user", id: userId },
      requestId,
    });
  });
  deps.bell.ring();
}

/** Answers alike whether or not there is such an account. */
export async function forget(deps: Deps, email: string, { requestId }: Facts): Promise<void> {
  const account = pseudonymOf(deps.encryptionKey, email);
  await expectWithinLimit(deps, `forgot:${account}`, FORGOT_LIMIT);
  const at = deps.now();
  await transaction(deps.sql, "system", async (tx) => {
    const person = await store.findPerson(tx, { email });
    if (person && !person.isDisabled) {
      const { userId } = person;
      await mailReset(deps, tx, { userId, email }, { at, requestId });
    }
    await record(tx, at, {
      actor: anonymous,
      organizationId: PLATFORM,
      action: "password.reset_requested",
      subject: person ? { type: "user", id: person.userId } : { type: "account", id: account },
      outcome: person ? "success" : "refused",
      requestId,
    });
  });
}

/** Signs every device out. The second factor is asked for as before (ASVS 6.4.3). */
export async function reset(
  deps: Deps,
  { token, newPassword, requestId }: { token: string; newPassword: string } & Facts,
): Promise<void> {
  const at = deps.now();
  const link = await read(
    deps.sql,
    "system",
    (tx) => links.find(tx, { kind: "password-reset", token }, at),
  );
  const { userId } = link;
  const person = await read(deps.sql, "system", (tx) => store.findPerson(tx, { userId }));
  if (!person || person.isDisabled) throw problem("link-expired");
  const known = [person.email, person.fullName, ...person.clinics];
  const judged = { known, hasFactor: person.hasFactor, pointer: "/newPassword" };
  await expectGood(deps, newPassword, judged);
  const passwordHash = await deps.hasher.hash(newPassword);
  await transaction(deps.sql, "system", async (tx) => {
    await users.lock(tx, userId);
    // Only now is it used up: a weak password may be tried again.
    await links.use(tx, { kind: "password-reset", token }, at);
    await store.set(tx, { userId, passwordHash }, at);
    await links.makeWorthless(tx, userId);
    await challenges.endAll(tx, userId, at);
    await sessions.revokeOthersWithin(tx, anonymous, { userId, requestId }, at);
    await mails.request(tx, { to: person.email, template: "password-changed" }, { at, requestId });
    await record(tx, at, {
      actor: anonymous,
      organizationId: PLATFORM,
      action: "password.reset",
      subject: { type: "user", id: userId },
      requestId,
    });
  });
  deps.bell.ring();
}
