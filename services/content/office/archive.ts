/**
 * Opens ZIP archives by yauzl, which refuses entries that are larger or smaller than they say, and
 * sets limits to what they unfold to: a megabyte may hold a gigabyte.
 */
import { Buffer } from "node:buffer";
// @ts-types="@types/yauzl"
import { type Entry, fromBufferPromise } from "yauzl";

const ENTRIES_MAX = 10_000;
/** All that is unfolded of one archive. */
export const UNFOLDED_BYTES_MAX = 256 * 1024 * 1024;

export class ArchiveTooLarge extends Error {}

export type Archive = {
  names: string[];
  /** The text of an entry in pieces; nothing when there is none of that name. */
  text(name: string): AsyncGenerator<string>;
};

/** @throws Error when it is no archive, ArchiveTooLarge when it holds or claims too much */
export async function openArchive(bytes: Uint8Array<ArrayBuffer>): Promise<Archive> {
  const zip = await fromBufferPromise(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    { lazyEntries: true, autoClose: false },
  );
  if (zip.entryCount > ENTRIES_MAX) throw new ArchiveTooLarge();
  const entries = new Map<string, Entry>();
  let claimed = 0;
  for await (const entry of zip.eachEntry()) {
    claimed += entry.uncompressedSize;
    // The first of two with one name is what all programs but hostile ones mean.
    if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry);
  }
  let unfolded = 0;
  return {
    names: [...entries.keys()],
    async *text(name) {
      const entry = entries.get(name);
      if (!entry) return;
      if (entry.uncompressedSize > UNFOLDED_BYTES_MAX || claimed > 100 * UNFOLDED_BYTES_MAX) {
        throw new ArchiveTooLarge();
      }
      const decoder = new TextDecoder("utf-8", { fatal: true });
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        unfolded += chunk.byteLength;
        if (unfolded > UNFOLDED_BYTES_MAX) throw new ArchiveTooLarge();
        yield decoder.decode(chunk, { stream: true });
      }
      yield decoder.decode();
    },
  };
}
