import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";

describe("messages over HTTP", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  const send = async (user: User, body: Uint8Array<ArrayBuffer> | string) =>
    await content.app.request("/api/content/hl7", {
      method: "POST",
      body,
      headers: { "content-type": "x-application/hl7-v2+er7", ...content.service.headersOf(user) },
    });

  it("are stored, answered, read and shown as rows", async () => {
    const user = testUser();
    const response = await send(user, fixtures.hl7Oru());
    equal(response.status, 200);
    equal(response.headers.get("content-type"), "x-application/hl7-v2+er7");
    ok((await response.text()).includes("\rMSA|AA|PRX0001\r"));
    await content.ingestAll();
    const path = response.headers.get("location")!;
    const document = await (await get(content, user, path)).json();
    deepEqual([document.kind, document.status, document.seenPatient.family], [
      "hl7v2",
      "ready",
      "Lindqvist",
    ]);
    const { messages } = await (await get(content, user, `${path}/hl7`)).json();
    equal(messages.length, 1);
    deepEqual(
      [messages[0].messageType, messages[0].patient.birthDate, messages[0].orders[0].placer],
      ["ORU", "1984-02-17", "ORD-1"],
    );
    const [observation] = messages[0].observations;
    deepEqual(
      [observation.label, observation.value, observation.units, observation.notes],
      ["Cholesterol", "5.4", "mmol/L", "Fasting sample& repeated"],
    );
  });

  it("sent again get the very same answer and are stored once, even at once", async () => {
    const user = testUser();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => await (await send(user, fixtures.hl7Oru())).text()),
    );
    equal(new Set(answers).size, 1);
    equal(await (await send(user, fixtures.hl7Oru())).text(), answers[0]);
    const { items } = await (await get(content, user, "/api/content/documents")).json();
    equal(items.length, 1);
    const other = await send(user, fixtures.hl7Oru({ family: "Other" }));
    ok(await other.text() !== answers[0]);
    const stranger = await send(testUser(), fixtures.hl7Oru());
    ok(await stranger.text() !== answers[0]);
  });

  it("refused are answered, and not stored", async () => {
    const user = testUser();
    const bad = "MSH|^~\\&|A|B|C|D|||ADT^A01|C9|P|9.9\rPID|1\r";
    const response = await send(user, bad);
    equal(response.status, 400);
    const answer = await response.text();
    ok(answer.includes("MSA|AR|C9"), answer);
    equal(await (await send(user, bad)).text(), answer);
    equal((await (await get(content, user, "/api/content/documents")).json()).items.length, 0);
  });

  it("that are none are a problem", async () => {
    for (const body of ["hello", "{}", "MSH", "BHS|^~\\&\rBTS|0\r"]) {
      const response = await send(testUser(), body);
      equal(response.status, 400, body);
      equal((await response.json()).type, "/problems/message-unreadable");
    }
    const empty = await send(testUser(), "");
    equal(empty.status, 422);
    await empty.body?.cancel();
    const large = await send(testUser(), new Uint8Array(10 * 1024 * 1024 + 1));
    equal(large.status, 413);
    await large.body?.cancel();
  });

  it("that want no answer get none", async () => {
    const response = await send(
      testUser(),
      "MSH|^~\\&|A|B|C|D|||ADT^A01|C3|P|2.5|||NE|NE\rPID|1\r",
    );
    equal(response.status, 204);
    ok(response.headers.get("location"));
  });

  it("are nobody else's, whatever the query says", async () => {
    const owner = testUser();
    await (await send(owner, fixtures.hl7Oru())).body?.cancel();
    await content.ingestAll();
    const counts = async (organizationId: string) =>
      await content.service.deps.sql.begin(async (tx) => {
        await tx`select set_config('app.organization_id', ${organizationId}, true)`;
        const [row] = await tx`
          select (select count(*)::int from hl7_messages) as messages,
                 (select count(*)::int from hl7_observations) as observations,
                 (select count(*)::int from hl7_acknowledgements) as answers,
                 (select count(*)::int from document_renditions) as pictures,
                 (select count(*)::int from patient_identities) as identities,
                 (select count(*)::int from search_words where term = 'lindqvist') as words,
                 (select suggest_word('lindquist')) as suggested`;
        return Object.values({ ...row });
      });
    deepEqual(await counts(owner.organizationId), [1, 1, 1, 0, 0, 1, "lindqvist"]);
    deepEqual(await counts(testUser().organizationId), [0, 0, 0, 0, 0, 0, null]);
  });
});
