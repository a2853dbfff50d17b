import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { read, transaction } from "@praxis/shared/postgres";
import { expectGates, expectSafeDefiners } from "@praxis/shared/testing";
import { decodeJwt } from "jose";
import { demoOrganizationId } from "./demo_data.ts";
import { registerClient } from "./oauth/testing.ts";
import { openIdentity, steppedUp, type TestIdentity } from "./testing.ts";

describe("identity", () => {
  let identity: TestIdentity;
  let rivalSession: string;
  let rivalClient: string;
  before(async () => {
    identity = await openIdentity();
    rivalSession = decodeJwt((await identity.signIn("owner@rival")).accessToken).sid as string;
    rivalClient = (await registerClient(identity, {}, "owner@rival")).id;
  });
  after(async () => await identity[Symbol.asyncDispose]());

  it("refuses on every route whom it must", async () => {
    const rivalFactor = crypto.randomUUID();
    await identity.service.owner`
      insert into factors (id, user_id, kind, name, secret, created_at, confirmed_at)
      select ${rivalFactor}, id, 'totp', 'x', '\\x00', now(), now() from users
      where email = 'owner@rival.praxis.test'`;
    const proven = await steppedUp(identity, "physician@rival");
    const started = await identity.app.request("/api/identity/users/me/exports", {
      method: "POST",
      headers: { authorization: `Bearer ${proven}` },
    });
    const rivalExport = (await started.json()).id;
    const policy = { secondFactor: "required", sessionMinutes: 60, idleMinutes: 15 };
    const tried = await expectGates({
      app: identity.app,
      service: identity.service,
      foreign: (path) =>
        path.includes("/organizations/")
          ? { id: demoOrganizationId("rival") }
          : path.includes("/sessions/")
          ? { id: rivalSession }
          : path.includes("/exports/")
          ? { id: rivalExport }
          : path.includes("/oauth-clients/")
          ? { id: rivalClient }
          : path.includes("/factors/")
          ? { id: rivalFactor }
          : path.endsWith("/redrive")
          ? { id: crypto.randomUUID() }
          : undefined,
      body: (method) => method === "PUT" ? JSON.stringify(policy) : undefined,
    });
    equal(tried, 69);
  });

  it("refuses strangers at /auth/validate before it reads their question", async () => {
    for (const body of ["", "{", "{}"]) {
      equal((await identity.post("/auth/validate", body)).status, 401);
    }
    const forged = { "x-user-id": crypto.randomUUID(), "x-permissions": "documents:read" };
    equal((await identity.post("/auth/validate", {}, forged)).status, 401);
  });

  it("answers unknown paths and methods with problems", async () => {
    equal((await identity.get("/nowhere")).status, 404);
    const response = await identity.app.request("/auth/login");
    equal(response.status, 405);
    equal(response.headers.get("allow"), "POST");
  });

  it("describes every route in its document", async () => {
    const document = await (await identity.get("/openapi.json")).json();
    ok(document.paths["/auth/login"].post);
    equal(document.openapi, "3.1.0");
  });
});

describe("row-level security", () => {
  const tables = [
    ...["organizations", "users", "credentials", "memberships", "sessions", "refresh_tokens"],
    ...["revocations", "audit_events"],
  ];

  it("stands behind a forgotten where", async () => {
    await using identity = await openIdentity();
    const { sql } = identity.deps;
    const { owner } = identity.service;
    for (const who of ["nurse@demo", "owner@rival"]) {
      const { accessToken } = await identity.signIn(who);
      await identity.post("/auth/logout", {}, { authorization: `Bearer ${accessToken}` });
    }
    const count = async (table: string, scope: Parameters<typeof read>[1]) =>
      await read(sql, scope, async (tx) => (await tx`select 1 from ${sql(table)}`).length);
    const rival = demoOrganizationId("rival");
    const seen: Record<string, number[]> = {};
    for (const table of tables) {
      seen[table] = [
        (await owner`select 1 from ${owner(table)}`).length,
        await count(table, "system"),
        await count(table, { organizationId: rival }),
        await count(table, { organizationId: crypto.randomUUID() }),
        await count(table, { userId: crypto.randomUUID() }),
      ];
    }
    deepEqual(seen, {
      organizations: [2, 2, 1, 0, 0],
      users: [8, 8, 2, 0, 0],
      credentials: [8, 8, 0, 0, 0],
      memberships: [8, 8, 2, 0, 0],
      sessions: [2, 2, 1, 0, 0],
      refresh_tokens: [2, 2, 1, 0, 0],
      revocations: [2, 2, 1, 0, 0],
      audit_events: [16, 16, 5, 0, 0],
    });
  });

  it("shows a user their own profile, clinics and devices only", async () => {
    await using identity = await openIdentity();
    const { accessToken } = await identity.signIn("nurse@demo");
    await identity.signIn("physician@demo");
    const userId = decodeJwt(accessToken).sub!;
    const counts = await read(identity.deps.sql, { userId }, async (tx) => {
      const seen: number[] = [];
      for (const table of tables) seen.push((await tx`select 1 from ${tx(table)}`).length);
      return seen;
    });
    deepEqual(counts, [1, 1, 0, 1, 1, 0, 0, 0]);
  });

  it("lets no clinic write another's rows, nor a user change what they may only see", async () => {
    await using identity = await openIdentity();
    const { sql } = identity.deps;
    const { accessToken } = await identity.signIn("nurse@demo");
    const { sub, sid } = decodeJwt(accessToken) as { sub: string; sid: string };
    const [own, rival] = [demoOrganizationId("demo"), demoOrganizationId("rival")];
    const refused = async (scope: Parameters<typeof read>[1], statement: string) => {
      const error = await transaction(sql, scope, (tx) => tx.unsafe(statement)).catch((e) => e);
      equal(error.code, "42501", statement);
    };
    const membership = `insert into memberships (id, organization_id, user_id, role, started_at)
      values ('${crypto.randomUUID()}', '${rival}', '${sub}', 'owner', now())`;
    await refused({ organizationId: own, userId: sub }, membership);
    await refused({ userId: sub }, membership);
    await refused({ organizationId: own }, `update memberships set role = 'owner'`);
    await refused({ organizationId: own }, `delete from sessions`);
    await refused(
      { organizationId: own },
      `insert into users (id, email, full_name, created_at)
      values ('${crypto.randomUUID()}', 'a@b.example', 'A', now())`,
    );
    await refused("system", `update users set disabled_at = null`);
    await refused("system", `update audit_events set action = 'x'`);
    await refused("system", `update revocations set kind = 'session'`);
    const update = (scope: Parameters<typeof read>[1]) =>
      transaction(
        sql,
        scope,
        async (tx) => (await tx`update sessions set revoked_at = now() where id = ${sid}`).count,
      );
    equal(await update({ userId: sub }), 0);
    equal(await update({ organizationId: rival }), 0);
    equal(await update({ organizationId: own }), 1);
  });
});

describe("what acts with the owner's rights", () => {
  it("looks into temporary tables last, which anybody may make", async () => {
    await using identity = await openIdentity();
    const { owner } = identity.service;
    ok(await expectSafeDefiners(identity.service) >= 6);
    for (const path of ["public", "pg_temp, public", ""]) {
      await owner.unsafe(
        `alter function forget_link() ${path ? `set search_path = ${path}` : "reset search_path"}`,
      );
      await rejects(expectSafeDefiners(identity.service), /forget_link\(\) looks into/);
    }
  });
});

describe("what only the platform itself may see", () => {
  it("is hidden from every clinic and every user", async () => {
    await using identity = await openIdentity();
    const { sql } = identity.deps;
    const { owner } = identity.service;
    const email = "nurse@demo.praxis.test";
    const [user] = await owner`select id from users where email = ${email}`;
    const userId: string = user!.id;
    await identity.post("/auth/register", {
      email: "new@clinic.example",
      password: "otter-violet-cannon-81",
      fullName: "New",
    });
    await identity.post("/auth/password/forgot", { email });
    await identity.post("/auth/passkeys/options", {});
    await owner`
      insert into factors (id, user_id, kind, name, secret, created_at)
      values (gen_random_uuid(), ${userId}, 'totp', 'x', '\\x00', now())`;
    await owner`insert into recovery_codes (user_id, code_hash) values (${userId}, '\\x00')`;
    await owner`insert into factor_attempts values (${userId}, now(), 1)`;
    const hidden = [
      ...["registrations", "mailed_links", "factors", "recovery_codes", "challenges"],
      "factor_attempts",
    ];
    for (const table of hidden) {
      const count = async (scope: Parameters<typeof read>[1]) =>
        await read(sql, scope, async (tx) => (await tx`select 1 from ${sql(table)}`).length);
      deepEqual(
        [
          await count("system"),
          await count({ organizationId: demoOrganizationId("demo"), userId }),
          await count({ userId }),
        ],
        [1, 0, 0],
        table,
      );
    }
  });
});

describe("the audit chain", () => {
  it("D4: verifies, and names the row that someone changed, or that is missing", async () => {
    await using identity = await openIdentity();
    const { accessToken } = await identity.signIn("owner@demo");
    await identity.signIn("nurse@demo");
    const verify = async () =>
      await (await identity.get("/api/identity/audit-events/verify", accessToken)).json();
    const list = await identity.get(
      "/api/identity/audit-events?action=session.started",
      accessToken,
    );
    equal(list.status, 200);
    const { items } = await list.json();
    equal(items.length, 2);
    const before = await verify();
    equal(before.ok, true);
    await identity.service.owner`
      update audit_events set outcome = 'failed' where id = ${items[1].id}`;
    const tampered = await verify();
    deepEqual([tampered.ok, tampered.firstBad], [false, items[1].id]);
    await identity.service.owner`
      update audit_events set outcome = 'success' where id = ${items[1].id}`;
    equal((await verify()).ok, true);
    await identity.service.owner`delete from audit_events where id = ${items[1].id}`;
    equal((await verify()).ok, false);
  });

  it("holds the refused sign-ins of a clinic, and says nothing of other clinics", async () => {
    await using identity = await openIdentity();
    for (const who of ["nurse@demo", "physician@rival"]) {
      await identity.post("/auth/login", { email: `${who}.praxis.test`, password: "wrong" });
    }
    const { accessToken } = await identity.signIn("auditor@demo");
    const list = await identity.get(
      "/api/identity/audit-events?action=session.refused",
      accessToken,
    );
    const { items } = await list.json();
    deepEqual(items.map((event: { details: unknown }) => event.details), [
      { reason: "wrong-password" },
    ]);
  });
});
