import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { record } from "@praxis/shared/audit";
import { anonymous } from "@praxis/shared/auth";
import { read, transaction } from "@praxis/shared/postgres";
import { decodeJwt } from "jose";
import { DEMO_PASSWORD } from "../demo_data.ts";
import { openIdentity, steppedUp, type TestIdentity } from "../testing.ts";

const PATH = "/api/identity/users/me/exports";
const DAY = 24 * 3_600;
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

describe("a copy of what is known about oneself", () => {
  let identity: TestIdentity;
  before(async () => identity = await openIdentity());
  after(async () => await identity[Symbol.asyncDispose]());

  const start = (accessToken: string) =>
    identity.app.request(PATH, { method: "POST", headers: bearer(accessToken) });
  const idOf = async (accessToken: string): Promise<string> => {
    const response = await start(accessToken);
    equal(response.status, 201);
    return (await response.json()).id;
  };

  it("holds profile, devices and the whole trail, and no secret", async () => {
    const { accessToken: first } = await identity.signIn("patient@demo");
    const { sub: userId, org: organizationId } = decodeJwt(first) as { sub: string; org: string };
    // More than one page.
    const one = {
      actor: anonymous,
      organizationId,
      action: "session.refused",
      subject: { type: "user", id: userId },
    };
    await transaction(
      identity.deps.sql,
      "system",
      (tx) => record(tx, identity.deps.now(), ...Array<typeof one>(105).fill(one)),
    );
    const accessToken = await steppedUp(identity, "patient@demo");
    const response = await start(accessToken);
    equal(response.status, 201);
    const { id, createdAt, expiresAt } = await response.json();
    equal(response.headers.get("location"), `${PATH}/${id}`);
    equal(new Date(expiresAt).getTime() - new Date(createdAt).getTime(), DAY * 1_000);
    const copy = await identity.get(`${PATH}/${id}`, accessToken);
    equal(copy.status, 200);
    equal(copy.headers.get("content-type"), "application/x-ndjson");
    match(copy.headers.get("content-disposition")!, /^attachment/);
    const text = await copy.text();
    const lines: Record<string, Record<string, unknown>>[] = text.trimEnd().split("\n").map((
      line,
    ) => JSON.parse(line));
    equal(lines[0]!.profile!.email, "patient@demo.praxis.test");
    const of = (kind: string) => lines.filter((line) => line[kind]).length;
    const { sub } = decodeJwt(accessToken);
    const { owner } = identity.service;
    const [rows] = await owner`
      select (select count(*)::int from sessions where user_id = ${sub!} and revoked_at is null)
               as live,
             (select count(*)::int from audit_events
              where actor_id = ${sub!} or subject_id = ${sub!}) as events`;
    deepEqual([of("session"), of("securityEvent")], [rows!.live, rows!.events]);
    ok(of("session") >= 2 && of("securityEvent") > 105);
    const [stored] = await owner`select password_hash from credentials where user_id = ${sub!}`;
    for (const secret of [stored!.passwordHash, DEMO_PASSWORD, "argon2"]) {
      ok(!text.includes(secret));
    }
  });

  it("takes a step-up, and is given five times a day", async () => {
    const { accessToken } = await identity.signIn("physician@demo");
    const refused = await start(accessToken);
    equal(refused.status, 401);
    equal((await refused.json()).type, "/problems/step-up-required");
    const proven = await steppedUp(identity, "physician@demo");
    for (let n = 0; n < 5; n++) await idOf(proven);
    const sixth = await start(proven);
    equal(sixth.status, 429);
    ok(Number(sixth.headers.get("retry-after")) > 0);
  });

  it("D7: is its user's alone, and is gone after a day", async () => {
    const nurse = await steppedUp(identity, "nurse@demo");
    const id = await idOf(nurse);
    const fetched = async (token: string, which = id) => {
      const response = await identity.get(`${PATH}/${which}`, token);
      await response.text();
      return response.status;
    };
    equal(await fetched(nurse), 200);
    for (const who of ["owner@demo", "auditor@demo", "owner@rival"]) {
      const { accessToken } = await identity.signIn(who);
      const [theirs, missing] = await Promise.all([id, crypto.randomUUID()].map(async (which) => {
        const response = await identity.get(`${PATH}/${which}`, accessToken);
        return { status: response.status, ...await response.json(), instance: "" };
      }));
      equal(theirs!.status, 404);
      deepEqual(theirs, missing);
    }
    for (const odd of ["x", "%00", "..%2f..%2fme"]) {
      ok([404, 422].includes(await fetched(nurse, odd)));
    }
    identity.pass(DAY - 1);
    equal(await fetched((await identity.signIn("nurse@demo")).accessToken), 200);
    identity.pass(1);
    const late = (await identity.signIn("nurse@demo")).accessToken;
    equal(await fetched(late), 410);
    // A month later it is forgotten that there was one.
    identity.pass(30 * DAY);
    equal(await fetched((await identity.signIn("nurse@demo")).accessToken), 410);
    identity.pass(1);
    await idOf(await steppedUp(identity, "nurse@demo"));
    equal(await fetched((await identity.signIn("nurse@demo")).accessToken), 404);
  });

  it("lies behind row-level security", async () => {
    const accessToken = await steppedUp(identity, "receptionist@demo");
    const id = await idOf(accessToken);
    const seen = async (scope: Parameters<typeof read>[1]) =>
      (await read(
        identity.deps.sql,
        scope,
        (tx) => tx`select 1 from data_exports where id = ${id}`,
      )).length;
    const { sub, org } = decodeJwt(accessToken) as { sub: string; org: string };
    deepEqual(
      [
        await seen({ userId: sub }),
        await seen({ organizationId: org }),
        await seen({ userId: crypto.randomUUID() }),
      ],
      [1, 0, 0],
    );
  });
});
