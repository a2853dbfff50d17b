import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Parts } from "../ingestion/model.ts";
import { decodeFrame } from "./codecs.ts";
import { parse } from "./parsing.ts";
import { pictureOf } from "./pixels.ts";
import { readDicom, renderFrame } from "./reading.ts";
import { dicomFile, grey, type Item, nested, person, runLengths } from "./testing.ts";

const syntaxes = {
  "implicit little endian": "1.2.840.10008.1.2",
  "explicit little endian": "1.2.840.10008.1.2.1",
  "explicit big endian": "1.2.840.10008.1.2.2",
  deflated: "1.2.840.10008.1.2.1.99",
};
const RLE = "1.2.840.10008.1.2.5";

type Ready = Extract<Parts, { text: string }>;
async function ready(bytes: Uint8Array): Promise<Ready> {
  const parts = await readDicom(bytes);
  ok("text" in parts, JSON.stringify(parts));
  return parts;
}
async function refused(bytes: Uint8Array): Promise<string> {
  const parts = await readDicom(bytes);
  ok("reason" in parts, "was read");
  return parts.reason;
}

const tereza = {
  identifiers: [{ value: "MRN-1204" }],
  family: "Novák",
  given: ["Tereza"],
  birthDate: "1991-06-30",
  sex: "female",
};

async function samplesOf(bytes: Uint8Array, frame = 0): Promise<number[]> {
  return [...(await decodeFrame(pictureOf(parse(bytes))!, frame)).samples];
}

describe("readDicom", () => {
  for (const [name, syntax] of Object.entries(syntaxes)) {
    for (const open of [false, true]) {
      it(`reads ${name}, sequences ${open ? "with delimiters" : "with lengths"}`, async () => {
        const code: Item = [[0x00080100, "SH", "1"], [0x00080104, "LO", "Zweitmeinung"]];
        const item: Item = [...person(), [0x00321064, "SQ", [code]]];
        const { seen, text, structure, title } = await ready(dicomFile(item, { syntax, open }));
        deepEqual(seen, tereza);
        equal(title, "CT Thorax nativ");
        ok(text.includes("Zweitmeinung") && text.includes("Tereza Novák"), text);
        const summary = structure as Record<string, unknown>;
        deepEqual([summary["studyInstanceUid"], summary["studyDate"], summary["transferSyntax"]], [
          "2.25.10",
          "2026-01-05",
          syntax,
        ]);
      });
    }
  }

  it("reads files without preamble, and without any header", async () => {
    deepEqual((await ready(dicomFile(person(), { preamble: false }))).seen, tereza);
    for (const syntax of ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"]) {
      const bare = dicomFile(person(), { preamble: false, meta: false, syntax });
      deepEqual((await ready(bare)).seen, tereza);
    }
  });

  it("reads private and unknown sequences without taking them for its own", async () => {
    const inner: Item = [[0x00100010, "PN", "Someone^Else"]];
    const item: Item = [
      [0x00090010, "LO", "PRIVATE"],
      [0x00091001, "SQ", [inner]],
      [0x00091002, "UN", new Uint8Array(40).fill(7)],
      ...person(),
    ];
    deepEqual((await ready(dicomFile(item, { open: true }))).seen, tereza);
  });

  it("finds the words in sequences, each in its own character set", async () => {
    const nested: Item = [
      [0x00080005, "CS", "ISO_IR 100"],
      [0x00081010, "SH", "X"],
      [0x00400006, "PN", Uint8Array.from("M\xfcller^Eva", (char) => char.charCodeAt(0))],
    ];
    const { text } = await ready(dicomFile([...person(), [0x00400100, "SQ", [nested]]]));
    ok(text.includes("Eva Müller"), text);
  });

  it("reads the content of a report", async () => {
    const code = (meaning: string): Item => [[0x00080104, "LO", meaning]];
    const number: Item = [
      [0x0040a040, "CS", "NUM"],
      [0x0040a043, "SQ", [code("Diameter")]],
      [0x0040a300, "SQ", [[[0x004008ea, "SQ", [[[0x00080100, "SH", "mm"]]]], [
        0x0040a30a,
        "DS",
        "14.2",
      ]]]],
    ];
    const container: Item = [
      [0x0040a040, "CS", "CONTAINER"],
      [0x0040a043, "SQ", [code("Findings")]],
      [0x0040a730, "SQ", [number, [
        [0x0040a040, "CS", "TEXT"],
        [0x0040a043, "SQ", [code("Conclusion")]],
        [0x0040a160, "UT", "Kein Anhalt für Malignität"],
      ]]],
    ];
    const { text, structure } = await ready(
      dicomFile([...person(), [0x0040a730, "SQ", [container]]]),
    );
    ok(text.includes("Findings\nDiameter: 14.2 mm\nConclusion: Kein Anhalt für Malignität"), text);
    const { report } = structure as { report: { depth: number }[] };
    deepEqual(report.map(({ depth }) => depth), [0, 1, 1]);
  });

  it("finds the one patient of a directory, and nobody when there are several", async () => {
    const record = (name: string, id: string): Item => [
      [0x00041430, "CS", "PATIENT"],
      [0x00100010, "PN", name],
      [0x00100020, "LO", id],
    ];
    const directory = (...records: Item[]): Item => [[0x00041220, "SQ", records]];
    const one = await ready(dicomFile(directory(record("Silva^Ana", "7"))));
    equal(one.seen?.family, "Silva");
    const two = await ready(dicomFile(directory(record("Silva^Ana", "7"), record("Roy^Jo", "8"))));
    equal(two.seen, null);
    ok(two.text.includes("Jo Roy"));
  });

  it("makes a picture and a thumbnail of what it can decode", async () => {
    const { renditions } = await ready(
      dicomFile([...person(), ...grey(Array.from({ length: 16 }, (_, at) => at * 100))]),
    );
    deepEqual(renditions!.map(({ name, width, height }) => [name, width, height]), [
      ["thumbnail", 4, 4],
      ["frame-1", 4, 4],
    ]);
  });

  it("keeps what it cannot decode, and says so", async () => {
    const item: Item = [...person(), ...grey({ fragments: [new Uint8Array(), new Uint8Array(8)] })];
    const { structure, renditions, seen } = await ready(
      dicomFile(item, { syntax: "1.2.840.10008.1.2.4.102" }),
    );
    deepEqual(seen, tereza);
    deepEqual(renditions, []);
    const { picture } = structure as { picture: { isDecodable: boolean; reason: string } };
    equal(picture.isDecodable, false);
    match(picture.reason, /1\.2\.840\.10008\.1\.2\.4\.102/);
  });
});

describe("decodeFrame", () => {
  const values = Array.from({ length: 32 }, (_, at) => (at * 2_111) & 0xffff);
  const signed = values.map((value) => value >= 0x8000 ? value - 0x10000 : value);
  const frames = { frames: 2, signed: 1 };

  for (const [name, syntax] of Object.entries(syntaxes)) {
    it(`gives the very values of ${name}`, async () => {
      const bytes = dicomFile([...person(), ...grey(values, frames)], { syntax });
      deepEqual([...await samplesOf(bytes, 0), ...await samplesOf(bytes, 1)], signed);
    });
  }

  it("gives the very values of run lengths, with and without an offset table", async () => {
    const parts = [runLengths(values.slice(0, 16)), runLengths(values.slice(16))];
    const offsets = new Uint8Array(8);
    new DataView(offsets.buffer).setUint32(4, parts[0]!.byteLength + 8, true);
    for (const table of [new Uint8Array(), offsets]) {
      const item: Item = [...person(), ...grey({ fragments: [table, ...parts] }, frames)];
      const bytes = dicomFile(item, { syntax: RLE });
      deepEqual([...await samplesOf(bytes, 0), ...await samplesOf(bytes, 1)], signed);
    }
  });

  it("leaves out what stands above the stored bits", async () => {
    const item = grey([0xf001, 0x0801, 0, 0], { rows: 2, columns: 2 })
      .map(([tag, vr, value]): Item[number] =>
        tag === 0x00280101 ? [tag, vr, [12]] : [tag, vr, value]
      );
    deepEqual(await samplesOf(dicomFile([...person(), ...item])), [1, 0x801, 0, 0]);
  });
});

describe("renderFrame", () => {
  const pixelsOf = async (bytes: Uint8Array, options = {}) => {
    const rendered = await renderFrame(bytes, { frame: 1, ...options });
    ok(rendered.status === "rendered", JSON.stringify(rendered));
    const { default: sharp } = await import("sharp");
    return [...await sharp(rendered.bytes).extractChannel(0).raw().toBuffer()];
  };
  const shape = { rows: 2, columns: 2 };
  const bytes = dicomFile([
    ...person(),
    [0x00281050, "DS", "128"],
    [0x00281051, "DS", "256"],
    ...grey([0, 64, 128, 255], shape),
  ]);

  it("uses the file's window, the caller's, or the whole range", async () => {
    deepEqual(await pixelsOf(bytes), [0, 64, 128, 255]);
    deepEqual(await pixelsOf(bytes, { windowCenter: 64, windowWidth: 1 }), [0, 255, 255, 255]);
    const plain = dicomFile([...person(), ...grey([100, 200, 300, 500], shape)]);
    deepEqual(await pixelsOf(plain), [0, 64, 128, 255]);
  });

  it("applies slope and intercept before the window", async () => {
    const item: Item = [
      ...person(),
      [0x00281050, "DS", "0.5"],
      [0x00281051, "DS", "101"],
      [0x00281052, "DS", "-50"],
      [0x00281053, "DS", "2"],
      ...grey([0, 25, 50, 100], shape),
    ];
    deepEqual(await pixelsOf(dicomFile(item)), [0, 128, 255, 255]);
  });

  it("turns MONOCHROME1 over", async () => {
    const item = grey([0, 85, 170, 255], shape)
      .map((
        [tag, vr, value],
      ): Item[number] => [tag, vr, tag === 0x00280004 ? "MONOCHROME1" : value]);
    deepEqual(await pixelsOf(dicomFile([...person(), ...item])), [255, 170, 85, 0]);
  });

  it("says what it cannot show", async () => {
    const of = async (item: Item, syntax: string, frame = 1) =>
      (await renderFrame(dicomFile(item, { syntax }), { frame })).status;
    const one = syntaxes["explicit little endian"];
    equal(await of(person(), one), "undecodable");
    equal(await of([...person(), ...grey([0, 1, 2, 3], shape)], one, 2), "frame-missing");
    const jpeg = grey({ fragments: [new Uint8Array(), new Uint8Array(64)] }, shape);
    equal(await of([...person(), ...jpeg], "1.2.840.10008.1.2.4.70"), "broken");
  });
});

describe("readDicom, given hostile files", () => {
  it("refuses sequences nested by the megabyte", async () => {
    match(await refused(nested(180_000)), /nests/);
  });

  it("refuses pictures that the bytes do not hold", async () => {
    const claimed = { rows: 65_535, columns: 65_535 };
    match(
      await refused(dicomFile([...person(), ...grey(new Uint8Array(256), claimed)])),
      /end before/,
    );
    const packed = grey({ fragments: [new Uint8Array(), new Uint8Array(256)] }, claimed);
    match(await refused(dicomFile([...person(), ...packed], { syntax: RLE })), /end before/);
    const many = grey(new Uint8Array(64), { frames: 90_000 });
    match(await refused(dicomFile([...person(), ...many])), /end before/);
  });

  it("does not decode what would take more memory than it may have", async () => {
    const item = grey({ fragments: [new Uint8Array(), new Uint8Array(4_096)] }, {
      rows: 8_000,
      columns: 8_000,
    });
    const { structure, seen } = await ready(dicomFile([...person(), ...item], { syntax: RLE }));
    deepEqual(seen, tereza);
    match((structure as { picture: { reason: string } }).picture.reason, /too large/);
  });

  it("refuses a codestream of another size than the file says", async () => {
    const header = [0xff, 0xd8, 0xff, 0xf7, 0, 11, 16, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0, 0, 0];
    const item = grey({ fragments: [new Uint8Array(), Uint8Array.from([...header, 0])] });
    const reason = await refused(
      dicomFile([...person(), ...item], { syntax: "1.2.840.10008.1.2.4.80" }),
    );
    match(reason, /another size/);
  });

  it("refuses a data set that inflates without end", async () => {
    const bomb = dicomFile([...person(), [0x00420011, "OB", new Uint8Array(130 * 1024 * 1024)]], {
      syntax: syntaxes.deflated,
    });
    ok(bomb.byteLength < 1024 * 1024);
    match(await refused(bomb), /inflates/);
  });

  it("refuses files that end too early, wherever that is", async () => {
    const whole = dicomFile([...person(), ...grey([1, 2, 3, 4], { rows: 2, columns: 2 })]);
    for (let end = 133; end < whole.byteLength - 1; end++) {
      const parts = await readDicom(whole.subarray(0, end));
      // What is cut between two elements is a smaller file.
      ok("reason" in parts || !parts.renditions?.length, String(end));
    }
  });

  it("says of a file that it refuses whom its header names, and never half a name", async () => {
    const item = [...person(), ...grey([1, 2, 3, 4], { rows: 2, columns: 2 })];
    for (const [name, syntax] of Object.entries(syntaxes)) {
      const whole = dicomFile(item, { syntax });
      const parts = await readDicom(whole.subarray(0, whole.byteLength - 3));
      ok("reason" in parts, name);
      deepEqual(parts.seen, tereza, name);
      ok(parts.words?.includes("Tereza Novák"), name);
    }
    const whole = dicomFile(item);
    for (let end = 133; end < whole.byteLength - 1; end++) {
      const parts = await readDicom(whole.subarray(0, end));
      const { family = "Novák", given = ["Tereza"], identifiers = [] } = parts.seen ?? {};
      deepEqual([family, given], ["Novák", ["Tereza"]], String(end));
      ok(identifiers.every(({ value }) => value === "MRN-1204"), String(end));
    }
    const deep = await readDicom(nested(180_000));
    ok("reason" in deep);
    deepEqual(deep.seen, tereza);
  });

  it("names all whom a directory names", async () => {
    const record = (family: string, id: string): Item => [
      [0x00041430, "CS", "PATIENT"],
      [0x00100010, "PN", `${family}^A`],
      [0x00100020, "LO", id],
    ];
    const of = async (...records: Item[]) => await ready(dicomFile([[0x00041220, "SQ", records]]));
    const one = await of(record("Novák", "1"), record("Novák", "1"));
    deepEqual([one.seen?.family, one.isOfSeveral], ["Novák", undefined]);
    const two = await of(record("Novák", "1"), record("Berg", "2"));
    deepEqual([two.seen, two.isOfSeveral, two.persons?.length], [null, true, 2]);
  });

  it("reads or refuses whatever bytes are changed", async () => {
    let state = 20_260_105;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    const whole = dicomFile(
      [
        ...person(),
        [0x00321064, "SQ", [[[0x00080104, "LO", "x"]]]],
        ...grey([1, 2, 3, 4], {
          rows: 2,
          columns: 2,
        }),
      ],
      { open: true },
    );
    let refusals = 0;
    for (let round = 0; round < 1_000; round++) {
      const bytes = whole.slice();
      for (let count = 1 + random(6); count > 0; count--) {
        bytes[132 + random(bytes.byteLength - 132)] = random(256);
      }
      if ("reason" in await readDicom(bytes)) refusals++;
    }
    ok(refusals > 0 && refusals < 1_000, String(refusals));
  });
});
