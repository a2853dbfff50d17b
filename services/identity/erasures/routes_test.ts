import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { transaction } from "@praxis/shared/postgres";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD, demoOrganizationId } from "../demo_data.ts";
import { addSessions } from "../revocations/revocations.ts";
import { markRevoked } from "../sessions/store.ts";
import { openIdentity, steppedUp, type TestIdentity } from "../testing.ts";

const ME = "/api/identity/users/me";
const YEAR = 365 * 24 * 3_600;
const EMAIL = "patient@demo.praxis.test";
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

const erase = (identity: TestIdentity, accessToken: string) =>
  identity.app.request(ME, { method: "DELETE", headers: bearer(accessToken) });

/** The tables in which a text stands, anywhere in a row, also as bytes. */
async function tablesWith(identity: TestIdentity, text: string): Promise<string[]> {
  const { owner } = identity.service;
  const tables = await owner<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`;
  ok(tables.length > 20);
  const hex = new TextEncoder().encode(text).toHex();
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await owner.unsafe(
      `select 1 from ${name} t where strpos(lower(t::text), lower($1)) > 0
         or strpos(t::text, $2) > 0 limit 1`,
      [text, hex],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe("DELETE /api/identity/users/me", () => {
  it("D6: leaves nothing of a person but what they did, and every chain as it was", async () => {
    await using identity = await openIdentity();
    const { owner } = identity.service;
    const [user] = await owner`select id, full_name from users where email = ${EMAIL}`;
    const { id, fullName } = user as unknown as { id: string; fullName: string };
    // Also in another clinic, for three years, with letters and a wrong password on the way.
    await owner`
      insert into memberships (id, organization_id, user_id, role, started_at)
      values (gen_random_uuid(), ${demoOrganizationId("rival")}, ${id}, 'patient',
              ${identity.deps.now()})`;
    const agent = "Grandmother's tablet";
    for (let year = 0; year < 3; year++) {
      const given = { email: EMAIL, password: DEMO_PASSWORD, client: "api" };
      equal((await identity.post("/auth/login", given, { "user-agent": agent })).status, 200);
      equal((await identity.post("/auth/login", { ...given, password: "wrong" })).status, 401);
      identity.pass(YEAR);
    }
    await identity.post("/auth/password/forgot", { email: EMAIL });
    await identity.post("/auth/register", {
      email: EMAIL,
      password: "otter-violet-cannon-81",
      fullName: "Otherwise Called",
    });
    const accessToken = await steppedUp(identity, "patient@demo");
    await identity.app.request(`${ME}/exports`, { method: "POST", headers: bearer(accessToken) });
    for (const text of [EMAIL, fullName, agent]) ok((await tablesWith(identity, text)).length > 0);

    equal((await erase(identity, accessToken)).status, 204);
    for (const text of [EMAIL, fullName, agent, "Otherwise Called"]) {
      deepEqual(await tablesWith(identity, text), [], text);
    }
    const left = await owner`
      select (select count(*)::int from credentials where user_id = ${id})
           + (select count(*)::int from mailed_links where user_id = ${id})
           + (select count(*)::int from data_exports where user_id = ${id})
           + (select count(*)::int from memberships where user_id = ${id} and ended_at is null)
           + (select count(*)::int from sessions where user_id = ${id} and revoked_at is null
              and expires_at > ${identity.deps.now()}) as n`;
    equal(left[0]!.n, 0);

    // The account is as good as never there, and the address is free for another.
    equal((await identity.get(ME, accessToken)).status, 401);
    equal((await erase(identity, accessToken)).status, 401);
    const again = { email: EMAIL, password: DEMO_PASSWORD };
    equal((await identity.post("/auth/login", again)).status, 401);
    const registered = { ...again, password: "otter-violet-cannon-81", fullName: "Someone New" };
    equal((await identity.post("/auth/register", registered)).status, 202);
    const token = await identity.mailedToken(EMAIL, "email-verification");
    equal((await identity.post("/auth/email/verify", { token })).status, 204);

    // What they did is still on record in both clinics, under an id that says nothing.
    for (const clinic of ["demo", "rival"]) {
      const other = await identity.signIn(`owner@${clinic}`);
      const path = "/api/identity/audit-events";
      const verified = await (await identity.get(`${path}/verify`, other.accessToken)).json();
      equal(verified.ok, true);
      const { items } = await (await identity.get(
        `${path}?subjectId=${id}&action=user.erased`,
        other.accessToken,
      )).json();
      deepEqual(items.map(({ actor }: { actor: unknown }) => actor), [{ kind: "user", id }]);
    }
    const [mine] = await owner`
      select count(*)::int as n from audit_events where actor_id = ${id}`;
    ok(mine!.n >= 5);
  });

  it("takes a step-up, and does not take from a clinic the names in its records", async () => {
    await using identity = await openIdentity();
    const typeOf = async (accessToken: string) => {
      const response = await erase(identity, accessToken);
      return [response.status, (await response.json()).type];
    };
    const { accessToken } = await identity.signIn("patient@demo");
    deepEqual(await typeOf(accessToken), [401, "/problems/step-up-required"]);
    const named = [409, "/problems/records-name-you"];
    for (const who of ["owner@demo", "nurse@demo"]) {
      const proven = await steppedUp(identity, who);
      deepEqual(await typeOf(proven), named);
      equal((await identity.get(ME, proven)).status, 200);
    }
    // Nor for someone who has long left, and is a patient now.
    const { sub } = decodeJwt(accessToken);
    const { owner } = identity.service;
    await owner`
      insert into memberships (id, organization_id, user_id, role, started_at, ended_at)
      values (gen_random_uuid(), ${demoOrganizationId("rival")}, ${sub!}, 'nurse', now(), now())`;
    deepEqual(await typeOf(await steppedUp(identity, "patient@demo")), named);
  });

  it("of 20 at once happens once", async () => {
    await using identity = await openIdentity();
    const accessToken = await steppedUp(identity, "patient@demo");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => erase(identity, accessToken)),
    );
    const statuses = answers.map(({ status }) => status);
    equal(statuses.filter((status) => status === 204).length, 1);
    ok(statuses.every((status) => [204, 401].includes(status)), String(statuses));
    const [row] = await identity.service.owner`
      select count(*)::int as n from audit_events where action = 'user.erased'`;
    equal(row!.n, 1);
  });

  it("waits for a sign-out of the same moment, and does not make it wait", async () => {
    await using identity = await openIdentity();
    const { deps, service: { owner } } = identity;
    const { sub, sid, org } = decodeJwt(
      (await identity.signIn("patient@demo")).accessToken,
    ) as Record<string, string>;
    const accessToken = await steppedUp(identity, "patient@demo");
    let erased: Response | Promise<Response> | undefined;
    await transaction(deps.sql, "system", async (tx) => {
      // As far as a sign-out that has marked its session.
      const at = deps.now();
      deepEqual(await markRevoked(tx, [sid!], at), [{ id: sid!, organizationId: org! }]);
      erased = erase(identity, accessToken);
      for (let isWaiting = false; !isWaiting;) {
        const [row] = await owner`
          select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                         where a.datname = current_database() and not l.granted) as is_waiting`;
        isWaiting = row!.isWaiting;
      }
      await addSessions(tx, [{ id: sid!, organizationId: org! }], at);
    });
    equal((await erased!).status, 204);
    const [row] = await owner`
      select count(*)::int as n from sessions where user_id = ${sub!} and revoked_at is null`;
    equal(row!.n, 0);
  });

  it("is done by the platform only, whatever a clinic's or a user's transaction says", async () => {
    await using identity = await openIdentity();
    const { accessToken } = await identity.signIn("nurse@demo");
    const { sub: userId, org: organizationId } = decodeJwt(accessToken) as Record<string, string>;
    for (const scope of [{ userId: userId! }, { organizationId: organizationId! }]) {
      const error = await transaction(
        identity.deps.sql,
        scope,
        (tx) => tx`select erase_user(${userId!}, now())`,
      ).catch((caught) => caught);
      equal(error.code, "42501");
    }
    equal((await identity.get(ME, accessToken)).status, 200);
  });
});
