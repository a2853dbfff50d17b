/** Files in a local folder, named by the SHA-256 of what they hold, apart for each organization. */
import { createHash } from "node:crypto";
import { newId } from "@praxis/shared/id";

/** As much of a file's beginning as is kept in memory to tell what it is. */
export const HEAD_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** Written at once, while the next are received. */
const BLOCK_BYTES = 1024 * 1024;
const INCOMING = "incoming";

/** A file on its way in. Ends with `keep` or `discard`. */
export type Incoming = {
  /** The chunk is the file's from now on: nobody may change it. */
  write(chunk: Uint8Array): Promise<void>;
  readonly size: number;
  /** The first `HEAD_BYTES`. */
  head(): Uint8Array;
  /** The digest of everything written, in hexadecimal. Nothing can be written after it. */
  digest(): string;
  /** Makes the file durable under its digest. Safe to repeat for equal bytes. */
  keep(organizationId: string): Promise<void>;
  /** Leaves nothing behind; does nothing after `keep`. */
  discard(): Promise<void>;
};

export type Storage = {
  receive(): Promise<Incoming>;
  pathOf(organizationId: string, sha256: string): string;
  /** The bytes from `start` to `end`, both included. */
  open(
    organizationId: string,
    sha256: string,
    range: { start: number; end: number },
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Removes what uploads left behind that a crash ended. Call it before the first upload. */
  sweep(): Promise<void>;
  /** Throws when files cannot be written at the moment. */
  check(): Promise<void>;
};

/** No upload takes so long: what is older was left by an instance that died. */
const LEFT_OVER_MS = 24 * 3_600_000;

async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path);
  await folder.sync();
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await file.write(bytes.subarray(at));
}

/** `root` is a `file:///…` URL or a path. */
export function openStorage(root: string | URL): Storage {
  const base = (root instanceof URL ? decodeURIComponent(root.pathname) : root).replace(/\/+$/, "");
  // The reader's right to a file is a list of paths, which knows no escape.
  if (base.includes(",")) throw new TypeError("the storage folder's path holds a comma");
  const folderOf = (organizationId: string, sha256: string) =>
    `${base}/${organizationId}/${sha256.slice(0, 2)}`;
  const pathOf = (organizationId: string, sha256: string) =>
    `${folderOf(organizationId, sha256)}/${sha256}`;

  /** A new folder is durable once its parent is. */
  async function makeFolder(organizationId: string, sha256: string): Promise<string> {
    const folder = folderOf(organizationId, sha256);
    try {
      await Deno.mkdir(folder);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return folder;
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await Deno.mkdir(folder, { recursive: true });
      await syncFolder(base);
    }
    await syncFolder(`${base}/${organizationId}`);
    return folder;
  }

  return {
    pathOf,

    async receive() {
      await Deno.mkdir(`${base}/${INCOMING}`, { recursive: true });
      const path = `${base}/${INCOMING}/${newId()}`;
      const file = await Deno.open(path, { createNew: true, write: true });
      const hash = createHash("sha256");
      const beginning: Uint8Array[] = [];
      let size = 0;
      let isOpen = true;
      let isKept = false;
      let block: Uint8Array[] = [];
      let blockBytes = 0;
      let writing = Promise.resolve();
      const close = async () => {
        await writing.catch(() => {});
        if (isOpen) file.close();
        isOpen = false;
      };
      /** One block is being written while the next fills up: so much memory, and no more. */
      async function flush(): Promise<void> {
        const full = joined(block, blockBytes);
        block = [];
        blockBytes = 0;
        await writing;
        writing = writeAll(file, full);
        // It is looked at by whoever awaits it next.
        writing.catch(() => {});
      }
      let sha256: string | undefined;
      const digest = () => sha256 ??= hash.digest("hex");
      return {
        get size() {
          return size;
        },
        async write(chunk) {
          hash.update(chunk);
          if (size < HEAD_BYTES) beginning.push(chunk.slice(0, HEAD_BYTES - size));
          size += chunk.byteLength;
          block.push(chunk);
          blockBytes += chunk.byteLength;
          if (blockBytes >= BLOCK_BYTES) await flush();
        },
        head() {
          return joined(beginning, Math.min(size, HEAD_BYTES));
        },
        digest,
        async keep(organizationId) {
          await flush();
          await writing;
          await file.sync();
          await close();
          const folder = await makeFolder(organizationId, digest());
          await Deno.rename(path, pathOf(organizationId, digest()));
          isKept = true;
          await syncFolder(folder);
        },
        async discard() {
          await close();
          if (!isKept) await Deno.remove(path);
        },
      };
    },

    async open(organizationId, sha256, { start, end }) {
      const file = await Deno.open(pathOf(organizationId, sha256));
      if (start > 0) await file.seek(start, Deno.SeekMode.Start);
      let left = end - start + 1;
      return new ReadableStream({
        async pull(controller) {
          const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
          const count = await file.read(chunk).catch((error) => {
            file.close();
            throw error;
          });
          if (count !== null) {
            left -= count;
            controller.enqueue(chunk.subarray(0, count));
          }
          if (left > 0 && count !== null) return;
          file.close();
          // Ending early would pass a torn file for a whole one.
          if (left > 0) controller.error(new Error("a stored file is shorter than it was"));
          else controller.close();
        },
        cancel() {
          file.close();
        },
      }, { highWaterMark: 0 });
    },

    async sweep() {
      await Deno.mkdir(`${base}/${INCOMING}`, { recursive: true });
      for await (const { name } of Deno.readDir(`${base}/${INCOMING}`)) {
        const path = `${base}/${INCOMING}/${name}`;
        // Younger ones may be another instance's, under way now; or it has just moved one away.
        const { mtime } = await Deno.stat(path).catch(() => ({ mtime: new Date() }));
        if (Date.now() - (mtime?.getTime() ?? 0) < LEFT_OVER_MS) continue;
        await Deno.remove(path).catch(() => {});
      }
    },

    async check() {
      await Deno.stat(`${base}/${INCOMING}`);
    },
  };
}
