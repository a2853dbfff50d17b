/** Getting an account: registered by anyone, real once the address has been verified. */
import { PLATFORM, record } from "@praxis/shared/audit";
import { anonymous } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import * as credentials from "../credentials/credentials.ts";
import type { Deps } from "../deps.ts";
import { pseudonymOf } from "../derived_keys.ts";
import { expectWithinLimit } from "../limits.ts";
import { hashOf, newToken, urlOf } from "../links/model.ts";
import * as mails from "../mails/mails.ts";
import * as members from "../members/members.ts";
import * as organizations from "../organizations/organizations.ts";
import { problem } from "../problems.ts";
import * as users from "../users/users.ts";
import { type Register, REGISTRATION_MS, slugOf } from "./model.ts";
import * as store from "./store.ts";

type Facts = { requestId: string };

const LIMIT = { limit: 5, seconds: 3_600 };
/** From one address or network, for whichever accounts: a whole clinic may stand behind it. */
const LIMIT_FROM = { limit: 60, seconds: 3_600 };

const verificationLink = ({ publicUrl }: Deps, token: string) =>
  urlOf(publicUrl, "/verify-email", token);

/**
 * The same work and the same answer whether the address has an account or not; what differs is
 * the letter that its owner reads. `from` is where the request comes from. Whoever shows the id
 * later is who registered: it must be told to nobody else.
 */
export const register = (
  deps: Deps,
  input: Register,
  facts: Facts & { from: string },
): Promise<{ registrationId: string }> =>
  deps.admission(() => registerAdmitted(deps, input, facts));

async function registerAdmitted(
  deps: Deps,
  { email, password, fullName, organization }: Register,
  { requestId, from }: Facts & { from: string },
): Promise<{ registrationId: string }> {
  const account = pseudonymOf(deps.encryptionKey, email);
  // Before anything that costs: a password may be made up so that it is dear to judge.
  const network = pseudonymOf(deps.encryptionKey, from);
  await expectWithinLimit(deps, `register-from:${network}`, LIMIT_FROM);
  await expectWithinLimit(deps, `register:${account}`, LIMIT);
  const known = [email, fullName, organization?.name ?? ""];
  await credentials.expectGood(deps, password, { known, hasFactor: false, pointer: "/password" });
  const passwordHash = await deps.hasher.hash(password);
  const at = deps.now();
  const token = newToken(deps.region);
  const registrationId = crypto.randomUUID();
  await transaction(deps.sql, "system", async (tx) => {
    const isKnown = await store.isKnown(tx, email);
    if (!isKnown) {
      await store.removeExpired(tx, at);
      await store.insert(tx, {
        id: registrationId,
        email,
        fullName,
        passwordHash,
        organizationName: organization?.name ?? null,
        tokenHash: hashOf(token),
        createdAt: at,
        expiresAt: new Date(at.getTime() + REGISTRATION_MS),
      });
    }
    await mails.request(
      tx,
      isKnown ? { to: email, template: "account-exists" } : {
        to: email,
        template: "email-verification",
        // Nothing else: it may go to somebody who has never heard of us.
        variables: { link: verificationLink(deps, token) },
      },
      { at, requestId },
    );
    await record(tx, at, {
      actor: anonymous,
      organizationId: PLATFORM,
      action: "user.registered",
      subject: { type: "account", id: account },
      outcome: isKnown ? "refused" : "success",
      requestId,
    });
  });
  return { registrationId };
}

/**
 * For who registered: an address alone would get the letter of a stranger's registration sent to
 * somebody who is waiting for their own. Answers alike whether or not there is one.
 */
export async function resend(
  deps: Deps,
  { email, registrationId }: { email: string; registrationId: string | undefined },
  { requestId }: Facts,
): Promise<void> {
  const account = pseudonymOf(deps.encryptionKey, email);
  await expectWithinLimit(deps, `resend:${account}`, LIMIT);
  const at = deps.now();
  const token = newToken(deps.region);
  await transaction(deps.sql, "system", async (tx) => {
    const expiresAt = new Date(at.getTime() + REGISTRATION_MS);
    const renewal = { email, tokenHash: hashOf(token), expiresAt };
    const isFound = registrationId !== undefined &&
      await store.renew(tx, { id: registrationId, ...renewal }, at);
    if (isFound) {
      const variables = { link: verificationLink(deps, token) };
      const mail = { to: email, template: "email-verification", variables } as const;
      await mails.request(tx, mail, { at, requestId });
    }
    await record(tx, at, {
      actor: anonymous,
      organizationId: PLATFORM,
      action: "user.verification_resent",
      subject: { type: "account", id: account },
      outcome: isFound ? "success" : "refused",
      requestId,
    });
  });
}

async function foundClinic(
  tx: Db,
  { userId, name, at }: { userId: string; name: string; at: Date },
): Promise<string> {
  const id = newId();
  // Random, so that nobody learns from the address which clinics are here.
  const slug = `${slugOf(name)}-${id.slice(-8)}`;
  await organizations.add(tx, { id, slug, name }, at);
  const membership = { id: newId(), organizationId: id, userId, role: "owner" };
  await members.add(tx, membership, at);
  return id;
}

/**
 * Makes the user, with their clinic, and with the password they registered with, unless somebody
 * else has registered their address at the same time: then a letter lets them set one. @throws Problem `link-expired`, whatever is wrong with it. */
export async function verify(deps: Deps, token: string, { requestId }: Facts): Promise<void> {
  const at = deps.now();
  const tokenHash = hashOf(token);
  const isDone = await transaction(deps.sql, "system", async (tx) => {
    const registration = await store.take(tx, tokenHash, at);
    if (!registration) return false;
    const { email, fullName, passwordHash, organizationName } = registration;
    const id = newId();
    // Verified in the meantime by another link.
    if (!await users.add(tx, { id, email, fullName }, at)) return false;
    if (registration.isContested) {
      // The owner of the address sets the password: one of those given may be a stranger's.
      await credentials.mailReset(deps, tx, { userId: id, email }, { at, requestId });
    } else {
      await credentials.add(tx, { userId: id, passwordHash }, at);
    }
    const organizationId = organizationName === null
      ? PLATFORM
      : await foundClinic(tx, { userId: id, name: organizationName, at });
    const event = {
      actor: { kind: "user", userId: id, organizationId, sessionId: "", permissions: [] },
      organizationId,
      subject: { type: "user", id },
      requestId,
    } as const;
    await record(
      tx,
      at,
      { ...event, action: "user.verified" },
      ...organizationName === null ? [] : [{
        ...event,
        action: "organization.created",
        subject: { type: "organization", id: organizationId },
      }],
    );
    return true;
  });
  if (isDone) return;
  await deps.auditRead({
    actor: anonymous,
    organizationId: PLATFORM,
    action: "user.verified",
    subject: { type: "link" },
    outcome: "refused",
    requestId,
  });
  throw problem("link-expired");
}
