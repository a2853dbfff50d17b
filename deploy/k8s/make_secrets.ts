/**
 * Makes all secrets of one region, once: `make_secrets.ts <folder>` writes one JSON file per entry of
 * the store, `praxis/<service>`, readable by its owner only. Put them into the store, keep a sealed
 * copy beside the backups, and remove the folder.
 */
import { createHash, randomBytes } from "node:crypto";
import { SERVICES } from "@praxis/local/services";
import { databasePasswordNames } from "./data.ts";
import { secretNamesOf } from "./environment.ts";
import { hasDatabase } from "./names.ts";

/** Letters, digits, - and _ only: such a password needs no escaping in a URL. */
const KEY_BYTES = 32;
const randomKey = () => randomBytes(KEY_BYTES).toString("base64url");

/** By entry of the store: its properties. Credentials and their hashes, keys and their copies agree. */
export function makeSecrets(): Record<string, Record<string, string>> {
  const names = SERVICES.map(({ name }) => name);
  const credentials = new Map(names.map((name) => [name, randomKey()]));
  const contextKeys = new Map(names.slice(1).map((name) => [name, randomKey()]));
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  return Object.fromEntries(SERVICES.map((service) => {
    const values: Record<string, string> = {
      SERVICE_CREDENTIAL: credentials.get(service.name)!,
      CONTEXT_KEY: contextKeys.get(service.name) ?? "",
      CONTEXT_KEYS: JSON.stringify(Object.fromEntries(contextKeys)),
      SERVICE_CREDENTIAL_HASHES: JSON.stringify(
        Object.fromEntries([...credentials].map(([name, text]) => [name, hash(text)])),
      ),
    };
    const wanted = [
      ...secretNamesOf(service),
      ...(hasDatabase(service) ? databasePasswordNames : []),
    ];
    return [
      `praxis/${service.name}`,
      Object.fromEntries(wanted.map((name) => [name, values[name] ?? randomKey()])),
    ];
  }));
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new TypeError("Usage: make_secrets.ts <folder>");
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [entry, values] of Object.entries(makeSecrets())) {
    await Deno.writeTextFile(
      `${folder}/${entry.replace("praxis/", "")}.json`,
      JSON.stringify(values, null, 2) + "\n",
      // Secrets that are there are in use: they are never written over.
      { mode: 0o600, createNew: true },
    );
  }
}
