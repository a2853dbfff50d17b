import { deepEqual, equal, ok } from "node:assert/strict";
import { read, transaction } from "@praxis/shared/postgres";
import { describe, it } from "@std/testing/bdd";
import { demoOrganizationId } from "../demo_data.ts";
import { codeFor, grantFor, registerClient } from "../oauth/testing.ts";
import { openIdentity, type TestIdentity } from "../testing.ts";
import { DEVICE_MS, prune } from "./pruning.ts";

const DAY = 86_400;

async function counts(identity: TestIdentity): Promise<Record<string, number>> {
  const tables = [
    ...["sessions", "refresh_tokens", "oauth_grants", "oauth_refresh_tokens", "oauth_codes"],
    ...["mailed_links", "registrations", "challenges", "factor_attempts", "idempotency_keys"],
  ];
  const seen: Record<string, number> = {};
  const { owner } = identity.service;
  for (const table of tables) {
    seen[table] = (await owner`select 1 from ${owner(table)}`).length;
  }
  return seen;
}

/** Some of everything that expires. */
async function fill(identity: TestIdentity): Promise<void> {
  const { refreshToken } = await identity.signIn("nurse@demo");
  await identity.post("/auth/refresh", { refreshToken });
  const client = await registerClient(identity);
  await grantFor(identity, client);
  await codeFor(identity, client);
  await identity.post("/auth/password/forgot", { email: "nurse@demo.praxis.test" });
  await identity.post("/auth/passkeys/options", {});
  await identity.post("/auth/register", {
    email: "new@clinic.example",
    password: "otter-violet-cannon-81",
    fullName: "New",
  });
  const { owner } = identity.service;
  const at = identity.deps.now();
  await owner`
    insert into factor_attempts select id, ${at}, 1 from users where email like 'nurse@%'`;
  await owner`
    insert into idempotency_keys (organization_id, actor_id, route, key, fingerprint, created_at)
    values (${demoOrganizationId("demo")}, 'a', 'r', 'k', 'f', ${at})`;
}

describe("pruning", () => {
  it("leaves what may still be of use, and removes the rest in steps of any size", async () => {
    await using identity = await openIdentity();
    await fill(identity);
    const before = await counts(identity);
    ok(Object.values(before).every((count) => count > 0), JSON.stringify(before));
    await prune(identity.deps);
    deepEqual(await counts(identity), before);
    identity.pass(2 * DAY);
    await prune(identity.deps, { batch: 1 });
    const nothing = Object.fromEntries(Object.keys(before).map((table) => [table, 0]));
    // By their sessions a new device is known, and a grant by its session.
    const { sessions, oauth_grants } = before;
    deepEqual(await counts(identity), { ...nothing, sessions, oauth_grants });
    identity.pass(DEVICE_MS / 1_000);
    await prune(identity.deps, { batch: 1 });
    deepEqual(await counts(identity), nothing);
    equal(await prune(identity.deps), 0);
  });

  it("leaves a living session and its chain of tokens alone", async () => {
    await using identity = await openIdentity();
    identity.pass(3 * DAY);
    let { refreshToken } = await identity.signIn("nurse@demo");
    for (let n = 0; n < 3; n++) {
      identity.pass(3_000);
      const response = await identity.post("/auth/refresh", { refreshToken });
      ({ refreshToken } = await response.json());
      await prune(identity.deps, { batch: 1 });
    }
    equal((await counts(identity)).refresh_tokens, 4);
    equal((await identity.post("/auth/refresh", { refreshToken })).status, 200);
  });

  it("keeps the newest revocation: its number says where readers go on", async () => {
    await using identity = await openIdentity();
    const seqs = async () =>
      (await identity.service.owner`select seq from revocations order by seq`).map(({ seq }) =>
        Number(seq)
      );
    for (const _ of [1, 2]) {
      const { refreshToken } = await identity.signIn("nurse@demo");
      await identity.post("/auth/logout", { refreshToken });
    }
    const [, newest] = await seqs();
    identity.pass(2 * DAY);
    await prune(identity.deps);
    deepEqual(await seqs(), [newest]);
  });

  it("is nothing that a clinic or a user could ask for", async () => {
    await using identity = await openIdentity();
    const { sql } = identity.deps;
    const call = "select prune(now(), now(), 1)";
    const organizationId = demoOrganizationId("demo");
    const error = await transaction(sql, { organizationId }, (tx) => tx.unsafe(call)).catch((e) =>
      e
    );
    equal(error.code, "42501");
  });
});

describe("the link of a letter", () => {
  const linksIn = async ({ service }: TestIdentity) =>
    (await service.owner`select event::text as text from outbox_events`)
      .filter(({ text }) => text.includes("#token=")).length;

  it("is stored nowhere once the letter was handed over", async () => {
    await using identity = await openIdentity();
    await identity.post("/auth/password/forgot", { email: "nurse@demo.praxis.test" });
    equal(await linksIn(identity), 1);
    await transaction(
      identity.deps.sql,
      "system",
      (tx) => tx`update outbox_deliveries set state = 'delivered'`,
    );
    equal(await linksIn(identity), 0);
    const [mail] = await identity.mails();
    deepEqual([mail!.template, mail!.variables], ["password-reset", {}]);
  });

  it("does not outlive its half hour in a letter that could not be delivered", async () => {
    await using identity = await openIdentity();
    await identity.post("/auth/password/forgot", { email: "nurse@demo.praxis.test" });
    await prune(identity.deps);
    equal(await linksIn(identity), 1);
    await identity.service.owner`update outbox_events set created_at = now() - interval '61 min'`;
    await prune(identity.deps);
    equal(await linksIn(identity), 0);
    equal(
      (await read(identity.deps.sql, "system", (tx) => tx`select 1 from outbox_events`)).length,
      1,
    );
  });
});
