/** What communication says of a patient for a chart. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, NOON, openCommunication, type TestCommunication } from "../testing.ts";

describe("summaries of communication", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  it("are what the reader was told about the patient, nobody else's", async () => {
    const [reader, colleague, patientId] = [newId(), newId(), newId()];
    const organizationId = t.addOrganization(reader, colleague);
    for (const title of ["First", "Second"]) {
      await t.tell(documentCreated({ organizationId, patientId, title }));
    }
    await t.tell(documentCreated({ organizationId, patientId: newId() }));
    const ask = async (organizationId: string, userId: string) => {
      const query = new URLSearchParams({ organizationId, userId });
      const path = `/internal/patients/${patientId}/summary?${query}`;
      const response = await t.app.request(path, { headers: asService("practice") });
      equal(response.status, 200);
      return (await response.json()).messages;
    };
    const messages = await ask(organizationId, reader);
    deepEqual(
      messages.map(({ title, sentAt }: { title: string; sentAt: string }) => [title, sentAt]),
      [["New document: Second", NOON.toISOString()], ["New document: First", NOON.toISOString()]],
    );
    const theirs = await ask(organizationId, colleague);
    deepEqual(
      theirs.some(({ id }: { id: string }) =>
        messages.some((one: { id: string }) => one.id === id)
      ),
      false,
    );
    deepEqual([theirs.length, await ask(organizationId, newId()), await ask(newId(), reader)], [
      2,
      [],
      [],
    ]);
    const audit = await t.service.owner`
      select details from audit_events
      where organization_id = ${organizationId} and action = 'patient.summarized' order by seq`;
    deepEqual(audit[0]!.details, { userId: reader, count: 2 });
  });
});
