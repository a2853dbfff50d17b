/** Lossless JPEG (ITU-T T.81 annex H), which browsers do not know and clinics use every day. */

type Huffman = {
  /** By the next eight bits: length << 8 | category; zero when the code is longer. */
  fast: Uint16Array;
  /** By code length: the first code, how many, and where their categories start. */
  first: Int32Array;
  count: Uint8Array;
  start: Uint16Array;
  categories: Uint8Array;
};

type Component = { id: number; table: number };

export type LosslessImage = {
  width: number;
  height: number;
  components: number;
  precision: number;
  /** Samples pixel by pixel, interleaved. */
  samples: Uint16Array;
};

const PIXELS_MAX = 64_000_000;
const LONGEST_CODE = 16;

function huffmanOf(counts: Uint8Array, categories: Uint8Array): Huffman {
  const fast = new Uint16Array(256);
  const first = new Int32Array(LONGEST_CODE + 1);
  const count = new Uint8Array(LONGEST_CODE + 1);
  const start = new Uint16Array(LONGEST_CODE + 1);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    first[length] = code;
    count[length] = counts[length - 1]!;
    start[length] = at;
    for (let n = 0; n < counts[length - 1]!; n++, code++, at++) {
      if (length > 8) continue;
      const from = code << (8 - length);
      fast.fill(length << 8 | categories[at]!, from, from + (1 << (8 - length)));
    }
    code <<= 1;
  }
  return { fast, first, count, start, categories };
}

/** Reads bits of one scan; stuffed zeros are skipped, markers end it. */
class Bits {
  #held = 0;
  #count = 0;
  #isEnded = false;

  constructor(readonly bytes: Uint8Array, public at: number) {}

  #fill(): void {
    while (this.#count <= 16) {
      let byte = 0;
      if (!this.#isEnded) {
        byte = this.bytes[this.at] ?? 0;
        if (byte === 0xff) {
          if (this.bytes[this.at + 1] === 0) this.at += 2;
          else {
            this.#isEnded = true;
            byte = 0;
          }
        } else this.at++;
        if (this.at > this.bytes.length) this.#isEnded = true;
      }
      this.#held = (this.#held << 8 | byte) >>> 0;
      this.#count += 8;
    }
  }

  #peek(length: number): number {
    return (this.#held >>> (this.#count - length)) & ((1 << length) - 1);
  }

  category(table: Huffman): number {
    this.#fill();
    const entry = table.fast[this.#peek(8)]!;
    if (entry !== 0) {
      this.#count -= entry >> 8;
      return entry & 0xff;
    }
    for (let length = 9; length <= LONGEST_CODE; length++) {
      const code = this.#peek(length) - table.first[length]!;
      if (code >= 0 && code < table.count[length]!) {
        this.#count -= length;
        return table.categories[table.start[length]! + code]!;
      }
    }
    throw new RangeError("no such Huffman code");
  }

  receive(length: number): number {
    this.#fill();
    this.#count -= length;
    return (this.#held >>> this.#count) & ((1 << length) - 1);
  }

  /** Over a restart marker, if one is next. */
  restart(): void {
    this.#held = this.#count = 0;
    this.#isEnded = false;
    for (; this.at + 1 < this.bytes.length; this.at++) {
      const marker = this.bytes[this.at + 1]!;
      if (this.bytes[this.at] === 0xff && marker >= 0xd0 && marker <= 0xd7) {
        this.at += 2;
        return;
      }
    }
  }
}

function difference(bits: Bits, table: Huffman): number {
  const category = bits.category(table);
  if (category === 0) return 0;
  if (category === 16) return 32768;
  const value = bits.receive(category);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}

/** @throws RangeError for any other JPEG, and for one that is broken. */
export function decodeLossless(bytes: Uint8Array): LosslessImage {
  const tables: Huffman[] = [];
  let frame: { width: number; height: number; precision: number; ids: number[] } | undefined;
  let interval = 0;
  const word = (at: number) => (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new RangeError("no marker where one must be");
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = word(at + 2);
    const body = at + 4;
    const end = at + 2 + length;
    if (length < 2) throw new RangeError("a marker without a length");
    if (marker === 0xc4) {
      for (let table = body; table + 17 <= end;) {
        const counts = bytes.subarray(table + 1, table + 17);
        const total = counts.reduce((sum, count) => sum + count, 0);
        tables[bytes[table]! & 3] = huffmanOf(
          counts,
          bytes.subarray(table + 17, table + 17 + total),
        );
        table += 17 + total;
      }
    } else if (marker === 0xc3) {
      const count = bytes[body + 5] ?? 0;
      frame = {
        precision: bytes[body]!,
        height: word(body + 1),
        width: word(body + 3),
        ids: Array.from({ length: count }, (_, n) => bytes[body + 6 + n * 3] ?? 0),
      };
    } else if (marker === 0xdd) interval = word(body);
    else if (marker === 0xda) {
      if (!frame) throw new RangeError("not a lossless JPEG");
      const count = bytes[body]!;
      const components = Array.from({ length: count }, (_, n): Component => ({
        id: bytes[body + 1 + n * 2]!,
        table: bytes[body + 2 + n * 2]! >> 4,
      }));
      const predictor = bytes[body + 1 + count * 2]!;
      const shift = bytes[body + 3 + count * 2]! & 15;
      if (count !== frame.ids.length) throw new RangeError("scans of single components");
      const used = components.map(({ table }) => tables[table]);
      if (used.some((table) => !table)) throw new RangeError("a Huffman table is missing");
      const bits = new Bits(bytes, end);
      const samples = scan(bits, frame, used as Huffman[], { predictor, shift, interval });
      const { width, height, precision } = frame;
      return { width, height, precision, components: count, samples };
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      throw new RangeError("not a lossless JPEG");
    }
    at = end;
  }
  throw new RangeError("no picture inside");
}

function scan(
  bits: Bits,
  { width, height, precision }: { width: number; height: number; precision: number },
  tables: Huffman[],
  { predictor, shift, interval }: { predictor: number; shift: number; interval: number },
): Uint16Array {
  if (width * height === 0 || width * height > PIXELS_MAX) {
    throw new RangeError("an impossible size");
  }
  const count = tables.length;
  const row = width * count;
  const samples = new Uint16Array(row * height);
  const start = 1 << (precision - shift - 1);
  let left = interval;
  let isFresh = true;
  let freshRow = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (interval > 0 && left === 0) {
        bits.restart();
        left = interval;
        isFresh = true;
        freshRow = y;
      }
      left--;
      for (let component = 0; component < count; component++) {
        const at = y * row + x * count + component;
        let guess: number;
        if (isFresh) guess = start;
        else if (y === freshRow) guess = samples[at - count]!;
        else if (x === 0) guess = samples[at - row]!;
        else {
          const a = samples[at - count]!;
          const b = samples[at - row]!;
          const c = samples[at - row - count]!;
          guess = predictor === 1
            ? a
            : predictor === 2
            ? b
            : predictor === 3
            ? c
            : predictor === 4
            ? a + b - c
            : predictor === 5
            ? a + ((b - c) >> 1)
            : predictor === 6
            ? b + ((a - c) >> 1)
            : (a + b) >> 1;
        }
        samples[at] = guess + difference(bits, tables[component]!);
      }
      isFresh = false;
    }
  }
  if (shift > 0) {
    for (let at = 0; at < samples.length; at++) {
      samples[at] = samples[at]! << shift;
    }
  }
  return samples;
}
