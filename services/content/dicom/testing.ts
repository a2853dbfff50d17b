/** A small DICOM writer: every encoding that the reader knows, for tests. All people are invented. */
import { deflateRawSync } from "node:zlib";

export type Value = string | number[] | Uint8Array | Item[] | { fragments: Uint8Array[] };
export type Item = [tag: number, vr: string, value: Value][];

type Encoding = {
  explicit?: boolean;
  little?: boolean;
  /** Sequences and items with delimiters, not lengths. */
  open?: boolean;
};

const LONG = new Set(["OB", "OW", "OF", "SQ", "UC", "UN", "UR", "UT"]);

const concat = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
};

function number(value: number, width: 2 | 4, little: boolean): Uint8Array {
  const bytes = new Uint8Array(width);
  const view = new DataView(bytes.buffer);
  if (width === 2) view.setUint16(0, value, little);
  else view.setUint32(0, value, little);
  return bytes;
}

const tagBytes = (tag: number, little: boolean) =>
  concat(number(tag >>> 16, 2, little), number(tag & 0xffff, 2, little));

/** The elements of a data set, one after the other. */
export function encode(item: Item, encoding: Encoding = {}): Uint8Array<ArrayBuffer> {
  return concat(...item.map(([tag, vr, value]) => element(tag, vr, value, encoding)));
}

function element(tag: number, vr: string, value: Value, encoding: Encoding): Uint8Array {
  const { explicit = true, little = true, open = false } = encoding;
  const isSequence = vr === "SQ";
  const isFragmented = typeof value === "object" && "fragments" in value;
  const bytes = isFragmented
    ? concat(
      ...value.fragments.map((part) =>
        concat(tagBytes(0xfffee000, little), number(part.byteLength, 4, little), part)
      ),
      tagBytes(0xfffee0dd, little),
      number(0, 4, little),
    )
    : isSequence
    ? sequence(value as Item[], encoding)
    : plain(vr, value as string | number[] | Uint8Array, little);
  const length = isFragmented || (isSequence && open) ? 0xffffffff : bytes.byteLength;
  if (!explicit) return concat(tagBytes(tag, little), number(length, 4, little), bytes);
  const head = concat(tagBytes(tag, little), new TextEncoder().encode(vr));
  return LONG.has(vr)
    ? concat(head, new Uint8Array(2), number(length, 4, little), bytes)
    : concat(head, number(length, 2, little), bytes);
}

function sequence(items: Item[], encoding: Encoding): Uint8Array {
  const { little = true, open = false } = encoding;
  const parts = items.map((item) => {
    const bytes = encode(item, encoding);
    const length = open ? 0xffffffff : bytes.byteLength;
    const end = open
      ? concat(tagBytes(0xfffee00d, little), number(0, 4, little))
      : new Uint8Array();
    return concat(tagBytes(0xfffee000, little), number(length, 4, little), bytes, end);
  });
  const end = open ? concat(tagBytes(0xfffee0dd, little), number(0, 4, little)) : new Uint8Array();
  return concat(...parts, end);
}

function plain(vr: string, value: string | number[] | Uint8Array, little: boolean): Uint8Array {
  const bytes = typeof value === "string"
    ? new TextEncoder().encode(value)
    : value instanceof Uint8Array
    ? value
    : concat(...value.map((one) => number(one & 0xffffffff, vr === "UL" ? 4 : 2, little)));
  if (bytes.byteLength % 2 === 0) return bytes;
  return concat(bytes, new Uint8Array([vr === "UI" || vr === "OB" ? 0 : 0x20]));
}

const ENCODINGS: Record<string, Encoding & { deflated?: boolean }> = {
  "1.2.840.10008.1.2": { explicit: false },
  "1.2.840.10008.1.2.2": { little: false },
  "1.2.840.10008.1.2.1.99": { deflated: true },
};

/** A whole file. */
export function dicomFile(
  item: Item,
  { syntax = "1.2.840.10008.1.2.1", preamble = true, meta = true, open = false } = {},
): Uint8Array<ArrayBuffer> {
  const encoding = { ...ENCODINGS[syntax], open };
  const body = encode(item, encoding);
  const head: Item = [
    [0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.7"],
    [0x00020003, "UI", "2.25.1"],
    [0x00020010, "UI", syntax],
  ];
  return concat(
    preamble ? concat(new Uint8Array(128), new TextEncoder().encode("DICM")) : new Uint8Array(),
    meta ? encode(head) : new Uint8Array(),
    encoding.deflated ? new Uint8Array(deflateRawSync(body)) : body,
  );
}

export const person = (name: string | Uint8Array = "Novák^Tereza", sets = "ISO_IR 192"): Item => [
  [0x00080005, "CS", sets],
  [0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"],
  [0x00080018, "UI", "2.25.30"],
  [0x00080020, "DA", "20260105"],
  [0x00080060, "CS", "CT"],
  [0x00081030, "LO", "Thorax nativ"],
  [0x00100010, "PN", name],
  [0x00100020, "LO", "MRN-1204"],
  [0x00100030, "DA", "19910630"],
  [0x00100040, "CS", "F"],
  [0x0020000d, "UI", "2.25.10"],
  [0x0020000e, "UI", "2.25.20"],
];

export type Shape = {
  rows?: number;
  columns?: number;
  frames?: number;
  bits?: number;
  signed?: number;
};

export const grey = (
  pixels: Value,
  { rows = 4, columns = 4, frames = 1, bits = 16, signed = 0 }: Shape = {},
): Item => [
  [0x00280002, "US", [1]],
  [0x00280004, "CS", "MONOCHROME2"],
  [0x00280008, "IS", String(frames)],
  [0x00280010, "US", [rows]],
  [0x00280011, "US", [columns]],
  [0x00280100, "US", [bits]],
  [0x00280101, "US", [bits]],
  [0x00280102, "US", [bits - 1]],
  [0x00280103, "US", [signed]],
  [0x7fe00010, bits === 8 ? "OB" : "OW", pixels],
];

/** One segment per byte of a sample, in literal runs (PS3.5, annex G). */
export function runLengths(values: number[]): Uint8Array {
  const planes = [values.map((value) => value >> 8), values.map((value) => value & 255)];
  const segments = planes.map((plane) => {
    const parts: number[] = [];
    for (let at = 0; at < plane.length; at += 128) {
      const run = plane.slice(at, at + 128);
      parts.push(run.length - 1, ...run);
    }
    return Uint8Array.from(parts.length % 2 === 0 ? parts : [...parts, 128]);
  });
  const header = new Uint8Array(64);
  const view = new DataView(header.buffer);
  view.setUint32(0, 2, true);
  view.setUint32(4, 64, true);
  view.setUint32(8, 64 + segments[0]!.byteLength, true);
  return concat(header, ...segments);
}

/** Sequences in sequences, each of one open item: 28 bytes a level. */
export function nested(levels: number): Uint8Array<ArrayBuffer> {
  const level = encode([[0x00081140, "SQ", []]], { open: true }).subarray(0, 12);
  const item = concat(tagBytes(0xfffee000, true), number(0xffffffff, 4, true));
  const one = concat(level, item);
  const body = new Uint8Array(one.byteLength * levels);
  for (let at = 0; at < levels; at++) body.set(one, at * one.byteLength);
  return concat(dicomFile(person()), body);
}
