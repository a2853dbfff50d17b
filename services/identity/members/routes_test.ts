import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { Standing } from "@praxis/shared/auth";
import { asService } from "@praxis/shared/testing";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { permissionsOf } from "../roles/model.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";

const DEMO = demoOrganizationId("demo");

describe("members and organizations", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const inside = (path: string) =>
    identity.app.request(path, { headers: asService("communication") });

  it("lists the members of one's own clinic by pages, and records the reading", async () => {
    const { accessToken } = await identity.signIn("owner@demo");
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const response = await identity.get(`/api/identity/members?limit=4${query}`, accessToken);
      equal(response.status, 200);
      const page = await response.json();
      seen.push(...page.items.map((member: { email: string }) => member.email));
      cursor = page.nextCursor;
    }
    deepEqual(
      seen,
      ["owner", "physician", "nurse", "receptionist", "auditor", "patient"]
        .map((role) => `${role}@demo.praxis.test`),
    );
    const [{ count } = { count: 0 }] = await identity.service.owner`
      select count(*)::int as count from audit_events where action = 'member.listed'`;
    equal(count, 2);
  });

  it("says nothing of passwords", async () => {
    const { accessToken } = await identity.signIn("owner@demo");
    const text = await (await identity.get("/api/identity/members", accessToken)).text();
    equal(/argon2|hash|password/i.test(text), false);
  });

  it("shows one's own clinic, and no other", async () => {
    const { accessToken } = await identity.signIn("nurse@demo");
    const get = (id: string) => identity.get(`/api/identity/organizations/${id}`, accessToken);
    deepEqual(await (await get(DEMO)).json(), { id: DEMO, slug: "demo", name: "Harbour Clinic" });
    equal((await get(demoOrganizationId("rival"))).status, 404);
    equal((await get("nonsense")).status, 422);
  });

  it("tells a service what a membership grants, until it ends", async () => {
    await using other = await openIdentity();
    const { mid } = decodeJwt((await other.signIn("nurse@demo")).accessToken);
    const path = `/internal/memberships/${mid}/permissions`;
    const ask = () => other.app.request(path, { headers: asService("gateway") });
    deepEqual(Standing.parse(await (await ask()).json()), {
      membershipId: mid,
      permissionVersion: 1,
      permissions: permissionsOf("nurse"),
    });
    await other.service.owner`update memberships set role = 'auditor', permission_version = 2
      where id = ${mid as string}`;
    deepEqual(await (await ask()).json(), {
      membershipId: mid,
      permissionVersion: 2,
      permissions: permissionsOf("auditor"),
    });
    await other.service.owner`update memberships set ended_at = now() where id = ${mid as string}`;
    equal((await ask()).status, 404);
    equal((await inside(`/internal/memberships/${crypto.randomUUID()}/permissions`)).status, 404);
    equal((await inside("/internal/memberships/1/permissions")).status, 422);
  });

  it("tells a service who holds a permission, by pages", async () => {
    const path = `/internal/organizations/${DEMO}/members`;
    const rolesOf = async (query: string) => {
      const page = await (await inside(`${path}${query}`)).json();
      return page.items.map(({ role }: { role: string }) => role);
    };
    deepEqual(await rolesOf("?permission=documents:read"), ["owner", "physician", "nurse"]);
    equal((await rolesOf("")).length, 6);
    const first = await (await inside(`${path}?permission=documents:read&limit=2`)).json();
    deepEqual(Object.keys(first.items[0]).sort(), ["membershipId", "role", "userId"]);
    deepEqual(
      await rolesOf(`?permission=documents:read&limit=2&cursor=${first.nextCursor}`),
      ["nurse"],
    );
    equal((await inside(`${path}?permission=no:such`)).status, 422);
    const nowhere = await inside(`/internal/organizations/${crypto.randomUUID()}/members`);
    deepEqual(await nowhere.json(), { items: [], nextCursor: null });
  });

  it("shows all the clinics someone works in, and marks the current one", async () => {
    await using other = await openIdentity();
    const { accessToken } = await other.signIn("nurse@demo");
    const rival = demoOrganizationId("rival");
    await other.service.owner`
      insert into memberships (id, organization_id, user_id, role, started_at)
      values (gen_random_uuid(), ${rival}, ${decodeJwt(accessToken).sub!}, 'physician', now())`;
    const me = await (await other.get("/api/identity/users/me", accessToken)).json();
    deepEqual(
      me.organizations.map((one: Record<string, unknown>) => [one.slug, one.role, one.current]),
      [["demo", "nurse", true], ["rival", "physician", false]],
    );
  });
});
