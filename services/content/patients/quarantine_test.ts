import { deepEqual, equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { fixtures } from "../fixtures.ts";
import { file, get, openTestContent, type TestContent, testUser, type User } from "../testing.ts";
import * as store from "./store.ts";

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

  it("holds a file of several patients, whoever they are", async () => {
    const [user, patientId] = [testUser(), newId()];
    const people = ["Lindqvist", "Okonkwo"].map((family, at) => ({
      resource: { resourceType: "Patient", id: `p${at}`, name: [{ family, given: ["Maja"] }] },
    }));
    const bundle = JSON.stringify({ resourceType: "Bundle", type: "collection", entry: people });
    const batch = ["Lindqvist", "Okonkwo"]
      .map((family) =>
        new TextDecoder().decode(fixtures.hl7Oru({ family, given: family, controlId: family }))
      );
    const refused = [batch[0]!, batch[1]!.replace("|P|", "|X|")];
    for (
      const body of [
        bundle,
        ...[batch, refused].map((all) => `BHS|^~\\&|A\r${all.join("")}BTS|2\r`),
      ]
    ) {
      const bytes = new TextEncoder().encode(body);
      const { id } = await file(content, user, bytes, { fields: { patientId } });
      await content.ingestAll();
      const held = await (await get(content, user, `/api/content/documents/${id}`)).json();
      deepEqual([held.status, held.quarantineReasons], ["ready", ["several-patients"]]);
    }
    deepEqual(await charted(user, patientId), [[], []]);
  });

  const encode = (text: string) => new TextEncoder().encode(text);
  const reasonsOf = async (user: User, patientId: string, bytes: Uint8Array<ArrayBuffer>) => {
    const { id } = await file(content, user, bytes, { fields: { patientId } });
    await content.ingestAll();
    const held = await (await get(content, user, `/api/content/documents/${id}`)).json();
    equal(held.status, "ready");
    return { id: id as string, reasons: held.quarantineReasons };
  };

  it("holds files of several strangers, and of the patient and a stranger", async () => {
    const [user, patientId] = [testUser(), newId()];
    const first = await filed(user, patientId, "Lindqvist");
    const hl7 = (...families: string[]) =>
      encode(
        families.map((family) =>
          new TextDecoder().decode(fixtures.hl7Oru({ family, given: family, controlId: family }))
            .replace("MRN-4711", family === "Lindqvist" ? "MRN-4711" : family)
        ).join(""),
      );
    const bundle = encode(JSON.stringify({
      resourceType: "Bundle",
      entry: ["Okonkwo", "Berg"].map((family) => ({
        resource: { resourceType: "Patient", name: [{ family, given: ["Olle"] }] },
      })),
    }));
    const target = (family: string) =>
      `<recordTarget><patientRole><patient><name><family>${family}</family></name></patient></patientRole></recordTarget>`;
    const cda = encode(
      `<ClinicalDocument xmlns="urn:hl7-org:v3">${target("Berg")}${
        target("Okonkwo")
      }</ClinicalDocument>`,
    );
    const found = [];
    for (
      const bytes of [hl7("Okonkwo", "Berg"), bundle, cda, hl7("Lindqvist", "Berg")]
    ) found.push((await reasonsOf(user, patientId, bytes)).reasons);
    deepEqual(found, [["identifier", "name"], ["name"], ["name"], ["several-patients"]]);
    deepEqual(await charted(user, patientId), [[first], [first]]);
  });

  it("holds a message that names a second patient, and shows whose each result is", async () => {
    const [user, patientId] = [testUser(), newId()];
    const oru = new TextDecoder().decode(fixtures.hl7Oru());
    const second = "PID|2||9^^^HARBOUR^MR||Berg^Olle\rOBX|1|NM|x^Sodium^LN||140|mmol/L\r";
    const { id, reasons } = await reasonsOf(user, patientId, encode(oru + second));
    deepEqual(reasons, ["several-patients"]);
    const { messages } = await (await get(content, user, `/api/content/documents/${id}/hl7`))
      .json();
    type Shown = {
      message: number;
      patientGroup: number;
      patient: { family: string };
      orders: unknown[];
      observations: { position: number; label: string }[];
    };
    deepEqual(
      (messages as Shown[]).map(({ message, patientGroup, patient, orders, observations }) => [
        message,
        patientGroup,
        patient.family,
        orders.length,
        observations.map(({ position, label }) => [position, label]),
      ]),
      [
        [1, 1, "Lindqvist", 1, [[1, "Cholesterol"]]],
        [1, 2, "Berg", 0, [[2, "Sodium"]]],
      ],
    );
  });

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
    const tooEarly = await post(user, `/api/content/documents/${second}/release`, reason);
    equal((await tooEarly.json()).type, "/problems/still-processing");
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

  const adt = (name: string, born: string) =>
    encode(`MSH|^~\\&|LAB|A|B|C|||ADT^A01|${newId()}|P|2.5\rPID|1||||${name}||${born}\r`);

  it("lets in what says less, and by that nobody else", async () => {
    const [user, patientId] = [testUser(), newId()];
    const found = [];
    for (
      const bytes of [
        adt("Smith^John", "19700303"),
        adt("Smith^J", ""),
        adt("Smith", "1970"),
        adt("Smith^Jane", "19850101"),
        adt("Smith^John", "19701112"),
        adt("Smith^John", "19700303"),
      ]
    ) found.push((await reasonsOf(user, patientId, bytes)).reasons);
    deepEqual(found, [[], [], [], ["birth-date"], ["birth-date"], []]);
  });

  it("holds a message that carries another's file, and takes one with the patient's own", async () => {
    const [user, patientId] = [testUser(), newId()];
    const found = [];
    for (const [family, born] of [["Smith", "19700303"], ["Okonkwo", "19850101"]]) {
      const text =
        `<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient><name><given>John</given><family>${family}</family></name><birthTime value="${born}"/></patient></patientRole></recordTarget></ClinicalDocument>`;
      const message = `${new TextDecoder().decode(adt("Smith^John", "19700303"))}${
        ["OBX", 1, "ED", "x", "", `^TEXT^XML^Base64^${encode(text).toBase64()}`].join("|")
      }\r`;
      found.push((await reasonsOf(user, patientId, encode(message))).reasons);
    }
    deepEqual(found, [[], ["several-patients"]]);
  });

  it("knows whom it has seen in full behind any number of files that say less", async () => {
    const [user, patientId] = [testUser(), newId()];
    deepEqual((await reasonsOf(user, patientId, adt("Smith^John", "19700303"))).reasons, []);
    const { organizationId } = user;
    await transaction(content.service.deps.sql, { organizationId }, async (tx) => {
      for (let count = 0; count < 60; count++) {
        await store.put(tx, { organizationId, patientId }, {
          documentId: newId(),
          identity: { identifiers: [], family: "Smith", given: ["J"] },
          at: new Date("2100-01-01"),
        });
      }
    });
    deepEqual((await reasonsOf(user, patientId, adt("Smith^Jane", "19850101"))).reasons, [
      "birth-date",
      "name",
    ]);
  });

  it("knows nothing of another organization's patients", async () => {
    const patientId = newId();
    await filed(testUser(), patientId, "Lindqvist");
    const other = testUser();
    const id = await filed(other, patientId, "Okonkwo");
    deepEqual(await charted(other, patientId), [[id], [id]]);
  });
});
