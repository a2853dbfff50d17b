/**
 * Reads pictures by sharp (libvips) and their EXIF by exifr, and makes small pictures of large ones.
 * Runs in the reader's process with `--allow-ffi` and `--allow-read` of `node_modules`,
 * `--allow-env` and `--allow-sys` (it asks which libc there is); neither network nor write. The
 * original is never changed.
 */
import sharp, { type Metadata, type Sharp } from "sharp";
import {
  type Parts,
  READ_TIMEOUT_MS,
  type Rendition,
  SCAN_BYTES_MAX,
  SCAN_PIXELS,
  SCANS_MAX,
} from "../ingestion/model.ts";

export const IMAGE_ENGINE = { engine: "sharp", engineVersion: "0.35.5" };

export const THUMBNAIL_PIXELS = 300;
/** The longer side of a first page or frame. */
export const VIEW_PIXELS = 1024;
/** More pixels than this are not decoded: a small file may claim any number of them. */
export const IMAGE_PIXELS_MAX = 200_000_000;
/** As the table of renditions allows. */
const RENDITION_BYTES_MAX = 512 * 1024;
/** What decoding one picture may take. */
const DECODE_SECONDS_MAX = 20;
/** Since the file's begin. Pages are left out then: what is known shall not be lost with them. */
const SCANS_MS_MAX = READ_TIMEOUT_MS - 7_000;
const DESCRIPTION_CHARS_MAX = 10_000;

/** One file is read by one process: threads of its own would only compete with the others. */
sharp.concurrency(1);
sharp.cache(false);

const limits = {
  limitInputPixels: IMAGE_PIXELS_MAX,
  sequentialRead: true,
  // Real files end a few bytes early or hold a wrong checksum; viewers show them all the same.
  failOn: "error" as const,
};

export type RawPicture = { width: number; height: number; channels: 1 | 3 | 4; pixels: Uint8Array };

export const ofRaw = ({ pixels, width, height, channels }: RawPicture): Sharp =>
  sharp(pixels, { ...limits, raw: { width, height, channels } });

/** Shrinks to `side` at most, never enlarges; transparent parts become white. */
export async function toRendition(
  picture: Sharp,
  name: Rendition["name"],
  side: number,
): Promise<Rendition> {
  const shrunk = picture.resize(side, side, { fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" }).timeout({ seconds: DECODE_SECONDS_MAX });
  for (const quality of [85, 60, 30]) {
    const { data, info } = await shrunk.clone().jpeg({ quality })
      .toBuffer({ resolveWithObject: true });
    if (data.byteLength <= RENDITION_BYTES_MAX) {
      return {
        name,
        mediaType: "image/jpeg",
        width: info.width,
        height: info.height,
        bytesBase64: new Uint8Array(data).toBase64(),
      };
    }
  }
  throw new Error("a rendition is larger than it may be");
}

/**
 * What the picture is, what its camera wrote into it, and a small copy. Pictures of its pages are
 * made for `scansMs` milliseconds.
 */
export async function readImage(
  bytes: Uint8Array,
  wantsScans = false,
  scansMs = SCANS_MS_MAX,
): Promise<Parts> {
  const until = Date.now() + scansMs;
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) return bitmap(bytes);
  let about: Metadata;
  try {
    about = await sharp(bytes, limits).metadata();
  } catch (error) {
    return { reason: reasonOf(error), ...IMAGE_ENGINE };
  }
  try {
    // A camera that was held upright says so in EXIF only.
    const thumbnail = await toRendition(
      sharp(bytes, limits).rotate(),
      "thumbnail",
      THUMBNAIL_PIXELS,
    );
    const exif = await exifOf(bytes, about);
    const { scans, isCut } = wantsScans
      ? await scansOf(bytes, about, until)
      : { scans: [], isCut: false };
    const text = [exif.description, exif.artist, exif.camera].filter(Boolean).join("\n");
    return {
      text,
      seen: null,
      ...(exif.artist ? { author: exif.artist } : {}),
      structure: JSON.parse(JSON.stringify({
        format: about.format,
        width: about.width,
        height: about.height,
        pages: about.pages ?? 1,
        hasAlpha: about.hasAlpha,
        exif,
      })),
      renditions: [thumbnail],
      ...(wantsScans ? { scans } : {}),
      ...(isCut ? { cut: ["text" as const] } : {}),
      ...IMAGE_ENGINE,
    };
  } catch (error) {
    return { reason: reasonOf(error), ...IMAGE_ENGINE };
  }
}

/** Smaller pictures are symbols and stamps. */
const SCAN_SIDE_MIN = 100;

/**
 * Upright and grey, of a fax of several pages the first ones: for recognizing words. `isCut`: pages
 * are damaged, or there was no time or place for them.
 */
async function scansOf(
  bytes: Uint8Array,
  { width, height, pages = 1 }: Metadata,
  until: number,
): Promise<{ scans: string[]; isCut: boolean }> {
  if (Math.min(width ?? 0, height ?? 0) < SCAN_SIDE_MIN) return { scans: [], isCut: false };
  const scans: string[] = [];
  // The pages of a GIF or WebP are moments of one picture.
  const count = bytes[0] === 0x49 || bytes[0] === 0x4d ? pages : 1;
  for (let page = 0; page < Math.min(count, SCANS_MAX) && Date.now() < until; page++) {
    const scan = await scanOf(bytes, page, until - Date.now());
    if (scan && scan.byteLength <= SCAN_BYTES_MAX) scans.push(scan.toBase64());
  }
  return { scans, isCut: scans.length < count };
}

/** Undefined when the page is damaged or takes too long: the others are worth having all the same. */
async function scanOf(bytes: Uint8Array, page: number, ms: number) {
  // Nought would be no limit.
  const seconds = Math.min(DECODE_SECONDS_MAX, Math.max(1, Math.floor(ms / 1_000)));
  try {
    return new Uint8Array(
      await sharp(bytes, { ...limits, page }).rotate()
        .resize(SCAN_PIXELS, SCAN_PIXELS, { fit: "inside", withoutEnlargement: true })
        .flatten({ background: "#ffffff" }).greyscale()
        .timeout({ seconds }).jpeg({ quality: 85 }).toBuffer(),
    );
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  if (/pixel limit|exceeds/i.test(message)) {
    return "The image claims more pixels than are decoded.";
  }
  if (/timeout/i.test(message)) return "Decoding the image took too long.";
  return "The file is not a readable image.";
}

type Exif = {
  takenAt?: string;
  camera?: string;
  description?: string;
  artist?: string;
  orientation?: number;
  /** Said, not where: that stays in the original. */
  hasPosition?: boolean;
};

async function exifOf(bytes: Uint8Array, { orientation }: Metadata): Promise<Exif> {
  let found: Record<string, unknown> = {};
  try {
    const { default: exifr } = await import("exifr");
    found = await exifr.parse(bytes, {
      translateValues: false,
      reviveValues: false,
      ifd1: false,
      interop: false,
      gps: true,
      jfif: false,
    }) ?? {};
  } catch {
    // Most pictures have none, and of some it is damaged: the picture is read all the same.
  }
  const words = (name: string) => {
    const value = found[name];
    return typeof value === "string"
      ? value.replaceAll("\0", "").trim().slice(0, DESCRIPTION_CHARS_MAX) || undefined
      : undefined;
  };
  const takenAt = (words("DateTimeOriginal") ?? words("ModifyDate"))
    ?.replace(/^(\d{4}):(\d{2}):(\d{2}) /, "$1-$2-$3T");
  const camera = [words("Make"), words("Model")].filter(Boolean).join(" ");
  const description = words("ImageDescription");
  const artist = words("Artist");
  return {
    ...(takenAt ? { takenAt } : {}),
    ...(camera ? { camera } : {}),
    ...(description ? { description } : {}),
    ...(artist ? { artist } : {}),
    ...(orientation ? { orientation } : {}),
    ...("GPSLatitude" in found ? { hasPosition: true } : {}),
  };
}

/** libvips as it comes with sharp reads no bitmaps: its header is all that is known of one. */
function bitmap(bytes: Uint8Array): Parts {
  if (bytes.byteLength < 30) {
    return { reason: "The file is not a readable image.", ...IMAGE_ENGINE };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOld = view.getUint32(14, true) === 12;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = isOld ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  return {
    text: "",
    seen: null,
    structure: { format: "bmp", width, height, pages: 1, hasThumbnail: false },
    ...IMAGE_ENGINE,
  };
}
