/**
 * Reads the structure of a DICOM file (PS3.5 and PS3.10) within limits of depth, count and length.
 * Sequences of a stated length are opened only when asked for. Nothing is believed that the bytes
 * do not hold: other programs die of sequences nested by the megabyte.
 */
import { constants, inflateRawSync } from "node:zlib";

export const DEPTH_MAX = 32;
export const ELEMENTS_MAX = 400_000;
/** Of a deflated data set. */
export const INFLATED_BYTES_MAX = 128 * 1024 * 1024;

/** Why a file, or a picture in it, is not shown: broken, or of a form that nothing here decodes. */
export class DicomRefusal extends Error {
  /** What was read before. */
  file?: DicomFile;

  constructor(readonly kind: "broken" | "undecodable", reason: string) {
    super(reason);
  }
}
export const broken = (reason: string) => new DicomRefusal("broken", reason);
export const undecodable = (reason: string) => new DicomRefusal("undecodable", reason);

export type Element = {
  tag: number;
  /** As stated in the file; empty where values have no stated type. */
  vr: string;
  /** Where the value begins in `bytes`, and how long it is. */
  at: number;
  length: number;
  items?: Dataset[];
  fragments?: { at: number; length: number }[];
};

export type Dataset = {
  bytes: Uint8Array;
  isLittleEndian: boolean;
  isExplicit: boolean;
  depth: number;
  elements: Map<number, Element>;
  /** A value that claims to go on beyond the end of the file; it was cut there. */
  cut?: Element;
  parent?: Dataset;
  budget: { elements: number };
};

export type DicomFile = { dataset: Dataset; meta: Dataset | undefined; transferSyntax: string };

export const syntaxes = {
  implicitLittle: "1.2.840.10008.1.2",
  explicitLittle: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  explicitBig: "1.2.840.10008.1.2.2",
} as const;

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const PIXEL_DATA = 0x7fe00010;
const UNDEFINED = 0xffffffff;

const SHORT_LENGTH = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);
const LONG_LENGTH = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
/** What may be cut into fragments. */
const BINARY = new Set(["OB", "OW", "OF", "OD", "OL", "OV"]);

const nameOf = (tag: number) =>
  `(${(tag >>> 16).toString(16).padStart(4, "0")},${(tag & 0xffff).toString(16).padStart(4, "0")})`;

const vrAt = (bytes: Uint8Array, at: number) =>
  String.fromCharCode(bytes[at + 4] ?? 0, bytes[at + 5] ?? 0);
const isVr = (vr: string) => SHORT_LENGTH.has(vr) || LONG_LENGTH.has(vr);

/** A Buffer's `slice` is no copy. */
const plainly = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** @throws DicomRefusal */
export function parse(given: Uint8Array): DicomFile {
  const bytes = plainly(given);
  const hasPreamble = String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
  const start = hasPreamble ? 132 : 0;
  const budget = { elements: ELEMENTS_MAX };
  const root = { bytes, depth: 0, budget };
  let at = start;
  let meta: Dataset | undefined;
  if (bytes[at] === 2 && bytes[at + 1] === 0) {
    meta = {
      ...root,
      isLittleEndian: true,
      isExplicit: isVr(vrAt(bytes, at)),
      elements: new Map(),
    };
    at = readElements(meta, at, bytes.byteLength, 0x0002);
  }
  const declared = meta && asciiOf(meta, 0x00020010);
  let body = bytes;
  let problem: string | undefined;
  if (declared === syntaxes.deflated) {
    ({ body, problem } = inflated(bytes.subarray(at)));
    at = 0;
  }
  if (body.byteLength - at < 8) throw broken(problem ?? "The file ends before its data set.");
  const isLittleEndian = declared === undefined
    ? guessLittle(body, at)
    : declared !== syntaxes.explicitBig;
  // Some writers say one encoding and use the other; the first element tells.
  const isExplicit = isVr(vrAt(body, at));
  const dataset: Dataset = {
    ...root,
    bytes: body,
    isLittleEndian,
    isExplicit,
    elements: new Map(),
  };
  const guessed = !isExplicit
    ? syntaxes.implicitLittle
    : isLittleEndian
    ? syntaxes.explicitLittle
    : syntaxes.explicitBig;
  const file = { dataset, meta, transferSyntax: declared ?? guessed };
  try {
    readElements(dataset, at, body.byteLength);
    if (dataset.elements.size === 0) throw broken("The file holds no DICOM elements.");
    if (problem) throw broken(problem);
  } catch (error) {
    if (!(error instanceof DicomRefusal)) throw error;
    error.file = file;
    // Of a beginning all that can be said is why there is no more.
    if (problem) error.message = problem;
    throw error;
  }
  return file;
}

/** The first group number is small: the byte that is zero tells the order. */
const guessLittle = (bytes: Uint8Array, at: number) => !(bytes[at] === 0 && bytes[at + 1] !== 0);

function asciiOf({ bytes, elements }: Dataset, tag: number): string | undefined {
  const element = elements.get(tag);
  if (!element) return undefined;
  const raw = bytes.subarray(element.at, element.at + Math.min(element.length, 64));
  return String.fromCharCode(...raw).replace(/[\0 ]+$/, "") || undefined;
}

/** Of a stream that is damaged a beginning, shorter than what lies before the damage. */
function inflated(bytes: Uint8Array): { body: Uint8Array; problem?: string } {
  const limits = { maxOutputLength: INFLATED_BYTES_MAX };
  try {
    return { body: plainly(inflateRawSync(bytes, limits)) };
  } catch (error) {
    const isTooLong = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    const problem = isTooLong
      ? "The data set inflates beyond the limit."
      : "The deflated data set is damaged.";
    for (let end = bytes.byteLength; end > 0; end >>= 1) {
      try {
        const some = { ...limits, finishFlush: constants.Z_SYNC_FLUSH };
        return { body: plainly(inflateRawSync(bytes.subarray(0, end), some)), problem };
      } catch {
        // The damage lies before `end`.
      }
    }
    throw broken(problem);
  }
}

/** Reads from `at` to `end`, to the end of the item, or of `onlyGroup`; answers where it stopped. */
function readElements(dataset: Dataset, at: number, end: number, onlyGroup?: number): number {
  const { bytes, isLittleEndian, elements, budget } = dataset;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  while (at + 8 <= end) {
    const group = view.getUint16(at, isLittleEndian);
    if (onlyGroup !== undefined && group !== onlyGroup) return at;
    const tag = group * 0x10000 + view.getUint16(at + 2, isLittleEndian);
    if (tag === ITEM_END) return at + 8;
    // Zeros behind the last element are padding; a stray end of a sequence harms nobody.
    if (tag === 0 && dataset.depth === 0) return end;
    if (tag === SEQUENCE_END || tag === ITEM) {
      if (dataset.depth > 0) return at;
      at += 8;
      continue;
    }
    if (--budget.elements < 0) throw broken("The file holds more elements than can be read.");
    let vr = dataset.isExplicit ? vrAt(bytes, at) : "";
    let length: number;
    let valueAt = at + 8;
    if (vr !== "" && LONG_LENGTH.has(vr)) {
      if (at + 12 > end) return cut(dataset, { tag, vr, at, length: 0 }, end);
      length = view.getUint32(at + 8, isLittleEndian);
      valueAt = at + 12;
    } else if (vr !== "" && (SHORT_LENGTH.has(vr) || /^[A-Z]{2}$/.test(vr))) {
      length = view.getUint16(at + 6, isLittleEndian);
    } else {
      // Without a type, even among typed ones: some writers copy private elements unchanged.
      const plain = view.getUint32(at + 4, isLittleEndian);
      const short = view.getUint16(at + 6, isLittleEndian);
      const fits = plain === UNDEFINED || valueAt + plain <= end;
      length = vr !== "" && !fits ? short : plain;
      vr = "";
    }
    const element: Element = { tag, vr, at: valueAt, length };
    if (length === UNDEFINED) {
      const isFragmented = tag === PIXEL_DATA || BINARY.has(vr);
      at = isFragmented ? readFragments(dataset, element, end) : readItems(dataset, element, end);
      if (dataset.cut) {
        elements.set(tag, element);
        return end;
      }
    } else if (valueAt + length > end) {
      return cut(dataset, element, end);
    } else {
      at = valueAt + length;
    }
    elements.set(tag, element);
  }
  return at;
}

function cut(dataset: Dataset, element: Element, end: number): number {
  element.length = Math.max(0, end - element.at);
  dataset.elements.set(element.tag, element);
  dataset.cut = element;
  return end;
}

/** Where the value of an undefined length ends: at its delimiter. */
function readItems(dataset: Dataset, element: Element, end: number): number {
  const { bytes, isLittleEndian, depth, budget } = dataset;
  if (depth + 1 > DEPTH_MAX) throw broken("The file nests sequences deeper than can be read.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A sequence of unknown type is always implicit little endian (PS3.5, 6.2.2, note 2).
  const isUnknown = element.vr === "UN";
  element.items = [];
  let at = element.at;
  while (at + 8 <= end) {
    const tag = view.getUint16(at, isLittleEndian) * 0x10000 +
      view.getUint16(at + 2, isLittleEndian);
    const length = view.getUint32(at + 4, isLittleEndian);
    if (tag === SEQUENCE_END) {
      element.length = at - element.at;
      return at + 8;
    }
    if (tag !== ITEM) throw broken(`The sequence ${nameOf(element.tag)} holds no items.`);
    if (--budget.elements < 0) throw broken("The file holds more elements than can be read.");
    at += 8;
    const isOpen = length === UNDEFINED;
    const itemEnd = isOpen ? end : at + length;
    if (itemEnd > end) {
      dataset.cut = element;
      return end;
    }
    const item: Dataset = {
      bytes,
      isLittleEndian: isUnknown || isLittleEndian,
      isExplicit: isUnknown ? false : itemIsExplicit(dataset, at, itemEnd),
      depth: depth + 1,
      elements: new Map(),
      parent: dataset,
      budget,
    };
    const stopped = readElements(item, at, itemEnd);
    if (item.cut && isOpen) dataset.cut = element;
    element.items.push(item);
    at = isOpen ? stopped : itemEnd;
  }
  element.length = end - element.at;
  dataset.cut = element;
  return end;
}

/** Items of private sequences are sometimes left implicit in an explicit file. */
function itemIsExplicit({ bytes, isExplicit, isLittleEndian }: Dataset, at: number, end: number) {
  if (!isExplicit || at + 8 > end) return isExplicit;
  const isMark = bytes[at + (isLittleEndian ? 1 : 0)] === 0xff;
  return isMark || /^[A-Z]{2}$/.test(vrAt(bytes, at));
}

function readFragments(dataset: Dataset, element: Element, end: number): number {
  const { bytes, isLittleEndian, budget } = dataset;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  element.fragments = [];
  let at = element.at;
  while (at + 8 <= end) {
    const tag = view.getUint16(at, isLittleEndian) * 0x10000 +
      view.getUint16(at + 2, isLittleEndian);
    const length = view.getUint32(at + 4, isLittleEndian);
    at += 8;
    if (tag === SEQUENCE_END) {
      element.length = at - 8 - element.at;
      return at;
    }
    if (tag !== ITEM || length === UNDEFINED) throw broken("The pixel data are not in fragments.");
    if (--budget.elements < 0) throw broken("The file holds more fragments than can be read.");
    const present = Math.min(length, end - at);
    element.fragments.push({ at, length: present });
    if (present < length) dataset.cut = element;
    at += present;
  }
  // Some writers leave out the end; what is there is whole.
  element.length = end - element.at;
  dataset.elements.set(element.tag, element);
  return end;
}

/** The items of a sequence; empty when there is none, or when the value is something else. */
export function itemsOf(dataset: Dataset | undefined, tag: number): Dataset[] {
  const element = dataset?.elements.get(tag);
  if (!dataset || !element) return [];
  if (element.items) return element.items;
  if (element.fragments || element.length < 8) return [];
  if (!["SQ", "UN", ""].includes(element.vr)) return [];
  const end = element.at + element.length;
  const sequence: Element = { ...element };
  const reader: Dataset = { ...dataset, elements: new Map() };
  delete reader.cut;
  try {
    readItems(reader, sequence, end);
  } catch (error) {
    // An opaque value of unknown type is no damage; a stated sequence is.
    if (element.vr === "SQ" || !(error instanceof DicomRefusal)) throw error;
    return [];
  }
  element.items = sequence.items!.map((item) => Object.assign(item, { parent: dataset }));
  return element.items;
}
