/**
 * Reads PDF by pdf.js: text, page count, and a picture of the first page by @napi-rs/canvas. Runs in
 * the reader's process, which may read `node_modules` and load native code, and has neither network
 * nor a right to write. Fonts of its own are drawn with these, the standard ones with those that
 * pdf.js brings, as are the decoders of JPEG 2000 and JBIG2 pictures.
 */
import { type Parts, READ_TIMEOUT_MS } from "../ingestion/model.ts";
import { type Canvas, type Loading, type Pdf, scansOf, thumbnailOf } from "./drawing.ts";

/** As pinned in deno.json; a test compares. */
export const PDF_ENGINE = { engine: "pdfjs-dist", engineVersion: "5.7.284" };

/** Larger pictures inside a page are left out of its thumbnail. */
const IMAGE_PIXELS_MAX = 50_000_000;
/** Character maps of East Asian text, the fonts that every viewer has, and decoders. */
const DATA = `${import.meta.dirname}/../../../node_modules/pdfjs-dist/`;
const TEXT_CHARS_MAX = 5 * 1024 * 1024;
/** Pages that would take longer are left out: those before them shall not be lost with the rest. */
const TEXT_MS_MAX = 12_000;
/** Since the file's begin. Pages stay without a picture then: the text shall not be lost with them. */
const DRAW_MS_MAX = READ_TIMEOUT_MS - 7_000;
export const reasons = {
  encrypted: "The PDF is encrypted and needs a password.",
  broken: "The file is not a readable PDF.",
} as const;

/**
 * `bytes` belongs to the reader afterwards. Text is taken out for `textMs` milliseconds at most;
 * `drawMs` milliseconds after the begin text and pictures end together.
 */
export async function readPdfPages(
  bytes: Uint8Array<ArrayBuffer>,
  wantsScans = false,
  textMs = TEXT_MS_MAX,
  drawMs = DRAW_MS_MAX,
): Promise<Parts> {
  const until = Date.now() + drawMs;
  const canvas = await loadCanvas();
  const loading = await open(bytes, canvas);
  try {
    const pdf = await loading.promise;
    const begun = Date.now();
    const { texts, isCut } = await textsOf(pdf, Math.min(begun + textMs, until));
    // Pictures take as long again.
    const hasTime = Date.now() - begun <= textMs / 3;
    const thumbnail = canvas && await thumbnailOf(pdf, canvas, until);
    const empty = texts.flatMap((text, at) => text.trim() === "" ? [at + 1] : []);
    const scans = wantsScans && canvas && hasTime ? await scansOf(pdf, canvas, empty, until) : [];
    const about = await pdf.getMetadata().then(
      ({ info }) => info,
      (): Record<string, unknown> => ({}),
    );
    const title = wordsOf(about["Title"]);
    const author = wordsOf(about["Author"]);
    const language = wordsOf(about["Language"]);
    return {
      text: texts.join("\n\n").slice(0, TEXT_CHARS_MAX),
      seen: null,
      ...(wantsScans ? { scans } : {}),
      ...(isCut || wantsScans && scans.length < empty.length ? { cut: ["text" as const] } : {}),
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

/** A file may claim to have pages without end. */
const BROKEN_PAGES_MAX = 1_000;

/** `isCut`: pages are broken, or there was no time or place for them. @throws when all are broken */
async function textsOf(pdf: Pdf, until: number): Promise<{ texts: string[]; isCut: boolean }> {
  const texts: string[] = [];
  let chars = 0;
  let broken = 0;
  while (texts.length < pdf.numPages && chars < TEXT_CHARS_MAX && Date.now() < until) {
    const text = await textOf(pdf, texts.length + 1);
    texts.push(text ?? "");
    chars += text?.length ?? 0;
    if (text === undefined && ++broken === BROKEN_PAGES_MAX) break;
  }
  if (broken > 0 && broken === texts.length) throw new Error("no page can be read");
  return { texts, isCut: broken > 0 || texts.length < pdf.numPages };
}

/** Undefined when the page is missing or broken. */
async function textOf(pdf: Pdf, number: number): Promise<string | undefined> {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return items.map(({ str = "", hasEOL }) => hasEOL ? `${str}\n` : str).join("");
  } catch {
    return undefined;
  }
}

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
