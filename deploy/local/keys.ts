/** Random keys, and files that only their owner may read. */
import { randomBytes } from "node:crypto";

const KEY_BYTES = 32;
const DRAFT_NAME_BYTES = 9;
const SECRET_FILE_MODE = 0o600;

export function randomKey(bytes = KEY_BYTES): string {
  return randomBytes(bytes).toString("base64url");
}

/** Appears whole or not at all, readable by its owner only. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomKey(DRAFT_NAME_BYTES)}`;
  await Deno.writeTextFile(draft, text, { mode: SECRET_FILE_MODE, createNew: true });
  await Deno.rename(draft, file);
}
