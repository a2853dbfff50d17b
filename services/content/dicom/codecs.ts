/**
 * Turns the bytes of a frame into numbers, one per sample. The decoders are WebAssembly that comes
 * with its packages: it needs to read `node_modules`, and neither network nor environment. What a
 * codestream says of its size is compared with the data set before it is decoded.
 */
import { broken, DicomRefusal, syntaxes, undecodable } from "./parsing.ts";
import { frameBytes, inflateFrame, isEncapsulated, type Picture } from "./pixels.ts";

export type Samples = Uint8Array | Uint16Array | Int8Array | Int16Array | Uint32Array | Int32Array;

export type Frame = {
  /** Interleaved: all samples of a pixel stand together. */
  samples: Samples;
  /** After decoding: some codestreams turn YBR into RGB by themselves. */
  photometric: string;
  /** Of the values, after what was stored in more bits was brought to its sign. */
  bitsStored: number;
};

const JPEG = "1.2.840.10008.1.2.4.";
const RLE = "1.2.840.10008.1.2.5";
const DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1";

/** What each engine is called in the list of transfer syntaxes (docs/content.md). */
const CODEC: Record<string, (bytes: Uint8Array, picture: Picture) => Promise<Decoded>> = {
  [`${JPEG}50`]: jpegBaseline,
  [`${JPEG}51`]: jpegOther,
  [`${JPEG}53`]: jpegOther,
  [`${JPEG}55`]: jpegOther,
  [`${JPEG}57`]: jpegOther,
  [`${JPEG}70`]: jpegOther,
  [`${JPEG}80`]: jpegLs,
  [`${JPEG}81`]: jpegLs,
  [`${JPEG}90`]: jpeg2000,
  [`${JPEG}91`]: jpeg2000,
  [`${JPEG}92`]: jpeg2000,
  [`${JPEG}93`]: jpeg2000,
  [`${JPEG}201`]: highThroughput,
  [`${JPEG}202`]: highThroughput,
  [`${JPEG}203`]: highThroughput,
  [RLE]: (bytes, picture) => Promise.resolve(runLengths(bytes, picture)),
};

/** Bytes as a codec gives them, little endian, with what it knows of them. */
type Decoded = { bytes: Uint8Array; bytesPerSample: 1 | 2; isPlanar: boolean; isRgb: boolean };

/** @throws DicomRefusal */
export async function decodeFrame(picture: Picture, index: number): Promise<Frame> {
  const bytes = frameBytes(picture, index);
  const { transferSyntax } = picture;
  if (!isEncapsulated(picture)) return native(bytes, picture);
  if (transferSyntax === DEFLATED_FRAMES) return native(inflateFrame(bytes, picture), picture);
  const codec = CODEC[transferSyntax];
  if (!codec) throw undecodable(`The transfer syntax ${transferSyntax} is not decoded here.`);
  return toFrame(await codec(bytes, picture), picture);
}

/** What a decoder throws, be it a number or a trap of WebAssembly, means a damaged stream. */
function attempt<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DicomRefusal) throw error;
    throw broken("The compressed pixel data are damaged.");
  }
}

function native(bytes: Uint8Array, picture: Picture): Frame {
  const { bitsAllocated, samples, photometric, rows, columns } = picture;
  const pixels = rows * columns;
  if (bitsAllocated === 1) {
    const out = new Uint8Array(pixels);
    for (let at = 0; at < pixels; at++) out[at] = (bytes[at >> 3]! >> (at & 7)) & 1;
    return { samples: out, photometric, bitsStored: 1 };
  }
  if (photometric === "YBR_FULL_422" && samples === 3) {
    return { samples: upsampled(bytes, pixels), photometric: "YBR_FULL", bitsStored: 8 };
  }
  const isBig = picture.transferSyntax === syntaxes.explicitBig;
  const width = bitsAllocated / 8;
  const ordered = isBig ? swapped(bytes, width) : bytes;
  return toFrame(
    { bytes: ordered, bytesPerSample: width as 1 | 2, isPlanar: picture.isPlanar, isRgb: false },
    picture,
  );
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  if (width === 1) return bytes;
  const out = new Uint8Array(bytes.byteLength);
  for (let at = 0; at + width <= bytes.byteLength; at += width) {
    for (let byte = 0; byte < width; byte++) out[at + byte] = bytes[at + width - 1 - byte]!;
  }
  return out;
}

/** Two pixels share their colours: Y Y Cb Cr (PS3.3, C.7.6.3.1.2). */
function upsampled(bytes: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = (pixel >> 1) * 4;
    out[pixel * 3] = bytes[at + (pixel & 1)]!;
    out[pixel * 3 + 1] = bytes[at + 2]!;
    out[pixel * 3 + 2] = bytes[at + 3]!;
  }
  return out;
}

function toFrame({ bytes, bytesPerSample, isPlanar, isRgb }: Decoded, picture: Picture): Frame {
  const { rows, columns, samples, bitsStored, isSigned, photometric } = picture;
  const count = rows * columns * samples;
  if (bytes.byteLength < count * bytesPerSample) throw broken("A frame holds too few pixels.");
  const raw = samplesOf(bytes, count, bytesPerSample);
  const bits = bytesPerSample * 8;
  if (isSigned || bitsStored < bits) toSign(raw, bits, bitsStored, isSigned);
  const view = isSigned ? signedView(raw) : raw;
  const isMultiple = samples > 1 && isPlanar;
  return {
    samples: isMultiple ? interleaved(view, rows * columns, samples) : view,
    photometric: isRgb ? "RGB" : photometric,
    bitsStored,
  };
}

type Unsigned = Uint8Array | Uint16Array | Uint32Array;

/** A copy, since the bytes may lie at an odd place. */
function samplesOf(bytes: Uint8Array, count: number, width: number): Unsigned {
  const own = bytes.slice(0, count * width).buffer;
  return width === 1
    ? new Uint8Array(own)
    : width === 2
    ? new Uint16Array(own)
    : new Uint32Array(own);
}

/** What stands above the stored bits is no value: overlays of old, or a sign not drawn out. */
function toSign(values: Unsigned, bits: number, stored: number, isSigned: boolean): void {
  if (stored >= bits) return;
  const mask = 2 ** stored - 1;
  const sign = 2 ** (stored - 1);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]! & mask;
    values[at] = isSigned && value & sign ? value - 2 * sign : value;
  }
}

function signedView(values: Unsigned): Samples {
  const { buffer } = values;
  return values instanceof Uint8Array
    ? new Int8Array(buffer)
    : values instanceof Uint16Array
    ? new Int16Array(buffer)
    : new Int32Array(buffer);
}

function interleaved(planes: Samples, pixels: number, samples: number): Samples {
  const out = planes.slice();
  for (let sample = 0; sample < samples; sample++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      out[pixel * samples + sample] = planes[sample * pixels + pixel]!;
    }
  }
  return out;
}

/** RLE (PS3.5, annex G): up to fifteen segments, one per byte of each sample, high bytes first. */
function runLengths(bytes: Uint8Array, picture: Picture): Decoded {
  const { rows, columns, samples, bitsAllocated } = picture;
  const pixels = rows * columns;
  const width = bitsAllocated / 8;
  const wanted = samples * width;
  if (bytes.byteLength < 64) throw broken("A run-length frame has no header.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count !== wanted || count > 15) throw broken("A run-length frame has a wrong header.");
  const out = new Uint8Array(pixels * wanted);
  for (let segment = 0; segment < count; segment++) {
    const from = view.getUint32(4 + segment * 4, true);
    const to = segment + 1 < count ? view.getUint32(8 + segment * 4, true) : bytes.byteLength;
    const sample = Math.floor(segment / width);
    // Planes here; the first segment holds the highest byte.
    const place = sample * pixels * width + (width - 1 - segment % width);
    unpack(bytes.subarray(from, Math.min(to, bytes.byteLength)), out, place, width, pixels);
  }
  return { bytes: out, bytesPerSample: width as 1 | 2, isPlanar: true, isRgb: false };
}

function unpack(bytes: Uint8Array, out: Uint8Array, place: number, step: number, pixels: number) {
  let done = 0;
  let at = 0;
  while (done < pixels && at < bytes.byteLength) {
    const head = bytes[at++]!;
    if (head < 128) {
      const end = Math.min(at + head + 1, bytes.byteLength);
      for (; at < end && done < pixels; at++, done++) out[place + done * step] = bytes[at]!;
    } else if (head > 128 && at < bytes.byteLength) {
      const value = bytes[at++]!;
      for (let left = 257 - head; left > 0 && done < pixels; left--, done++) {
        out[place + done * step] = value;
      }
    }
  }
  if (done < pixels) throw broken("A run-length frame ends too early.");
}

type FrameInfo = {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned?: boolean;
};
/** How all of these WebAssembly decoders look. Their memory is freed by `delete`. */
type Decoder = {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  readHeader?(): void;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
};
type Module = Record<string, new () => Decoder>;
type Factory = (options: Record<string, unknown>) => Promise<Module>;

/** Without these some decoders print a line per frame. Each module keeps its object: a new one each. */
const quiet = () => ({ print() {}, printErr() {} });

const modules = new Map<string, Promise<Module>>();
function moduleOf(name: string, load: () => Promise<{ default: unknown }>): Promise<Module> {
  const known = modules.get(name);
  if (known) return known;
  const made = load().then(({ default: factory }) => (factory as Factory)(quiet()));
  modules.set(name, made);
  return made;
}

function runDecoder(
  decoder: Decoder,
  bytes: Uint8Array,
  picture: Picture,
): { bytes: Uint8Array; info: FrameInfo; mode: number } {
  try {
    return attempt(() => {
      decoder.getEncodedBuffer(bytes.byteLength).set(bytes);
      // OpenJPH decodes nothing before it has read the header.
      decoder.readHeader?.();
      decoder.decode();
      const info = decoder.getFrameInfo();
      compare(info, picture);
      const mode = decoder.getInterleaveMode?.() ?? 2;
      // A copy: the buffer lies in the decoder's memory.
      return { bytes: decoder.getDecodedBuffer().slice(), info, mode };
    });
  } finally {
    decoder.delete();
  }
}

function compare({ width, height, componentCount }: FrameInfo, picture: Picture): void {
  if (
    width !== picture.columns || height !== picture.rows || componentCount !== picture.samples
  ) throw broken("The compressed picture is of another size than the file says.");
}

const bytesPer = (bits: number): 1 | 2 => {
  if (bits > 16) throw undecodable(`Compressed pixels of ${bits} bits are not decoded here.`);
  return bits <= 8 ? 1 : 2;
};

async function jpegLs(bytes: Uint8Array, picture: Picture): Promise<Decoded> {
  compare(jpegHeader(bytes), picture);
  const { JpegLSDecoder } = await moduleOf(
    "charls",
    () => import("@cornerstonejs/codec-charls/decodewasmjs"),
  );
  const { bytes: out, info, mode } = runDecoder(new JpegLSDecoder!(), bytes, picture);
  return {
    bytes: out,
    bytesPerSample: bytesPer(info.bitsPerSample),
    isPlanar: mode === 0,
    isRgb: false,
  };
}

async function jpeg2000(bytes: Uint8Array, picture: Picture): Promise<Decoded> {
  compare(codestreamHeader(bytes), picture);
  const { J2KDecoder } = await moduleOf(
    "openjpeg",
    () => import("@cornerstonejs/codec-openjpeg/decodewasmjs"),
  );
  const { bytes: out, info } = runDecoder(new J2KDecoder!(), bytes, picture);
  // The codestream's own colour transform is undone by the decoder.
  const isRgb = /^YBR_(RCT|ICT)$/.test(picture.photometric);
  return { bytes: out, bytesPerSample: bytesPer(info.bitsPerSample), isPlanar: false, isRgb };
}

async function highThroughput(bytes: Uint8Array, picture: Picture): Promise<Decoded> {
  compare(codestreamHeader(bytes), picture);
  const { HTJ2KDecoder } = await moduleOf("openjph", () => import("@cornerstonejs/codec-openjph"));
  const { bytes: out, info } = runDecoder(new HTJ2KDecoder!(), bytes, picture);
  const isRgb = /^YBR_(RCT|ICT)$/.test(picture.photometric);
  return { bytes: out, bytesPerSample: bytesPer(info.bitsPerSample), isPlanar: false, isRgb };
}

async function jpegBaseline(bytes: Uint8Array, picture: Picture): Promise<Decoded> {
  const header = jpegHeader(bytes);
  compare(header, picture);
  // Some label extended JPEG of 12 bits as baseline.
  if (header.bitsPerSample !== 8) return await jpegOther(bytes, picture);
  const { JPEGDecoder } = await moduleOf(
    "turbojpeg",
    () => import("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"),
  );
  const { bytes: out } = runDecoder(new JPEGDecoder!(), bytes, picture);
  return { bytes: out, bytesPerSample: 1, isPlanar: false, isRgb: picture.samples === 3 };
}

type NativeModule = typeof import("dcmjs-codecs");
let nativeModule: Promise<NativeModule> | undefined;

/** A CommonJS module: its types do not know that it arrives as `default`. */
async function loadNative(): Promise<NativeModule> {
  const loaded = await import("dcmjs-codecs") as unknown as { default: NativeModule };
  await loaded.default.NativeCodecs.initializeAsync({
    logCodecsInfo: false,
    logCodecsTrace: false,
  });
  return loaded.default;
}

/** Extended, progressive and lossless JPEG, up to 16 bits. */
async function jpegOther(bytes: Uint8Array, picture: Picture): Promise<Decoded> {
  const header = jpegHeader(bytes);
  compare(header, picture);
  const { Context, NativeCodecs } = await (nativeModule ??= loadNative());
  const { rows, columns, samples, bitsAllocated, bitsStored, isSigned, photometric } = picture;
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated,
    bitsStored,
    samplesPerPixel: samples,
    pixelRepresentation: isSigned ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: photometric,
    encodedBuffer: bytes,
  });
  const decoded = attempt(() =>
    NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb: samples === 3 })
  );
  const out = decoded.getDecodedBuffer()!;
  return {
    bytes: out,
    bytesPerSample: bitsAllocated <= 8 ? 1 : 2,
    isPlanar: false,
    isRgb: samples === 3,
  };
}

/** The frame header of a JPEG or JPEG-LS stream (T.81, B.2.2; T.87, C.2.2). */
function jpegHeader(bytes: Uint8Array): FrameInfo {
  let at = 2;
  while (at + 9 < bytes.byteLength) {
    if (bytes[at] !== 0xff) throw broken("The JPEG stream is damaged.");
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker === 0xf7 ||
      (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
    if (isFrame) {
      return {
        bitsPerSample: bytes[at + 4]!,
        height: bytes[at + 5]! * 256 + bytes[at + 6]!,
        width: bytes[at + 7]! * 256 + bytes[at + 8]!,
        componentCount: bytes[at + 9]!,
      };
    }
    at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  throw broken("The JPEG stream has no frame header.");
}

/** The SIZ marker of a JPEG 2000 codestream (T.800, A.5.1), bare or inside a JP2 file. */
function codestreamHeader(bytes: Uint8Array): FrameInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = Math.min(bytes.byteLength - 42, 4096);
  for (let at = 0; at <= last; at++) {
    if (view.getUint32(at) !== 0xff4fff51) continue;
    return {
      width: view.getUint32(at + 8) - view.getUint32(at + 16),
      height: view.getUint32(at + 12) - view.getUint32(at + 20),
      componentCount: view.getUint16(at + 40),
      bitsPerSample: (bytes[at + 42] ?? 0 & 0x7f) + 1,
    };
  }
  throw broken("The JPEG 2000 stream has no header.");
}
