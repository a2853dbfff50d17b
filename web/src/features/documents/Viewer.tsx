/** The content of a version, in the viewer for its kind; each viewer is loaded when first needed. */
import { useQuery } from "@tanstack/react-query";
import { Component, lazy, type ReactNode, Suspense, useState } from "react";
import type { DocumentStatus } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { bytesQuery } from "./documents.ts";
import { OfficeText } from "./ExtractedText.tsx";
import { ViewerFailed } from "./ViewerFailed.tsx";

const Pdf = lazy(() => import("./pdf/PdfViewer.tsx"));
const Hl7 = lazy(() => import("./hl7/Hl7Viewer.tsx"));
const Dicom = lazy(() => import("./dicom/DicomViewer.tsx"));
const Ccda = lazy(() => import("./ccda/CcdaViewer.tsx"));
const Text = lazy(() => import("./TextViewer.tsx"));
const Picture = lazy(() => import("./ImageViewer.tsx"));

/** From here on a person is asked first. */
const LARGE_BYTES = 40_000_000;

export type Content = {
  id: string;
  title: string;
  version: number;
  kind: string;
  mediaType: string;
  size: number;
  status: DocumentStatus;
  /** Not an older version. */
  isPresent: boolean;
};

export function Viewer({ content }: { content: Content }) {
  const text = useText();
  const format = useFormat();
  const [isWanted, setWanted] = useState(content.size <= LARGE_BYTES);
  if (content.kind === "other") {
    return (
      <Empty icon="documents" title={text.document.noViewer}>{text.document.noViewerText}</Empty>
    );
  }
  // Its bytes say nothing to a reader.
  if (content.kind === "office") return <OfficeText content={content} />;
  if (!isWanted) {
    return (
      <Empty
        icon="info"
        title={text.document.tooBig(format.size(content.size))}
        action={<Button onPress={() => setWanted(true)}>{text.document.showAnyway}</Button>}
      />
    );
  }
  return <Loaded content={content} />;
}

function Loaded({ content }: { content: Content }) {
  const text = useText();
  const { data: bytes, error, refetch } = useQuery(
    bytesQuery(useClient(), content.id, content.version),
  );
  const waiting = (
    <div className="p-6">
      <Skeleton label={text.common.loading} />
    </div>
  );
  if (error) {
    return (
      <div className="p-4">
        <ProblemNotice error={error} onRetry={() => refetch()} />
      </div>
    );
  }
  if (!bytes) return waiting;
  return (
    <Guard key={`${content.id} ${content.version}`}>
      <Suspense fallback={waiting}>{viewerOf(content, bytes)}</Suspense>
    </Guard>
  );
}

function viewerOf(
  { id, kind, title, mediaType, isPresent }: Content,
  bytes: Uint8Array<ArrayBuffer>,
): ReactNode {
  switch (kind) {
    case "pdf":
      return <Pdf bytes={bytes} />;
    case "hl7v2":
      return <Hl7 bytes={bytes} />;
    case "dicom":
      return <Dicom bytes={bytes} title={title} {...(isPresent ? { documentId: id } : {})} />;
    case "ccda":
      return <Ccda bytes={bytes} />;
    case "image":
      return <Picture bytes={bytes} mediaType={mediaType} title={title} />;
    case "fhir":
      return <Text bytes={bytes} isJson={/json/.test(mediaType)} />;
    default:
      return <Text bytes={bytes} />;
  }
}

/** A file that makes a viewer stumble costs the viewer, not the page. */
class Guard extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <ViewerFailed /> : this.props.children;
  }
}
