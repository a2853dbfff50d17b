/** The other services hear of a patient's document only once it is known whose it is. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import * as ingestion from "../ingestion/ingestion.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

describe("what the other services are told", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function told(user: User, id: string) {
    const rows = await content.service.owner`
      select event from outbox_events
      where organization_id = ${user.organizationId} and event->>'subject' = ${id} order by seq`;
    return rows.map(({ event }) => [event.type, event.data.version, event.data.patientId]);
  }
  const message = (family: string) => fixtures.hl7Oru({ family, given: family });
  const upload = async (user: User, family: string, patientId: string) =>
    (await file(content, user, message(family), { fields: { patientId } })).id as string;
  async function filed(user: User, family: string, patientId: string): Promise<string> {
    const id = await upload(user, family, patientId);
    await content.ingestAll();
    return id;
  }
  async function replace(user: User, id: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const path = `/api/content/documents/${id}`;
    const present = await get(content, user, path);
    await present.body?.cancel();
    const body = new FormData();
    body.append("file", new File([bytes], "again.hl7"));
    const response = await content.app.request(`${path}/content`, {
      method: "PUT",
      body,
      headers: {
        ...content.service.headersOf(user),
        "if-match": present.headers.get("etag")!,
      },
    });
    equal(response.status, 200, await response.text());
  }
  async function release(user: User, id: string): Promise<void> {
    const response = await content.app.request(`/api/content/documents/${id}/release`, {
      method: "POST",
      body: JSON.stringify({ reason: "Asked the laboratory" }),
      headers: { "content-type": "application/json", ...content.service.headersOf(user) },
    });
    equal(response.status, 200, await response.text());
  }
  const [created, changed] = ["document.created", "document.version_added"];

  it("names the patient after the check, and by which request the file came", async () => {
    const [user, patientId] = [testUser(), newId()];
    const id = await upload(user, "Lindqvist", patientId);
    deepEqual(await told(user, id), []);
    await content.ingestAll();
    deepEqual(await told(user, id), [[created, 1, patientId]]);
    const [row] = await content.service.owner`
      select (select event->>'requestid' from outbox_events
              where organization_id = ${user.organizationId}) as told,
             (select request_id from audit_events
              where organization_id = ${user.organizationId} and action = 'document.created')
               as filed`;
    equal(typeof row!["told"], "string");
    equal(row!["told"], row!["filed"]);
  });

  it("names no patient in quarantine, and the one it was filed for after the release", async () => {
    const [user, patientId] = [testUser(), newId()];
    await filed(user, "Lindqvist", patientId);
    const id = await filed(user, "Okonkwo", patientId);
    deepEqual(await told(user, id), [[created, 1, null]]);
    await release(user, id);
    deepEqual(await told(user, id), [[created, 1, null], [created, 1, patientId]]);
  });

  it("says the same of a new version, and of the document before it", async () => {
    const [user, patientId] = [testUser(), newId()];
    const id = await filed(user, "Lindqvist", patientId);
    await replace(user, id, message("Okonkwo"));
    deepEqual(await told(user, id), [[created, 1, patientId]]);
    await content.ingestAll();
    await release(user, id);
    deepEqual(await told(user, id), [
      [created, 1, patientId],
      [changed, 2, null],
      [changed, 2, patientId],
    ]);
    // The second comes before anybody has read the first.
    const otherId = newId();
    const other = await upload(user, "Lindqvist", otherId);
    await replace(user, other, message("Lindqvist"));
    await content.ingestAll();
    deepEqual(await told(user, other), [[created, 2, otherId], [changed, 2, otherId]]);
  });

  it("is told of a version that an instance of the release before has read, once", async () => {
    const [user, patientId] = [testUser(), newId()];
    const id = await filed(user, "Lindqvist", patientId);
    await replace(user, id, message("Lindqvist"));
    content.queue.splice(0);
    await ingestion.tellUntold(content.deps);
    deepEqual(await told(user, id), [[created, 1, patientId]], "it is still to be read");
    // That one knows nothing of `is_version_told`.
    await content.service.owner.unsafe(`
      update document_versions set status = 'ready', processed_at = now() where document_id = '${id}';
      update documents set awaits_check = false where id = '${id}'`);
    // Two instances at once: both have found it before either has told of it.
    const { owner } = content.service;
    const both = await transaction(owner, "system", async (tx) => {
      await tx`select from documents where id = ${id} for update`;
      const telling = [1, 2].map(() => ingestion.tellUntold(content.deps));
      for (let asked = 0, waiting = 0; waiting < 2; asked++) {
        equal(asked < 5_000, true, "neither waits for the other");
        const [row] = await owner`
          select count(distinct l.pid)::int as waiting
          from pg_locks l join pg_stat_activity a using (pid)
          where a.datname = current_database() and not l.granted`;
        waiting = row!["waiting"];
      }
      return { telling };
    });
    await Promise.all(both.telling);
    await ingestion.tellUntold(content.deps);
    deepEqual(await told(user, id), [[created, 1, patientId], [changed, 2, patientId]]);
  });

  it("is told of a file that cannot be read as well", async () => {
    const [user, patientId] = [testUser(), newId()];
    const broken = new TextEncoder().encode("%PDF-1.7 and nothing else");
    const { id } = await file(content, user, broken, { fields: { patientId } });
    await content.ingestAll();
    deepEqual(await told(user, id), [[created, 1, patientId]]);
    const document = await (await get(content, user, `/api/content/documents/${id}`)).json();
    equal(document.status, "failed");
  });
});
