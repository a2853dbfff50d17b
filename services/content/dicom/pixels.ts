/** The picture inside a data set: its shape, and where the bytes of each frame are. */
import { inflateRawSync } from "node:zlib";
import { broken, type Dataset, type DicomFile, itemsOf, undecodable } from "./parsing.ts";
import { first, number } from "./values.ts";

/** Of one frame. The largest detectors make 50; whole slides come in tiles. */
export const FRAME_PIXELS_MAX = 100_000_000;
/** Decoders need several times as much memory as the samples they make. */
export const COMPRESSED_SAMPLES_MAX = 36_000_000;
export const FRAMES_MAX = 100_000;
/** No codec here packs pixels more tightly; what claims to be is a lie about its size. */
const PIXELS_PER_BYTE_MAX = 65_536;

const PIXEL_DATA = 0x7fe00010;

export type Shape = {
  rows: number;
  columns: number;
  frames: number;
  samples: number;
  bitsAllocated: number;
  bitsStored: number;
  isSigned: boolean;
  isPlanar: boolean;
  photometric: string;
};

export type Picture = Shape & {
  dataset: Dataset;
  transferSyntax: string;
  /** Why it is not decoded, though the file is whole. */
  obstacle: string | undefined;
};

/** Undefined when the file is of a kind without a picture. @throws DicomRefusal */
export function pictureOf({ dataset, transferSyntax }: DicomFile): Picture | undefined {
  if (!dataset.elements.has(PIXEL_DATA)) return undefined;
  if (!dataset.elements.has(0x00280010) && !dataset.elements.has(0x00280011)) return undefined;
  const size = (tag: number) => number(dataset, tag, "US") ?? 0;
  const bitsAllocated = size(0x00280100);
  const shape: Shape = {
    rows: size(0x00280010),
    columns: size(0x00280011),
    frames: Math.max(1, Math.trunc(number(dataset, 0x00280008) ?? 1)),
    samples: number(dataset, 0x00280002, "US") ?? 1,
    bitsAllocated,
    bitsStored: Math.min(size(0x00280101) || bitsAllocated, bitsAllocated),
    isSigned: size(0x00280103) === 1,
    isPlanar: size(0x00280006) === 1,
    photometric: (first(dataset, 0x00280004) ?? "MONOCHROME2").toUpperCase(),
  };
  return {
    ...shape,
    dataset,
    transferSyntax,
    obstacle: obstacleOf(shape, dataset, transferSyntax),
  };
}

export const isEncapsulated = ({ dataset }: Picture) =>
  dataset.elements.get(PIXEL_DATA)!.fragments !== undefined;

/** Before anything is allocated: does the picture that is claimed fit into the bytes there are? */
function obstacleOf(
  shape: Shape,
  dataset: Dataset,
  transferSyntax: string,
): string | undefined {
  const { rows, columns, frames, samples, bitsAllocated } = shape;
  if (rows < 1 || columns < 1) throw broken("The picture has no rows or columns.");
  if (![1, 8, 16, 32].includes(bitsAllocated) || ![1, 3, 4].includes(samples)) {
    return `Pixels of ${samples} times ${bitsAllocated} bits are not shown.`;
  }
  if (frames > FRAMES_MAX) throw broken("The picture claims more frames than can be read.");
  const element = dataset.elements.get(PIXEL_DATA)!;
  const present = element.fragments
    ? element.fragments.reduce((sum, { length }) => sum + length, 0)
    : element.length;
  const claimed = element.fragments
    ? rows * columns * frames / PIXELS_PER_BYTE_MAX
    : frameBits(shape) * frames / 8;
  // One byte less is a writer that left the padding to an even length out.
  if (claimed > present + 1 || (dataset.cut === element && !element.fragments)) {
    throw broken("The pixel data end before the picture does.");
  }
  const isTooLarge = rows * columns > FRAME_PIXELS_MAX ||
    (element.fragments !== undefined && rows * columns * samples > COMPRESSED_SAMPLES_MAX);
  if (isTooLarge) {
    return `A frame of ${columns} × ${rows} pixels is too large to be shown.`;
  }
  if (!element.fragments && transferSyntax.startsWith("1.2.840.10008.1.2.4.")) {
    throw broken("The pixel data are not in fragments.");
  }
  return undefined;
}

function frameBits({ rows, columns, samples, bitsAllocated, photometric }: Shape): number {
  const perPixel = photometric === "YBR_FULL_422" ? 2 : samples;
  return rows * columns * perPixel * bitsAllocated;
}

/** The bytes of frame `index`, from 0; native ones aligned to a byte. @throws DicomRefusal */
export function frameBytes(picture: Picture, index: number): Uint8Array {
  const { dataset, frames, obstacle } = picture;
  if (obstacle !== undefined) throw undecodable(obstacle);
  if (index < 0 || index >= frames) throw broken("The picture has no such frame.");
  const element = dataset.elements.get(PIXEL_DATA)!;
  const { bytes } = dataset;
  if (element.fragments) return encapsulated(picture, element.fragments, index);
  const bits = frameBits(picture);
  const from = element.at * 8 + bits * index;
  if (bits % 8 === 0) return bytes.subarray(from / 8, from / 8 + bits / 8);
  // Frames of single bits follow each other without a gap.
  const out = new Uint8Array(Math.ceil(bits / 8));
  for (let bit = 0; bit < bits; bit++) {
    const at = from + bit;
    if ((bytes[at >> 3]! >> (at & 7)) & 1) out[bit >> 3]! |= 1 << (bit & 7);
  }
  return out;
}

type Fragment = { at: number; length: number };

function encapsulated(picture: Picture, fragments: Fragment[], index: number): Uint8Array {
  const { dataset: { bytes }, frames } = picture;
  const [table, ...data] = fragments;
  if (!table || data.length === 0) throw broken("The pixel data hold no fragments.");
  const own = data.length === frames
    ? [data[index]!]
    : frames === 1
    ? data
    : byOffsets(picture, table, data, index) ?? byMarkers(bytes, data, index);
  if (own.length === 0) throw broken("The pixel data end before this frame.");
  return joined(bytes, own);
}

/** By the basic or the extended offset table (PS3.5, A.4). */
function byOffsets({ dataset, frames }: Picture, table: Fragment, data: Fragment[], index: number) {
  const extended = dataset.elements.get(0x7fe00001);
  const source = extended ?? table;
  const width = extended ? 8 : 4;
  if (source.length < frames * width) return undefined;
  const view = new DataView(dataset.bytes.buffer, dataset.bytes.byteOffset + source.at);
  const offset = (at: number) =>
    extended ? Number(view.getBigUint64(at * 8, true)) : view.getUint32(at * 4, true);
  const origin = data[0]!.at - 8;
  const start = offset(index);
  const end = index + 1 < frames ? offset(index + 1) : Infinity;
  const own = data.filter(({ at }) => at - 8 - origin >= start && at - 8 - origin < end);
  return own.length > 0 ? own : undefined;
}

/** Without a table a frame begins where a codestream does. */
function byMarkers(bytes: Uint8Array, data: Fragment[], index: number): Fragment[] {
  let frame = -1;
  return data.filter(({ at }) => {
    const isStart = bytes[at] === 0xff && (bytes[at + 1] === 0xd8 || bytes[at + 1] === 0x4f);
    if (isStart || frame === -1) frame++;
    return frame === index;
  });
}

function joined(bytes: Uint8Array, parts: Fragment[]): Uint8Array {
  if (parts.length === 1) return bytes.subarray(parts[0]!.at, parts[0]!.at + parts[0]!.length);
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const { at, length } of parts) {
    whole.set(bytes.subarray(at, at + length), filled);
    filled += length;
  }
  return whole;
}

/** A frame that was deflated by itself (1.2.840.10008.1.2.8.1). */
export function inflateFrame(bytes: Uint8Array, picture: Picture): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.ceil(frameBits(picture) / 8) + 2 });
  } catch {
    throw broken("A deflated frame is damaged.");
  }
}

/** Window centre and width, slope and intercept stand in the frame's functional groups or in the data set. */
export function groupsOf({ dataset }: Picture, index: number): Dataset[] {
  return [itemsOf(dataset, 0x52009230)[index], itemsOf(dataset, 0x52009229)[0], dataset]
    .filter((group) => group !== undefined);
}
