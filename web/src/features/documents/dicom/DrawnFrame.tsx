/** A frame that the platform draws, because its compression needs what no page of ours may run. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { useClient } from "../../../api/context.ts";
import { useText } from "../../../i18n/i18n.tsx";
import { Button } from "../../../ui/Button.tsx";
import { Skeleton } from "../../../ui/Progress.tsx";
import { ProblemNotice } from "../../problems/ProblemNotice.tsx";
import type { Window } from "./image.ts";

type Props = {
  documentId: string;
  /** Counted from 1. */
  frame: number;
  title: string;
  syntax: string;
  windows: Record<string, Window>;
  frames: ReactNode;
};

export function DrawnFrame({ documentId, frame, title, syntax, windows, frames }: Props) {
  const text = useText();
  const client = useClient();
  const [preset, setPreset] = useState("default");
  const window = windows[preset];
  const query = window ? `?windowCenter=${window.center}&windowWidth=${window.width}` : "";
  const drawn = useQuery({
    queryKey: ["documents", "drawn", documentId, frame, query],
    staleTime: Infinity,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      client.bytes(`/api/content/documents/${documentId}/frames/${frame}/rendered${query}`, signal),
  });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!drawn.data) return;
    const made = URL.createObjectURL(new Blob([drawn.data]));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [drawn.data]);
  if (drawn.isError) {
    return (
      <div className="p-4">
        <ProblemNotice error={drawn.error} onRetry={() => drawn.refetch()} />
      </div>
    );
  }
  if (!url) {
    return (
      <div className="p-6">
        <Skeleton label={text.common.loading} />
      </div>
    );
  }
  return (
    <>
      <div className="relative grid place-items-center bg-black p-2">
        <img src={url} alt={title} className="max-h-[72vh] w-160 max-w-full object-contain" />
        <p className="pointer-events-none absolute bottom-2 left-3 text-xs text-white/80">
          {text.viewer.notForDiagnosis}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 sm:px-5">
        {Object.keys(windows).length > 0 && (
          <div className="flex flex-wrap gap-1.5" role="group" aria-label={text.viewer.presets}>
            {["default", ...Object.keys(windows)].map((name) => (
              <Button
                key={name}
                size="sm"
                look="quiet"
                aria-pressed={name === preset}
                onPress={() => setPreset(name)}
                className="aria-pressed:bg-accent-soft aria-pressed:text-on-accent-soft"
              >
                {text.viewer.presetNames[name] ?? name}
              </Button>
            ))}
          </div>
        )}
        {frames}
        <p className="text-xs text-ink-3">{text.viewer.rendered(syntax)}</p>
      </div>
    </>
  );
}
