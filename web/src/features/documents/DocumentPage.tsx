/** One document: its content, and beside it what is known, its versions, and who saw it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Document } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Facts } from "../../ui/Facts.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay, useNames } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { DocumentAudit } from "./DocumentAudit.tsx";
import { documentQuery, listToReturnTo, versionsQuery } from "./documents.ts";
import { RecognizedText } from "./ExtractedText.tsx";
import { HeldBack } from "./HeldBack.tsx";
import { KindTag } from "./KindTag.tsx";
import { NewVersion } from "./NewVersion.tsx";
import { Versions } from "./Versions.tsx";
import { Viewer } from "./Viewer.tsx";

const route = getRouteApi("/signed-in/documents/$documentId");

export function DocumentPage() {
  const text = useText();
  const { documentId } = route.useParams();
  const document = useQuery(documentQuery(useClient(), documentId));
  const { error } = document;
  const isGone = error instanceof Problem && [403, 404, 410].includes(error.status);
  const failure = error && <ProblemNotice error={error} onRetry={() => document.refetch()} />;
  usePageTitle(document.data?.title);
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-4 sm:px-6 lg:px-8">
      <Link
        to="/documents"
        search={listToReturnTo()}
        className="-ml-1 inline-flex items-center gap-1 rounded-sm pr-1.5 text-sm text-ink-2 hover:text-ink"
      >
        <Icon name="back" className="size-4.5" />
        {text.document.back}
      </Link>
      {document.isLoadingError || isGone
        ? (
          <div className="mt-4 max-w-2xl">
            <h1 className="sr-only">{text.documents.title}</h1>
            {failure}
          </div>
        )
        : !document.data
        ? (
          <div className="mt-4">
            <Skeleton label={text.common.loading} lines={8} />
          </div>
        )
        : (
          // A look again that fails takes nothing away that was typed.
          <>
            {failure && <div className="mt-3">{failure}</div>}
            <Opened key={documentId} document={document.data} />
          </>
        )}
    </div>
  );
}

function Opened({ document }: { document: Document }) {
  const text = useText();
  const client = useClient();
  const { version, pane = "details" } = route.useSearch();
  const navigate = route.useNavigate();
  const canWrite = useMay("documents:write");
  const shownVersion = version ?? document.version;
  const isOld = shownVersion !== document.version;
  // Every look at the versions is audited: they are asked for only when somebody wants them.
  const versions = useQuery({ ...versionsQuery(client, document.id), enabled: isOld });
  const shown = isOld ? versions.data?.find((each) => each.version === shownVersion) : document;

  return (
    <>
      <header className="mt-2 mb-4 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="flex min-w-0 grow basis-72 items-start gap-3">
          <span className="mt-1">
            <KindTag kind={document.kind} />
          </span>
          <h1 className="line-clamp-3 min-w-0 text-2xl font-semibold wrap-anywhere">
            {document.title}
          </h1>
        </div>
        <div className="flex gap-2">
          {shown && (
            <Download
              document={document}
              version={shown.version}
              fileName={shown.fileName}
              mediaType={shown.mediaType}
            />
          )}
          {canWrite !== false && <NewVersion document={document} />}
        </div>
      </header>
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="min-w-0">
          <div className="flex flex-col gap-2 empty:hidden [&>*]:mb-3">
            {isOld && (
              <Notice
                tone="caution"
                icon="versions"
                title={text.document.oldVersion(shownVersion, document.version)}
                action={
                  <Button
                    size="sm"
                    onPress={() => navigate({ search: ({ version: _, ...rest }) => rest })}
                  >
                    {text.document.toCurrent}
                  </Button>
                }
              />
            )}
            {document.quarantined && <HeldBack document={document} />}
            {shown?.status === "processing" && <Notice title={text.document.processing} />}
            {shown?.status === "failed" && (
              <Notice tone="caution" title={text.document.unreadable}>
                {text.document.unreadableText}
                {shown.failureReason && (
                  <span className="mt-0.5 block text-ink-3">{shown.failureReason}</span>
                )}
              </Notice>
            )}
          </div>
          <section
            aria-label={text.document.viewer(document.title.slice(0, 200))}
            className="min-h-64 overflow-clip rounded-lg border border-line bg-surface"
          >
            {shown
              ? (
                <Viewer
                  key={shown.version}
                  content={{
                    id: document.id,
                    title: document.title,
                    version: shown.version,
                    kind: shown.kind,
                    mediaType: shown.mediaType,
                    size: shown.size,
                    status: shown.status,
                    isPresent: !isOld,
                  }}
                />
              )
              : versions.isPending
              ? (
                <div className="p-6">
                  <Skeleton label={text.common.loading} />
                </div>
              )
              : (
                <div className="p-4">
                  <Notice title={text.problem.missing}>{text.problem.missingText}</Notice>
                </div>
              )}
          </section>
          {!isOld && document.status === "ready" && document.textStatus === "recognized" && (
            <RecognizedText documentId={document.id} version={document.version} />
          )}
        </div>
        <aside
          aria-label={text.document.details}
          className="min-w-0 self-start rounded-lg border border-line bg-surface lg:sticky lg:top-18 lg:max-h-[calc(100dvh-6rem)] lg:overflow-y-auto"
        >
          <Tabs
            label={text.document.details}
            selected={pane}
            onSelect={(id) =>
              navigate({
                replace: true,
                search: ({ pane: _, ...rest }) => id === "details" ? rest : { ...rest, pane: id },
              })}
            tabs={[
              {
                id: "details",
                label: text.document.details,
                content: <Details document={document} />,
              },
              {
                id: "versions",
                label: text.document.versions,
                count: document.version,
                content: <Versions document={document} shown={shownVersion} />,
              },
              {
                id: "audit",
                label: text.document.audit,
                content: <DocumentAudit documentId={document.id} />,
              },
            ]}
          />
        </aside>
      </div>
    </>
  );
}

function Details({ document }: { document: Document }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  return (
    <Facts
      facts={[
        [text.document.kind, text.documents.kinds[document.kind] ?? document.kind],
        [text.document.category, document.category],
        [text.document.tags, document.tags.join(", ")],
        [text.document.filedBy, nameOf(document.createdBy)],
        [text.document.filedAt, format.moment(document.createdAt)],
        [
          text.document.changedAt,
          document.version > 1 ? format.moment(document.updatedAt) : undefined,
        ],
        [text.document.fileName, document.fileName],
        [text.document.size, format.size(document.size)],
        [
          text.document.text,
          document.status === "ready" && {
            extracted: text.document.textExtracted,
            recognized: text.document.textRecognized,
            none: text.document.textNone,
          }[document.textStatus],
        ],
        [
          text.document.patient,
          document.patientId && (
            <span key="patient" className="font-mono text-xs">{document.patientId}</span>
          ),
        ],
        [
          text.document.checksum,
          <span key="sha" className="font-mono text-2xs leading-4 text-ink-3">
            {document.sha256}
          </span>,
        ],
      ]}
    />
  );
}

type DownloadProps = { document: Document; version: number; fileName: string; mediaType: string };

function Download({ document: { id }, version, fileName, mediaType }: DownloadProps) {
  const text = useText();
  const client = useClient();
  const [isWorking, setWorking] = useState(false);
  const [error, setError] = useState<unknown>();
  async function download() {
    setWorking(true);
    setError(undefined);
    try {
      const bytes = await client.bytes(`/api/content/documents/${id}/versions/${version}/content`);
      // Never opened by the browser itself: as a plain file, a page inside it cannot run as ours.
      const type =
        /^(text\/html|image\/svg|application\/xhtml|text\/xml|application\/xml)/.test(mediaType)
          ? "application/octet-stream"
          : mediaType;
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      const link = globalThis.document.createElement("a");
      link.href = url;
      link.download = fileName;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (problem) {
      setError(problem);
    }
    setWorking(false);
  }
  return (
    <div className="flex flex-col gap-2">
      <Button icon="download" isPending={isWorking} onPress={download}>
        {text.document.download}
      </Button>
      {error !== undefined && <ProblemNotice error={error} onRetry={download} />}
    </div>
  );
}
