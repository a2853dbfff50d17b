/** Tells in which charset bytes are text, if they are text at all. */
// deno-lint-ignore-file no-control-regex

import { analyse } from "chardet";

/** As the web's standard for encodings names it. */
export type Charset = string;

/** What no charset can read becomes U+FFFD. */
export function decode(bytes: Uint8Array, charset: Charset): string {
  return new TextDecoder(charset).decode(bytes);
}

/** Beside tab, line ends, form feed, escape and MLLP's frame. */
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001d-\u001f\u007f]/g;
/** A slip of a terminal or a printer here and there is no reason to leave a text unread. */
const CHARS_PER_CONTROL = 25;
/** What old systems end or fill a file with. */
const isFiller = (char: string | undefined) => char === "\u001a" || char === "\u0000";

function isText(text: string, charset: Charset): Charset | undefined {
  let end = text.length;
  while (end > 0 && isFiller(text[end - 1])) end--;
  if (end === 0) return text.length === 0 ? charset : undefined;
  let left = Math.floor(end / CHARS_PER_CONTROL);
  for (const { index } of text.matchAll(CONTROL)) {
    if (index >= end) break;
    if (left-- === 0) return undefined;
  }
  return charset;
}

/** Escape sequences of ISO-2022-JP: `ESC $ B`, `ESC ( J` and their like. */
const ISO_2022_JP = /\u001b(?:\$[@B]|\([BIJ])/;

/**
 * The charset when `head` reads as text: a byte order mark, else UTF-8 if that is what it is (a
 * broken last character is the cut), else what XML or HTML declare, else what its letters say.
 */
export function charsetOf(head: Uint8Array): Charset | undefined {
  const sixteen = sixteenBitsOf(head);
  if (sixteen !== undefined) return isText(decode(head, sixteen), sixteen);
  const text = strictUtf8(head);
  if (text !== undefined) {
    if (ISO_2022_JP.test(text)) return isText(decode(head, "iso-2022-jp"), "iso-2022-jp");
    return isText(text, "utf-8");
  }
  const declared = declaredIn(head);
  if (isMostlyUtf8(head, declared === "utf-8")) return isText(decode(head, "utf-8"), "utf-8");
  // What claims to be UTF-8, and is not, says nothing; sixteen bits would have shown their mark.
  if (declared !== undefined && !declared.startsWith("utf-")) {
    return isText(decode(head, declared), declared);
  }
  return guessedOf(head);
}

const SIXTEEN_BYTES = 1024;
/** A tab, a line's end, MLLP's start block, or what ASCII prints. */
const isAscii = (byte: number | undefined) =>
  byte !== undefined && (byte >= 0x20 && byte < 0x7f || byte >= 0x09 && byte <= 0x0d);

/**
 * The UTF-16 that a byte order mark names, or that shows without one: the first two characters are
 * ASCII, and so are most of the next, whose other byte is zero.
 */
export function sixteenBitsOf(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const end = Math.min(SIXTEEN_BYTES, bytes.byteLength - bytes.byteLength % 2);
  for (const [charset, low] of [["utf-16le", 0], ["utf-16be", 1]] as const) {
    const isAsciiAt = (at: number) => bytes[at + 1 - low] === 0 && isAscii(bytes[at + low]);
    let count = 0;
    for (let at = 0; at < end; at += 2) if (isAsciiAt(at)) count++;
    if (isAsciiAt(0) && isAsciiAt(2) && count >= end / 4) return charset;
  }
  return undefined;
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    // `stream` holds a character back that the cut has split.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * UTF-8 in which a few characters are broken: other charsets hardly ever look like it. Where it is
 * what the text itself says, every other one may be.
 */
export function isMostlyUtf8(bytes: Uint8Array, isDeclared: boolean): boolean {
  const text = new TextDecoder().decode(bytes, { stream: true });
  let good = 0;
  let broken = 0;
  for (const [run] of text.matchAll(/[^\u0000-\u007f]+/g)) {
    for (const char of run) char === "\ufffd" ? broken++ : good++;
  }
  return good > 0 && good >= broken * (isDeclared ? 1 : 4);
}

const DECLARED_BYTES = 1024;
/** XML 1.0, 4.3.3; HTML looks for its `meta` in the first 1,024 bytes. */
const DECLARATIONS = [
  /^\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})["']/,
  /<meta\s[^>]{0,200}?\bcharset\s*=\s*["']?([\w.:-]{1,40})/i,
];

function declaredIn(head: Uint8Array): Charset | undefined {
  const start = decode(head.subarray(0, DECLARED_BYTES), "windows-1252");
  if (!/^\s*</.test(start)) return undefined;
  for (const pattern of DECLARATIONS) {
    const label = start.match(pattern)?.[1];
    if (label !== undefined) return encodingOf(label);
  }
  return undefined;
}

/** The name of an encoding that the platform can decode. */
function encodingOf(label: string): Charset | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function guessedOf(head: Uint8Array): Charset | undefined {
  const text = decode(head, "windows-1252");
  if (isText(text, "windows-1252") === undefined) return undefined;
  const guess = guessOf(head);
  if (guess !== undefined && guess !== "windows-1252") return isText(decode(head, guess), guess);
  // Mostly ASCII, and none of the five bytes that this charset leaves open.
  const high = text.length - text.replace(/[^\u0000-\u007f]/g, "").length;
  if (high > text.length * 0.3 || /[\u0081\u008d\u008f\u0090\u009d]/.test(text)) return undefined;
  return "windows-1252";
}

/**
 * So much is looked at to tell one charset of eight bits from another, around the first byte that
 * matters: the statistic holds up every other request while it counts.
 */
const GUESS_BYTES = 4 * 1024;
const GUESS_BEFORE = 512;
/** Below this a guess between charsets is none. */
const GUESS_CONFIDENCE = 40;

/** What a statistic of letters says, if it is sure and the platform can decode it. */
function guessOf(head: Uint8Array): Charset | undefined {
  const from = Math.max(0, head.findIndex((byte) => byte > 0x7f) - GUESS_BEFORE);
  for (const { name, confidence } of analyse(head.subarray(from, from + GUESS_BYTES))) {
    if (confidence < GUESS_CONFIDENCE) return undefined;
    // IBM420 and others are not known to the web.
    const encoding = encodingOf(name);
    if (encoding !== undefined) return encoding;
  }
  return undefined;
}
