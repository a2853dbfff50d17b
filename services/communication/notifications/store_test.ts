/** What Postgres itself refuses when a query forgets whose rows it wants. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, openCommunication, type TestCommunication } from "../testing.ts";

describe("row-level security of notifications", () => {
  let t: TestCommunication;
  const [ada, ben, eve] = [newId(), newId(), newId()];
  let clinic: string;
  let rival: string;
  before(async () => {
    t = await openCommunication();
    clinic = t.addOrganization(ada, ben);
    rival = t.addOrganization(eve, ada);
    equal((await t.tell(documentCreated({ organizationId: clinic }))).status, 204);
    equal((await t.tell(documentCreated({ organizationId: rival }))).status, 204);
  });
  after(() => t[Symbol.asyncDispose]());

  const seenBy = async (scope: Parameters<typeof read>[1]) =>
    (await read(
      t.deps.sql,
      scope,
      (tx) => tx<{ userId: string }[]>`select user_id from notifications order by id`,
    )).map(({ userId }) => userId).sort();

  it("shows a user only their own, an organization only its own", async () => {
    deepEqual(await seenBy({ organizationId: clinic, userId: ada }), [ada]);
    deepEqual(await seenBy({ organizationId: clinic }), [ada, ben].sort());
    deepEqual(await seenBy({ organizationId: rival, userId: ben }), []);
    deepEqual(await seenBy({ userId: ada }), []);
    deepEqual(await seenBy({ organizationId: newId() }), []);
    equal((await seenBy("system")).length, 4);
  });

  it("shows nothing to a statement outside any scope", async () => {
    deepEqual([...await t.deps.sql`select id from notifications`], []);
  });

  it("lets nobody change or make another's", async () => {
    const { count } = await transaction(
      t.deps.sql,
      { organizationId: clinic, userId: ada },
      (tx) => tx`update notifications set read_at = now()`,
    );
    equal(count, 1);
    const insertFor = (organizationId: string, userId: string) =>
      transaction(t.deps.sql, { organizationId: clinic, userId: ada }, (tx) =>
        tx`
          insert into notifications (id, organization_id, user_id, kind, title, subject_type,
                                     subject_id, event_id, created_at)
          values (${newId()}, ${organizationId}, ${userId}, 'document.created', 't', 'document',
                  'd', ${newId()}, now())`);
    await insertFor(clinic, ada);
    await rejects(insertFor(rival, ada), { code: "42501" });
    await rejects(insertFor(clinic, ben), { code: "42501" });
  });

  it("lets the service's role change nothing but when a notification was read", async () => {
    const scope = { organizationId: clinic };
    const refused = { code: "42501" };
    const { sql } = t.deps;
    await rejects(transaction(sql, scope, (tx) => tx`delete from notifications`), refused);
    await rejects(
      transaction(sql, scope, (tx) => tx`update notifications set title = ''`),
      refused,
    );
  });
});
