/** A DICOM image: window and level by drag, slider or preset; frames; what the file says of it. */
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { useFormat, useText } from "../../../i18n/i18n.tsx";
import { Button } from "../../../ui/Button.tsx";
import { Facts } from "../../../ui/Facts.tsx";
import { Skeleton } from "../../../ui/Progress.tsx";
import { Slider } from "../../../ui/Slider.tsx";
import { momentOf } from "../hl7/parse.ts";
import { ViewerFailed } from "../ViewerFailed.tsx";
import { DrawnFrame } from "./DrawnFrame.tsx";
import {
  type DicomImage,
  draw,
  type Frame,
  frameOf,
  fullWindow,
  imageOf,
  personOf,
  readDicom,
  syntaxName,
  textOf,
  UnsupportedSyntax,
  type Window,
} from "./image.ts";

type DataSet = DicomImage["data"];

/** Windows that radiologists start from on CT. */
const CT: Record<string, Window> = {
  abdomen: { center: 50, width: 400 },
  lung: { center: -600, width: 1500 },
  bone: { center: 480, width: 2500 },
  brain: { center: 40, width: 80 },
};

type Props = {
  bytes: Uint8Array;
  title: string;
  /** Of the present version, whose frames the platform draws when this browser cannot. */
  documentId?: string;
};

export default function DicomViewer({ bytes, title, documentId }: Props) {
  const text = useText();
  const read = useMemo(() => {
    try {
      const data = readDicom(bytes);
      return { data, image: imageOf(data) };
    } catch {
      return undefined;
    }
  }, [bytes]);
  if (!read) return <ViewerFailed />;
  return (
    <div>
      {read.image
        ? <Picture image={read.image} title={title} documentId={documentId} />
        : <ViewerFailed>{text.viewer.dicomNoImage}</ViewerFailed>}
      <Attributes data={read.data} />
    </div>
  );
}

type PictureProps = { image: DicomImage; title: string; documentId: string | undefined };

function Picture({ image, title, documentId }: PictureProps) {
  const text = useText();
  const [at, setAt] = useState(0);
  const [frame, setFrame] = useState<Frame>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let isGone = false;
    frameOf(image, at).then(
      (decoded) => isGone || setFrame(decoded),
      (problem) => isGone || setError(problem),
    );
    return () => {
      isGone = true;
    };
  }, [image, at]);
  const frames = image.frames > 1 && (
    <Slider
      label={text.viewer.frame(at + 1, image.frames)}
      value={at + 1}
      min={1}
      max={image.frames}
      onChange={(n) => setAt(n - 1)}
    />
  );
  if (error instanceof UnsupportedSyntax && documentId !== undefined) {
    return (
      <DrawnFrame
        documentId={documentId}
        frame={at + 1}
        title={title}
        syntax={error.message}
        windows={image.modality === "CT" ? CT : {}}
        frames={frames}
      />
    );
  }
  if (error !== undefined) {
    return (
      <ViewerFailed>
        {error instanceof UnsupportedSyntax
          ? text.viewer.dicomUnsupported(error.message)
          : undefined}
      </ViewerFailed>
    );
  }
  if (!frame) {
    return (
      <div className="p-6">
        <Skeleton label={text.common.loading} />
      </div>
    );
  }
  return (
    <Screen
      image={image}
      frame={frame}
      title={title}
      frames={frames}
    />
  );
}

type ScreenProps = { image: DicomImage; frame: Frame; title: string; frames: React.ReactNode };

function Screen({ image, frame, title, frames }: ScreenProps) {
  const text = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ x: number; y: number; window: Window } | undefined>(undefined);
  const isGray = frame.kind === "gray";
  const full = isGray ? fullWindow(frame) : { center: 128, width: 256 };
  const sent = image.windows[0] ?? full;
  const [window, setWindow] = useState(sent);
  const [isInverted, setInverted] = useState(image.photometric === "MONOCHROME1");

  useEffect(() => {
    const context = canvas.current!.getContext("2d")!;
    const pixels = draw(frame, window, isInverted);
    context.putImageData(new ImageData(pixels, image.columns, image.rows), 0, 0);
  }, [frame, window, isInverted, image]);

  function move(event: PointerEvent) {
    if (!drag.current) return;
    const { x, y, window: before } = drag.current;
    const step = full.width / 600;
    setWindow({
      width: Math.max(Math.round(before.width + (event.clientX - x) * step), 1),
      center: Math.round(before.center + (event.clientY - y) * step),
    });
  }

  const presets: [string, Window][] = [
    ...(image.windows[0] ? [["default", image.windows[0]] as [string, Window]] : []),
    ["full", full],
    ...(image.modality === "CT" ? Object.entries(CT) : []),
  ];
  const isNow = (preset: Window) =>
    preset.center === window.center && preset.width === window.width;
  return (
    <>
      <div className="relative grid place-items-center bg-black p-2">
        <canvas
          ref={canvas}
          width={image.columns}
          height={image.rows}
          role="img"
          aria-label={title}
          className={`max-h-[72vh] max-w-full ${isGray ? "cursor-crosshair touch-none" : ""}`}
          style={{
            aspectRatio: `${image.columns} / ${image.rows}`,
            width: `${Math.max(image.columns, 640)}px`,
            objectFit: "contain",
          }}
          onPointerDown={(event) => {
            if (!isGray) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.current = { x: event.clientX, y: event.clientY, window };
          }}
          onPointerMove={move}
          onPointerUp={() => drag.current = undefined}
          onPointerCancel={() => drag.current = undefined}
        />
        <p className="pointer-events-none absolute bottom-2 left-3 text-xs text-white/80">
          {text.viewer.notForDiagnosis}
        </p>
      </div>
      <div className="flex flex-col gap-3 border-b border-line px-4 py-3 sm:px-5">
        {isGray && (
          <>
            <div className="flex flex-wrap gap-x-8 gap-y-1">
              <Slider
                label={text.viewer.window}
                value={window.width}
                min={1}
                max={Math.max(Math.round(full.width), window.width)}
                onChange={(width) => setWindow({ ...window, width })}
              />
              <Slider
                label={text.viewer.level}
                value={window.center}
                min={Math.min(Math.round(frame.min), window.center)}
                max={Math.max(Math.round(frame.max), window.center)}
                onChange={(center) => setWindow({ ...window, center })}
              />
              {frames}
            </div>
            <div
              className="flex flex-wrap items-center gap-1.5"
              role="group"
              aria-label={text.viewer.presets}
            >
              {presets.map(([name, preset]) => (
                <Button
                  key={name}
                  size="sm"
                  look="quiet"
                  aria-pressed={isNow(preset)}
                  onPress={() => setWindow(preset)}
                  className="aria-pressed:bg-accent-soft aria-pressed:text-on-accent-soft"
                >
                  {text.viewer.presetNames[name] ?? name}
                </Button>
              ))}
              <Button
                size="sm"
                look="quiet"
                aria-pressed={isInverted}
                onPress={() => setInverted(!isInverted)}
                className="aria-pressed:bg-accent-soft aria-pressed:text-on-accent-soft"
              >
                {text.viewer.invert}
              </Button>
              <span className="ml-auto text-xs text-ink-3 max-md:hidden">
                {text.viewer.dragHint}
              </span>
            </div>
          </>
        )}
        {!isGray && frames}
      </div>
    </>
  );
}

function Attributes({ data }: { data: DataSet }) {
  const text = useText();
  const format = useFormat();
  const day = (tag: string) => {
    const moment = momentOf(textOf(data, tag));
    return moment && format.day(moment.date);
  };
  const sex = textOf(data, "x00100040");
  const size = data.uint16("x00280011")
    ? `${data.uint16("x00280011")} × ${data.uint16("x00280010")}`
    : undefined;
  return (
    <div className="px-4 py-4 sm:px-5">
      <Facts
        isWide
        facts={[
          [text.viewer.patientName, personOf(textOf(data, "x00100010"))],
          [text.viewer.born, day("x00100030")],
          [text.viewer.sex, text.viewer.sexes[sex] ?? sex],
          [text.viewer.identifier, textOf(data, "x00100020")],
          [text.viewer.modality, textOf(data, "x00080060")],
          [
            text.viewer.study,
            [day("x00080020"), textOf(data, "x00081030")].filter(Boolean).join(", "),
          ],
          [text.viewer.series, textOf(data, "x0008103e")],
          [
            text.viewer.image,
            [size, syntaxName(data.string("x00020010") ?? "")].filter(Boolean).join(", "),
          ],
        ]}
      />
    </div>
  );
}
