/** One key, one piece of work, whatever happens at the same time. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import type { UserActor } from "../auth/actor.ts";
import { newId } from "../id/id.ts";
import { transaction } from "../postgres/transaction.ts";
import { Problem } from "../problem/problem.ts";
import { openTestService, type TestService, testUser } from "../testing/mod.ts";
import { once } from "./idempotency.ts";
import { pruneKeys } from "./pruning.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);

describe("once", () => {
  let service: TestService;
  before(async () => {
    service = await openTestService({ service: "things", folder });
  });
  after(() => service[Symbol.asyncDispose]());

  type Input = {
    actor: UserActor;
    key?: string;
    label?: string;
    /** Runs when the thing is made, within the transaction. */
    then?: () => Promise<void>;
  };

  /** A creating POST, as a use case writes it. */
  function createThing({ actor, key, label = "a thing", then }: Input) {
    const { organizationId } = actor;
    return transaction(
      service.deps.sql,
      { organizationId },
      (tx) =>
        once(tx, { actor, route: "thing.create", key, fingerprint: label }, async () => {
          const id = newId();
          await tx`
            insert into things (id, organization_id, name) values (${id}, ${organizationId}, ${label})`;
          await then?.();
          return { id, label };
        }),
    );
  }

  const countThings = async ({ organizationId }: UserActor) => {
    const [row] = await service.owner`
      select count(*)::int as count from things where organization_id = ${organizationId}`;
    return row!.count;
  };

  it("creates once for twenty requests at the same time, and answers all alike", async () => {
    const actor = testUser();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => createThing({ actor, key: "same" })),
    );
    equal(await countThings(actor), 1);
    equal(results.filter(({ replayed }) => !replayed).length, 1);
    const answers = results.map(({ answer }) => answer);
    deepEqual(answers, Array(20).fill(answers[0]));
  });

  it("creates for every request without a key, and for every key", async () => {
    const actor = testUser();
    for (const key of [undefined, undefined, "one", "two"]) {
      const result = await createThing({ actor, ...(key === undefined ? {} : { key }) });
      equal(result.replayed, false);
    }
    equal(await countThings(actor), 4);
  });

  it("refuses a key that was used for another request", async () => {
    const actor = testUser();
    await createThing({ actor, key: "same", label: "first" });
    await rejects(createThing({ actor, key: "same", label: "second" }), (error) => {
      equal((error as Problem).kind, "idempotency-mismatch");
      equal((error as Problem).status, 422);
      return error instanceof Problem;
    });
    equal(await countThings(actor), 1);
  });

  it("frees the key when the work fails, for those who wait as well", async () => {
    const actor = testUser();
    const [begun, fail] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = createThing({
      actor,
      key: "same",
      then: () => {
        begun.resolve();
        return fail.promise;
      },
    });
    await begun.promise;
    const others = [createThing({ actor, key: "same" }), createThing({ actor, key: "same" })];
    let waiting = 0;
    for (let looks = 0; looks < 10_000 && waiting < 2; looks++) {
      const [row] = await service.owner`
        select count(*)::int as count from pg_locks join pg_stat_activity using (pid)
        where datname = current_database() and not granted`;
      waiting = row!.count;
    }
    equal(waiting, 2);
    fail.reject(new Error("the work failed"));
    await rejects(first, { message: "the work failed" });
    const replays = (await Promise.all(others)).map(({ replayed }) => replayed);
    deepEqual(replays.sort(), [false, true]);
    equal(await countThings(actor), 1);
    equal((await createThing({ actor, key: "same" })).replayed, true);
  });

  it("keeps the keys of users and of organizations apart", async () => {
    const ada = testUser();
    const colleague = testUser({ organizationId: ada.organizationId });
    const elsewhere = testUser({ userId: ada.userId });
    for (const actor of [ada, colleague, elsewhere]) {
      equal((await createThing({ actor, key: "same" })).replayed, false);
    }
    equal(await countThings(ada), 2);
    equal(await countThings(elsewhere), 1);
  });

  it("forgets a person's key after a week and a service's after ninety days", async () => {
    const people = [testUser(), testUser()];
    for (const actor of people) await createThing({ actor, key: "old" });
    const { organizationId } = people[0]!;
    await service.owner`
      insert into idempotency_keys (organization_id, actor_id, route, key, fingerprint)
      values (${organizationId}, 'workflow', 'order', 'old', 'f')`;
    const left = async () =>
      (await service.owner`select 1 from idempotency_keys where key = 'old'`).length;
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    await pruneKeys(service.deps.sql, inDays(6));
    equal(await left(), 3);
    await pruneKeys(service.deps.sql, inDays(8), 1);
    equal(await left(), 1);
    await pruneKeys(service.deps.sql, inDays(89));
    equal(await left(), 1);
    await pruneKeys(service.deps.sql, inDays(91));
    equal(await left(), 0);
  });
});
