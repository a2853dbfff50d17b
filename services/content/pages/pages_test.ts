import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { fixtures } from "../fixtures.ts";
import denoJson from "../../../deno.json" with { type: "json" };
import { type Canvas, type Pdf, scansOf, thumbnailOf } from "./drawing.ts";
import { PDF_ENGINE, readPdfPages, reasons } from "./pages.ts";

const folder = new URL("../../../../shared/samples/pdf/pdfjs/", import.meta.url);
const isThere = await Deno.stat(folder).then(() => true, () => false);
const options = { skip: isThere ? false : "there are no samples beside the repository" };
const sample = (name: string) => Deno.readFile(new URL(`test_pdfs_${name}.pdf`, folder));

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("readPdfPages", () => {
  it("names the library in its pinned version", () => {
    equal(denoJson.imports["pdfjs-dist"], `npm:pdfjs-dist@${PDF_ENGINE.engineVersion}`);
  });

  it("reads the text and draws the first page", async () => {
    const parts = await readPdfPages(fixtures.pdf("Discharge letter"));
    ok("text" in parts);
    equal(parts.text, "Discharge letter");
    deepEqual(parts.structure, { pages: 1, isProtected: false });
    const [thumbnail] = parts.renditions!;
    deepEqual([thumbnail!.width, thumbnail!.height], [212, 300]);
    const { channels } = await sharp(Uint8Array.fromBase64(thumbnail!.bytesBase64)).stats();
    ok(channels[0]!.min < 128 && channels[0]!.max === 255, "the page is blank");
  });

  it("says which need a password, and which are broken", async () => {
    const of = async (bytes: Uint8Array<ArrayBuffer>) => {
      const parts = await readPdfPages(bytes);
      return "reason" in parts ? parts.reason : "read";
    };
    equal(await of(fixtures.encryptedPdf()), reasons.encrypted);
    equal(await of(latin1("%PDF-1.4\n" + "garbage ".repeat(100))), reasons.broken);
    equal(await of(new Uint8Array(0)), reasons.broken);
    equal(await of(fixtures.pdf("x").slice(0, 40)), reasons.broken);
  });

  /** Without the places of its objects: a reader looks for them. */
  const pdfOf = (objects: string[]) =>
    latin1(
      "%PDF-1.4\n" + objects.map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`).join("") +
        "trailer\n<< /Root 1 0 R >>\n%%EOF\n",
    );
  const pageOf = (contents: number) =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${contents} 0 R ` +
    "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>";
  const said = (words: string) => {
    const content = `BT /F1 12 Tf 72 700 Td (${words}) Tj ET`;
    return `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;
  };

  it("reads the pages that are there when one is missing, and says that one is", async () => {
    const parts = await readPdfPages(pdfOf([
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R 5 0 R 99 0 R] /Count 3 >>",
      pageOf(4),
      said("first"),
      pageOf(6),
      said("second"),
    ]));
    ok("text" in parts, JSON.stringify(parts));
    deepEqual(parts.text.split(/\s+/), ["first", "second", ""]);
    deepEqual(parts.cut, ["text"]);
  });

  it("keeps what it has read when its time is over, and says so", async () => {
    const parts = await readPdfPages(fixtures.pdf("Discharge letter"), true, 0);
    ok("text" in parts);
    deepEqual([parts.text, parts.cut], ["", ["text"]]);
  });

  it("draws no page after its time, so that the text is not lost with the pictures", async () => {
    const canvas: Canvas = await import("@napi-rs/canvas");
    const real = Date.now;
    let at = 0;
    const pdf = {
      getPage: () =>
        Promise.resolve({
          getViewport: ({ scale }: { scale: number }) => ({
            width: 60 * scale,
            height: 80 * scale,
          }),
          render() {
            at += 4_000;
            return { promise: Promise.resolve() };
          },
          cleanup() {},
        }),
    } as unknown as Pdf;
    Date.now = () => at;
    try {
      const scans = await scansOf(pdf, canvas, [1, 2, 3, 4, 5], 10_000);
      deepEqual([scans.length, at], [3, 12_000]);
      equal(await thumbnailOf(pdf, canvas, 10_000), undefined);
      equal((await thumbnailOf(pdf, canvas, 12_001))?.height, 300);
    } finally {
      Date.now = real;
    }
  });

  it("ends with its time, and says which pages it has left out", async () => {
    const blank = (drawMs?: number) =>
      readPdfPages(
        pdfOf([
          "<< /Type /Catalog /Pages 2 0 R >>",
          "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
          pageOf(4),
          said(""),
        ]),
        true,
        undefined,
        drawMs,
      );
    const whole = await blank();
    ok("text" in whole);
    deepEqual([whole.scans?.length, whole.renditions?.length, whole.cut], [1, 1, undefined]);
    const late = await blank(0);
    ok("text" in late);
    deepEqual([late.scans, late.renditions, late.cut], [[], [], ["text"]]);
  });

  it("reads or refuses whatever bytes are changed", async () => {
    let state = 20_260_105;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 8) % below;
    };
    for (let round = 0; round < 60; round++) {
      const bytes = fixtures.pdf("Discharge letter");
      for (let count = 1 + random(12); count > 0; count--) {
        bytes[random(bytes.byteLength)] = 32 + random(90);
      }
      const parts = await readPdfPages(bytes);
      ok("reason" in parts || typeof parts.text === "string");
    }
  });
});

describe("readPdfPages, of real files", options, () => {
  it("asks for no password where only printing or an attachment is protected", async () => {
    const attachment = await readPdfPages(await sample("encrypted-attachment"));
    ok("text" in attachment && attachment.text.trim() !== "");
    const restricted = await readPdfPages(await sample("empty_protected"));
    ok("text" in restricted);
    deepEqual(restricted.structure, { pages: 1, isProtected: true });
  });

  it("draws JBIG2 and JPEG 2000 pictures, and lets none spoil the next file's", async () => {
    const darkOf = async (name: string) => {
      const parts = await readPdfPages(await sample(name));
      ok("text" in parts && parts.renditions?.[0]);
      const picture = sharp(Uint8Array.fromBase64(parts.renditions[0].bytesBase64)).greyscale();
      const pixels = await picture.raw().toBuffer();
      return pixels.filter((level) => level < 200).byteLength / pixels.byteLength;
    };
    const alone = await darkOf("S2");
    for (const name of ["jbig2_symbol_offset", "bug_jpx", "S2"]) {
      const share = await darkOf(name);
      ok(share > 0.005 && share < 0.9, `${name}: ${share} of the page is dark`);
      if (name === "S2") equal(share, alone);
    }
  });

  it("knows the character maps of East Asian text", async () => {
    const parts = await readPdfPages(await sample("vertical"));
    ok("text" in parts && parts.text.includes("日"), JSON.stringify(parts).slice(0, 200));
  });
});
