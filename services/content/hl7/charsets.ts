/** Bytes to text and back, in whatever charset a message says or shows. */
import { isMostlyUtf8, isUtf8, sixteenBitsOf } from "../ingestion/model.ts";
import { charsetIn } from "./grammar.ts";

const HEADER_BYTES_MAX = 4_096;

/** What MSH-18 of the first message says, read as if it were ASCII. */
function declared(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, HEADER_BYTES_MAX));
  const line = head.match(/MSH[^\w\s][^\r\n]*/);
  return line ? charsetIn(line[0]) : undefined;
}

/** The charset of a message: its sixteen bits where it has them, else what is true, else what it says. */
export function charsetOfMessage(bytes: Uint8Array): string {
  const sixteen = sixteenBitsOf(bytes);
  if (sixteen !== undefined) return sixteen;
  const said = declared(bytes);
  // Escape sequences of ISO 2022 are valid UTF-8 as well.
  if (said === "iso-2022-jp") return said;
  // A message that says Latin-1 and holds UTF-8 is common; the reverse never decodes by chance.
  if (isUtf8(bytes) || isMostlyUtf8(bytes, said === "utf-8")) return "utf-8";
  return said === undefined || said.startsWith("utf") ? "windows-1252" : said;
}

/** The mark stays in the text: encoding must bring it back. */
export const decodeAs = (bytes: Uint8Array, charset: string): string =>
  new TextDecoder(charset, { ignoreBOM: true }).decode(bytes);

/** Undefined when this charset cannot be written here, or cannot say `text`. */
export function encodeAs(text: string, charset: string): Uint8Array<ArrayBuffer> | undefined {
  if (charset === "utf-8") return new TextEncoder().encode(text);
  if (charset.startsWith("utf-16")) {
    const bytes = new Uint8Array(text.length * 2);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < text.length; at++) {
      view.setUint16(at * 2, text.charCodeAt(at), charset === "utf-16le");
    }
    return bytes;
  }
  const table = singleBytes(charset);
  if (!table) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = table.get(text[at]!);
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}

const tables = new Map<string, Map<string, number> | undefined>();

function singleBytes(charset: string): Map<string, number> | undefined {
  if (!tables.has(charset)) {
    const decoder = new TextDecoder(charset);
    const found = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const char = decoder.decode(Uint8Array.of(byte));
      if (char.length === 1 && char !== "\ufffd" && !found.has(char)) found.set(char, byte);
    }
    tables.set(
      charset,
      /^(iso-8859|windows-12|koi8|ibm|macintosh)/.test(charset) ? found : undefined,
    );
  }
  return tables.get(charset);
}
