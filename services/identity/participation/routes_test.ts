/** Clinics founded and closed, members seen off and brought back: once for each key, in any order. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "../demo_data.ts";
import { prune } from "../pruning/pruning.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";

const DEMO = demoOrganizationId("demo");
const CLINICS = "/internal/organizations";

describe("identity's part in sagas", () => {
  let t: TestIdentity;
  before(async () => t = await openIdentity());
  after(async () => await t[Symbol.asyncDispose]());

  async function order(path: string, key: string, body: unknown = {}, from = "workflow") {
    const headers = { ...asService(from), "idempotency-key": key };
    const response = await t.post(`${CLINICS}${path}`, body, headers);
    const text = await response.text();
    return response.status === 204 ? 204 : `${response.status} ${JSON.parse(text).type}`;
  }
  const userIdOf = async (who: string) => decodeJwt((await t.signIn(who)).accessToken).sub!;
  const clinic = async (id: string) =>
    (await t.service.owner`select name from organizations where id = ${id}`).map(({ name }) =>
      name
    );
  const actionsOn = async (id: string) =>
    (await t.service.owner`
      select action from audit_events where organization_id = ${id} order by seq`)
      .map(({ action }) => action);

  it("founds a clinic once, and opens it to its owner", async () => {
    const id = newId();
    const founded = { organizationId: id, name: "Quay Clinic" };
    equal(await order("", `${id}:f`, founded), 204);
    equal(await order("", `${id}:f`, founded), 204);
    const owner = await userIdOf("owner@demo");
    equal(await order(`/${id}/open`, `${id}:o`, { ownerUserIds: [owner], foundedBy: DEMO }), 204);
    equal(await order(`/${id}/open`, `${id}:o`, { ownerUserIds: [owner], foundedBy: DEMO }), 204);
    deepEqual(await clinic(id), ["Quay Clinic"]);
    deepEqual(await actionsOn(id), ["organization.created", "organization.opened"]);
    equal(
      await order(`/${id}/close`, newId(), { undoOf: `${id}:f` }),
      "409 /problems/organization-open",
    );
    const again = { organizationId: id, name: "Another Clinic" };
    equal(await order("", newId(), again), "409 /problems/organization-exists");
    deepEqual(await clinic(id), ["Quay Clinic"]);
  });

  it("closes what it has founded, and lets a founding do nothing that comes too late", async () => {
    const id = newId();
    const founded = { organizationId: id, name: "Quay Clinic" };
    const owner = await userIdOf("owner@demo");
    equal(await order("", `${id}:f`, founded), 204);
    const strangers = [newId(), await userIdOf("owner@rival")];
    for (const stranger of strangers) {
      const nobody = { ownerUserIds: [owner, stranger], foundedBy: DEMO };
      equal(await order(`/${id}/open`, `${id}:o`, nobody), "409 /problems/owner-unfit");
    }
    equal(await order(`/${id}/close`, newId(), { undoOf: `${id}:f` }), 204);
    equal(await order(`/${id}/close`, newId(), { undoOf: `${id}:f` }), 204);
    deepEqual(await clinic(id), []);
    const late = newId();
    equal(await order(`/${late}/close`, newId(), { undoOf: `${late}:f` }), 204);
    equal(await order("", `${late}:f`, { organizationId: late, name: "Late" }), 204);
    deepEqual(await clinic(late), []);
  });

  it("ends a membership at once, and gives back just that one", async () => {
    const { accessToken } = await t.signIn("nurse@demo");
    const userId = decodeJwt(accessToken).sub!;
    const member = `/${DEMO}/members/${userId}`;
    const key = newId();
    const me = async () => (await t.get("/api/identity/users/me", accessToken)).status;
    equal(await me(), 200);
    equal(await order(`${member}/suspend`, key), 204);
    equal(await me(), 401);
    equal(await order(`${member}/suspend`, key), 204);
    equal(await order(`${member}/suspend`, newId()), "404 /problems/member-not-found");
    equal(await order(`${member}/restore`, newId(), { undoOf: key }), 204);
    equal(await me(), 200);
    // The order comes once more, from a worker that was slow: it was carried out and taken back.
    equal(await order(`${member}/suspend`, key), 204);
    equal(await order(`${member}/restore`, newId(), { undoOf: key }), 204);
    equal(await me(), 200);
    const versions = await t.service.owner`
      select permission_version from revocations where subject_id = ${decodeJwt(accessToken)
      .mid as string}
      order by seq`;
    deepEqual(versions.map((row) => row.permissionVersion), [null, 3]);
  });

  it("gives a membership back after days, when a person has the saga tried again", async () => {
    const userId = await userIdOf("nurse@demo");
    const member = `/${DEMO}/members/${userId}`;
    const key = newId();
    equal(await order(`${member}/suspend`, key), 204);
    await t.service.owner`update idempotency_keys set created_at = ${t.deps.now()}`;
    t.pass(3 * 86_400);
    await prune(t.deps);
    equal(await order(`${member}/restore`, newId(), { undoOf: key }), 204);
    const [membership] = await t.service.owner`
      select ended_at from memberships where organization_id = ${DEMO} and user_id = ${userId}`;
    equal(membership!.endedAt, null);
  });

  it("keeps the last owner", async () => {
    const owner = await userIdOf("owner@demo");
    const rival = demoOrganizationId("rival");
    equal(await order(`/${DEMO}/members/${owner}/suspend`, newId()), "409 /problems/last-owner");
    equal(
      await order(`/${rival}/members/${owner}/suspend`, newId()),
      "404 /problems/member-not-found",
    );
  });

  it("signs a user out of this clinic on every device", async () => {
    const [one, other] = [await t.signIn("physician@demo"), await t.signIn("physician@demo")];
    const userId = decodeJwt(one.accessToken).sub!;
    equal(await order(`/${DEMO}/members/${userId}/sessions/revoke`, newId()), 204);
    for (const { accessToken } of [one, other]) {
      equal((await t.get("/api/identity/users/me", accessToken)).status, 401);
    }
  });

  it("takes orders from the service that runs sagas, with a key, and of the right shape", async () => {
    const userId = newId();
    const path = `/${DEMO}/members/${userId}/suspend`;
    equal(await order(path, newId(), {}, "content"), "403 /problems/not-permitted");
    equal(await order(path, newId(), { more: 1 }), "422 /problems/invalid-request");
    equal(await order(path, "", {}), "422 /problems/invalid-request");
    equal(await order("/x/close", newId(), { undoOf: "k" }), "422 /problems/invalid-request");
    equal(
      await order("", newId(), { organizationId: newId(), name: "a\0b" }),
      "422 /problems/invalid-request",
    );
  });
});
