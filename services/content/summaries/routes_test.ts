/** What content says of a patient for a chart. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, openTestContent, type TestContent, testUser } from "../testing.ts";

describe("summaries of content", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  const ask = async (patientId: string, query: Record<string, string>) =>
    await content.app.request(
      `/internal/patients/${patientId}/summary?${new URLSearchParams(query)}`,
      { headers: asService("practice") },
    );

  it("are the newest documents of the patient, without those in quarantine", async () => {
    const [owner, patientId, userId] = [testUser(), newId(), newId()];
    const { organizationId } = owner;
    const filed = async (family: string) => {
      const bytes = fixtures.hl7Oru({ family, given: family });
      const { id } = await file(content, owner, bytes, { fields: { patientId, title: family } });
      await content.ingestAll();
      return id;
    };
    const first = await filed("Lindqvist");
    await filed("Okonkwo");
    const second = await filed("Lindqvist");
    await file(content, owner, fixtures.textNote(), { fields: { patientId: newId() } });
    const response = await ask(patientId, { organizationId, userId });
    equal(response.status, 200);
    const { documents } = await response.json();
    deepEqual(documents.map(({ id }: { id: string }) => id), [second, first]);
    deepEqual(Object.keys(documents[0]).sort(), ["createdAt", "id", "kind", "title"]);
    deepEqual([documents[0].title, documents[0].kind], ["Lindqvist", "hl7v2"]);
    const [read] = await content.service.owner`
      select actor_id, subject_id, details from audit_events
      where organization_id = ${organizationId} and action = 'patient.summarized'`;
    deepEqual([read!.actorId, read!.subjectId], ["practice", patientId]);
    deepEqual(read!.details, { userId, count: 2 });
  });

  it("are empty for strangers: another organization's patient, or nobody's", async () => {
    const [owner, patientId] = [testUser(), newId()];
    await file(content, owner, fixtures.textNote(), { fields: { patientId } });
    const query = { organizationId: newId(), userId: newId() };
    deepEqual(await (await ask(patientId, query)).json(), { documents: [] });
  });

  it("want to know for whom", async () => {
    const organizationId = newId();
    equal((await ask(newId(), { organizationId })).status, 422);
    equal((await ask(newId(), { organizationId, userId: "me" })).status, 422);
    equal((await ask("x", { organizationId, userId: newId() })).status, 422);
  });
});
