/** A new version: the file is chosen, sent after the one that was seen, and kept when that was stale. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Document } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { isAborted, Problem } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { FilePicker } from "../../ui/FilePicker.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { documentQuery, tagOf } from "./documents.ts";
import { refusalOf } from "./uploads/model.ts";

type Sending = { file: File; progress: number | undefined; error?: unknown; stop: AbortController };

export function NewVersion({ document }: { document: Document }) {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [sending, setSending] = useState<Sending>();

  async function send(file: File, after: Pick<Document, "sha256" | "version">) {
    const stop = new AbortController();
    setSending({ file, progress: 0, stop });
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      const filed = await client.upload({
        method: "PUT",
        address: `/api/content/documents/${document.id}/content`,
        form,
        headers: { "if-match": tagOf(after) },
        signal: stop.signal,
      }, (progress) => setSending({ file, progress: progress >= 1 ? undefined : progress, stop }));
      await queries.invalidateQueries({ queryKey: ["documents"] });
      setSending(undefined);
      announce(text.document.versionSent(filed.version));
    } catch (error) {
      if (isAborted(error)) setSending(undefined);
      else setSending({ file, progress: undefined, error, stop });
    }
  }

  async function sendAfterNewest(file: File) {
    try {
      await send(
        file,
        await queries.fetchQuery({ ...documentQuery(client, document.id), staleTime: 0 }),
      );
    } catch (error) {
      setSending({ file, progress: undefined, error, stop: new AbortController() });
    }
  }

  function close() {
    sending?.stop.abort();
    setSending(undefined);
    queries.invalidateQueries({ queryKey: ["documents"] });
  }

  const refusal = sending && refusalOf(sending.file);
  const error = sending?.error;
  const isStale = error instanceof Problem && (error.status === 412 || error.status === 409);
  return (
    <>
      <FilePicker
        icon="upload"
        isMultiple={false}
        onFiles={([file]) => {
          if (!file) return;
          if (refusalOf(file)) {
            setSending({ file, progress: undefined, stop: new AbortController() });
          } else send(file, document);
        }}
      >
        {text.document.newVersion}
      </FilePicker>
      <Dialog title={text.document.newVersion} isOpen={sending !== undefined} onClose={close}>
        {sending && (
          <div className="flex flex-col gap-4">
            <p className="text-sm text-ink-2 wrap-anywhere">
              {sending.file.name} · {format.size(sending.file.size)}
            </p>
            {refusal
              ? <Notice tone="caution" title={text.upload[refusal]} isUrgent />
              : isStale
              ? (
                <Notice tone="caution" title={text.document.versionStale} isUrgent>
                  {text.document.versionStaleText}
                </Notice>
              )
              : error !== undefined
              ? <ProblemNotice error={error} />
              : (
                <Progress
                  label={text.upload.progress(sending.file.name)}
                  value={sending.progress}
                />
              )}
            <div className="flex flex-wrap justify-end gap-2">
              {isStale
                ? (
                  <>
                    <Button onPress={() => sendAfterNewest(sending.file)}>
                      {text.document.versionAnyway}
                    </Button>
                    <Button look="primary" onPress={close}>{text.document.versionLook}</Button>
                  </>
                )
                : (
                  <>
                    <Button onPress={close}>
                      {error !== undefined || refusal ? text.common.close : text.common.cancel}
                    </Button>
                    {error !== undefined && (
                      <Button
                        look="primary"
                        icon="retry"
                        onPress={() => send(sending.file, document)}
                      >
                        {text.common.retry}
                      </Button>
                    )}
                  </>
                )}
            </div>
          </div>
        )}
      </Dialog>
    </>
  );
}
