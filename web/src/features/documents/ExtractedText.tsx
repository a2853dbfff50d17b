/** The text that Praxis found inside a file, where the file itself is no text. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useClient } from "../../api/context.ts";
import { useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Disclosure } from "../../ui/Disclosure.tsx";
import { Empty, Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { textQuery } from "./documents.ts";
import type { Content } from "./Viewer.tsx";

/** An office file: its words, and what is missing around them. */
export function OfficeText({ content: { id, version, status, isPresent } }: { content: Content }) {
  const text = useText();
  if (status === "processing") return <Waiting />;
  if (!isPresent || status === "failed") {
    return (
      <Empty
        icon="documents"
        title={isPresent ? text.document.noViewer : text.document.textOnlyOld}
      >
        {text.document.noViewerText}
      </Empty>
    );
  }
  return (
    <>
      <div className="border-b border-line bg-canvas px-5 py-2.5 text-sm text-ink-2 sm:px-8">
        <strong className="font-semibold text-ink">{text.document.textOnly}</strong>{" "}
        {text.document.textOnlyText}
      </div>
      <ExtractedText documentId={id} version={version} />
    </>
  );
}

type Props = { documentId: string; version: number };

/** What was read from the picture above it: asked for, and audited, only when it is opened. */
export function RecognizedText(props: Props) {
  const text = useText().document;
  const [wasOpened, setOpened] = useState(false);
  return (
    <div className="mt-3">
      <Disclosure title={text.recognized} onOpen={() => setOpened(true)}>
        <Notice tone="caution" title={text.recognizedText} />
        <div className="mt-2 rounded-lg border border-line bg-surface">
          {wasOpened && <ExtractedText {...props} />}
        </div>
      </Disclosure>
    </div>
  );
}

function ExtractedText({ documentId, version }: Props) {
  const text = useText();
  const found = useInfiniteQuery(textQuery(useClient(), documentId, version));
  const pieces = found.data?.pages ?? [];
  const problem = found.isError && (
    <div className="p-4">
      <ProblemNotice error={found.error} onRetry={() => found.refetch()} />
    </div>
  );
  if (!found.data) return problem || <Waiting />;
  // Somebody has filed another version meanwhile: its text does not stand under this one.
  const isOther = pieces.some((piece) => piece.version !== version);
  if (isOther || pieces.every((piece) => piece.text.trim() === "")) {
    return (
      <Empty
        icon="documents"
        title={isOther ? text.document.textOnlyOld : text.document.textOnlyEmpty}
      >
        {text.document.noViewerText}
      </Empty>
    );
  }
  return (
    <>
      <Words>{pieces.map((piece) => piece.text).join("")}</Words>
      {problem}
      {found.hasNextPage && (
        <div className="border-t border-line px-5 py-3">
          <Button
            size="sm"
            isPending={found.isFetchingNextPage}
            onPress={() => found.fetchNextPage()}
          >
            {text.common.more}
          </Button>
        </div>
      )}
    </>
  );
}

const Words = ({ children }: { children: ReactNode }) => (
  <pre className="max-w-[72ch] px-5 py-5 font-sans text-[0.9375rem] leading-6 whitespace-pre-wrap wrap-anywhere sm:px-8 sm:py-7">
    {children}
  </pre>
);

function Waiting() {
  const text = useText();
  return (
    <div className="p-6">
      <Skeleton label={text.common.loading} />
    </div>
  );
}
