/** The bytes of a version, wherever they lie: a file in storage, or a row when they are few. */
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import type { Range } from "./model.ts";
import * as store from "./store.ts";

/** From `start` to `end`, both included. Whoever opens them reads or cancels them. */
export async function open(
  { sql, storage }: Pick<Deps, "sql" | "storage">,
  key: store.Key,
  { version, sha256 }: { version: number; sha256: string },
  range: Range,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { organizationId } = key;
  const body = await read(sql, { organizationId }, (tx) => store.findBody(tx, key, version));
  if (!body) return await storage.open(organizationId, sha256, range);
  return ReadableStream.from([new Uint8Array(body.subarray(range.start, range.end + 1))]);
}
