import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { file, get, openTestContent, testUser } from "../testing.ts";
import { kindOf, type Parts } from "../ingestion/model.ts";
import { OFFICE_ENGINE, readOffice, reasons } from "./office.ts";
import { archiveOf, docx, odt, openDocument, pptx, rtf, wordOf, xlsx } from "./testing.ts";

type Read = Extract<Parts, { text: string }>;

async function ready(bytes: Uint8Array<ArrayBuffer>): Promise<Read> {
  const parts = await readOffice(bytes);
  ok("text" in parts, JSON.stringify(parts));
  return parts;
}

describe("readOffice", () => {
  it("reads Word with headers and footers, and who wrote it", async () => {
    const { text, title, author, structure } = await ready(
      docx("Sarcoidosis &amp; cough", "Bl&#xe5;b&#xe6;r"),
    );
    equal(text, "Sarcoidosis & cough\nBlåbær\nHarbour Clinic");
    deepEqual([title, author, structure], ["Referral", "Dr Signe Holm", { format: "docx" }]);
  });

  it("leaves out what was deleted and what is said twice", async () => {
    const { text } = await ready(archiveOf({
      "word/document.xml":
        "<w:document><w:p><w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:del><w:r><w:delText>a</w:delText>" +
        "<w:t>deleted</w:t></w:r></w:del><w:tab/><w:instrText>PAGE</w:instrText></w:p>" +
        "<mc:Fallback><w:p><w:t>again</w:t></w:p></mc:Fallback></w:document>",
    }));
    equal(text, "kept");
  });

  it("reads Excel's rows, strings and sheet names", async () => {
    const { text, structure } = await ready(xlsx());
    equal(text, "Potassium\nHaemoglobin\t13.4\nFerritin\tlow");
    deepEqual(structure, { format: "xlsx", sheets: ["Potassium"] });
  });

  it("reads PowerPoint's slides in their order, then the notes", async () => {
    const { text, structure } = await ready(pptx());
    equal(text, "Ward round\nLast\nPause here");
    deepEqual(structure, { format: "pptx", slides: 2 });
  });

  it("reads OpenDocument, and says when it is encrypted", async () => {
    const { text, title, language, structure } = await ready(odt("Insulin"));
    equal(text, "Care\nInsulin daily");
    deepEqual([title, language, structure], ["Plan", "sv-SE", { format: "odt" }]);
    const sheet = openDocument(
      "spreadsheet",
      "<c><table:table-row><table:table-cell><text:p>Zinc</text:p></table:table-cell></table:table-row></c>",
    );
    deepEqual([(await ready(sheet)).text, (await ready(sheet)).structure], ["Zinc", {
      format: "ods",
    }]);
    const locked = openDocument("text", "\x01\x02", "<manifest:encryption-data/>");
    deepEqual(await readOffice(locked), { reason: reasons.encrypted, ...OFFICE_ENGINE });
  });

  it("reads a row of a table as a line, its cells parted by tabs", async () => {
    const table = (row: string, cell: string) => (...rows: string[][]) =>
      rows.map((cells) =>
        `<${row}>${
          cells.map((words) => `<${cell}>${words && `<x:p>${words}</x:p>`}</${cell}>`).join("")
        }</${row}>`
      ).join("\n ");
    const rows = [["Zinc", "", "low"], ["", "Iron", "high"]];
    const sheet = table("table:table-row", "table:table-cell")(...rows);
    equal(
      (await ready(openDocument("spreadsheet", `<c>${sheet}</c>`))).text,
      "Zinc\t\tlow\nIron\thigh",
    );
    const words = (text: string) => text && `<w:r><w:t>${text}</w:t></w:r>`;
    const inWord = table("w:tr", "w:tc")(...rows.map((cells) => cells.map(words)));
    const document = `<w:d>${inWord}<w:p>${words("After")}</w:p></w:d>`;
    equal(
      (await ready(archiveOf({ "word/document.xml": document }))).text,
      "Zinc\t\tlow\nIron\thigh\nAfter",
    );
  });

  it("reads lines of nothing but blanks, however many, in one pass", async () => {
    // Looked at anew from each blank, these would take hours.
    const blanks = 4_000_000;
    equal((await ready(rtf(`one${" ".repeat(blanks)}two`))).text.length, blanks + 6);
    const cells = await ready(docx(`one${"\t".repeat(blanks)}two`));
    ok(cells.text.startsWith("one\t") && cells.text.includes("\ttwo\n"));
    equal((await ready(docx(`one${"\n\t ".repeat(blanks / 4)}two`))).text.slice(0, 7), "one\ntwo");
  });

  it("reads RTF: code pages, Unicode, and nothing of what is not text", async () => {
    const body =
      "Gr\\'fc\\'dfe, \\u322?\\'f3d\\u378? {\\b bold}\\cell{\\pict 00ff}\\{x\\}\\par Next" +
      "\\bin4 \\}{}end";
    const { text, structure } = await ready(rtf(body));
    equal(text, "Grüße, łódź bold\t{x}\nNextend");
    deepEqual(structure, { format: "rtf" });
  });

  it("refuses what is broken, unfolds too far or lies, each within its budget", async () => {
    const zeros = new Uint8Array(300 * 1024 * 1024).fill(0x20);
    const bomb = archiveOf({ "word/document.xml": zeros });
    ok(bomb.byteLength < 1024 * 1024);
    const deep = "<a>".repeat(100_000);
    const entities = `<!DOCTYPE a [<!ENTITY b "${"x".repeat(1_000)}">]><w:p><w:t>&b;</w:t></w:p>`;
    const good = wordOf("x".repeat(1_000));
    const cases: [name: string, bytes: Uint8Array<ArrayBuffer>, reason: string][] = [
      ["a bomb", bomb, reasons.tooLarge],
      [
        "a bomb that says it is small",
        archiveOf({ "word/document.xml": zeros }, { size: 9 }),
        reasons.broken,
      ],
      [
        "more than there is",
        archiveOf({ "word/document.xml": good }, { size: 5_000 }),
        reasons.broken,
      ],
      ["a depth", archiveOf({ "word/document.xml": deep }), reasons.broken],
      ["a document type", archiveOf({ "word/document.xml": entities }), reasons.broken],
      ["no XML", archiveOf({ "word/document.xml": "<w:p>" }), reasons.broken],
      ["no text", archiveOf({ "word/document.xml": Uint8Array.of(0xff, 0xfe) }), reasons.broken],
      ["another archive", archiveOf({ "a.txt": "x" }), reasons.broken],
      ["half an archive", docx("x").slice(0, 200), reasons.broken],
      ["a deep RTF", rtf("{".repeat(100_000)), reasons.broken],
    ];
    for (const [name, bytes, reason] of cases) {
      deepEqual(await readOffice(bytes), { reason, ...OFFICE_ENGINE }, name);
    }
  });
});

describe("office documents", () => {
  it("are typed, read without any right, and found by what stands inside", async () => {
    const content = await openTestContent();
    try {
      const user = testUser();
      const files = [docx("Lindqvist one"), xlsx(), pptx(), odt("Lindqvist two"), rtf("Lindqvist")];
      const ids: string[] = [];
      for (const bytes of files) ids.push((await file(content, user, bytes, { name: "a" })).id);
      await content.ingestAll();
      for (const id of ids) {
        const path = `/api/content/documents/${id}`;
        const { kind, status, textStatus } = await (await get(content, user, path)).json();
        deepEqual([kind, status, textStatus], ["office", "ready", "extracted"]);
      }
      const search = await get(content, user, "/api/content/search?q=lindqvist&kind=office");
      const { items } = await search.json();
      deepEqual(
        items.map(({ document }: { document: { id: string } }) => document.id).sort(),
        [ids[0]!, ids[3]!, ids[4]!].sort(),
      );
    } finally {
      await content[Symbol.asyncDispose]();
    }
  });
});

describe("kindOf", () => {
  it("knows office documents by what stands first in them", () => {
    const types = [
      "wordprocessingml.document",
      "spreadsheetml.sheet",
      "presentationml.presentation",
    ];
    for (const [at, bytes] of [docx("x"), xlsx(), pptx()].entries()) {
      deepEqual(kindOf(bytes), {
        kind: "office",
        mediaType: `application/vnd.openxmlformats-officedocument.${types[at]}`,
      });
    }
    deepEqual(kindOf(odt("x")).mediaType, "application/vnd.oasis.opendocument.text");
    deepEqual(kindOf(rtf("x")), { kind: "office", mediaType: "application/rtf" });
    equal(
      kindOf(archiveOf({ "word/document.xml": "x" })).kind,
      "other",
      "any archive may say word",
    );
    equal(kindOf(archiveOf({ "a.txt": "PK\x03\x04" })).kind, "other");
  });
});
