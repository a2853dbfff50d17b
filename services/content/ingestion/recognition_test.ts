/** Scans are made of strokes here, so that no font is needed; tesseract itself is Debian's. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { fixtures } from "../fixtures.ts";
import { createReader } from "./reading.ts";
import { file, get, openTestContent, type TestContent, testUser } from "../testing.ts";
import { languagesOf, TESSERACT, textOf } from "./recognition_model.ts";
import { createRecognition } from "./recognition.ts";

const LETTERS: Record<string, string> = {
  E: "M4 0H0V10H4M0 5H3.5",
  H: "M0 0V10M0 5H5M5 0V10",
  I: "M0 0V10",
  L: "M0 0V10H4",
  N: "M0 10V0L5 10V0",
  T: "M0 0H6M3 0V10",
  V: "M0 0L3 10L6 0",
};

function scanOf(...lines: string[]) {
  const paths = lines.flatMap((line, row) => {
    let x = 10;
    return [...line].map((letter) => {
      const path = `<path transform="translate(${x} ${20 + row * 20})" d="${LETTERS[letter]}"/>`;
      x += letter === "I" ? 4 : 9;
      return path;
    });
  });
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 170" width="1200" height="1700">
    <rect width="120" height="170" fill="#fff"/>
    <g fill="none" stroke="#111" stroke-width="1.5">${paths.join("")}</g></svg>`;
  return sharp(new TextEncoder().encode(svg)).greyscale();
}
const bytesOf = async (picture: { toBuffer(): Promise<Uint8Array> }) =>
  new Uint8Array(await picture.toBuffer());

const isInstalled = await Deno.stat(TESSERACT).then(() => true, () => false);
const skip = isInstalled ? false : "tesseract-ocr is not installed";

describe("recognition", { skip }, () => {
  let content: TestContent;
  const reader = createReader({ recognition: createRecognition({ languages: "xxx+eng" }) });
  before(async () => {
    content = await openTestContent(() => ({ readFile: reader.read }));
  });
  after(async () => {
    await reader.stop();
    await content[Symbol.asyncDispose]();
  });

  async function filed(bytes: Uint8Array<ArrayBuffer>, name: string) {
    const user = testUser();
    const { id } = await file(content, user, bytes, { name });
    await content.ingestAll();
    const path = `/api/content/documents/${id}`;
    const [document, text, { items: [version] }] = await Promise.all(
      [path, `${path}/text`, `${path}/versions`]
        .map(async (one) => await (await get(content, user, one)).json()),
    );
    return { user, id, path, document, text: text.text, version };
  }

  it("finds the words of a scanned PDF, and says that it was tesseract who read them", async () => {
    const jpeg = await bytesOf(scanOf("THIN", "NINTH").jpeg());
    const pdf = fixtures.scannedPdf(jpeg, { width: 1200, height: 1700 });
    const { user, id, path, document, text, version } = await filed(pdf, "scan.pdf");
    deepEqual([document.status, document.textStatus, document.cut], ["ready", "recognized", []]);
    ok(text.includes("NINTH"), text);
    ok(/^pdfjs-dist\+tesseract$/.test(version.engine), version.engine);
    ok(/\+\d+\.\d+/.test(version.engineVersion), version.engineVersion);
    const { structure } = await (await get(content, user, `${path}/structure`)).json();
    deepEqual(structure.recognized, { pages: 1, languages: "eng" });
    const word = text.match(/\w*NINTH/)![0].toLowerCase();
    const found = await (await get(content, user, `/api/content/search?q=${word}`)).json();
    equal(found.items[0].document.id, id);
  });

  it("finds the words of every page of a fax", async () => {
    const pages = await Promise.all(["TENTH", "NINE"].map((line) => bytesOf(scanOf(line).png())));
    const fax = await bytesOf(sharp(pages, { join: { animated: true } }).tiff());
    const { document, text } = await filed(fax, "fax.tiff");
    deepEqual([document.kind, document.textStatus], ["image", "recognized"]);
    ok(text.includes("TENTH") && text.includes("NINE"), text);
  });

  it("leaves alone what holds text of its own, and finds nothing in what holds none", async () => {
    const own = await filed(fixtures.pdf("Discharge letter"), "letter.pdf");
    deepEqual([own.document.textStatus, own.version.engine], ["extracted", "pdfjs-dist"]);
    const blank = await filed(await bytesOf(scanOf("").png()), "blank.png");
    deepEqual([blank.document.textStatus, blank.version.engine], ["none", "sharp"]);
  });
});

describe("recognition without tesseract", () => {
  const ended = { program: new URL("data:text/javascript,Deno.exit(1)"), languages: "eng" };
  const reading = {
    status: "ready" as const,
    text: "",
    vectors: [],
    engine: "x",
    engineVersion: "1",
  };

  it("leaves readings as they are", async () => {
    const recognition = createRecognition(ended);
    equal(await recognition.find(), undefined);
    deepEqual(await recognition.complete({ ...reading, scans: [btoa("x")] }, "o"), reading);
  });

  it("or with one that hangs or says nothing sensible: it is ended, and the rest stays", async () => {
    const answer = `const { value: chunk } = await Deno.stdin.readable.getReader().read();
      const head = new TextDecoder().decode(chunk);
      if (head.includes('"sizes":[1,1,1]')) for (;;);
      const body = new TextEncoder().encode(JSON.stringify(
        [{ status: "ready", text: "eng", vectors: [], engine: "tesseract", engineVersion: "9" }]));
      const all = new Uint8Array(4 + body.length);
      new DataView(all.buffer).setUint32(0, body.length); all.set(body, 4);
      Deno.stdout.writeSync(all);`;
    const recognition = createRecognition({
      program: new URL(`data:text/javascript,${encodeURIComponent(answer)}`),
      languages: "eng",
      fileMsMax: 1,
    });
    deepEqual(await recognition.find(), { engineVersion: "9", languages: "eng" });
    for (const pages of [2, 3]) {
      const scans = Array.from({ length: pages }, () => btoa("x"));
      const { cut, text } = await recognition.complete({ ...reading, scans }, "o");
      deepEqual([cut, text], [["text"], ""], `${pages}`);
    }
  });

  it("knows sure words from shadows, and which languages there are", () => {
    const row = (line: number, confidence: string, word: string) =>
      `5\t1\t1\t1\t${line}\t1\t0\t0\t9\t9\t${confidence}\t${word}`;
    const table = [
      "level\t…",
      row(1, "91.2", "Zinc"),
      row(1, "12", "~|"),
      row(1, "80", "low"),
      row(2, "99", "Iron"),
      "4\t",
    ];
    equal(textOf(table.join("\n")), "Zinc low\nIron");
    equal(languagesOf("deu+eng+fra", " eng osd fra"), "eng+fra");
  });
});
