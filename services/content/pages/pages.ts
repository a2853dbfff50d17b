/**
 * Reads PDF by pdf.js: text, page count, and a picture of the first page by @napi-rs/canvas. Runs in
 * the reader's process, which may read `node_modules` and load native code, and has neither network
 * nor a right to write. Fonts of its own are drawn with these, the standard ones with those that
 * pdf.js brings, as are the decoders of JPEG 2000 and JBIG2 pictures.
 */
import type { Parts, Rendition } from "../ingestion/model.ts";

/** As pinned in deno.json; a test compares. */
export const PDF_ENGINE = { engine: "pdfjs-dist", engineVersion: "5.7.284" };

export const THUMBNAIL_PIXELS = 300;
/** A page may claim to be as large as a house. */
const PAGE_UNITS_MAX = 20_000;
/** Larger pictures inside a page are left out of its thumbnail. */
const IMAGE_PIXELS_MAX = 50_000_000;
/** Character maps of East Asian text, the fonts that every viewer has, and decoders. */
const DATA = `${import.meta.dirname}/../../../node_modules/pdfjs-dist/`;
const TEXT_CHARS_MAX = 5 * 1024 * 1024;
/** Then the page stays without a picture: its text shall not be lost with the reader's time. */
const DRAW_MS_MAX = 5_000;

export const reasons = {
  encrypted: "The PDF is encrypted and needs a password.",
  broken: "The file is not a readable PDF.",
} as const;

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
type Pdf = {
  numPages: number;
  getPage(number: number): Promise<Page>;
  getMetadata(): Promise<{ info: Record<string, unknown> }>;
};
type Loading = { promise: Promise<Pdf>; destroy(): Promise<void> };

/** `bytes` belongs to the reader afterwards. */
export async function readPdfPages(bytes: Uint8Array<ArrayBuffer>): Promise<Parts> {
  const canvas = await loadCanvas();
  const loading = await open(bytes, canvas);
  try {
    const pdf = await loading.promise;
    const text = await textOf(pdf);
    const thumbnail = canvas && await thumbnailOf(pdf, canvas);
    const about = await pdf.getMetadata().then(
      ({ info }) => info,
      (): Record<string, unknown> => ({}),
    );
    const title = wordsOf(about["Title"]);
    const author = wordsOf(about["Author"]);
    const language = wordsOf(about["Language"]);
    return {
      text,
      seen: null,
      ...(title ? { title } : {}),
      ...(author ? { author } : {}),
      ...(language ? { language } : {}),
      structure: {
        pages: pdf.numPages,
        // An owner may forbid to print or copy; reading needs no password then.
        isProtected: typeof about["EncryptFilterName"] === "string",
      },
      renditions: thumbnail ? [thumbnail] : [],
      ...PDF_ENGINE,
    };
  } catch (error) {
    const isEncrypted = error instanceof Error && error.name === "PasswordException";
    return { reason: isEncrypted ? reasons.encrypted : reasons.broken, ...PDF_ENGINE };
  } finally {
    // Ends the decoders as well: what one file has done to them must not show in the next.
    await loading.destroy();
  }
}

async function textOf(pdf: Pdf): Promise<string> {
  const pages: string[] = [];
  let chars = 0;
  for (let number = 1; number <= pdf.numPages && chars < TEXT_CHARS_MAX; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map(({ str = "", hasEOL }) => hasEOL ? `${str}\n` : str).join("");
    page.cleanup();
    pages.push(text);
    chars += text.length;
  }
  return pages.join("\n\n").slice(0, TEXT_CHARS_MAX);
}

type Canvas = typeof import("@napi-rs/canvas");

/** Undefined where native code may not be loaded: then there is text, and no picture. */
const loadCanvas = (): Promise<Canvas | undefined> =>
  import("@napi-rs/canvas").catch(() => undefined);

async function open(
  bytes: Uint8Array<ArrayBuffer>,
  canvas: Canvas | undefined,
): Promise<Loading> {
  // pdf.js draws with these and takes them from the global scope; one matrix it makes while loading.
  const { DOMMatrix, ImageData, Path2D } = canvas ?? { DOMMatrix: class {} };
  Object.assign(globalThis, { DOMMatrix, ImageData, Path2D });
  // Of several megabytes, which only this kind needs.
  const { getDocument } = await import("pdfjs-dist");
  const options = {
    data: onlyAttachmentsAreEncrypted(bytes) ? withoutEncryption(bytes) : bytes,
    verbosity: 0,
    cMapUrl: `${DATA}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${DATA}standard_fonts/`,
    wasmUrl: `${DATA}wasm/`,
    maxImageSize: IMAGE_PIXELS_MAX,
    disableFontFace: true,
    useSystemFonts: false,
    // These belong to browsers.
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    ...(canvas ? { CanvasFactory: canvasFactoryOf(canvas) } : {}),
  };
  return getDocument(options as never) as unknown as Loading;
}

type Drawn = { canvas: { width: number; height: number }; context: unknown };

/** What pdf.js draws masks and patterns on. */
const canvasFactoryOf = ({ createCanvas }: Canvas) =>
  class {
    create(width: number, height: number): Drawn {
      const canvas = createCanvas(width, height);
      return { canvas, context: canvas.getContext("2d") };
    }
    reset({ canvas }: Drawn, width: number, height: number): void {
      Object.assign(canvas, { width, height });
    }
    destroy({ canvas }: Drawn): void {
      Object.assign(canvas, { width: 0, height: 0 });
    }
  };

const latin1 = (bytes: Uint8Array) => new TextDecoder("windows-1252").decode(bytes);

/**
 * A PDF whose text is open and whose attachments are not (ISO 32000-2, 7.6.6): pdf.js asks for a
 * password all the same.
 */
function onlyAttachmentsAreEncrypted(bytes: Uint8Array): boolean {
  const text = latin1(bytes);
  return /\/StmF\s*\/Identity\b/.test(text) && /\/StrF\s*\/Identity\b/.test(text) &&
    /\/EFF\s*\//.test(text);
}

function withoutEncryption(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const name = new TextEncoder().encode("/Encrypt ");
  for (const { index } of latin1(bytes).matchAll(/\/Encrypt\s+\d+\s+\d+\s+R/g)) {
    copy.set(name.map((byte, at) => at === 7 ? 0x78 : byte).subarray(0, 8), index);
  }
  return copy;
}

const wordsOf = (value: unknown) =>
  typeof value === "string" ? value.replaceAll("\0", "").trim().slice(0, 500) : "";

/** Undefined when the page cannot be drawn: its text is worth having all the same. */
async function thumbnailOf(
  pdf: Pdf,
  { createCanvas }: Canvas,
): Promise<Rendition | undefined> {
  try {
    const page = await pdf.getPage(1);
    const size = page.getViewport({ scale: 1 });
    const side = Math.max(size.width, size.height);
    if (!(side > 0 && side < PAGE_UNITS_MAX)) return undefined;
    const viewport = page.getViewport({ scale: THUMBNAIL_PIXELS / side });
    const width = Math.max(1, Math.round(viewport.width));
    const height = Math.max(1, Math.round(viewport.height));
    const canvas = createCanvas(width, height);
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    await endsInTime(page.render({ canvasContext: context, canvas, viewport }));
    const bytes = new Uint8Array(await canvas.encode("jpeg", 85));
    return {
      name: "thumbnail",
      mediaType: "image/jpeg",
      width,
      height,
      bytesBase64: bytes.toBase64(),
    };
  } catch {
    return undefined;
  }
}

/** Rejects when the page has not been drawn by then. */
async function endsInTime(drawing: Drawing): Promise<void> {
  const until = Date.now() + DRAW_MS_MAX;
  drawing.onContinue = (next) => Date.now() < until ? next() : drawing.cancel();
  await drawing.promise;
}
