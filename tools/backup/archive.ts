/** The archive's inside: named entries one after another, packed with gzip, each with its digest. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { seal, unseal } from "./cipher.ts";
import { Refusal } from "./refusal.ts";

export type Entry = { name: string; content: AsyncIterable<Uint8Array> };
export type Digest = { bytes: number; sha256: string };

const BEGIN = 1;
const DATA = 2;
const END = 3;
const PREFIX_BYTES = 5;
const CHUNK_BYTES = 64 * 1024;
/** A reader needs no more memory than this for a frame. */
const FRAME_BYTES_MAX = 1024 * 1024;

const Begin = z.strictObject({ name: z.string().min(1).max(500) });
const End = z.strictObject({ bytes: z.number().int(), sha256: z.string() });

function frame(kind: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX_BYTES + payload.byteLength);
  bytes[0] = kind;
  new DataView(bytes.buffer).setUint32(1, payload.byteLength);
  bytes.set(payload, PREFIX_BYTES);
  return bytes;
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Rows come one by one: together they cost fewer frames. */
export async function* joined(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.byteLength; at += CHUNK_BYTES) {
      const part = chunk.subarray(at, at + CHUNK_BYTES);
      chunks.push(part);
      size += part.byteLength;
      if (size < CHUNK_BYTES) continue;
      yield Buffer.concat(chunks);
      chunks = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(chunks);
}

async function* frames(
  entries: AsyncIterable<Entry>,
  onEntry: (name: string, digest: Digest) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const { name, content } of entries) {
    yield frame(BEGIN, json({ name }));
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of joined(content)) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield frame(DATA, chunk);
    }
    const digest = { bytes, sha256: hash.digest("hex") };
    onEntry(name, digest);
    yield frame(END, json(digest));
  }
}

/** The bytes of an archive; `onEntry` hears of each entry that has been written. */
export function pack(
  key: Uint8Array,
  entries: AsyncIterable<Entry>,
  onEntry: (name: string, digest: Digest) => void,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const packed = ReadableStream.from(frames(entries, onEntry))
    .pipeThrough(new CompressionStream("gzip"));
  return seal(key, packed);
}

/**
 * The entries of an archive, in order. One that is not read to its end is passed over, and checked
 * all the same.
 * @throws Refusal
 */
export async function* unpack(
  key: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Entry> {
  const plain = ReadableStream.from(unseal(key, source))
    .pipeThrough(new DecompressionStream("gzip"));
  const incoming = splitFrames(plain);
  async function* contentOf(name: string): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let bytes = 0;
    for (;;) {
      const { value } = await incoming.next();
      if (!value) throw malformed();
      if (value.kind === DATA) {
        hash.update(value.payload);
        bytes += value.payload.byteLength;
        yield value.payload;
        continue;
      }
      const end = value.kind === END ? read(End, value.payload) : undefined;
      if (end?.bytes === bytes && end.sha256 === hash.digest("hex")) return;
      throw new Refusal(`The entry ${name} is not what its checksum says. Take another archive.`);
    }
  }
  for (;;) {
    const { value } = await incoming.next();
    if (!value) return;
    if (value.kind !== BEGIN) throw malformed();
    const { name } = read(Begin, value.payload);
    const content = contentOf(name);
    yield { name, content: { [Symbol.asyncIterator]: () => content } };
    while (!(await content.next()).done);
  }
}

type Frame = { kind: number; payload: Uint8Array };

async function* splitFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, undefined> {
  let waiting = Buffer.alloc(0);
  for await (const chunk of source) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= PREFIX_BYTES) {
      const length = waiting.readUInt32BE(1);
      if (length > FRAME_BYTES_MAX) throw malformed();
      if (waiting.length < PREFIX_BYTES + length) break;
      yield {
        kind: waiting[0]!,
        payload: waiting.subarray(PREFIX_BYTES, PREFIX_BYTES + length),
      };
      waiting = waiting.subarray(PREFIX_BYTES + length);
    }
  }
  if (waiting.length > 0) throw malformed();
}

function read<T extends z.ZodType>(schema: T, payload: Uint8Array): z.output<T> {
  const result = schema.safeParse(JSON.parse(new TextDecoder().decode(payload)));
  if (result.success) return result.data;
  throw malformed();
}

const malformed = () => new Refusal("The archive is of a form that this release does not know.");
