/** Finds documents by the words inside them, within the caller's organization. */
import { z } from "@hono/zod-openapi";
import { readCursor, toPage } from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { type Call, findAll } from "../documents/documents.ts";
import {
  compile,
  endOf,
  type Facets,
  highlight,
  respell,
  type SearchPage,
  type SearchQuery,
} from "./model.ts";
import * as store from "./store.ts";

/** Rank, time and id of the last result, and the moment of the first page. */
const Cursor = z.tuple([z.number(), z.iso.datetime(), z.uuid(), z.iso.datetime()]);

/** A map, since a category may be called `constructor`. */
function tally(values: (string | null)[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

const count = (matches: readonly store.Match[]): Facets => ({
  kind: tally(matches.map(({ kind }) => kind)),
  category: tally(matches.map(({ category }) => category)),
  month: tally(matches.map(({ createdAt }) => createdAt.toISOString().slice(0, 7))),
});

export async function search(
  deps: Deps,
  { actor, requestId }: Call,
  { q, limit, cursor, from, to, ...filter }: SearchQuery,
): Promise<SearchPage> {
  const { organizationId } = actor;
  const [lastRank, lastAt, lastId, firstSeenAt] = readCursor(cursor, Cursor) ?? [];
  // What is filed while someone turns pages must not push results from one page to another.
  const seenAt = firstSeenAt ?? deps.now().toISOString();
  const isLater = to === undefined || Date.parse(endOf(to)) > Date.parse(seenAt);
  const until = isLater ? seenAt : endOf(to);
  const compiled = compile(q);
  const page = await read(deps.sql, { organizationId }, async (tx) => {
    // Words were asked for, and none was given: nothing is found.
    const matches = compiled === undefined && q.trim() !== "" ? [] : await store.match(tx, {
      ...filter,
      compiled,
      from,
      to: until,
    });
    const start = lastRank === undefined ? 0 : matches.findIndex((match) => {
      const at = match.createdAt.toISOString();
      return match.rank !== lastRank
        ? match.rank < lastRank
        : at !== lastAt
        ? at < lastAt!
        : match.documentId < lastId!;
    });
    const rest = start === -1 ? [] : matches.slice(start, start + limit + 1);
    const { items: found, nextCursor } = toPage(rest, limit, ({ rank, createdAt, documentId }) => [
      rank,
      createdAt.toISOString(),
      documentId,
      seenAt,
    ]);
    const ids = found.map(({ documentId }) => documentId);
    const documents = await findAll(tx, organizationId, ids);
    const texts = compiled ? await store.findTexts(tx, organizationId, ids) : new Map();
    const items = found.flatMap(({ documentId, rank }) => {
      const document = documents.find(({ id }) => id === documentId);
      if (!document) return [];
      const places = compiled
        ? [texts.get(documentId) ?? "", document.title, document.fileName]
        : [];
      const highlights = places.map((place) => highlight(place, compiled!))
        .find((passages) => passages.length > 0) ?? [];
      return [{ document, rank, highlights }];
    });
    const suggestion = compiled && matches.length === 0
      ? respell(q, await store.nearestWords(tx, [...compiled.terms])) ?? null
      : null;
    return { items, nextCursor, facets: count(matches), suggestion };
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.searched",
    subject: filter.patientId === undefined
      ? { type: "document" }
      : { type: "patient", id: filter.patientId },
    requestId,
    // Never the words: what someone looks for may be a patient's name or disease.
    details: { count: page.items.length, words: compiled?.terms.size ?? 0 },
  });
  return page;
}
