/** What a DICOM file says about its picture, and its frames as numbers or colours. */
import dicomParser, { type DataSet } from "dicom-parser";
import { decodeLossless } from "./jpeg_lossless.ts";
import { decodeRle } from "./rle.ts";

export type Window = { center: number; width: number };

export type DicomImage = {
  data: DataSet;
  rows: number;
  columns: number;
  frames: number;
  samples: number;
  bitsAllocated: number;
  bitsStored: number;
  isSigned: boolean;
  isPlanar: boolean;
  photometric: string;
  slope: number;
  intercept: number;
  windows: Window[];
  modality: string;
  syntax: string;
};

/** Values in the units of the modality (Hounsfield for CT), or colours ready to draw. */
export type Frame =
  | { kind: "gray"; values: Float32Array; min: number; max: number }
  | { kind: "color"; rgba: Uint8ClampedArray<ArrayBuffer> };

/** The file is sound but its compression is none of ours. */
export class UnsupportedSyntax extends Error {
  override name = "UnsupportedSyntax";
}

const IMPLICIT = "1.2.840.10008.1.2";
const syntaxNames: Record<string, string> = {
  [IMPLICIT]: "Implicit VR Little Endian",
  "1.2.840.10008.1.2.1": "Explicit VR Little Endian",
  "1.2.840.10008.1.2.1.99": "Deflated Little Endian",
  "1.2.840.10008.1.2.2": "Explicit VR Big Endian",
  "1.2.840.10008.1.2.4.50": "JPEG Baseline",
  "1.2.840.10008.1.2.4.51": "JPEG Extended",
  "1.2.840.10008.1.2.4.57": "JPEG Lossless",
  "1.2.840.10008.1.2.4.70": "JPEG Lossless SV1",
  "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
  "1.2.840.10008.1.2.4.81": "JPEG-LS",
  "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
  "1.2.840.10008.1.2.4.91": "JPEG 2000",
  "1.2.840.10008.1.2.4.201": "HTJ2K Lossless",
  "1.2.840.10008.1.2.5": "RLE Lossless",
};
export const syntaxName = (uid: string): string => syntaxNames[uid] ?? uid;

const UNCOMPRESSED = new Set([
  IMPLICIT,
  "1.2.840.10008.1.2.1",
  "1.2.840.10008.1.2.2",
  "1.2.840.10008.1.2.1.99",
]);
const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const RLE = "1.2.840.10008.1.2.5";
const LOSSLESS = new Set(["1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"]);
const BROWSER_JPEG = new Set(["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"]);
const PIXELS_MAX = 64_000_000;

const charsets: Record<string, string> = {
  "ISO_IR 100": "windows-1252",
  "ISO_IR 101": "iso-8859-2",
  "ISO_IR 144": "iso-8859-5",
  "ISO_IR 126": "iso-8859-7",
  "ISO_IR 148": "iso-8859-9",
  "ISO_IR 13": "shift_jis",
  "ISO_IR 192": "utf-8",
  GB18030: "gb18030",
  GBK: "gbk",
};

/** A text of the data set in the characters that the file says it uses. */
export function textOf(data: DataSet, tag: string): string {
  const element = data.elements[tag];
  if (!element || element.length <= 0) return "";
  const named = (data.string("x00080005") ?? "").split("\\").at(-1)!.trim();
  const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  const text = new TextDecoder(charsets[named] ?? "windows-1252").decode(bytes);
  // deno-lint-ignore no-control-regex
  return text.replace(/[\0-\x1f\x7f]+/g, " ").trim();
}

/** "Okafor^Ada^^Mrs" as it would be said. */
export function personOf(value: string): string {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = value.split("=")[0]!
    .split("^");
  const name = [prefix, given, middle].filter(Boolean).join(" ");
  return [[family, name].filter(Boolean).join(", "), suffix].filter(Boolean).join(" ");
}

const numbers = (data: DataSet, tag: string): number[] =>
  (data.string(tag) ?? "").split("\\").map(Number.parseFloat).filter(Number.isFinite);

/** @throws when the bytes are no DICOM file. */
export function readDicom(bytes: Uint8Array): DataSet {
  return dicomParser.parseDicom(bytes);
}

/** Undefined when the file holds no picture. */
export function imageOf(data: DataSet): DicomImage | undefined {
  const rows = data.uint16("x00280010") ?? 0;
  const columns = data.uint16("x00280011") ?? 0;
  if (!data.elements.x7fe00010 || rows * columns === 0 || rows * columns > PIXELS_MAX) {
    return undefined;
  }
  const centers = numbers(data, "x00281050");
  const widths = numbers(data, "x00281051");
  return {
    data,
    rows,
    columns,
    frames: Math.max(Number.parseInt(data.string("x00280008") ?? "1", 10) || 1, 1),
    samples: data.uint16("x00280002") ?? 1,
    bitsAllocated: data.uint16("x00280100") ?? 16,
    bitsStored: data.uint16("x00280101") ?? data.uint16("x00280100") ?? 16,
    isSigned: data.uint16("x00280103") === 1,
    isPlanar: data.uint16("x00280006") === 1,
    photometric: (data.string("x00280004") ?? "MONOCHROME2").trim(),
    slope: numbers(data, "x00281053")[0] ?? 1,
    intercept: numbers(data, "x00281052")[0] ?? 0,
    windows: centers.flatMap((center, at) =>
      (widths[at] ?? 0) >= 1 ? [{ center, width: widths[at]! }] : []
    ),
    modality: (data.string("x00080060") ?? "").trim(),
    syntax: (data.string("x00020010") ?? IMPLICIT).trim(),
  };
}

/** How many bytes an uncompressed frame takes. */
function frameBytes(image: DicomImage): number {
  const pixels = image.rows * image.columns;
  if (image.photometric === "YBR_FULL_422") return pixels * 2 * image.bitsAllocated / 8;
  return pixels * image.samples * image.bitsAllocated / 8;
}

type Raw = { values: ArrayLike<number>; isPlanar: boolean };

function uncompressed(image: DicomImage, at: number): Raw {
  const { byteArray, elements } = image.data;
  const length = Math.ceil(frameBytes(image));
  const from = elements.x7fe00010!.dataOffset + at * length;
  const bytes = byteArray.slice(from, from + length);
  if (bytes.length < length) throw new RangeError("the pixels end too early");
  const { isPlanar, bitsAllocated } = image;
  if (bitsAllocated === 8) return { values: bytes, isPlanar };
  if (bitsAllocated === 1) {
    const pixels = image.rows * image.columns;
    return {
      values: Uint8Array.from({ length: pixels }, (_, n) => (bytes[n >> 3]! >> (n & 7)) & 1),
      isPlanar,
    };
  }
  if (bitsAllocated !== 16) throw new UnsupportedSyntax(`${bitsAllocated} bits`);
  if (image.syntax === BIG_ENDIAN) {
    for (let n = 0; n + 1 < bytes.length; n += 2) {
      [bytes[n], bytes[n + 1]] = [bytes[n + 1]!, bytes[n]!];
    }
  }
  return { values: new Uint16Array(bytes.buffer, 0, length >> 1), isPlanar };
}

function compressed({ data, frames, syntax }: DicomImage, at: number): Uint8Array<ArrayBuffer> {
  const element = data.elements.x7fe00010!;
  const fragments = element.fragments ?? [];
  const table = element.basicOffsetTable ?? [];
  const copy = (bytes: ArrayLike<number>) => new Uint8Array(bytes);
  if (frames === 1) {
    return copy(
      dicomParser.readEncapsulatedPixelDataFromFragments(data, element, 0, fragments.length),
    );
  }
  if (table.length === 0) {
    if (fragments.length !== frames) throw new UnsupportedSyntax(syntaxName(syntax));
    return copy(dicomParser.readEncapsulatedPixelDataFromFragments(data, element, at, 1));
  }
  return copy(dicomParser.readEncapsulatedImageFrame(data, element, at));
}

/** Browsers decode 8-bit JPEG by themselves. */
async function byBrowser(bytes: Uint8Array<ArrayBuffer>, syntax: string): Promise<ImageData> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  } catch {
    // Twelve bits, most likely.
    throw new UnsupportedSyntax(syntaxName(syntax));
  }
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

export async function frameOf(image: DicomImage, at: number): Promise<Frame> {
  const { syntax, samples } = image;
  const pixels = image.rows * image.columns;
  if (UNCOMPRESSED.has(syntax)) return toFrame(image, uncompressed(image, at));
  if (syntax === RLE) {
    const shape = { pixels, samples, bytesPerSample: image.bitsAllocated / 8 };
    return toFrame(image, { values: decodeRle(compressed(image, at), shape), isPlanar: true });
  }
  if (LOSSLESS.has(syntax)) {
    const decoded = decodeLossless(compressed(image, at));
    if (decoded.width !== image.columns || decoded.height !== image.rows) {
      throw new RangeError("the picture has another size than the file says");
    }
    return toFrame(image, { values: decoded.samples, isPlanar: false });
  }
  if (BROWSER_JPEG.has(syntax)) {
    const { data, width, height } = await byBrowser(compressed(image, at), syntax);
    if (samples > 1) return { kind: "color", rgba: data };
    if (width * height !== pixels) {
      throw new RangeError("the picture has another size than the file says");
    }
    return toFrame(image, { values: data.filter((_, n) => n % 4 === 0), isPlanar: false });
  }
  throw new UnsupportedSyntax(syntaxName(syntax));
}

export function toFrame(image: DicomImage, { values, isPlanar }: Raw): Frame {
  if (image.photometric === "PALETTE COLOR") return paletteFrame(image, values);
  if (image.samples >= 3) return colorFrame(image, values, isPlanar);
  const { slope, intercept, bitsStored, isSigned } = image;
  const pixels = image.rows * image.columns;
  const out = new Float32Array(pixels);
  const unused = 32 - bitsStored;
  let [min, max] = [Infinity, -Infinity];
  for (let n = 0; n < pixels; n++) {
    // Overlays may hide in the bits above those stored.
    const stored = isSigned ? (values[n]! << unused) >> unused : (values[n]! << unused) >>> unused;
    const value = stored * slope + intercept;
    out[n] = value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { kind: "gray", values: out, min, max };
}

/** PS3.3 C.7.6.3.1.2; the three samples of pixel `n`, wherever they stand. */
function colorFrame(image: DicomImage, values: ArrayLike<number>, isPlanar: boolean): Frame {
  const pixels = image.rows * image.columns;
  const rgba = new Uint8ClampedArray(pixels * 4);
  const isLuma = image.photometric.startsWith("YBR");
  const isHalved = image.photometric === "YBR_FULL_422" && values.length === pixels * 2;
  const shift = Math.max(image.bitsStored - 8, 0);
  for (let n = 0; n < pixels; n++) {
    const pair = (n >> 1) * 4;
    const a = (isHalved ? values[pair + (n & 1)]! : isPlanar ? values[n]! : values[n * 3]!) >>
      shift;
    const b =
      (isHalved ? values[pair + 2]! : isPlanar ? values[pixels + n]! : values[n * 3 + 1]!) >> shift;
    const c =
      (isHalved ? values[pair + 3]! : isPlanar ? values[pixels * 2 + n]! : values[n * 3 + 2]!) >>
      shift;
    const to = n * 4;
    rgba[to] = isLuma ? a + 1.402 * (c - 128) : a;
    rgba[to + 1] = isLuma ? a - 0.344136 * (b - 128) - 0.714136 * (c - 128) : b;
    rgba[to + 2] = isLuma ? a + 1.772 * (b - 128) : c;
    rgba[to + 3] = 255;
  }
  return { kind: "color", rgba };
}

function paletteFrame(image: DicomImage, values: ArrayLike<number>): Frame {
  const { data } = image;
  const pixels = image.rows * image.columns;
  const [length, first, bits] = [0, 1, 2].map((n) => data.uint16("x00281101", n) ?? 0);
  const entries = length === 0 ? 65536 : length!;
  const tables = ["x00281201", "x00281202", "x00281203"].map((tag) => {
    const element = data.elements[tag];
    if (!element) throw new RangeError("a palette is missing");
    const isWide = element.length >= entries * 2;
    return Uint8Array.from({ length: entries }, (_, n) => {
      if (!isWide) return data.byteArray[element.dataOffset + n] ?? 0;
      const value = data.uint16(tag, n) ?? 0;
      return bits === 16 ? value >> 8 : value;
    });
  });
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let n = 0; n < pixels; n++) {
    const entry = Math.min(Math.max(values[n]! - first!, 0), entries - 1);
    tables.forEach((table, channel) => rgba[n * 4 + channel] = table[entry]!);
    rgba[n * 4 + 3] = 255;
  }
  return { kind: "color", rgba };
}

/** A window that shows everything there is. */
export const fullWindow = ({ min, max }: { min: number; max: number }): Window => ({
  center: (min + max) / 2,
  width: Math.max(max - min, 1),
});

/** PS3.3 C.11.2.1.2: from `center` and `width` to what a screen shows. */
export function draw(
  frame: Frame,
  { center, width }: Window,
  isInverted: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  if (frame.kind === "color") {
    if (!isInverted) return frame.rgba;
    return frame.rgba.map((value, n) => n % 4 === 3 ? value : 255 - value);
  }
  const { values } = frame;
  const rgba = new Uint8ClampedArray(values.length * 4);
  const pixels = new Uint32Array(rgba.buffer);
  const low = center - 0.5 - (width - 1) / 2;
  const scale = 255 / Math.max(width - 1, 1);
  for (let n = 0; n < values.length; n++) {
    let gray = (values[n]! - low) * scale;
    gray = gray < 0 ? 0 : gray > 255 ? 255 : Math.round(gray);
    if (isInverted) gray = 255 - gray;
    pixels[n] = 0xff000000 | gray << 16 | gray << 8 | gray;
  }
  return rgba;
}
