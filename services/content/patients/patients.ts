/** Compares the patient seen in a document with the one it was filed for, and learns from it. */
import type { Db } from "@praxis/shared/postgres";
import type { SeenPatient } from "../ingestion/model.ts";
import { type Disagreement, findingOf } from "./model.ts";
import * as store from "./store.ts";

/** Holds back everybody else who compares or learns of the patients of these documents. */
export const lockOf = store.lockOf;

type About = store.Key & { documentId: string; seen: SeenPatient | null; at: Date };

/** Learns from a document that agrees; puts one that does not in quarantine and says why. */
export async function check(tx: Db, about: About): Promise<Disagreement[]> {
  if (!about.seen) return [];
  await store.lock(tx, about);
  const { reasons, teaches } = findingOf(about.seen, await store.list(tx, about));
  if (teaches) await learn(tx, about);
  if (reasons.length === 0) return [];
  return await store.quarantine(tx, about, reasons) ? reasons : [];
}

/** Someone has said that this document is this patient's. */
export async function learn(tx: Db, { documentId, seen, at, ...key }: About): Promise<void> {
  if (seen) await store.put(tx, key, { documentId, identity: seen, at });
}
