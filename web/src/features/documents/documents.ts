/** Documents, as the pages ask for them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Client, Document, DocumentKind } from "../../api/client.ts";

export const KINDS = [
  "pdf",
  "hl7v2",
  "dicom",
  "ccda",
  "fhir",
  "image",
  "office",
  "text",
  "other",
] as const satisfies readonly DocumentKind[];

/** What stands in the list's address. */
export type ListSearch = { q?: string; kind?: DocumentKind; category?: string };

const text = (value: unknown, charsMax: number): string | undefined =>
  typeof value === "string" && value !== ""
    ? value.slice(0, charsMax)
    // The router reads ?q=42 as a number.
    : typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;

export function readListSearch(given: Record<string, unknown>): ListSearch {
  const q = text(given.q, 500);
  const category = text(given.category, 100);
  const kind = KINDS.find((value) => value === given.kind);
  return {
    ...(q === undefined ? {} : { q }),
    ...(kind === undefined ? {} : { kind }),
    ...(category === undefined ? {} : { category }),
  };
}

const PAGE = 50;
const PROCESSING_POLL_MS = 1_500;

/** A row of the list: a document, and why it was found. */
export type Row = { document: Document; highlights: string[] };
export type RowPage = {
  items: Row[];
  nextCursor: string | null;
  facets?: { kind: Record<string, number>; category: Record<string, number> };
};

async function listPage(
  client: Client,
  { q = "", kind, category }: ListSearch,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<RowPage> {
  const query = {
    limit: PAGE,
    ...(kind ? { kind } : {}),
    ...(category ? { category } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
  if (q.trim() !== "") {
    return await client.get("/api/content/search", { query: { ...query, q }, signal });
  }
  const page = await client.get("/api/content/documents", { query, signal });
  return {
    items: page.items.map((document) => ({ document, highlights: [] })),
    nextCursor: page.nextCursor,
  };
}

const isProcessing = (pages: RowPage[] | undefined) =>
  pages?.some(({ items }) => items.some(({ document }) => document.status === "processing"));

export const listQuery = (client: Client, search: ListSearch) =>
  infiniteQueryOptions({
    queryKey: ["documents", "list", search],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => listPage(client, search, pageParam, signal),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) => isProcessing(state.data?.pages) ? PROCESSING_POLL_MS : false,
  });

/** How many there are of each kind and category, whatever is chosen among them. */
export const facetsQuery = (client: Client, q: string) =>
  queryOptions({
    queryKey: ["documents", "facets", q],
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    queryFn: async ({ signal }) =>
      (await client.get("/api/content/search", { query: { q, limit: 1 }, signal })).facets,
  });

export const documentQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["documents", "one", id],
    queryFn: ({ signal }) => client.get("/api/content/documents/{id}", { path: { id }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.status === "processing" ? PROCESSING_POLL_MS : false,
  });

export const versionsQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["documents", "versions", id],
    queryFn: async ({ signal }) =>
      (await client.get("/api/content/documents/{id}/versions", {
        path: { id },
        query: { limit: 100 },
        signal,
      })).items,
  });

/** The bytes of a version never change. */
export const bytesQuery = (client: Client, id: string, version: number) =>
  queryOptions({
    queryKey: ["documents", "bytes", id, version],
    staleTime: Infinity,
    gcTime: 60_000,
    structuralSharing: false,
    queryFn: ({ signal }) =>
      client.bytes(`/api/content/documents/${id}/versions/${version}/content`, signal),
  });

/** The text that was found inside the present version, a piece at a time. */
export const textQuery = (client: Client, id: string, version: number) =>
  infiniteQueryOptions({
    queryKey: ["documents", "text", id, version],
    staleTime: Infinity,
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/content/documents/{id}/text", {
        path: { id },
        query: { offset: pageParam },
        signal,
      }),
    getNextPageParam: ({ nextOffset }) => nextOffset,
  });

/** The tag that If-Match asks for: each version has its own. */
export const tagOf = ({ sha256, version }: Pick<Document, "sha256" | "version">): string =>
  `"${sha256}-v${version}"`;

let lastList: ListSearch = {};
export const rememberList = (search: ListSearch): void => {
  lastList = search;
};
/** Where "back to the list" goes: to what was looked for. */
export const listToReturnTo = (): ListSearch => lastList;
