import { equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { fixtures } from "../fixtures.ts";
import * as ingestion from "../ingestion/ingestion.ts";
import { file, openTestContent, type TestContent, testUser } from "../testing.ts";

describe("parallel work on one organization's documents", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  it("ends without a deadlock: same patients, same words, both orders, reading and reading again", async () => {
    const user = testUser();
    const { organizationId } = user;
    const patients = [newId(), newId(), newId()];
    const jobs: ingestion.IngestJob[] = [];
    for (let at = 0; at < 12; at++) {
      const message = fixtures.hl7Oru({ family: `Family${at % 3}`, given: "Ada" });
      await file(content, user, message, { fields: { patientId: patients[at % 3]! } });
    }
    jobs.push(...content.queue.splice(0));
    const reopen = () =>
      content.service.owner`
        update document_versions set status = 'processing', processed_at = null, attempts = 0
        where organization_id = ${organizationId}`;
    for (let round = 0; round < 3; round++) {
      await Promise.all([
        ingestion.ingestAll(content.deps, jobs.slice(0, 8)),
        ingestion.ingestAll(content.deps, jobs.slice(4).toReversed()),
        ...jobs.map((job) => ingestion.ingest(content.deps, job)),
      ]);
      const [row] = await content.service.owner`
        select count(*) filter (where status = 'ready')::int as ready from document_versions
        where organization_id = ${organizationId}`;
      equal(row!.ready, jobs.length);
      await reopen();
    }
  });
});
