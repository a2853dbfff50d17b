/** A PDF by pages, each drawn when it comes into view. Nothing inside the file can run. */
import * as pdfjs from "pdfjs-dist";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useFormat, useText } from "../../../i18n/i18n.tsx";
import { IconButton } from "../../../ui/Button.tsx";
import { Skeleton } from "../../../ui/Progress.tsx";
import { ViewerFailed } from "../ViewerFailed.tsx";
import { PDF_ASSETS } from "./assets.ts";

pdfjs.GlobalWorkerOptions.workerSrc = `${PDF_ASSETS}/build/pdf.worker.min.mjs`;

const ZOOMS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
const FIT = 3;
const CANVAS_PIXELS_MAX = 16_000_000;

type State = { kind: "loading" } | { kind: "failed"; isLocked: boolean } | {
  kind: "open";
  document: PDFDocumentProxy;
};

export default function PdfViewer({ bytes }: { bytes: Uint8Array }) {
  const text = useText();
  const format = useFormat();
  const [state, setState] = useState<State>({ kind: "loading" });
  const [zoom, setZoom] = useState(FIT);
  const [page, setPage] = useState(1);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);

  useEffect(() => {
    const task = pdfjs.getDocument({
      // pdf.js takes the buffer away from us: it gets a copy.
      data: bytes.slice(),
      enableXfa: false,
      // Compiling WebAssembly would need a wider Content-Security-Policy.
      useWasm: false,
      cMapUrl: `${PDF_ASSETS}/cmaps/`,
      cMapPacked: true,
      standardFontDataUrl: `${PDF_ASSETS}/standard_fonts/`,
      wasmUrl: `${PDF_ASSETS}/wasm/`,
      iccUrl: `${PDF_ASSETS}/iccs/`,
      stopAtErrors: false,
      verbosity: pdfjs.VerbosityLevel.ERRORS,
    });
    let isGone = false;
    task.promise.then(
      (document) => isGone || setState({ kind: "open", document }),
      (error) => {
        if (!isGone) setState({ kind: "failed", isLocked: error?.name === "PasswordException" });
      },
    );
    return () => {
      isGone = true;
      task.destroy();
    };
  }, [bytes]);

  const isOpen = state.kind === "open";
  useEffect(() => {
    if (!isOpen) return;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry!.contentRect.width))
    );
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, [isOpen]);

  if (state.kind === "loading") {
    return (
      <div className="p-6">
        <Skeleton label={text.common.loading} />
      </div>
    );
  }
  if (state.kind === "failed") {
    return <ViewerFailed>{state.isLocked ? text.viewer.locked : undefined}</ViewerFailed>;
  }
  const count = state.document.numPages;
  return (
    <div className="flex flex-col">
      <div className="sticky top-14 z-10 flex items-center gap-1 border-b border-line bg-surface/95 px-2 py-1 backdrop-blur-md">
        <span className="tabular px-2 text-sm text-ink-2" aria-live="polite">
          {text.viewer.page(page, count)}
        </span>
        <span className="grow" />
        <IconButton
          icon="minus"
          size="sm"
          label={text.viewer.zoomOut}
          isDisabled={zoom === 0}
          onPress={() => setZoom(zoom - 1)}
        />
        <span className="tabular w-12 text-center text-sm text-ink-3">
          {format.percent(ZOOMS[zoom]!)}
        </span>
        <IconButton
          icon="plus"
          size="sm"
          label={text.viewer.zoomIn}
          isDisabled={zoom === ZOOMS.length - 1}
          onPress={() => setZoom(zoom + 1)}
        />
        <IconButton icon="fit" size="sm" label={text.viewer.fit} onPress={() => setZoom(FIT)} />
      </div>
      <div
        ref={frame}
        className="flex flex-col items-center-safe gap-4 overflow-x-auto bg-sunken p-3 sm:p-5"
      >
        {Array.from({ length: count }, (_, n) => (
          <Page
            key={n}
            document={state.document}
            number={n + 1}
            zoom={ZOOMS[zoom]!}
            onSeen={() => setPage(n + 1)}
            width={Math.max(width, 240)}
          />
        ))}
      </div>
    </div>
  );
}

type PageProps = {
  document: PDFDocumentProxy;
  number: number;
  zoom: number;
  width: number;
  onSeen: () => void;
};

const PAGE_WIDTH_MAX = 920;

function Page({ document, number, zoom, width, onSeen }: PageProps) {
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  const [isNear, setNear] = useState(number <= 2);
  const [size, setSize] = useState({ width: 595, height: 842 });

  useEffect(() => {
    const near = new IntersectionObserver(
      ([entry]) => setNear(entry!.isIntersecting),
      { rootMargin: "1600px" },
    );
    const middle = new IntersectionObserver(
      ([entry]) => entry!.isIntersecting && seen.current(),
      { rootMargin: "-45% 0px -45% 0px" },
    );
    near.observe(box.current!);
    middle.observe(box.current!);
    return () => {
      near.disconnect();
      middle.disconnect();
    };
  }, []);

  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    if (!isNear) {
      // A long file's pages would fill the memory otherwise.
      canvas.current!.width = canvas.current!.height = 0;
      layer.current!.replaceChildren();
      return;
    }
    let isGone = false;
    let stop = () => {};
    (async () => {
      const page = await document.getPage(number);
      if (isGone) return;
      const natural = page.getViewport({ scale: 1 });
      const scale = Math.min(width, PAGE_WIDTH_MAX) / natural.width * zoom;
      const viewport = page.getViewport({ scale });
      setSize({ width: viewport.width, height: viewport.height });
      const pixels = viewport.width * viewport.height;
      const density = Math.min(devicePixelRatio, Math.sqrt(CANVAS_PIXELS_MAX / pixels));
      const target = canvas.current!;
      target.width = Math.floor(viewport.width * density);
      target.height = Math.floor(viewport.height * density);
      const rendering = page.render({
        canvas: target,
        viewport,
        transform: [density, 0, 0, density, 0, 0],
        annotationMode: pdfjs.AnnotationMode.ENABLE,
      });
      stop = () => rendering.cancel();
      await rendering.promise;
      if (isGone) return;
      layer.current!.replaceChildren();
      layer.current!.style.setProperty("--total-scale-factor", String(scale));
      const words = new pdfjs.TextLayer({
        textContentSource: page.streamTextContent(),
        container: layer.current!,
        viewport,
      });
      stop = () => words.cancel();
      await words.render();
    })().catch((error) => {
      if (
        !isGone && error?.name !== "RenderingCancelledException" && error?.name !== "AbortException"
      ) {
        setFailed(true);
      }
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [document, number, zoom, width, isNear]);

  return (
    <div
      ref={box}
      role="group"
      aria-label={text.viewer.pageLabel(number)}
      className="relative shrink-0 bg-white shadow-[0_1px_3px_rgb(0_0_0/0.25)]"
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
    >
      {hasFailed && (
        <div className="absolute inset-0 text-black">
          <ViewerFailed />
        </div>
      )}
      <canvas ref={canvas} aria-hidden="true" className="size-full" />
      <div ref={layer} className="pdf-text" />
    </div>
  );
}
