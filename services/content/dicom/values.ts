/** The values of elements as text, numbers, names and dates. Never throws on a wrong value. */
import { type CharacterSets, decodeText } from "./charsets.ts";
import type { Dataset, Element } from "./parsing.ts";

/** No text that a person reads is longer. */
const TEXT_BYTES_MAX = 1024 * 1024;
const CHARACTER_SETS = 0x00080005;

export function bytesOf(dataset: Dataset | undefined, tag: number): Uint8Array | undefined {
  const element = dataset?.elements.get(tag);
  return element && valueOf(dataset!, element);
}

const valueOf = ({ bytes }: Dataset, { at, length }: Element) => bytes.subarray(at, at + length);

/** Of the data set itself or the nearest one around it that says. */
export function characterSetsOf(dataset: Dataset): CharacterSets {
  for (let now: Dataset | undefined = dataset; now; now = now.parent) {
    const element = now.elements.get(CHARACTER_SETS);
    if (element) {
      const raw = valueOf(now, element).subarray(0, 1024);
      return String.fromCharCode(...raw).replace(/\0/g, "").split("\\").map((set) => set.trim());
    }
  }
  return [];
}

/** All the text of an element, its backslashes included. */
export function textOf(dataset: Dataset | undefined, tag: number, isName = false): string {
  const element = dataset?.elements.get(tag);
  if (!element || element.fragments || element.items) return "";
  const raw = valueOf(dataset!, element).subarray(0, TEXT_BYTES_MAX);
  // Of the values' padding only: a multibyte character may end in 0x20.
  return decodeText(raw, characterSetsOf(dataset!), isName).replace(/[\0 ]+$/, "").trimStart();
}

/** Its first value, or undefined when empty. */
export const first = (dataset: Dataset | undefined, tag: number): string | undefined =>
  textOf(dataset, tag).split("\\")[0]!.trim() || undefined;

export const all = (dataset: Dataset | undefined, tag: number): string[] =>
  textOf(dataset, tag).split("\\").map((value) => value.trim()).filter((value) => value !== "");

/** Numbers, be they binary or written out. `asked` is used where the file states no type. */
export function numbersOf(
  dataset: Dataset | undefined,
  tag: number,
  asked: "US" | "SS" | "UL" | "DS" | "FD" = "DS",
): number[] {
  const element = dataset?.elements.get(tag);
  if (!element || element.fragments || element.items) return [];
  const raw = valueOf(dataset!, element);
  const vr = element.vr === "" || element.vr === "UN" ? asked : element.vr;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const little = dataset!.isLittleEndian;
  const read = (width: number, get: (at: number) => number) =>
    Array.from({ length: Math.floor(raw.byteLength / width) }, (_, index) => get(index * width));
  if (vr === "US" || vr === "OW") return read(2, (at) => view.getUint16(at, little));
  if (vr === "SS") return read(2, (at) => view.getInt16(at, little));
  if (vr === "UL") return read(4, (at) => view.getUint32(at, little));
  if (vr === "SL") return read(4, (at) => view.getInt32(at, little));
  if (vr === "FL") return read(4, (at) => view.getFloat32(at, little));
  if (vr === "FD") return read(8, (at) => view.getFloat64(at, little));
  return all(dataset, tag).map(Number).filter(Number.isFinite);
}

export const number = (...of: Parameters<typeof numbersOf>): number | undefined =>
  numbersOf(...of)[0];

export type PersonName = { family?: string; given?: string[]; full: string };

/** The three groups of a name: alphabetic, ideographic, phonetic (PS3.5, 6.2.1). */
export function nameOf(dataset: Dataset | undefined, tag: number): PersonName | undefined {
  const text = textOf(dataset, tag, true).split("\\")[0]!;
  const groups = text.split("=").map((group) => group.split("^").map((part) => part.trim()));
  const shown = groups.filter((parts) => parts.some((part) => part !== ""));
  const main = shown[0];
  if (!main) return undefined;
  const given = [main[1], main[2]].filter((part) => part !== undefined && part !== "") as string[];
  return {
    ...(main[0] ? { family: main[0] } : {}),
    ...(given.length > 0 ? { given } : {}),
    // As people say it: prefix, given, middle, family, suffix; every group is searchable.
    full: shown.map(([family, first, middle, prefix, suffix]) =>
      [prefix, first, middle, family, suffix].filter(Boolean).join(" ")
    ).join(" / "),
  };
}

/** `YYYY-MM-DD`, of DA, DT and the old dotted form. */
export function dateOf(dataset: Dataset | undefined, tag: number): string | undefined {
  const text = first(dataset, tag) ?? "";
  const match = text.match(/^(\d{4})\.?(\d{2})\.?(\d{2})/);
  if (!match) return undefined;
  const [, year, month, day] = match;
  const date = `${year}-${month}-${day}`;
  const isReal = !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date);
  return isReal ? date : undefined;
}

/** `HH:MM:SS`. */
export function timeOf(dataset: Dataset | undefined, tag: number): string | undefined {
  const match = (first(dataset, tag) ?? "").match(/^([01]\d|2[0-3]):?([0-5]\d)?:?([0-5]\d)?/);
  return match ? `${match[1]}:${match[2] ?? "00"}:${match[3] ?? "00"}` : undefined;
}
