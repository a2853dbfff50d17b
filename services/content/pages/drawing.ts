/** Pictures of a PDF's pages: a small one to look at, large ones to have their words recognized. */
import { type Rendition, SCAN_BYTES_MAX, SCAN_PIXELS, SCANS_MAX } from "../ingestion/model.ts";

export type Canvas = typeof import("@napi-rs/canvas");

const THUMBNAIL_PIXELS = 300;
/** A page may claim to be as large as a house. */
const PAGE_UNITS_MAX = 20_000;
/** Then the page stays without a picture: its text shall not be lost with the reader's time. */
const PAGE_MS_MAX = 5_000;

/** The part of pdf.js that is used here: its own types need a browser's. */
type Page = {
  getTextContent(): Promise<{ items: { str?: string; hasEOL?: boolean }[] }>;
  getViewport(options: { scale: number }): { width: number; height: number };
  render(options: Record<string, unknown>): Drawing;
  cleanup(): void;
};
type Drawing = {
  promise: Promise<void>;
  /** Called between two parts of the work, which goes on when `next` is called. */
  onContinue?: (next: () => void) => void;
  cancel(): void;
};
export type Pdf = {
  numPages: number;
  getPage(number: number): Promise<Page>;
  getMetadata(): Promise<{ info: Record<string, unknown> }>;
};
export type Loading = { promise: Promise<Pdf>; destroy(): Promise<void> };

/** Undefined when the page cannot be drawn by `until`: its text is worth having all the same. */
export async function thumbnailOf(
  pdf: Pdf,
  canvas: Canvas,
  until: number,
): Promise<Rendition | undefined> {
  const drawn = await draw(pdf, canvas, 1, THUMBNAIL_PIXELS, until);
  if (!drawn) return undefined;
  const { bytes, width, height } = drawn;
  return {
    name: "thumbnail",
    mediaType: "image/jpeg",
    width,
    height,
    bytesBase64: bytes.toBase64(),
  };
}

/** The first of `pages`, as many as time (`until`) and place allow. */
export async function scansOf(
  pdf: Pdf,
  canvas: Canvas,
  pages: number[],
  until: number,
): Promise<string[]> {
  const scans: string[] = [];
  for (const number of pages.slice(0, SCANS_MAX)) {
    const drawn = await draw(pdf, canvas, number, SCAN_PIXELS, until);
    if (drawn && drawn.bytes.byteLength <= SCAN_BYTES_MAX) scans.push(drawn.bytes.toBase64());
  }
  return scans;
}

async function draw(
  pdf: Pdf,
  { createCanvas }: Canvas,
  number: number,
  pixels: number,
  until: number,
) {
  if (Date.now() >= until) return undefined;
  try {
    const page = await pdf.getPage(number);
    const size = page.getViewport({ scale: 1 });
    const side = Math.max(size.width, size.height);
    if (!(side > 0 && side < PAGE_UNITS_MAX)) return undefined;
    const viewport = page.getViewport({ scale: pixels / side });
    const width = Math.max(1, Math.round(viewport.width));
    const height = Math.max(1, Math.round(viewport.height));
    const canvas = createCanvas(width, height);
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    await endsInTime(page.render({ canvasContext: context, canvas, viewport }), until);
    page.cleanup();
    return { bytes: new Uint8Array(await canvas.encode("jpeg", 85)), width, height };
  } catch {
    return undefined;
  }
}

/** Rejects when the page has not been drawn by then. */
async function endsInTime(drawing: Drawing, until: number): Promise<void> {
  const end = Math.min(until, Date.now() + PAGE_MS_MAX);
  drawing.onContinue = (next) => Date.now() < end ? next() : drawing.cancel();
  await drawing.promise;
}
