/** Compares the patient seen in a document with the one it was filed for, and learns from it. */
import type { Db } from "@praxis/shared/postgres";
import type { SeenPatient } from "../ingestion/model.ts";
import { type Disagreement, findingOf, findingOfSeveral } from "./model.ts";
import * as store from "./store.ts";

/** Holds back everybody else who compares or learns of the patients of these documents. */
export const lockOf = store.lockOf;

type About = store.Key & { documentId: string; seen: SeenPatient | null; at: Date };
type Checked = About & {
  isOfSeveral: boolean;
  /** All of the several, as far as they could be listed. */
  persons?: readonly SeenPatient[] | undefined;
};

/** Learns from a document that agrees; puts one that does not in quarantine and says why. */
export async function check(tx: Db, about: Checked): Promise<Disagreement[]> {
  if (about.isOfSeveral) {
    const { persons } = about;
    if (!persons) return await quarantine(tx, about, ["several-patients"]);
    await store.lock(tx, about);
    const reasons = findingOfSeveral(persons, await store.list(tx, about));
    return reasons.length === 0 ? [] : await quarantine(tx, about, reasons);
  }
  if (!about.seen) return [];
  await store.lock(tx, about);
  const { reasons, teaches } = findingOf(about.seen, await store.list(tx, about));
  if (teaches) await learn(tx, about);
  return reasons.length === 0 ? [] : await quarantine(tx, about, reasons);
}

/** Empty when a person has released the document before. */
const quarantine = async (tx: Db, about: About, reasons: Disagreement[]) =>
  await store.quarantine(tx, about, reasons) ? reasons : [];

/** Someone has said that this document is this patient's. */
export async function learn(tx: Db, { documentId, seen, at, ...key }: About): Promise<void> {
  if (seen) await store.put(tx, key, { documentId, identity: seen, at });
}
