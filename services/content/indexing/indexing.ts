/** Makes a document findable: by its names at once, by its text when that has been read. */
import type { Db } from "@praxis/shared/postgres";
import { learnableIn, vectorOfText } from "./model.ts";
import * as store from "./store.ts";

/** A version with the vectors of its text. */
export type Indexed = Omit<store.Key, "organizationId"> & { vectors?: readonly string[] };

/**
 * Indexes versions of one organization. One that is not its document's present version is left
 * out: old text must not answer for new content.
 */
export async function index(
  tx: Db,
  organizationId: string,
  versions: readonly Indexed[],
): Promise<void> {
  const present = await store.lockPresent(tx, organizationId, versions);
  if (present.length === 0) return;
  const vectorsOf = new Map(versions.map(({ documentId, vectors = [] }) => [documentId, vectors]));
  const parts = present.flatMap(({ title, fileName, ...facts }) => {
    const [whole = "", ...windows] = vectorsOf.get(facts.documentId)!;
    return [
      {
        ...facts,
        part: 0,
        title: vectorOfText(title),
        fileName: vectorOfText(fileName),
        text: whole,
      },
      ...windows.map((text, at) => ({ ...facts, part: at + 1, title: "", fileName: "", text })),
    ];
  });
  const ids = present.map(({ documentId }) => documentId);
  await store.replace(tx, organizationId, ids, parts);
}

/** Makes new documents, named after their files, findable by those names. */
export async function indexNew(
  tx: Db,
  organizationId: string,
  documents: readonly { documentId: string; fileName: string }[],
  facts: Pick<store.NewNames, "kind" | "createdAt">,
): Promise<void> {
  await store.insertNames(
    tx,
    organizationId,
    documents.map(({ documentId, fileName }) => ({
      documentId,
      ...facts,
      name: vectorOfText(fileName),
    })),
  );
}

export const place = store.place;

/** Remembers the words of texts, to offer one when a search has found nothing. */
export async function learnWords(
  tx: Db,
  organizationId: string,
  vectors: readonly string[],
): Promise<void> {
  const terms = [...new Set(vectors.flatMap(learnableIn))];
  if (terms.length > 0) await store.insertWords(tx, organizationId, terms);
}
