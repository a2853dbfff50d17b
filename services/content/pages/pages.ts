/**
 * Reads PDF by unpdf (pdf.js): text, page count, and a picture of the first page by @napi-rs/canvas.
 * Runs in the reader's process: the text needs nothing but `--allow-read` of `node_modules`, the
 * picture `--allow-ffi --allow-env --allow-sys` as well. Neither network nor write: fonts of their own
 * are drawn with these, the standard ones with those that pdfjs-dist brings.
 */
import type { Parts, Rendition } from "../ingestion/model.ts";

/** As pinned in deno.json; a test compares. */
export const PDF_ENGINE = { engine: "unpdf", engineVersion: "1.8.1" };

export const THUMBNAIL_PIXELS = 300;
/** A page may claim to be as large as a house. */
const PAGE_UNITS_MAX = 20_000;
/** Larger pictures inside a page are left out of its thumbnail. */
const IMAGE_PIXELS_MAX = 50_000_000;
/** Character maps of East Asian text, and the fonts that every viewer has: unpdf leaves them out. */
const DATA = `${import.meta.dirname}/../../../node_modules/pdfjs-dist/`;
const TEXT_CHARS_MAX = 5 * 1024 * 1024;

export const reasons = {
  encrypted: "The PDF is encrypted and needs a password.",
  broken: "The file is not a readable PDF.",
} as const;

/** The part of pdf.js that unpdf's types leave out. */
type Page = {
  getViewport(options: { scale: number }): { width: number; height: number };
  render(options: Record<string, unknown>): { promise: Promise<void>; cancel(): void };
};

/** `bytes` belongs to the reader afterwards. */
export async function readPdfPages(bytes: Uint8Array<ArrayBuffer>): Promise<Parts> {
  // A library of 1.6 MB that only this kind needs.
  const { extractText, getMeta } = await import("unpdf");
  try {
    const canvas = await canvasOf();
    const pdf = await open(bytes, canvas?.factory);
    const { text, totalPages } = await extractText(pdf, { mergePages: false });
    const thumbnail = canvas &&
      await thumbnailOf(() => pdf.getPage(1) as unknown as Promise<Page>, canvas.module);
    const about = await getMeta(pdf).then(
      ({ info }) => info as Record<string, unknown>,
      (): Record<string, unknown> => ({}),
    );
    const title = wordsOf(about["Title"]);
    const author = wordsOf(about["Author"]);
    const language = wordsOf(about["Language"]);
    return {
      text: text.join("\n\n").slice(0, TEXT_CHARS_MAX),
      seen: null,
      ...(title ? { title } : {}),
      ...(author ? { author } : {}),
      ...(language ? { language } : {}),
      structure: {
        pages: totalPages,
        // An owner may forbid to print or copy; reading needs no password then.
        isProtected: typeof about["EncryptFilterName"] === "string",
      },
      renditions: thumbnail ? [thumbnail] : [],
      ...PDF_ENGINE,
    };
  } catch (error) {
    const isEncrypted = error instanceof Error && error.name === "PasswordException";
    return { reason: isEncrypted ? reasons.encrypted : reasons.broken, ...PDF_ENGINE };
  }
}

type Canvas = typeof import("@napi-rs/canvas");

/** Undefined where native code may not be loaded: then there is text, and no picture. */
async function canvasOf() {
  try {
    const module = await import("@napi-rs/canvas");
    // pdf.js draws with these, and takes them from the global scope.
    Object.assign(globalThis, {
      DOMMatrix: module.DOMMatrix,
      ImageData: module.ImageData,
      Path2D: module.Path2D,
    });
    const { createIsomorphicCanvasFactory } = await import("unpdf");
    return { module, factory: await createIsomorphicCanvasFactory(() => Promise.resolve(module)) };
  } catch {
    return undefined;
  }
}

async function open(bytes: Uint8Array<ArrayBuffer>, factory: unknown) {
  const { getDocumentProxy } = await import("unpdf");
  const options = {
    verbosity: 0,
    cMapUrl: `${DATA}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${DATA}standard_fonts/`,
    wasmUrl: `${DATA}wasm/`,
    maxImageSize: IMAGE_PIXELS_MAX,
    disableFontFace: true,
    useSystemFonts: false,
    ...(factory ? { CanvasFactory: factory } : {}),
  };
  // pdf.js takes the bytes away with it.
  const readable = onlyAttachmentsAreEncrypted(bytes) ? withoutEncryption(bytes) : undefined;
  return await getDocumentProxy(readable ?? bytes, options as never);
}

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
  load: () => Promise<Page>,
  { createCanvas }: Canvas,
): Promise<Rendition | undefined> {
  try {
    const page = await load();
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
    await page.render({ canvasContext: context, canvas, viewport }).promise;
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
