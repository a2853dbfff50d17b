import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { decodeFrame } from "./codecs.ts";
import { parse } from "./parsing.ts";
import { pictureOf } from "./pixels.ts";
import { readDicom } from "./reading.ts";

/** Real files beside the repository; where they are not, the tests are skipped and say so. */
const folder = new URL("../../../../shared/samples/dicom/", import.meta.url);
const isThere = await Deno.stat(folder).then(() => true, () => false);
const options = { skip: isThere ? false : "there are no samples beside the repository" };

const bytesOf = (path: string) => Deno.readFile(new URL(path, folder));
async function frameOf(path: string, index = 0) {
  const picture = pictureOf(parse(await bytesOf(path)))!;
  return await decodeFrame(picture, index);
}

/** The greatest difference between two decodings of the same picture. */
async function difference(path: string, twin: string, index = 0): Promise<number> {
  const [one, other] = [await frameOf(path, index), await frameOf(twin, index)];
  equal(one.samples.length, other.samples.length);
  let most = 0;
  for (let at = 0; at < one.samples.length; at++) {
    most = Math.max(most, Math.abs(one.samples[at]! - other.samples[at]!));
  }
  return most;
}

const ct = (syntax: string) => `cs3d/CTImage.dcm_${syntax}.dcm`;
const raw = ct("LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1");
const brain = (name: string) =>
  `dicomparser/testImages_encapsulated_multi-frame_CT0012.${name}.dcm`;

describe("decodeFrame, of real files", options, () => {
  const lossless: [path: string, twin: string, index?: number][] = [
    [ct("LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2"), raw],
    [ct("BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2"), raw],
    [ct("DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99"), raw],
    [ct("RLELosslessTransferSyntax_1.2.840.10008.1.2.5"), raw],
    [ct("JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57"), raw],
    [ct("JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70"), raw],
    [ct("JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80"), raw],
    [ct("JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90"), raw],
    ["cs3d/TestPattern_JPEG-Lossless_RGB.dcm", "cs3d/TestPattern_RGB.dcm"],
    ["cs3d/TestPattern_JPEG-LS-Lossless.dcm", "cs3d/TestPattern_RGB.dcm"],
    [brain("fragmented_no_bot_jpeg_lossless.57"), brain("explicit_little_endian"), 1],
    [brain("fragmented_no_bot_jpeg_lossless.70"), brain("explicit_little_endian"), 1],
    [brain("fragmented_no_bot_jpeg_ls.80"), brain("explicit_little_endian"), 1],
    [brain("not_fragmented_bot_rle"), brain("explicit_little_endian"), 1],
    ["pydata/emri_small_RLE.dcm", "pydata/emri_small.dcm", 7],
    ["pydata/emri_small_jpeg_2k_lossless.dcm", "pydata/emri_small.dcm", 7],
    ["pydata/liver_deflate.dcm", "pydata/liver.dcm", 1],
    ["pydicom/test_files_MR_small_jp2klossless.dcm", "pydicom/test_files_MR_small.dcm"],
  ];
  for (const [path, twin, index] of lossless) {
    it(`is bit-exact: ${path}`, async () => equal(await difference(path, twin, index), 0));
  }

  it("is as near as the encoder was, where it was near-lossless", async () => {
    equal(await difference(ct("JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81"), raw), 1);
    equal(
      await difference("cs3d/TestPattern_JPEG-LS-NearLossless.dcm", "cs3d/TestPattern_RGB.dcm"),
      2,
    );
    ok(await difference(ct("JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91"), raw) <= 5);
    ok(
      await difference("pydata/HTJ2K_08_RGB.dcm", "pydata/HTJ2KLossless_08_RGB.dcm") <= 32,
    );
  });
});

describe("readDicom, of real files", options, () => {
  const family = async (name: string) => {
    const parts = await readDicom(await bytesOf(`pydicom/charset_files_${name}.dcm`));
    return "text" in parts ? parts.seen?.family : parts.reason;
  };

  it("reads names in every character set", async () => {
    const names = ["chrArab", "chrFren", "chrGerm", "chrGreek", "chrHbrw", "chrRuss", "chrH32"];
    deepEqual(await Promise.all(names.map(family)), [
      "قباني",
      "Buc",
      "Äneas",
      "Διονυσιος",
      "שרון",
      "Люкceмбypг",
      "ﾔﾏﾀﾞ",
    ]);
  });

  it("reads all of them, and refuses only what is damaged", async () => {
    const refused: string[] = [];
    for await (const { name: set } of Deno.readDir(folder)) {
      for await (const { name } of Deno.readDir(new URL(`${set}/`, folder))) {
        const parts = await readDicom(await bytesOf(`${set}/${name}`));
        if ("reason" in parts) refused.push(name);
      }
    }
    deepEqual(refused.sort(), ["test_files_MR_truncated.dcm", "test_files_no_meta.dcm"]);
  });
});
