/** Deciding for other services whether a user may do something. */
import { type ServiceActor, userOf } from "@praxis/shared/auth";
import type { Deps } from "../deps.ts";
import * as members from "../members/members.ts";
import { createOwnStanding } from "../sessions/sessions.ts";
import { decide, type Decision, type Question } from "./model.ts";

const deny = (reason: Decision["reason"]): Decision => ({
  allowed: false,
  reason,
  obligations: [],
});

/** Who is asked about, as far as it is known, and the verdict. */
type Verdict = { decision: Decision; organizationId?: string; userId?: string };

async function decideByToken(
  deps: Deps,
  token: string,
  { permission, resource }: Question,
): Promise<Verdict> {
  const claims = await deps.tokens.access(token);
  if (!claims) return { decision: deny("token-rejected") };
  const who = { organizationId: claims.org, userId: claims.sub };
  // A program's token decides within its scope, as everywhere.
  const user = await userOf(claims, createOwnStanding(deps));
  if (!user) return { decision: deny("token-rejected"), ...who };
  const asked = resource?.organizationId?.toLowerCase();
  if (asked !== undefined && asked !== claims.org) {
    return { decision: deny("other-organization"), ...who };
  }
  return { decision: decide(user.permissions, permission), ...who };
}

async function decideByUser(
  deps: Deps,
  userId: string,
  { permission, resource }: Question,
): Promise<Verdict> {
  const organizationId = resource?.organizationId ??
    await members.findFirstOrganization(deps, userId);
  if (organizationId === undefined) return { decision: deny("not-a-member"), userId };
  const who = { organizationId, userId };
  const held = await members.findPermissions(deps, who);
  return { decision: held ? decide(held, permission) : deny("not-a-member"), ...who };
}

/** A denial is put on record with the clinic it concerns; an approval is what the caller records. */
export async function make(
  deps: Deps,
  actor: ServiceActor,
  question: Question,
  { requestId }: { requestId: string },
): Promise<Decision> {
  const { token, userId, permission } = question;
  const verdict = token === undefined
    ? await decideByUser(deps, userId!, question)
    : await decideByToken(deps, token, question);
  const { decision, organizationId } = verdict;
  if (!decision.allowed && organizationId !== undefined) {
    await deps.auditRead({
      actor,
      organizationId,
      action: "decision.denied",
      subject: { type: "user", ...(verdict.userId === undefined ? {} : { id: verdict.userId }) },
      outcome: "refused",
      requestId,
      details: { permission, reason: decision.reason },
    });
  }
  return decision;
}
