/** Scans are made of strokes here, so that no font is needed; tesseract itself is Debian's. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import { fixtures } from "../fixtures.ts";
import { createReader } from "./reading.ts";
import { file, get, openTestContent, type TestContent, testUser } from "../testing.ts";
import { languagesOf, PRLIMIT, TESSERACT, textOf } from "./recognition_model.ts";
import { ingest } from "./ingestion.ts";
import { ATTEMPTS_MAX } from "./model.ts";
import { createRecognition, type Recognition } from "./recognition.ts";

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

  it("says of a page that takes too long that it was not read", async () => {
    const slow = createRecognition({ languages: "eng", fileMsMax: 1 });
    const scans = [(await bytesOf(scanOf("NINE").jpeg())).toBase64()];
    const { cut, text } = await slow.complete({ ...reading, scans }, "o");
    deepEqual([cut, text], [["text"], ""]);
  });

  it("leaves alone what holds text of its own, and finds nothing in what holds none", async () => {
    const own = await filed(fixtures.pdf("Discharge letter"), "letter.pdf");
    deepEqual([own.document.textStatus, own.version.engine], ["extracted", "pdfjs-dist"]);
    const blank = await filed(await bytesOf(scanOf("").png()), "blank.png");
    deepEqual([blank.document.textStatus, blank.version.engine], ["none", "sharp"]);
  });
});

const reading = {
  status: "ready" as const,
  text: "",
  vectors: [],
  engine: "x",
  engineVersion: "1",
};
/** A stand-in may start nothing but this, and has itself killed by it. */
const endedBy = (signal: string) =>
  `new Deno.Command("${PRLIMIT}", { args: ["/bin/sh", "-c", "kill -s ${signal} " + Deno.pid] })
    .outputSync(); for (;;);`;

describe("recognition without tesseract", () => {
  const ended = { program: new URL("data:text/javascript,Deno.exit(1)"), languages: "eng" };
  it("leaves readings as they are", async () => {
    const recognition = createRecognition(ended);
    equal(await recognition.find(), undefined);
    deepEqual(await recognition.complete({ ...reading, scans: [btoa("x")] }, "o"), reading);
  });

  it("asks again after a minute whether there is one", async () => {
    const folder = await Deno.makeTempDir({ prefix: "praxis-recognition-" });
    const path = `${folder}/program.js`;
    let at = 0;
    const recognition = createRecognition({
      program: new URL(`file://${path}`),
      languages: "eng",
      now: () => new Date(at),
    });
    try {
      await Deno.writeTextFile(path, "Deno.exit(1);");
      equal(await recognition.find(), undefined);
      await Deno.writeTextFile(path, programOf("")[0]);
      at = 59_999;
      equal(await recognition.find(), undefined);
      at = 60_000;
      deepEqual(await recognition.find(), { engineVersion: "9", languages: "eng" });
      await Deno.remove(path);
      at = 600_000;
      ok(await recognition.find(), "what was found stays found");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("finds none where no process can be started", async () => {
    // No argument of a process may hold this character.
    equal(await createRecognition({ languages: "\0" }).find(), undefined);
  });
});

/** A stand-in that says when it is asked for its languages, and does `otherwise` for pages. */
const programOf = (otherwise: string) => {
  const source = `const { value: chunk } = await Deno.stdin.readable.getReader().read();
    if (!new TextDecoder().decode(chunk).includes('"sizes":[0]')) { ${otherwise} }
    const body = new TextEncoder().encode(JSON.stringify(
      [{ status: "ready", text: "eng", vectors: [], engine: "tesseract", engineVersion: "9" }]));
    const all = new Uint8Array(4 + body.length);
    new DataView(all.buffer).setUint32(0, body.length); all.set(body, 4);
    Deno.stdout.writeSync(all);`;
  return [source, new URL(`data:text/javascript,${encodeURIComponent(source)}`)] as const;
};
const HANG = "for (;;);";

describe("recognition that ends early", () => {
  const open = (otherwise: string, fileMsMax?: number) =>
    createRecognition({
      program: programOf(otherwise)[1],
      languages: "eng",
      ...(fileMsMax === undefined ? {} : { fileMsMax }),
    });
  const read = (recognition: Recognition) =>
    recognition.complete({ ...reading, text: "own", scans: ["AA==", "AA=="] }, "o");

  it("is said of the text when it was too slow, said nothing sensible or broke down", async () => {
    // An answer for one of two pages, an end of its own, and the kernel's limit to its time.
    const ends = [HANG, "", "Deno.exit(1);", endedBy("XCPU"), endedBy("ABRT")];
    for (const otherwise of ends) {
      const { cut, text } = await read(open(otherwise, 1));
      deepEqual([cut, text], [["text"], "own"], otherwise);
    }
  });

  it("leaves the file to another try when it was ended from outside", async () => {
    for (const signal of ["KILL", "TERM"]) {
      await rejects(read(open(endedBy(signal))), {
        message: `the reader was ended by SIG${signal}`,
      });
    }
  });

  it("leaves the file to another try when it is stopped, as those that wait", async () => {
    const recognition = open(HANG);
    await recognition.find();
    const refused = { message: "recognition has been stopped" };
    const all = [read(recognition), read(recognition)].map((one) => rejects(one, refused));
    // The first of them is at work then.
    await new Promise((resolve) => setTimeout(resolve));
    await recognition.stop();
    await Promise.all(all);
    await rejects(read(recognition), refused);
  });

  it("tries a file five times, and never files it as read", async () => {
    await using content = await openTestContent();
    const reader = createReader({ recognition: open(endedBy("KILL")) });
    const deps = { ...content.deps, readFile: reader.read };
    try {
      const user = testUser();
      const { id } = await file(content, user, await bytesOf(scanOf("NINE").png()));
      const [job] = content.queue.splice(0);
      for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
        await rejects(ingest(deps, job!), { message: "the reader was ended by SIGKILL" });
      }
      const path = `/api/content/documents/${id}`;
      equal((await (await get(content, user, path)).json()).status, "processing");
      await ingest(deps, job!);
      equal((await (await get(content, user, path)).json()).status, "failed");
    } finally {
      await reader.stop();
    }
  });

  it("lets no file be read without its words because it is stopped while it is looked for", async () => {
    const program = new URL(`data:text/javascript,${HANG}`);
    const reader = createReader({ recognition: createRecognition({ program, languages: "eng" }) });
    const bytes = fixtures.png();
    const refused = { message: "reading has been stopped" };
    const read = (kind: "image" | "text") => reader.read({ bytes, kind, organizationId: "o" });
    const reading = rejects(read("image"), refused);
    await reader.stop();
    await reading;
    await rejects(read("text"), refused);
  });
});

describe("what tesseract says", () => {
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
