import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { startJobs } from "@praxis/shared/jobs";
import { silent } from "@praxis/shared/telemetry";
import { expectGates } from "@praxis/shared/testing";
import { fixtures } from "./fixtures.ts";
import * as ingestion from "./ingestion/ingestion.ts";
import { ingestQueue } from "./ingestion/queue.ts";
import { file, get, openTestContent, type TestContent, testUser } from "./testing.ts";

describe("content", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  it("keeps every gate", async () => {
    const owner = testUser();
    const document = await file(content, owner, fixtures.textNote());
    const tried = await expectGates({
      app: content.app,
      service: content.service,
      foreign: () => ({
        id: document.id,
        version: "1",
        name: "thumbnail",
        frame: "1",
        study: "2.25.10",
      }),
      body: (method, path) => {
        if (path.endsWith("/release")) return JSON.stringify({ reason: "Checked by telephone" });
        if (path.endsWith("/shares") && method === "POST") {
          return JSON.stringify({ userId: owner.userId });
        }
        if (method !== "PUT") return undefined;
        const form = new FormData();
        form.append("file", new File(["x"], "x.txt"));
        return form;
      },
    });
    equal(tried, 42);
  });

  it("shows no row of another organization, whatever the query says", async () => {
    const owner = testUser();
    const { id } = await file(content, owner, fixtures.textNote());
    await content.ingestAll();
    const counts = async (organizationId: string) =>
      await content.service.deps.sql.begin(async (tx) => {
        await tx`select set_config('app.organization_id', ${organizationId}, true)`;
        const [row] = await tx`
          select (select count(*)::int from documents where id = ${id}) as documents,
                 (select count(*)::int from document_versions where document_id = ${id}) as versions,
                 (select count(*)::int from document_texts where document_id = ${id}) as texts,
                 (select count(*)::int from document_search where document_id = ${id}) as words,
                 (select count(*)::int from find_documents(
                    null, null, null, null, null, null, null, null, null, null, 500) s
                  where s.document_id = ${id}) as found`;
        return { ...row };
      });
    deepEqual(await counts(owner.organizationId), {
      documents: 1,
      versions: 1,
      texts: 1,
      words: 1,
      found: 1,
    });
    deepEqual(await counts(testUser().organizationId), {
      documents: 0,
      versions: 0,
      texts: 0,
      words: 0,
      found: 0,
    });
  });

  it("gives the service's role no way to rewrite or take away what was filed", async () => {
    const rights = await content.service.owner`
      select table_name, string_agg(privilege_type, ' ' order by privilege_type) as rights
      from information_schema.role_table_grants
      where grantee = 'praxis_app' and table_name like 'document%' group by table_name order by 1`;
    deepEqual(rights.map((row) => [row.tableName, row.rights]), [
      ["document_bodies", "INSERT SELECT"],
      ["document_categories", "DELETE INSERT SELECT"],
      ["document_renditions", "DELETE INSERT SELECT"],
      ["document_search", "DELETE INSERT SELECT"],
      ["document_shares", "INSERT SELECT"],
      ["document_texts", "INSERT SELECT UPDATE"],
      ["document_versions", "INSERT SELECT"],
      ["documents", "INSERT SELECT UPDATE"],
    ]);
    const columns = await content.service.owner`
      select string_agg(column_name, ' ' order by column_name) as names
      from information_schema.column_privileges
      where grantee = 'praxis_app' and table_name = 'document_versions'
        and privilege_type = 'UPDATE'`;
    equal(
      columns[0]!.names,
      "attempted_at attempts cut engine engine_version failure_reason language processed_at " +
        "seen_author seen_patient seen_title status structure text_status was_read",
    );
  });
});

describe("content with its real queue and its real reader", () => {
  it("stores a note, reads it in a job, finds it, and gives the same bytes back", async () => {
    let jobs: Awaited<ReturnType<typeof startJobs>>;
    await using content = await openTestContent(async (service) => {
      jobs = await startJobs({ url: service.appUrl, queues: [ingestQueue], log: silent });
      return { jobs };
    });
    try {
      const read = Promise.withResolvers<void>();
      await jobs!.work(ingestQueue, async (job) => {
        await ingestion.ingest(content.deps, job).then(read.resolve, read.reject);
      });
      const user = testUser();
      const bytes = fixtures.textNote("Suspected sarcoidosis, chest film ordered.");
      const document = await file(content, user, bytes, { name: "visit.txt" });
      equal(document.status, "processing");
      await read.promise;
      const response = await get(content, user, "/api/content/search?q=sarcoidosis");
      const { items } = await response.json();
      equal(items[0].document.id, document.id);
      equal(items[0].document.status, "ready");
      equal(items[0].document.textStatus, "extracted");
      ok(items[0].highlights[0].includes("<mark>sarcoidosis</mark>"));
      const same = await get(content, user, `/api/content/documents/${document.id}/content`);
      deepEqual(new Uint8Array(await same.arrayBuffer()), bytes);
    } finally {
      await jobs!.stop();
    }
  });
});
