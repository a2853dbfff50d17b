/** Brings patients over from another system: checked first, imported when the report is right. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PracticeSchemas } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Tick } from "../../ui/Choice.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { FilePicker } from "../../ui/FilePicker.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { DuplicateList } from "./Duplicates.tsx";
import { usePracticeText } from "./texts.ts";

type Import = PracticeSchemas["Import"];

const POLL_MS = 700;
const ROWS_SHOWN = 50;

/** By its name: browsers do not agree on the type of a CSV file. */
function typed(file: File): Blob | undefined {
  if (/\.(csv|tsv|txt)$/i.test(file.name)) return file.slice(0, file.size, "text/csv");
  if (/\.json$/i.test(file.name)) return file.slice(0, file.size, "application/fhir+json");
  return undefined;
}

type Start = { file: Blob; dryRun: boolean; skipBroken: boolean; skipDuplicates: boolean };

export function ImportPage() {
  const text = usePracticeText().import;
  const client = useClient();
  const [file, setFile] = useState<Blob>();
  const [isWrong, setWrong] = useState(false);
  const [skip, setSkip] = useState({ broken: false, duplicates: true });
  usePageTitle(text.title);
  const start = useMutation({
    mutationFn: ({ file, dryRun, skipBroken, skipDuplicates }: Start) =>
      client.sendFile("/api/practice/imports", {
        file,
        query: { dryRun, skipBroken, onDuplicate: skipDuplicates ? "skip" : "register" },
      }),
  });
  const one = useImport(start.data);
  const isBusy = start.isPending || one?.status === "running";

  function choose([chosen]: File[]) {
    if (!chosen) return;
    const blob = typed(chosen);
    setWrong(!blob);
    setFile(blob);
    setSkip({ broken: false, duplicates: true });
    start.reset();
    if (blob) start.mutate({ file: blob, dryRun: true, skipBroken: true, skipDuplicates: false });
  }

  return (
    <div className="mx-auto max-w-3xl px-4 pt-5 sm:px-6 sm:pt-7">
      <h1 className="text-2xl font-semibold">{text.title}</h1>
      <p className="mb-5 text-ink-2">{text.lead}</p>
      {!isBusy && (
        <FilePicker
          look={one ? "secondary" : "primary"}
          icon="upload"
          isMultiple={false}
          onFiles={choose}
        >
          {one ? text.again : text.choose}
        </FilePicker>
      )}
      <div className="mt-5 flex flex-col gap-5">
        {isWrong && <Notice tone="caution" isUrgent title={text.wrongType} />}
        {start.error && <ProblemNotice error={start.error} />}
        {isBusy && <Running one={one} isDryRun={start.variables?.dryRun !== false} />}
        {one?.status === "done" && <Report one={one} />}
        {one?.status === "done" && one.isDryRun && file && one.counts.registered > 0 && (
          <div className="flex flex-wrap items-center gap-x-5 gap-y-2 border-t border-line pt-4">
            {one.counts.broken > 0 && (
              <Tick
                isSelected={skip.broken}
                onChange={(broken) => setSkip({ ...skip, broken })}
              >
                {text.skipBroken}
              </Tick>
            )}
            {one.counts.possibleDuplicates > 0 && (
              <Tick
                isSelected={skip.duplicates}
                onChange={(duplicates) => setSkip({ ...skip, duplicates })}
              >
                {text.skipDuplicates}
              </Tick>
            )}
            <div className="ml-auto">
              <Button
                look="primary"
                isDisabled={one.counts.broken > 0 && !skip.broken}
                onPress={() =>
                  start.mutate({
                    file,
                    dryRun: false,
                    skipBroken: skip.broken,
                    skipDuplicates: skip.duplicates && one.counts.possibleDuplicates > 0,
                  })}
              >
                {text.start}
              </Button>
            </div>
          </div>
        )}
        {one?.status === "done" && !one.isDryRun && (
          <div>
            <ButtonLink to="/patients" look="primary">{text.toPatients}</ButtonLink>
          </div>
        )}
      </div>
    </div>
  );
}

/** As far as it is; asked again until it is done. */
function useImport(started: Import | undefined): Import | undefined {
  const client = useClient();
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["imports", started?.id],
    enabled: started !== undefined,
    ...(started ? { initialData: started } : {}),
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) => state.data?.status === "running" ? POLL_MS : false,
    queryFn: async ({ signal }) => {
      const path = { id: started!.id };
      const one = await client.get("/api/practice/imports/{id}", { path, signal });
      if (one.status === "done" && !one.isDryRun) {
        await queries.invalidateQueries({ queryKey: ["patients"] });
      }
      return one;
    },
  }).data;
}

function Running({ one, isDryRun }: { one: Import | undefined; isDryRun: boolean }) {
  const text = usePracticeText().import;
  const total = one?.counts.total ?? 0;
  const done = total - (one?.counts.staged ?? 0);
  const label = isDryRun ? text.checking : text.running;
  return (
    <div role="status">
      <p className="mb-1.5 text-sm text-ink-2">
        {label} {total > 0 && <span className="tabular">{text.progress(done, total)}</span>}
      </p>
      <Progress label={label} value={total > 0 ? done / total : undefined} />
    </div>
  );
}

function Report({ one }: { one: Import }) {
  const text = usePracticeText().import;
  const format = useFormat();
  const { counts } = one;
  const shown = (count: number) => count > 0 ? format.number(count) : undefined;
  const notHeld = Object.entries(one.notHeld);
  return (
    <>
      <section
        aria-label={text.reportTitle}
        className="rounded-md border border-line bg-surface p-4"
      >
        <div role="status">
          <h2 className="mb-3 text-lg font-semibold">
            {one.isDryRun ? text.reportTitle : text.doneTitle}
          </h2>
        </div>
        <Facts
          isWide
          facts={[
            [text.total, format.number(counts.total)],
            [text.registered, format.number(counts.registered)],
            [text.known, shown(counts.known)],
            [text.duplicate, shown(counts.duplicate)],
            [text.possible, shown(counts.possibleDuplicates)],
            [text.broken, shown(counts.broken)],
            [
              text.notHeld,
              notHeld.length > 0
                ? notHeld.map(([path, count]) => `${path} (${format.number(count)})`).join(", ")
                : undefined,
            ],
          ]}
        />
      </section>
      {counts.broken > 0 && (
        <Rows
          one={one}
          title={text.brokenTitle}
          query={{ status: "broken" }}
        />
      )}
      {counts.possibleDuplicates > 0 && (
        <Rows one={one} title={text.duplicatesTitle} query={{ isDuplicate: "true" }} />
      )}
    </>
  );
}

type RowsProps = {
  one: Import;
  title: string;
  query: { status: "broken" } | { isDuplicate: "true" };
};

function Rows({ one, title, query }: RowsProps) {
  const common = useText().common;
  const text = usePracticeText().import;
  const client = useClient();
  const rows = useQuery({
    queryKey: ["imports", one.id, "rows", query],
    queryFn: ({ signal }) =>
      client.get("/api/practice/imports/{id}/rows", {
        path: { id: one.id },
        query: { ...query, limit: ROWS_SHOWN },
        signal,
      }),
  });
  if (rows.isError) return <ProblemNotice error={rows.error} onRetry={() => rows.refetch()} />;
  return (
    <section aria-label={title}>
      <h2 className="mb-1 text-sm font-semibold">{title}</h2>
      <ul className="border-t border-line text-sm">
        {rows.data?.items.map((row) => (
          <li key={row.line} className="border-b border-line py-row">
            <span className="font-medium">{text.line(row.line)}</span>
            {row.errors.map(({ pointer, detail }, at) => (
              <span key={at} className="ml-2 text-ink-2">
                {pointer && <code className="font-mono text-xs">{pointer}</code>} {detail}
              </span>
            ))}
            {row.duplicates.length > 0 && <DuplicateList duplicates={row.duplicates} />}
          </li>
        ))}
      </ul>
      {rows.data?.nextCursor && <p className="mt-1 text-sm text-ink-3">…</p>}
      {rows.isPending && <p className="sr-only" role="status">{common.loading}</p>}
    </section>
  );
}
