import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { asService } from "@praxis/shared/testing";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { permissionsOf } from "../roles/model.ts";
import { openIdentity, type TestIdentity, type Tokens } from "../testing.ts";

const DEMO = demoOrganizationId("demo");
const RIVAL = demoOrganizationId("rival");

describe("POST /auth/validate", () => {
  let identity: TestIdentity;
  let nurse: Tokens;
  let nurseId: string;
  before(async () => {
    identity = await openIdentity();
    nurse = await identity.signIn("nurse@demo");
    nurseId = decodeJwt(nurse.accessToken).sub!;
  });
  after(async () => await identity[Symbol.asyncDispose]());

  const ask = (question: unknown) =>
    identity.post("/auth/validate", question, asService("content"));
  const askAs = ({ accessToken }: Tokens, question: unknown) =>
    identity.post("/auth/validate", question, { authorization: `Bearer ${accessToken}` });

  async function expectDecision(question: unknown, allowed: boolean, reason: string) {
    const response = await ask(question);
    equal(response.status, 200, JSON.stringify(question));
    deepEqual(await response.json(), { allowed, reason, obligations: [] });
  }

  it("decides for a service by the user's token", async () => {
    const token = nurse.accessToken;
    await expectDecision({ token, permission: "documents:read" }, true, "granted");
    await expectDecision(
      {
        token,
        permission: "documents:read",
        resource: { type: "document", id: "1", organizationId: DEMO },
        context: { purpose: "TREAT" },
      },
      true,
      "granted",
    );
    for (const permission of ["audit:read", "documents:sign", "no:such", "__proto__"]) {
      await expectDecision({ token, permission }, false, "permission-not-held");
    }
  });

  it("A11: denies what belongs to another organization, whatever the user holds", async () => {
    const { accessToken: token } = await identity.signIn("owner@demo");
    const resource = { organizationId: RIVAL };
    const permission = "documents:read";
    await expectDecision({ token, permission, resource }, false, "other-organization");
  });

  it("decides for a service by user id, within the organization it names", async () => {
    const resource = { organizationId: DEMO };
    const permission = "documents:read";
    await expectDecision({ userId: nurseId, permission, resource }, true, "granted");
    await expectDecision(
      { userId: nurseId, permission, resource: { organizationId: RIVAL } },
      false,
      "not-a-member",
    );
    await expectDecision(
      { userId: crypto.randomUUID(), permission, resource },
      false,
      "not-a-member",
    );
  });

  it("denies a token that is none, or whose session has ended", async () => {
    const permission = "documents:read";
    const { accessToken: token, refreshToken } = await identity.signIn("physician@demo");
    await expectDecision({ token, permission }, true, "granted");
    await identity.post("/auth/logout", { refreshToken });
    for (const bad of [token, refreshToken, "x", "a.b.c", "\ud800"]) {
      await expectDecision({ token: bad, permission }, false, "token-rejected");
    }
  });

  it("puts a denial on record with the clinic it concerns", async () => {
    await ask({ token: nurse.accessToken, permission: "jobs:operate" });
    const [event] = await identity.service.owner`
      select organization_id, actor_id, outcome, subject_id, details from audit_events
      where action = 'decision.denied' and details ->> 'permission' = 'jobs:operate'`;
    deepEqual({ ...event }, {
      organizationId: DEMO,
      actorId: "content",
      outcome: "refused",
      subjectId: nurseId,
      details: { permission: "jobs:operate", reason: "permission-not-held" },
    });
  });

  it("tells a user their own permissions, and nobody else's", async () => {
    const response = await askAs(nurse, { user_id: nurseId });
    equal(response.status, 200);
    deepEqual(await response.json(), {
      user_id: nurseId,
      tenant_id: DEMO,
      permissions: permissionsOf("nurse"),
    });
    const owner = await identity.signIn("owner@demo");
    equal((await askAs(owner, { user_id: nurseId })).status, 403);
    equal((await askAs(owner, { user_id: crypto.randomUUID() })).status, 403);
  });

  it("A11: lets no user ask a service's question", async () => {
    const owner = await identity.signIn("owner@demo");
    const question = {
      userId: nurseId,
      permission: "documents:read",
      resource: { organizationId: DEMO },
    };
    equal((await askAs(owner, question)).status, 403);
    equal(
      (await askAs(owner, { token: nurse.accessToken, permission: "documents:read" })).status,
      403,
    );
  });

  it("takes the user's first organization when none is named", async () => {
    const permission = "documents:read";
    for (
      const question of [{ userId: nurseId, permission }, {
        userId: nurseId,
        permission,
        resource: {},
      }]
    ) {
      const answer = await ask(question);
      equal(answer.status, 200);
      equal((await answer.json()).allowed, true);
    }
    const nobody = await ask({ userId: crypto.randomUUID(), permission });
    equal((await nobody.json()).reason, "not-a-member");
  });

  it("refuses questions that cannot be answered", async () => {
    const token = nurse.accessToken;
    const permission = "documents:read";
    for (
      const question of [
        {},
        [],
        { token },
        { permission },
        { token, permission, userId: nurseId, resource: { organizationId: DEMO } },
        { userId: "nurse", permission, resource: { organizationId: DEMO } },
        { token, permission, resource: { organizationId: "1" } },
        { token, permission, role: "owner" },
        { token, permission, resource: { owner: true } },
        { user_id: nurseId },
        { user_id: nurseId, permission },
      ]
    ) equal((await ask(question)).status, 422, JSON.stringify(question));
    equal((await identity.post("/auth/validate", "{", asService("content"))).status, 400);
  });
});
