import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import type { Parts } from "../ingestion/model.ts";
import denoJson from "../../../deno.json" with { type: "json" };
import { CDA_ENGINE, readCda, reasons, type Section } from "./cda.ts";

const documentOf = (header: string, body = "") =>
  `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">
${header}<component><structuredBody>${body}</structuredBody></component></ClinicalDocument>`;
const section = (title: string, text: string, inner = "") =>
  `<component><section><code code="1-1" displayName="Coded ${title}"/><title>${title}</title><text>${text}</text>${inner}</section></component>`;
const target = (patient: string, ids = `<id root="1.2.3" extension="815"/>`) =>
  `<recordTarget><patientRole>${ids}<patient>${patient}</patient></patientRole></recordTarget>`;

async function ready(text: string): Promise<Extract<Parts, { text: string }>> {
  const parts = await readCda(text);
  ok("text" in parts, JSON.stringify(parts));
  return parts;
}
const sectionsOf = async (text: string) =>
  ((await ready(text)).structure as unknown as { sections: Section[] }).sections;

describe("readCda", () => {
  it("names the library in its pinned version", () => {
    equal(denoJson.imports["fast-xml-parser"], `npm:fast-xml-parser@${CDA_ENGINE.engineVersion}`);
  });

  it("finds the patient, the title and the sections", async () => {
    const { seen, title, text } = await ready(new TextDecoder().decode(fixtures.ccda()));
    deepEqual(seen, {
      identifiers: [{ system: "urn:oid:1.2.3", value: "815" }],
      family: "Brandão",
      given: ["Inês"],
      birthDate: "1966-11-30",
      sex: "female",
    });
    equal(title, "Summary of episode");
    ok(text.includes("Penicillin & peanuts: hives"), text);
  });

  it("takes the legal name, and no number that is masked", async () => {
    const { seen } = await ready(documentOf(target(
      `<name use="P"><given>Lu</given><family>Pseudo</family></name>
       <name use="L"><given>Lucía</given><given>M</given><given nullFlavor="MSK">MASKED</given><family>Ortega</family><family>Ruiz</family></name>`,
      `<id nullFlavor="MSK" root="1.2" extension="***"/><id root="1.9" extension="7"/>`,
    )));
    deepEqual([seen?.family, seen?.given, seen?.identifiers], [
      "Ortega Ruiz",
      ["Lucía", "M"],
      [{ system: "urn:oid:1.9", value: "7" }],
    ]);
  });

  it("says nobody when there are two patients, or none", async () => {
    const name = (family: string) => `<name><family>${family}</family></name>`;
    const two = await ready(
      documentOf(target(name("A")) + target(name("B"), `<id root="1.2.3" extension="9"/>`)),
    );
    deepEqual([two.seen, two.isOfSeveral, two.persons?.map(({ family }) => family)], [null, true, [
      "A",
      "B",
    ]]);
    equal((await ready(documentOf(target(name("A")) + target(name("A"))))).seen?.family, "A");
    equal((await ready(documentOf(""))).seen, null);
  });

  it("knows who wrote it: a person, else a device, else an organization", async () => {
    const author = async (inner: string) =>
      (await ready(documentOf(`<author><assignedAuthor>${inner}</assignedAuthor></author>`)))
        .author;
    const organization = "<representedOrganization><name>Harbour</name></representedOrganization>";
    const person =
      "<assignedPerson><name><prefix>Dr</prefix><given>Ada</given><family>Lund</family></name></assignedPerson>";
    equal(await author(person + organization), "Dr Ada Lund");
    equal(
      await author(
        `<assignedAuthoringDevice><softwareName>EHR 5</softwareName></assignedAuthoringDevice>`,
      ),
      "EHR 5",
    );
    equal(await author(organization), "Harbour");
  });

  it("keeps the narrative as paragraphs, lists and tables", async () => {
    const [found] = await sectionsOf(documentOf(
      "",
      section(
        "Plan",
        `Loose <content styleCode="Bold">text</content><br/>second line
         <paragraph>One &amp; two</paragraph>
         <list listType="ordered"><caption>To do</caption>
           <item>First<list><item>Inner</item></list></item><item><paragraph>Second</paragraph></item></list>
         <table><thead><tr><th>Drug</th><th>Dose</th></tr></thead>
           <tbody><tr><td>Metformin</td><td>500 mg</td></tr></tbody></table>`,
        `<component><section><title>Inner section</title><text>Deep</text></section></component>`,
      ),
    ));
    deepEqual(found, {
      title: "Plan",
      code: "1-1",
      blocks: [
        { kind: "paragraph", text: "Loose text\nsecond line" },
        { kind: "paragraph", text: "One & two" },
        {
          kind: "list",
          isOrdered: true,
          caption: "To do",
          items: [{ level: 0, text: "First" }, { level: 1, text: "Inner" }, {
            level: 0,
            text: "Second",
          }],
        },
        { kind: "table", head: [["Drug", "Dose"]], rows: [["Metformin", "500 mg"]] },
      ],
      sections: [{
        title: "Inner section",
        blocks: [{ kind: "paragraph", text: "Deep" }],
        sections: [],
      }],
    });
  });

  it("reads a body that is a file itself", async () => {
    const body = (attributes: string, content: string) =>
      `<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text ${attributes}>${content}</text></nonXMLBody></component></ClinicalDocument>`;
    const base64 = (bytes: Uint8Array) => bytes.toBase64().replace(/(.{60})/g, "$1\n");
    const pdf = await ready(
      body(
        `mediaType="application/pdf" representation="B64"`,
        base64(fixtures.pdf("Consent form")),
      ),
    );
    ok(pdf.text.includes("Consent form") && pdf.renditions?.length === 1);
    const note = new TextEncoder().encode("Grüße aus der Chirurgie");
    const plain = await ready(
      body(`mediaType="text/plain" representation="B64"`, base64(note)),
    );
    ok(plain.text.includes("Grüße"));
    ok((await ready(body(`mediaType="text/plain"`, "As it stands"))).text.includes("As it stands"));
  });

  it("expands no entity, and asks no other file", async () => {
    const lol = Array.from(
      { length: 12 },
      (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
    ).join("");
    const bombs = [
      `<!DOCTYPE x [<!ENTITY l0 "lol">${lol}]>`,
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`,
      `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>`,
    ];
    for (const bomb of bombs) {
      const xml = documentOf("", section("A", "&l12; &e; x"))
        .replace(`<?xml version="1.0"?>`, bomb);
      const parts = await readCda(xml);
      ok("reason" in parts || (!parts.text.includes("lol") && !parts.text.includes("root:")));
    }
  });

  it("refuses what is no XML, and what nests without end", async () => {
    for (
      const text of ["", "x", "<", "<a><b></a>".repeat(3), "<a>".repeat(200_000), "<!DOCTYPE"]
    ) {
      const parts = await readCda(text);
      ok("reason" in parts || parts.text === "", text.slice(0, 20));
    }
    deepEqual(await readCda("<a>".repeat(200_000)), { reason: reasons.broken, ...CDA_ENGINE });
  });

  it("refuses more tags, and longer ones, than a document has", async () => {
    const refused = { reason: reasons.broken, ...CDA_ENGINE };
    deepEqual(await readCda(`<a>${"<b/>".repeat(700_000)}</a>`), refused);
    deepEqual(await readCda(`<a ${"b='c' ".repeat(20_000)}/>`), refused);
  });

  it("keeps a summary of bounded size, and all the words", async () => {
    const many = Array.from(
      { length: 400 },
      (_, at) => section(`Title ${at}`, `<paragraph>${"word ".repeat(1_000)}end${at}</paragraph>`),
    ).join("");
    const { structure, text } = await ready(documentOf("", many));
    ok(JSON.stringify(structure).length < 1024 * 1024);
    equal((structure as { isCut?: boolean }).isCut, true);
    ok(text.includes("end399"));
  });
});
