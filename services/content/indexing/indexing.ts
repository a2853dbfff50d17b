/** Makes a document findable: by its names at once, by its text when that has been read. */
import type { Db } from "@praxis/shared/postgres";
import { learnableIn, vectorOfText } from "./model.ts";
import * as store from "./store.ts";

/**
 * Indexes a version with `vectors`, those of its text. Does nothing when it is not the document's
 * present version: old text must not answer for new content.
 */
export async function index(tx: Db, key: store.Key, vectors: string[] = []): Promise<void> {
  const names = await store.lockCurrent(tx, key);
  if (!names) return;
  await store.replace(tx, key, {
    title: vectorOfText(names.title),
    fileName: vectorOfText(names.fileName),
    texts: vectors.length === 0 ? [""] : vectors,
  });
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
