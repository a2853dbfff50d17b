import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

describe("quarantine", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function charted(user: User, patientId: string) {
    const list = await (await get(content, user, `/api/content/documents?patientId=${patientId}`))
      .json();
    const search = await (await get(content, user, `/api/content/search?patientId=${patientId}`))
      .json();
    const ids = (items: { id: string }[]) => items.map(({ id }) => id).sort();
    return [
      ids(list.items),
      ids(search.items.map(({ document }: { document: { id: string } }) => document)),
    ];
  }
  const filed = async (user: User, patientId: string, family: string) => {
    const { id } = await file(content, user, fixtures.hl7Oru({ family, given: family }), {
      fields: { patientId },
    });
    await content.ingestAll();
    return id as string;
  };
  const post = async (user: User, path: string, body = "{}") =>
    await content.app.request(path, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...content.service.headersOf(user) },
    });
  const reason = JSON.stringify({ reason: "Asked the laboratory" });

  it("holds a document whose patient is another, until someone releases it", async () => {
    const [user, patientId] = [testUser(), newId()];
    const first = await filed(user, patientId, "Lindqvist");
    const second = await filed(user, patientId, "Okonkwo");
    deepEqual(await charted(user, patientId), [[first], [first]]);
    const held = await (await get(content, user, `/api/content/documents/${second}`)).json();
    deepEqual([held.status, held.quarantined, held.quarantineReasons], ["ready", true, ["name"]]);
    const { items } = await (await get(content, user, "/api/content/documents?quarantined=true"))
      .json();
    deepEqual(items.map(({ id }: { id: string }) => id), [second]);

    // Reading it again does not let it out.
    await (await post(user, `/api/content/documents/${second}/reprocess`)).body?.cancel();
    await content.ingestAll();
    deepEqual(await charted(user, patientId), [[first], [first]]);

    const released = await post(user, `/api/content/documents/${second}/release`, reason);
    equal(released.status, 200);
    equal((await released.json()).quarantined, false);
    const both = [first, second].sort();
    deepEqual(await charted(user, patientId), [both, both]);
    const again = await post(user, `/api/content/documents/${second}/release`, reason);
    equal(again.status, 409);
    await again.body?.cancel();

    // What a person has said holds when it is read again, and teaches.
    await (await post(user, `/api/content/documents/${second}/reprocess`)).body?.cancel();
    await content.ingestAll();
    const third = await filed(user, patientId, "Okonkwo");
    equal((await charted(user, patientId))[0]!.includes(third), true);
    const audit = await content.service.owner`
      select action from audit_events
      where organization_id = ${user.organizationId}
        and action in ('document.quarantined', 'document.released') order by seq`;
    deepEqual(audit.map(({ action }) => action), [
      "document.quarantined",
      "document.quarantined",
      "document.released",
    ]);
  });

  it("needs somebody known: the first document says who that is", async () => {
    const [user, patientId] = [testUser(), newId()];
    const first = await filed(user, patientId, "Okonkwo");
    deepEqual(await charted(user, patientId), [[first], [first]]);
    const note = await file(content, user, fixtures.textNote(), { fields: { patientId } });
    await content.ingestAll();
    equal((await charted(user, patientId))[0]!.includes(note.id), true);
  });

  it("lets no nameless file open a chart for strangers", async () => {
    const [user, patientId] = [testUser(), newId()];
    const nameless = new TextEncoder().encode(
      "MSH|^~\\&|LAB|A|B|C|||ADT^A01|N1|P|2.5\rPID|1||||||||F\r",
    );
    const { id } = await file(content, user, nameless, { fields: { patientId } });
    await content.ingestAll();
    const own = await filed(user, patientId, "Lindqvist");
    const stranger = await filed(user, patientId, "Okonkwo");
    const [charts] = await charted(user, patientId);
    deepEqual(charts, [id, own].sort());
    equal(charts!.includes(stranger), false);
  });

  it("knows nothing of another organization's patients", async () => {
    const patientId = newId();
    await filed(testUser(), patientId, "Lindqvist");
    const other = testUser();
    const id = await filed(other, patientId, "Okonkwo");
    deepEqual(await charted(other, patientId), [[id], [id]]);
  });
});
