/**
 * Turns the values of a frame into a picture for eyes (PS3.3, C.7.6.3 and C.11): modality and VOI
 * transformation, window, palette, colour. Answers 8-bit grey or RGB.
 */
import type { Frame, Samples } from "./codecs.ts";
import { type Dataset, itemsOf, undecodable } from "./parsing.ts";
import { groupsOf, type Picture } from "./pixels.ts";
import { bytesOf, first, number, numbersOf } from "./values.ts";

export type Window = { center: number; width: number };
export type Raster = { width: number; height: number; channels: 1 | 3; pixels: Uint8Array };

/** `asked` is in the units that the file displays, such as Hounsfield's. @throws DicomRefusal */
export function render(picture: Picture, index: number, frame: Frame, asked?: Window): Raster {
  const size = { width: picture.columns, height: picture.rows };
  const { photometric } = frame;
  if (photometric === "PALETTE COLOR") {
    return { ...size, channels: 3, pixels: coloured(picture, frame.samples) };
  }
  if (picture.samples === 1) {
    return { ...size, channels: 1, pixels: grey(picture, index, frame, asked) };
  }
  if (picture.samples !== 3) throw undecodable(`${photometric} is not shown.`);
  const rgb = toBytes(frame);
  if (photometric.startsWith("YBR")) fromYbr(rgb);
  return { ...size, channels: 3, pixels: rgb };
}

function toBytes({ samples, bitsStored }: Frame): Uint8Array {
  if (samples instanceof Uint8Array) return samples;
  const shift = Math.max(0, bitsStored - 8);
  return Uint8Array.from(samples as Uint16Array, (value) => value >> shift);
}

/** ITU-R BT.601, full range. */
function fromYbr(pixels: Uint8Array): void {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  for (let at = 0; at < pixels.byteLength; at += 3) {
    const y = pixels[at]!;
    const blue = pixels[at + 1]! - 128;
    const red = pixels[at + 2]! - 128;
    clamped[at] = y + 1.402 * red;
    clamped[at + 1] = y - 0.344136 * blue - 0.714136 * red;
    clamped[at + 2] = y + 1.772 * blue;
  }
}

type Table = { first: number; values: number[]; bits: number };

/** A look-up table: its size, first value and depth stand in the descriptor. */
function tableOf(
  item: Dataset | undefined,
  descriptorTag: number,
  dataTag: number,
  isSigned: boolean,
) {
  const descriptor = numbersOf(item, descriptorTag, isSigned ? "SS" : "US");
  const raw = bytesOf(item, dataTag);
  if (!raw || raw.byteLength === 0 || descriptor.length < 3) return undefined;
  const size = (descriptor[0]! & 0xffff) || 65_536;
  const bits = descriptor[2]! & 0xff;
  const words = numbersOf(item, dataTag, "US");
  const isPacked = raw.byteLength < size * 2;
  return {
    first: descriptor[1]!,
    values: isPacked ? [...raw.subarray(0, size)] : words.slice(0, size),
    // Eight bits are often said of tables that hold sixteen.
    bits: isPacked ? 8 : bits === 0 ? 16 : bits,
  };
}

const SEGMENT_VALUES_MAX = 65_536;

/** Runs of values, of slopes, and of both again by reference (PS3.3, C.7.9.2). */
function segmentedTableOf(
  item: Dataset,
  descriptorTag: number,
  dataTag: number,
  isSigned: boolean,
): Table | undefined {
  const descriptor = numbersOf(item, descriptorTag, isSigned ? "SS" : "US");
  const words = numbersOf(item, dataTag, "US");
  if (descriptor.length < 3 || words.length === 0) return undefined;
  const values: number[] = [];
  let place = 0;
  const run = () => {
    const [code, length] = [words[place]!, words[place + 1] ?? 0];
    place += 2;
    if (values.length + length > SEGMENT_VALUES_MAX) throw undecodable("The palette is too long.");
    if (code === 0) {
      for (let left = length; left > 0; left--) values.push(words[place++] ?? 0);
    } else if (code === 1) {
      const from = values.at(-1) ?? 0;
      const to = words[place++] ?? 0;
      for (let step = 1; step <= length; step++) {
        values.push(Math.round(from + (to - from) * step / length));
      }
    } else if (code === 2) {
      const back = place + 2;
      place = ((words[place] ?? 0) + (words[place + 1] ?? 0) * 65_536) / 2;
      for (let left = length; left > 0 && words[place]! < 2; left--) run();
      place = back;
    } else throw undecodable("The palette is of an unknown form.");
  };
  while (place < words.length) run();
  return { first: descriptor[1]!, values, bits: 16 };
}

const at = ({ first, values }: Table, value: number) =>
  values[Math.min(Math.max(Math.round(value) - first, 0), values.length - 1)]!;

function coloured(picture: Picture, samples: Samples): Uint8Array {
  const { dataset, isSigned } = picture;
  const tables = [0, 1, 2].map((channel) => {
    const table = tableOf(dataset, 0x00281101 + channel, 0x00281201 + channel, isSigned) ??
      segmentedTableOf(dataset, 0x00281101 + channel, 0x00281221 + channel, isSigned);
    if (!table) throw undecodable("The palette of the picture is missing.");
    const high = table.values.reduce((most, value) => Math.max(most, value), 0);
    return { ...table, shift: high > 255 ? 8 : 0 };
  });
  const out = new Uint8Array(samples.length * 3);
  for (let pixel = 0; pixel < samples.length; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const table = tables[channel]!;
      out[pixel * 3 + channel] = at(table, samples[pixel]!) >> table.shift;
    }
  }
  return out;
}

/** From a stored value to the one that the file means: a table, or slope and intercept. */
function modalityOf(groups: Dataset[], isSigned: boolean): (stored: number) => number {
  for (const group of groups) {
    const table = tableOf(itemsOf(group, 0x00283000)[0], 0x00283002, 0x00283006, isSigned);
    if (table) return (stored) => at(table, stored);
    const source = itemsOf(group, 0x00289145)[0] ?? group;
    const slope = number(source, 0x00281053);
    const intercept = number(source, 0x00281052);
    if (slope !== undefined || intercept !== undefined) {
      return (stored) => stored * (slope || 1) + (intercept ?? 0);
    }
  }
  return (stored) => stored;
}

/** From the file's values to 0…1. */
function windowFunction({ center, width }: Window, kind: string | undefined) {
  if (kind === "SIGMOID") {
    return (value: number) => 1 / (1 + Math.exp(-4 * (value - center) / width));
  }
  if (kind === "LINEAR_EXACT") return (value: number) => (value - center) / width + 0.5;
  // C.11.2.1.2.1: a width of 1 is a threshold.
  return (value: number) =>
    width <= 1 ? (value > center - 0.5 ? 1 : 0) : (value - (center - 0.5)) / (width - 1) + 0.5;
}

function voiOf(
  groups: Dataset[],
  asked: Window | undefined,
): ((value: number) => number) | undefined {
  for (const group of groups) {
    const source = itemsOf(group, 0x00289132)[0] ?? group;
    const kind = first(source, 0x00281056);
    if (asked) return windowFunction(asked, kind);
    const center = number(source, 0x00281050);
    const width = number(source, 0x00281051);
    if (center !== undefined && width !== undefined && width > 0) {
      return windowFunction({ center, width }, kind);
    }
    const table = tableOf(itemsOf(group, 0x00283010)[0], 0x00283002, 0x00283006, true);
    if (table) {
      const most = table.values.reduce((high, value) => Math.max(high, value), 1);
      return (value) => at(table, value) / most;
    }
  }
  return undefined;
}

function grey(picture: Picture, index: number, frame: Frame, asked?: Window): Uint8Array {
  const { samples } = frame;
  const groups = groupsOf(picture, index);
  const modality = modalityOf(groups, picture.isSigned);
  const voi = voiOf(groups, asked) ?? wholeRange(picture, samples, modality);
  const isInverted = frame.photometric === "MONOCHROME1";
  const shade = (stored: number) => {
    const share = Math.min(Math.max(voi(modality(stored)), 0), 1);
    return Math.round((isInverted ? 1 - share : share) * 255);
  };
  const out = new Uint8Array(samples.length);
  if (samples.BYTES_PER_ELEMENT === 4) {
    for (let pixel = 0; pixel < samples.length; pixel++) out[pixel] = shade(samples[pixel]!);
    return out;
  }
  // Pixels are many, values are few: each is computed once.
  const shades = new Int16Array(65_536).fill(-1);
  for (let pixel = 0; pixel < samples.length; pixel++) {
    const stored = samples[pixel]!;
    const key = stored & 0xffff;
    if (shades[key] === -1) shades[key] = shade(stored);
    out[pixel] = shades[key]!;
  }
  return out;
}

/** Without a window: from the least to the greatest value, padding left out. */
function wholeRange(picture: Picture, samples: Samples, modality: (stored: number) => number) {
  const padding = number(picture.dataset, 0x00280120, picture.isSigned ? "SS" : "US");
  let least = Infinity;
  let most = -Infinity;
  for (let pixel = 0; pixel < samples.length; pixel++) {
    const stored = samples[pixel]!;
    if (stored === padding) continue;
    if (stored < least) least = stored;
    if (stored > most) most = stored;
  }
  const low = modality(least);
  const span = modality(most) - low;
  return (value: number) => Number.isFinite(span) && span !== 0 ? (value - low) / span : 0;
}
