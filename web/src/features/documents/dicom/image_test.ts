import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { slice } from "../../../../testing/fixtures.ts";
import {
  type DicomImage,
  draw,
  frameOf,
  fullWindow,
  imageOf,
  personOf,
  readDicom,
  textOf,
  toFrame,
} from "./image.ts";
import { decodeLossless } from "./jpeg_lossless.ts";
import { decodeRle } from "./rle.ts";

const image = () => imageOf(readDicom(slice(32).bytes))!;
const shaped = (part: Partial<DicomImage>): DicomImage => ({
  ...image(),
  rows: 1,
  columns: 2,
  ...part,
});

describe("DICOM images", () => {
  it("are read with their windows and their values", async () => {
    const read = image();
    deepEqual([read.rows, read.columns, read.modality], [32, 32, "CT"]);
    deepEqual(read.windows, [{ center: 50, width: 400 }]);
    equal(textOf(read.data, "x00100010"), "Okafor^Adaeze^M");
    const frame = await frameOf(read, 0);
    equal(frame.kind === "gray" && frame.values[0], -1000);
  });

  it("are refused when their end is missing", () => {
    throws(() => readDicom(slice(32).bytes.slice(0, -1000)));
  });

  it("say when a frame is missing", async () => {
    await rejects(frameOf({ ...image(), frames: 2 }, 1), RangeError);
  });

  it("are none in other bytes", () => {
    throws(() => readDicom(new Uint8Array(500)));
    throws(() => readDicom(new Uint8Array()));
  });

  it("spread a window over all grays", () => {
    const frame = {
      kind: "gray",
      values: Float32Array.of(-1000, -150, 50, 250, 3000),
      min: -1000,
      max: 3000,
    } as const;
    const grays = draw(frame, { center: 50, width: 400 }, false).filter((_, at) => at % 4 === 0);
    deepEqual([...grays], [0, 0, 128, 255, 255]);
    const inverted = draw(frame, { center: 50, width: 400 }, true).filter((_, at) => at % 4 === 0);
    deepEqual([...inverted], [255, 255, 127, 0, 0]);
    deepEqual(fullWindow({ min: -1000, max: 3000 }), { center: 1000, width: 4000 });
  });

  it("ignore bits above those stored, and know signs", () => {
    const values = Uint16Array.of(0xf001, 0x0fff);
    const unsigned = toFrame(shaped({ bitsStored: 12, isSigned: false }), {
      values,
      isPlanar: false,
    });
    deepEqual(unsigned.kind === "gray" && [...unsigned.values], [1, 4095]);
    const signed = toFrame(shaped({ bitsStored: 12, isSigned: true }), { values, isPlanar: false });
    deepEqual(signed.kind === "gray" && [...signed.values], [1, -1]);
  });

  it("turn planes and pixels into the same colours", () => {
    const color = shaped({ samples: 3, bitsStored: 8, photometric: "RGB" });
    const byPixel = toFrame(color, { values: [1, 2, 3, 4, 5, 6], isPlanar: false });
    const byPlane = toFrame(color, { values: [1, 4, 2, 5, 3, 6], isPlanar: true });
    deepEqual(byPixel, byPlane);
    deepEqual(byPixel.kind === "color" && [...byPixel.rgba], [1, 2, 3, 255, 4, 5, 6, 255]);
  });

  it("know that YBR without colour is gray", () => {
    const color = shaped({ samples: 3, bitsStored: 8, photometric: "YBR_FULL" });
    const frame = toFrame(color, { values: [90, 128, 128, 91, 128, 128], isPlanar: false });
    deepEqual(frame.kind === "color" && [...frame.rgba.slice(0, 4)], [90, 90, 90, 255]);
  });

  it("name persons as they are called", () => {
    equal(personOf("Okafor^Adaeze^M^Dr.^MD"), "Okafor, Dr. Adaeze M MD");
    equal(personOf("Yamada^Tarou=山田^太郎"), "Yamada, Tarou");
    equal(personOf(""), "");
  });
});

describe("run-length encoding", () => {
  const rle = (...segments: number[][]) => {
    const header = new Uint32Array(16);
    header[0] = segments.length;
    let at = 64;
    segments.forEach((segment, index) => {
      header[index + 1] = at;
      at += segment.length;
    });
    return new Uint8Array([...new Uint8Array(header.buffer), ...segments.flat()]);
  };
  it("repeats and copies", () => {
    const frame = rle([0xfe, 7, 2, 1, 2, 3, 0x80]);
    deepEqual([...decodeRle(frame, { pixels: 6, samples: 1, bytesPerSample: 1 })], [
      7,
      7,
      7,
      1,
      2,
      3,
    ]);
  });
  it("puts the high byte first", () => {
    deepEqual([...decodeRle(rle([0, 1], [0, 2]), { pixels: 1, samples: 1, bytesPerSample: 2 })], [
      0x0102,
    ]);
  });
  it("never writes beyond the picture", () => {
    equal(decodeRle(rle([0x81, 9]), { pixels: 2, samples: 1, bytesPerSample: 1 }).length, 2);
  });
  it("refuses segments that do not fit", () => {
    throws(() => decodeRle(rle([0, 1]), { pixels: 1, samples: 1, bytesPerSample: 2 }), RangeError);
  });
});

describe("lossless JPEG", () => {
  /** 2 × 2, eight bits, predictor 1. Categories 0 to 3 have the codes 00, 01, 10, 11. */
  const picture = (bits: string, predictor = 1) => {
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
    const data = padded.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
    return new Uint8Array([
      0xff,
      0xd8,
      0xff,
      0xc4,
      0,
      23,
      0,
      0,
      4,
      ...Array(14).fill(0),
      0,
      1,
      2,
      3,
      0xff,
      0xc3,
      0,
      11,
      8,
      0,
      2,
      0,
      2,
      1,
      1,
      0x11,
      0,
      0xff,
      0xda,
      0,
      8,
      1,
      1,
      0,
      predictor,
      0,
      0,
      ...data,
      0xff,
      0xd9,
    ]);
  };
  it("predicts from the left, and from above at the edge", () => {
    // 128 + 0, left + 1, above − 1, left + 3
    const { samples, width, height } = decodeLossless(picture("00" + "011" + "010" + "1011"));
    deepEqual([width, height, ...samples], [2, 2, 128, 129, 127, 130]);
  });
  it("predicts from above, left and between", () => {
    const { samples } = decodeLossless(picture("00" + "011" + "010" + "00", 4));
    deepEqual([...samples], [128, 129, 127, 128]);
  });
  it("refuses other JPEGs and broken ones", () => {
    throws(() => decodeLossless(new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 2])), RangeError);
    throws(() => decodeLossless(new Uint8Array([0xff, 0xd8])), RangeError);
    throws(() => decodeLossless(new Uint8Array([0xff, 0xd8, 1, 2, 3, 4])), RangeError);
    throws(() => decodeLossless(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0])), RangeError);
  });
});
