import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import type { Parts } from "../ingestion/model.ts";
import { readAttachments } from "./attachments.ts";
import { FHIR_ENGINE, readFhir, reasons } from "./fhir.ts";
import { strip } from "./markup.ts";

async function ready(resource: unknown): Promise<Extract<Parts, { text: string }>> {
  const parts = await readFhir(typeof resource === "string" ? resource : JSON.stringify(resource));
  ok("text" in parts, JSON.stringify(parts));
  return parts;
}
const base64 = (text: string) => new TextEncoder().encode(text).toBase64();
const patient = (family: string, value: string) => ({
  resourceType: "Patient",
  identifier: [{ system: "urn:oid:1.2.3", value }],
  name: [{ use: "nickname", text: "Ada" }, { use: "official", family, given: ["Adaeze", "N"] }],
  birthDate: "1979-11-03",
  gender: "female",
});
const bundle = (...resources: unknown[]) => ({
  resourceType: "Bundle",
  type: "collection",
  entry: resources.map((resource) => ({ resource })),
});

describe("readFhir", () => {
  it("finds the patient of a bundle, and counts what is in it", async () => {
    const { seen, text, structure } = await ready(
      new TextDecoder().decode(fixtures.fhirPatientBundle()),
    );
    deepEqual([seen?.family, seen?.given, seen?.birthDate, seen?.sex], [
      "Okonkwo",
      ["Adaeze"],
      "1979-11-03",
      "female",
    ]);
    ok(text.includes("Sarcoidosis of the lung"));
    deepEqual(structure, {
      resourceType: "Bundle",
      bundleType: "collection",
      counts: { Patient: 1, Condition: 1 },
      patients: [{ name: "Adaeze Okonkwo", birthDate: "1979-11-03", resources: 2 }],
      resources: [
        { type: "Patient", title: "Adaeze Okonkwo", at: "1979-11-03", patient: 0 },
        { type: "Condition", title: "Sarcoidosis of the lung", patient: 0 },
      ],
      attachments: [],
    });
  });

  it("takes the official name and the numbers with their systems", async () => {
    deepEqual((await ready(patient("Okonkwo", "7"))).seen, {
      identifiers: [{ system: "urn:oid:1.2.3", value: "7" }],
      family: "Okonkwo",
      given: ["Adaeze", "N"],
      birthDate: "1979-11-03",
      sex: "female",
    });
  });

  it("says nobody when a bundle holds two patients; the same one twice is one", async () => {
    equal((await ready(bundle(patient("A", "1"), patient("B", "2")))).seen, null);
    equal((await ready(bundle(patient("A", "1"), patient("A", "1")))).seen?.family, "A");
  });

  it("says all of them, so that they can be compared; a name alone parts them", async () => {
    const person = (family: string) => ({ resourceType: "Patient", name: [{ family }] });
    const { seen, isOfSeveral, persons } = await ready(bundle(person("Hopper"), person("Jones")));
    deepEqual([seen, isOfSeveral, persons?.map(({ family }) => family)], [null, true, [
      "Hopper",
      "Jones",
    ]]);
    const renamed = { ...patient("Berg", "1"), name: [{ family: "Berg", given: ["Adaeze"] }] };
    equal((await ready(bundle(patient("A", "1"), renamed))).seen?.family, "A");
  });

  it("knows whose each resource is, however a reference is written", async () => {
    const about = (key: string, subject: unknown, resourceType = "Observation") => ({
      resourceType,
      [key]: subject,
    });
    const ada = { ...patient("Okonkwo", "7"), id: "a" };
    const entries = [
      { fullUrl: "urn:uuid:1f", resource: ada },
      { resource: about("subject", { reference: "urn:uuid:1f" }) },
      { resource: about("patient", { reference: "https://x.test/fhir/Patient/a/_history/2" }) },
      { resource: about("beneficiary", { reference: "Patient?identifier=urn:oid:1.2.3|7" }) },
      { resource: about("for", { identifier: { system: "urn:oid:1.2.3", value: "7" } }, "Task") },
      { resource: about("subject", { reference: "Group/9" }) },
      { resource: { resourceType: "Practitioner", name: [{ family: "Lund" }] } },
    ];
    const all = { resourceType: "Bundle", type: "collection", entry: entries };
    const of = (structure: unknown) => structure as { patients: { resources: number }[] };
    const one = await ready(all);
    deepEqual([one.seen?.family, one.isOfSeveral], ["Okonkwo", undefined]);
    deepEqual(of(one.structure).patients.map(({ resources }) => resources), [5]);
    const entry = [...entries, {
      resource: {
        resourceType: "Appointment",
        participant: [{ actor: { reference: "Practitioner/1" } }, {
          actor: { reference: "Patient/b" },
        }],
      },
    }];
    const two = await ready({ ...all, entry });
    deepEqual([two.seen, two.isOfSeveral], [null, true]);
    deepEqual(of(two.structure).patients.map(({ resources }) => resources), [5, 1]);
    const pointed = bundle(about("subject", { reference: "Patient/1" }), {
      resourceType: "Condition",
      subject: { reference: "Patient/2" },
    });
    equal((await ready(pointed)).isOfSeveral, true, "neither is in the file itself");
  });

  it("finds a patient that is contained, or named by number only", async () => {
    const contained = { resourceType: "Observation", contained: [patient("Inside", "3")] };
    equal((await ready(contained)).seen?.family, "Inside");
    const logical = {
      resourceType: "Observation",
      subject: { identifier: { system: "urn:oid:9", value: "44" } },
    };
    deepEqual((await ready(logical)).seen, { identifiers: [{ system: "urn:oid:9", value: "44" }] });
  });

  it("reads the files inside a DocumentReference, one deep", async () => {
    const attached = (contentType: string, data: string) => ({
      resourceType: "DocumentReference",
      type: { text: "Letter" },
      author: [{ display: "Dr Lund" }],
      content: [{ attachment: { contentType, data, title: "Attached" } }],
    });
    const pdf = await ready(
      attached("application/pdf", fixtures.pdf("Discharge letter").toBase64()),
    );
    ok(pdf.text.includes("Discharge letter"));
    deepEqual([pdf.title, pdf.author, pdf.renditions?.length], ["Letter", "Dr Lund", 1]);
    const text = await ready(attached("text/plain; charset=iso-8859-1", btoa("Gr\xfc\xdfe")));
    ok(text.text.includes("Grüße"));
    const html = await ready(attached("text/html", base64("<p>Walks <b>daily</b></p>")));
    ok(html.text.includes("Walks daily"));
    const cda = await ready(attached("application/xml", fixtures.ccda().toBase64()));
    ok(cda.text.includes("Penicillin & peanuts"));
    for (const wrong of ["%%%", "", btoa("%PDF-1.4 nonsense")]) {
      equal((await ready(attached("application/pdf", wrong))).text.includes("%PDF"), false);
    }
  });

  it("tells by the bytes what an attachment is, whatever is said of it", async () => {
    const textOf = async (attachment: unknown) =>
      (await ready({ resourceType: "DocumentReference", content: [{ attachment }] })).text;
    const pdf = fixtures.pdf("Discharge letter").toBase64();
    const note = base64("Walks daily");
    const latin1 = btoa(
      "Der Patient aus Köln klagt über Schmerzen an den Füßen und schläft schlecht.",
    );
    const cases: [attachment: unknown, word: string][] = [
      [{ data: pdf }, "Discharge letter"],
      [{ data: pdf, contentType: "application/octet-stream" }, "Discharge letter"],
      [{ url: `data:application/pdf;base64,${pdf}` }, "Discharge letter"],
      [{ url: "data:,Walks%20daily" }, "Walks daily"],
      [{ data: note, contentType: "TEXT/PLAIN" }, "Walks daily"],
      [{ data: note }, "Walks daily"],
      [{ data: latin1, contentType: "text/plain" }, "über Schmerzen an den Füßen"],
      [{ data: base64("<html><p>Walks <b>daily</b></p></html>") }, "Walks daily"],
    ];
    for (const [attachment, word] of cases) {
      const text = await textOf(attachment);
      ok(text.includes(word), `${JSON.stringify(attachment).slice(0, 80)}: ${text}`);
    }
    for (const url of ["data:text/plain;base64,%%%", "data:text/plain,%E0%A4%A", "data:"]) {
      equal(await textOf({ url }), "");
    }
  });

  it("reads as many attachments as it has time for, and says when there are more", async () => {
    const notes = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ attachment: { data: base64(`note${at}`) } }));
    const reference = (count: number) => ({
      resourceType: "DocumentReference",
      content: notes(count),
    });
    const some = await ready(reference(30));
    deepEqual([some.text.includes("note29"), some.cut], [true, undefined]);
    deepEqual((await ready(reference(101))).cut, ["text", "structure"]);
    let asked = 0;
    const attachments = notes(5).map(({ attachment }) => attachment);
    deepEqual(await readAttachments(attachments, () => asked++ === 2), {
      texts: ["note0", "note1"],
      renditions: [],
      persons: [],
      isCut: true,
    });
  });

  it("says whom the files that it carries speak of", async () => {
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const [hl7, cda] = [text(fixtures.hl7Oru()), text(fixtures.ccda())];
    const fhir = JSON.stringify(patient("Okonkwo", "7"));
    const reference = (subject: unknown, ...datas: string[]) => ({
      resourceType: "DocumentReference",
      ...subject as object,
      content: datas.map((data) => ({ attachment: { data: base64(data) } })),
    });
    const named = async (resource: unknown) => {
      const { seen, isOfSeveral, persons } = await ready(resource);
      return isOfSeveral ? persons?.map(({ family }) => family) ?? "several" : seen?.family;
    };
    const elsewhere = { subject: { reference: "Patient/1" } };
    for (const [data, family] of [[hl7, "Lindqvist"], [cda, "Brandão"], [fhir, "Okonkwo"]]) {
      equal(await named(reference({}, data!)), family);
      equal(await named(reference(elsewhere, data!)), family, "pointed at by this name");
      equal(await named({ resourceType: "Binary", data: base64(data!) }), family);
      const record = bundle(patient("Berg", "9"), reference({}, data!));
      deepEqual(await named(record), ["Berg", family]);
    }
    deepEqual(await named(reference(elsewhere, hl7, cda)), ["Lindqvist", "Brandão"]);
    equal(await named(reference({}, ...Array(30).fill(cda))), "Brandão", "the same, often");
    const all = bundle(patient("Okonkwo", "7"), reference({}, fhir));
    equal(await named(all), "Okonkwo", "the same in two files");
    const crowd = Array.from({ length: 21 }, (_, at) => patient(`Family${at}`, `${at}`));
    equal(await named(reference({}, JSON.stringify(bundle(...crowd)))), "several");
    const two = [elsewhere, { subject: { reference: "Patient/2" } }].map((subject) =>
      reference(subject, cda)
    );
    equal(await named(bundle(...two)), "several", "which of the two is not said");
    equal(await named(reference({}, "Walks daily")), undefined);
  });

  it("reads messages and records inside as their kind, and no files inside those", async () => {
    const attached = (bytes: Uint8Array) => ({
      resourceType: "DocumentReference",
      content: [{ attachment: { data: bytes.toBase64() } }],
    });
    const message = await ready(attached(fixtures.hl7Oru()));
    ok(message.text.includes("Lindqvist Maja") && !message.text.includes("|"), message.text);
    const record = await ready(attached(fixtures.fhirPatientBundle()));
    ok(record.text.includes("Sarcoidosis of the lung") && !record.text.includes("resourceType"));
    const inner = new TextEncoder().encode(JSON.stringify(attached(fixtures.ccda())));
    const { text, cut, seen } = await ready(attached(inner));
    deepEqual([text, cut, seen], ["", ["text"], null]);
    const carrier = new TextDecoder().decode(fixtures.hl7Oru()) +
      `OBX|2|ED|11^Letter||^text^xml^Base64^${fixtures.ccda().toBase64()}\r`;
    const carried = await ready(attached(new TextEncoder().encode(carrier)));
    deepEqual([carried.text.includes("peanuts"), carried.cut, carried.seen?.family], [
      false,
      ["text"],
      "Lindqvist",
    ]);
  });

  it("keeps long text of a script without spaces", async () => {
    const valueString = "患者主诉头痛".repeat(200);
    ok((await ready({ resourceType: "Observation", valueString })).text.includes(valueString));
    const valueCode = "QUJD".repeat(400);
    equal((await ready({ resourceType: "Observation", valueCode })).text, "");
  });

  it("has the words of narrative and codes, and none of the plumbing", async () => {
    const { text } = await ready({
      resourceType: "Condition",
      id: "c-1",
      meta: { profile: ["http://example.org/profile"], versionId: "9" },
      text: { status: "generated", div: "<div xmlns='x'><b>Asthma</b>, since&#160;1999</div>" },
      code: {
        coding: [{ system: "http://snomed.info/sct", code: "195967001", display: "Asthma NOS" }],
      },
      subject: { reference: "Patient/1", display: "Ada Okonkwo" },
    });
    for (const word of ["Asthma, since 1999", "Asthma NOS", "195967001", "Ada Okonkwo"]) {
      ok(text.includes(word), `${word} in ${text}`);
    }
    for (const word of ["snomed.info", "Patient/1", "example.org", "c-1"]) {
      ok(!text.includes(word), `${word} in ${text}`);
    }
  });

  it("reads one resource per line, or an array of them", async () => {
    const lines = [patient("A", "1"), { resourceType: "Observation", code: { text: "Pulse" } }]
      .map((line) => JSON.stringify(line)).join("\n");
    const { structure, seen } = await ready(lines);
    deepEqual((structure as { counts: unknown }).counts, { Patient: 1, Observation: 1 });
    equal(seen?.family, "A");
    const array = await ready(`[${lines.replace("\n", ",")}]`);
    deepEqual([array.structure, array.seen], [structure, seen]);
  });

  it("refuses what is no JSON, and is not upset by what is", async () => {
    for (const text of ["", "{", '{"resourceType":"Patient", "name": [', "\u0000"]) {
      deepEqual(await readFhir(text), { reason: reasons.broken, ...FHIR_ENGINE });
    }
    const strange: unknown[] = [
      null,
      [],
      "x",
      { resourceType: "Patient", name: "x", identifier: {}, birthDate: 5, gender: [] },
      { resourceType: "Patient", name: [null, { given: [null, 1] }], identifier: [null] },
      { resourceType: "Bundle", entry: [null, {}, { resource: null }, { resource: [] }] },
      { resourceType: "Bundle", entry: "x" },
      { resourceType: 7, content: [{ attachment: { contentType: "x", data: "=" } }] },
    ];
    for (const resource of strange) await ready(JSON.stringify(resource));
  });

  it("walks as deep as a file goes", async () => {
    const deep = '{"a":'.repeat(100_000) + '"end"' + "}".repeat(100_000);
    const parts = await readFhir(deep);
    ok("reason" in parts || parts.text === "end");
    const bundles = '{"resourceType":"Bundle","entry":[{"resource":'.repeat(5_000) + "{}" +
      "}]}".repeat(5_000);
    ok("text" in await readFhir(bundles));
  });
});

describe("strip", () => {
  it("leaves what stands between the tags", () => {
    equal(strip("<p>a &lt; b</p><br/>c &amp;amp; d<unfinished"), "a < b c &amp; d");
  });
});
