import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import type { Parts } from "../ingestion/model.ts";
import { FHIR_ENGINE, readFhir, reasons, strip } from "./fhir.ts";

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
      resources: [
        { type: "Patient", title: "Adaeze Okonkwo", at: "1979-11-03" },
        { type: "Condition", title: "Sarcoidosis of the lung" },
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

  it("reads one resource per line", async () => {
    const lines = [patient("A", "1"), { resourceType: "Observation", code: { text: "Pulse" } }]
      .map((line) => JSON.stringify(line)).join("\n");
    const { structure, seen } = await ready(lines);
    deepEqual((structure as { counts: unknown }).counts, { Patient: 1, Observation: 1 });
    equal(seen?.family, "A");
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
