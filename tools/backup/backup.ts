/** Takes a backup: every database at one moment, the files that their rows speak of, and the keys. */
import { pack } from "./archive.ts";
import { type Cut, takeCut } from "./cut.ts";
import { listFiles, readStored } from "./files.ts";
import { fileEntry, KEYS, MANIFEST, Manifest, tableEntry } from "./model.ts";
import { Refusal } from "./refusal.ts";
import type { Source } from "./source.ts";
import { copyOut, countRows } from "./store.ts";
import type { Digest, Entry } from "./archive.ts";

/**
 * Writes the archive to `target`, which must not exist; it appears there whole, or not at all.
 * @throws Refusal in words for an operator.
 */
export async function backUp(source: Source, key: Uint8Array, target: string): Promise<Manifest> {
  if (await exists(target)) throw new Refusal(`${target} exists already; name another file.`);
  const draft = `${target}.part`;
  const cut = await takeCut(source.databases);
  try {
    const digests = new Map<string, Digest>();
    const made: { manifest?: Manifest } = {};
    const bytes = pack(
      key,
      entriesOf(source, cut, digests, made),
      (name, digest) => void digests.set(name, digest),
    );
    await writeDurably(draft, bytes);
    await Deno.rename(draft, target);
    return made.manifest!;
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
      throw new Refusal(
        `The disk of ${target} is full; nothing was kept. Make room there, or name another place.`,
      );
    }
    throw error;
  } finally {
    await cut.end();
  }
}

/** The keys first, the manifest last: it tells of everything before it. */
async function* entriesOf(
  { filesFolder, keysFile }: Source,
  cut: Cut,
  digests: ReadonlyMap<string, Digest>,
  made: { manifest?: Manifest },
): AsyncGenerator<Entry> {
  const keys = await Deno.readFile(keysFile).catch(() => {
    throw new Refusal(
      `The keys in ${keysFile} cannot be read; without them a backup is of no use.`,
    );
  });
  yield { name: KEYS, content: of(keys) };
  const databases: Manifest["databases"] = {};
  for (const [service, { db, tables, facts }] of Object.entries(cut.databases)) {
    const described: Manifest["databases"][string]["tables"] = {};
    for (const table of tables) {
      const name = tableEntry(service, table.name);
      yield { name, content: copyOut(db, table) };
      described[table.name] = {
        ...digests.get(name)!,
        columns: table.columns,
        rows: await countRows(db, table.name),
      };
    }
    databases[service] = { ...facts, tables: described };
  }
  // After the databases: a file is there before the row that speaks of it, and never changes.
  const files = { count: 0, bytes: 0 };
  for await (const path of listFiles(filesFolder)) {
    yield { name: fileEntry(path), content: readStored(filesFolder, path) };
    files.count++;
    files.bytes += digests.get(fileEntry(path))!.bytes;
  }
  made.manifest = Manifest.parse({
    format: 1,
    at: cut.at.toISOString(),
    fenceMs: cut.fenceMs,
    databases,
    files,
  });
  yield { name: MANIFEST, content: of(new TextEncoder().encode(JSON.stringify(made.manifest))) };
}

async function* of(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function writeDurably(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  using file = await Deno.open(path, { create: true, truncate: true, write: true, mode: 0o600 });
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.byteLength;) at += await file.write(chunk.subarray(at));
  }
  await file.sync();
}

const exists = (path: string): Promise<boolean> => Deno.lstat(path).then(() => true, () => false);
