/** Content's files, each named by the SHA-256 of what it holds, below its organization. */
import { createHash } from "node:crypto";
import { Refusal } from "./refusal.ts";

/** `<organization>/<two characters>/<sha256>`; what is still coming in has another form. */
const STORED = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;

export const isStoredFile = (path: string): boolean => STORED.test(path);

/** Paths of stored files below `folder`, in order. A folder that does not exist holds none. */
export async function* listFiles(folder: string, below = ""): AsyncGenerator<string> {
  const names: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(`${folder}/${below}`)) names.push(entry);
  } catch (error) {
    if (below !== "" || !(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const entry of names.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory && path.split("/").length < 3) yield* listFiles(folder, path);
    else if (isStoredFile(path)) yield path;
  }
}

/**
 * The bytes of a stored file.
 * @throws Refusal at the end when they are not what its name says: a broken disk is no backup.
 */
export async function* readStored(folder: string, path: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const file = await Deno.open(`${folder}/${path}`);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") === path.slice(path.lastIndexOf("/") + 1)) return;
  throw new Refusal(
    `The stored file ${path} is not what its name says: its disk has lost bytes. Restore that file ` +
      "from an older archive first.",
  );
}

/** Writes a file durably; the bytes must be what its name says. */
export async function writeStored(
  folder: string,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  if (!isStoredFile(path)) throw new Refusal(`The archive holds a file of a strange name: ${path}`);
  const target = `${folder}/${path}`;
  await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
  using file = await Deno.open(target, { createNew: true, write: true });
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    for (let at = 0; at < chunk.byteLength;) at += await file.write(chunk.subarray(at));
    bytes += chunk.byteLength;
  }
  await file.sync();
  if (hash.digest("hex") !== path.slice(path.lastIndexOf("/") + 1)) {
    throw new Refusal(`The archived file ${path} is not what its name says. Take another archive.`);
  }
  return bytes;
}
