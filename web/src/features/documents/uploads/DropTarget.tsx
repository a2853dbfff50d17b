/** The whole window takes files; elsewhere than on a page that wants them, a drop does nothing. */
import { useEffect, useRef, useState } from "react";
import { useText } from "../../../i18n/i18n.tsx";
import { Icon } from "../../../ui/Icon.tsx";

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

export function DropTarget({ onFiles }: { onFiles: (files: File[]) => void }) {
  const text = useText();
  const [isOver, setOver] = useState(false);
  const depth = useRef(0);
  useEffect(() => {
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth.current++;
      setOver(true);
    };
    const leave = () => {
      depth.current = Math.max(depth.current - 1, 0);
      if (depth.current === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      depth.current = 0;
      setOver(false);
      if (hasFiles(event)) onFiles([...event.dataTransfer!.files]);
    };
    addEventListener("dragenter", enter);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragenter", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, [onFiles]);
  if (!isOver) return null;
  return (
    <div className="fade-in pointer-events-none fixed inset-0 z-40 grid place-items-center bg-canvas/80 p-4 backdrop-blur-sm">
      <div className="grid h-full w-full place-items-center rounded-lg border-2 border-dashed border-accent">
        <div className="text-center">
          <Icon name="upload" className="mx-auto mb-3 size-10 text-accent" />
          <p className="text-2xl font-semibold">{text.upload.drop}</p>
          <p className="mt-1 text-ink-2">{text.upload.dropHint}</p>
        </div>
      </div>
    </div>
  );
}

/** A file dropped beside its target would replace the app, and what was typed in it. */
export function refuseStrayDrops(): void {
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => hasFiles(event) && event.preventDefault());
}
