/** All documents: filed by drop, found as you type, narrowed by kind and category. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { FilePicker } from "../../ui/FilePicker.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { DocumentTable } from "./DocumentTable.tsx";
import { facetsQuery, listQuery, type ListSearch, rememberList } from "./documents.ts";
import { Facets } from "./Facets.tsx";
import { DropTarget } from "./uploads/DropTarget.tsx";
import { UploadPanel } from "./uploads/UploadPanel.tsx";
import { useUploads } from "./uploads/uploads.tsx";

const route = getRouteApi("/signed-in/documents");

export function DocumentsPage() {
  const text = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { add } = useUploads();
  const canWrite = useMay("documents:write");
  const canRead = useMay("documents:read");
  const searchRef = useRef<HTMLInputElement>(null);
  usePageTitle(text.documents.title);
  useEffect(() => rememberList(search), [search]);

  const change = useCallback(
    (part: { [K in keyof ListSearch]?: ListSearch[K] | undefined }) =>
      navigate({
        replace: true,
        search: (before) => {
          const after = { ...before, ...part };
          for (const name of ["q", "kind", "category"] as const) {
            if (!after[name]) delete after[name];
          }
          return after as ListSearch;
        },
      }),
    [navigate],
  );
  const onSearch = useCallback((q: string) => change({ q }), [change]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement &&
        /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      searchRef.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-semibold sm:mr-auto">{text.documents.title}</h1>
        {canRead !== false && (
          <div className="order-3 w-full sm:order-none sm:w-88">
            <SearchBox
              label={text.documents.search}
              placeholder={text.documents.searchHint}
              clearLabel={text.documents.clear}
              value={search.q ?? ""}
              onSearch={onSearch}
              inputRef={searchRef}
            />
          </div>
        )}
        {canWrite !== false && (
          <div className="max-sm:ml-auto">
            <FilePicker look="primary" icon="upload" onFiles={add}>
              {text.documents.upload}
            </FilePicker>
          </div>
        )}
      </div>
      {canRead === false
        ? (
          <>
            <UploadPanel categories={[]} />
            <Empty icon="lock" title={text.documents.forbiddenTitle}>
              {text.documents.forbiddenText}
            </Empty>
          </>
        )
        : <Listing search={search} onChange={change} />}
      {canWrite !== false && <DropTarget onFiles={add} />}
    </div>
  );
}

type ListingProps = {
  search: ListSearch;
  onChange: (part: { [K in keyof ListSearch]?: ListSearch[K] | undefined }) => void;
};

function Listing({ search, onChange }: ListingProps) {
  const text = useText();
  const client = useClient();
  const { q = "", kind, category } = search;
  const list = useInfiniteQuery(listQuery(client, search));
  const facets = useQuery(facetsQuery(client, q)).data;
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const isFiltered = kind !== undefined || category !== undefined;
  const isSearch = q.trim() !== "";

  return (
    <div className="lg:grid lg:grid-cols-[11.5rem_minmax(0,1fr)] lg:gap-8">
      <Facets
        facets={facets}
        kind={kind}
        category={category}
        onChange={onChange}
      />
      <div className="min-w-0">
        <UploadPanel categories={Object.keys(facets?.category ?? {})} />
        <p role="status" className={isSearch || isFiltered ? "mb-1 text-sm text-ink-3" : "sr-only"}>
          {list.isSuccess && !list.isPlaceholderData &&
            text.documents.results(rows.length, list.hasNextPage)}
        </p>
        {list.isError
          ? <ProblemNotice error={list.error} onRetry={() => list.refetch()} />
          : list.isPending
          ? <Skeleton label={text.common.loading} lines={9} />
          : rows.length === 0
          ? (
            isSearch || isFiltered
              ? (
                <Empty
                  icon="search"
                  title={text.documents.noneTitle}
                  action={
                    <Button
                      onPress={() =>
                        onChange({ q: undefined, kind: undefined, category: undefined })}
                    >
                      {isSearch ? text.documents.clear : text.documents.clearFilters}
                    </Button>
                  }
                >
                  {isSearch ? text.documents.noneText(q.slice(0, 80)) : text.documents.noneFiltered}
                </Empty>
              )
              : (
                <Empty icon="documents" title={text.documents.emptyTitle}>
                  {text.documents.emptyText}
                </Empty>
              )
          )
          : (
            <div
              className={`transition-opacity duration-150 ${
                list.isPlaceholderData ? "opacity-60" : ""
              }`}
              aria-busy={list.isPlaceholderData}
            >
              <DocumentTable rows={rows} isByDay={!isSearch} />
              {list.hasNextPage && (
                <div className="mt-4 flex justify-center">
                  <Button
                    onPress={() => list.fetchNextPage()}
                    isPending={list.isFetchingNextPage}
                  >
                    {text.common.more}
                  </Button>
                </div>
              )}
              <p className="mt-4 hidden items-center gap-1.5 text-xs text-ink-3 lg:flex">
                <Icon name="info" className="size-4" />
                {text.documents.keys}
              </p>
            </div>
          )}
      </div>
    </div>
  );
}
