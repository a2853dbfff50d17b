import { deepEqual, equal, match, ok } from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { describe, it } from "@std/testing/bdd";
import sharp from "sharp";
import type { Parts } from "../ingestion/model.ts";
import { fixtures } from "../fixtures.ts";
import denoJson from "../../../deno.json" with { type: "json" };
import { IMAGE_ENGINE, readImage } from "./images.ts";

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#3a7" } });

async function ready(bytes: Uint8Array): Promise<Extract<Parts, { text: string }>> {
  const parts = await readImage(bytes);
  ok("text" in parts, JSON.stringify(parts));
  return parts;
}
async function refused(bytes: Uint8Array): Promise<string> {
  const parts = await readImage(bytes);
  ok("reason" in parts, "was read");
  return parts.reason;
}

/** A PNG of one colour, of any size, in a few bytes per million pixels. */
function png(width: number, height: number, rows = height): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.byteLength);
    new DataView(bytes.buffer).setUint32(0, data.byteLength);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    new DataView(bytes.buffer).setUint32(8 + data.byteLength, crc32(bytes.subarray(4, -4)));
    return bytes;
  };
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([1, 0, 0, 0, 0], 8);
  const data = deflateSync(new Uint8Array(rows * (1 + Math.ceil(width / 8))));
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...chunk("IDAT", data),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

/** Overwrites the pixels of a page of a TIFF (6.0, section 2: its directories are a chain). */
function spoilPage(bytes: Uint8Array, page: number): void {
  const view = new DataView(bytes.buffer);
  const isLittle = bytes[0] === 0x49;
  const OFFSETS = 273;
  let at = view.getUint32(4, isLittle);
  const end = () => at + 2 + view.getUint16(at, isLittle) * 12;
  for (let left = page; left > 0; left--) at = view.getUint32(end(), isLittle);
  for (let entry = at + 2; entry < end(); entry += 12) {
    if (view.getUint16(entry, isLittle) !== OFFSETS) continue;
    const count = view.getUint32(entry + 4, isLittle);
    const value = view.getUint32(entry + 8, isLittle);
    for (let strip = 0; strip < count; strip++) {
      const from = count === 1 ? value : view.getUint32(value + strip * 4, isLittle);
      bytes.fill(0xff, from, from + 16);
    }
  }
}

describe("readImage", () => {
  it("names the library in its pinned version", () => {
    equal(denoJson.imports.sharp, `npm:sharp@${IMAGE_ENGINE.engineVersion}`);
  });

  it("makes a thumbnail of every format that it reads", async () => {
    const formats = {
      png: await plain(600, 300).png().toBuffer(),
      jpeg: await plain(600, 300).jpeg().toBuffer(),
      gif: await plain(600, 300).gif().toBuffer(),
      webp: await plain(600, 300).webp().toBuffer(),
      tiff: await plain(600, 300).tiff().toBuffer(),
    };
    for (const [format, bytes] of Object.entries(formats)) {
      const { structure, renditions } = await ready(bytes);
      deepEqual(
        [renditions![0]!.name, renditions![0]!.width, renditions![0]!.height],
        ["thumbnail", 300, 150],
        format,
      );
      const { exif: _, ...facts } = structure as Record<string, unknown>;
      deepEqual(facts, { format, width: 600, height: 300, pages: 1, hasAlpha: format === "gif" });
    }
    equal((await ready(fixtures.png())).renditions![0]!.width, 1);
  });

  it("reads what a camera wrote, and turns the thumbnail upright", async () => {
    const bytes = await plain(400, 200).withExif({
      IFD0: {
        Make: "Harbour",
        Model: "Dermatoscope 2",
        Artist: "Nurse Adeyemi",
        ImageDescription: "Naevus, left forearm",
      },
      IFD2: { DateTimeOriginal: "2026:01:05 09:30:00" },
    }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { text, author, structure, renditions } = await ready(bytes);
    ok(text.includes("Naevus, left forearm"), text);
    equal(author, "Nurse Adeyemi");
    const { exif } = structure as { exif: Record<string, unknown> };
    deepEqual([exif["camera"], exif["takenAt"]], ["Harbour Dermatoscope 2", "2026-01-05T09:30:00"]);
    deepEqual([renditions![0]!.width, renditions![0]!.height], [150, 300]);
  });

  describe("of a fax", () => {
    const fax = async (pages: number) => {
      const sheets = await Promise.all(
        Array.from({ length: pages }, () => plain(200, 300).png().toBuffer()),
      );
      const fax = sharp(sheets, { join: { animated: true } }).tiff({ compression: "deflate" });
      return new Uint8Array(await fax.toBuffer());
    };
    const read = async (bytes: Uint8Array, scansMs?: number) => {
      const parts = await readImage(bytes, true, scansMs);
      ok("text" in parts, JSON.stringify(parts));
      return { scans: parts.scans?.length, cut: parts.cut, thumbnail: parts.renditions?.[0]?.name };
    };

    it("leaves out a damaged page, keeps the others, and says so", async () => {
      const bytes = await fax(3);
      deepEqual(await read(bytes), { scans: 3, cut: undefined, thumbnail: "thumbnail" });
      spoilPage(bytes, 1);
      deepEqual(await read(bytes), { scans: 2, cut: ["text"], thumbnail: "thumbnail" });
    });

    it("leaves out pages for which there is no time, or which are too many", async () => {
      deepEqual(await read(await fax(2), 0), { scans: 0, cut: ["text"], thumbnail: "thumbnail" });
      deepEqual(await read(await fax(11)), { scans: 10, cut: ["text"], thumbnail: "thumbnail" });
    });
  });

  it("says of a bitmap what its header says, and that it shows none", async () => {
    const bytes = new Uint8Array(60);
    bytes.set([0x42, 0x4d]);
    const view = new DataView(bytes.buffer);
    view.setUint32(14, 40, true);
    view.setInt32(18, 20, true);
    view.setInt32(22, -10, true);
    const { structure, renditions } = await ready(bytes);
    deepEqual(structure, { format: "bmp", width: 20, height: 10, pages: 1, hasThumbnail: false });
    equal(renditions, undefined);
  });

  it("refuses pictures that claim too much, or are none", async () => {
    match(await refused(png(60_000, 60_000, 1)), /more pixels/);
    match(await refused(png(1_000_000, 1_000_000, 0)), /./);
    const jpeg = await plain(300, 300).jpeg().toBuffer();
    for (const bytes of [new Uint8Array(0), new Uint8Array(100), jpeg.subarray(0, 40)]) {
      match(await refused(bytes), /not a readable image/);
    }
  });

  it("reads a large picture of few bytes within its limits", async () => {
    const { renditions } = await ready(png(8_000, 8_000));
    equal(renditions![0]!.width, 300);
  });

  it("reads or refuses whatever bytes are changed", async () => {
    let state = 20_260_105;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 8) % below;
    };
    for (
      const whole of [await plain(64, 64).png().toBuffer(), await plain(64, 64).tiff().toBuffer()]
    ) {
      for (let round = 0; round < 150; round++) {
        const bytes = new Uint8Array(whole);
        for (let count = 1 + random(8); count > 0; count--) {
          bytes[random(bytes.byteLength)] = random(256);
        }
        const parts = await readImage(bytes);
        ok("reason" in parts || parts.renditions !== undefined || bytes[0] === 0x42);
      }
    }
  });
});
