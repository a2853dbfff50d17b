/**
 * HL7 v2: text to segments and back without losing a character, and what stands in them. Every
 * version has the same grammar (chapter 2 of the standard); what an encoder got wrong is kept.
 */

/** The characters that a message brings with it, in MSH-1 and MSH-2, and MSH-18's charset. */
export type Separators = {
  field: string;
  component: string;
  repetition: string;
  escape: string;
  subcomponent: string;
  /** As the web names it; undefined when the header says nothing usable. */
  charset?: string | undefined;
};

/** `parts` is the line, cut at the field separator; `end` is how the line ends. */
export type Segment = { name: string; parts: string[]; end: string; separators: Separators };
/** `before` stands ahead of the first segment: a byte order mark, MLLP's start block. */
export type Hl7File = { before: string; segments: Segment[] };

const HEADERS = new Set(["MSH", "FHS", "BHS"]);
const BATCH = new Set(["FHS", "BHS", "BTS", "FTS"]);

function separatorsOf(header: string): Separators {
  const field = header[3]!;
  const [component = "^", repetition = "~", escape = "\\", subcomponent = "&"] = header.slice(4)
    .split(field, 1)[0]!;
  const charset = charsetIn(header);
  return { field, component, repetition, escape, subcomponent, charset };
}

/** What MSH-18 of a header says first. */
export const charsetIn = (header: string): string | undefined =>
  header.startsWith("MSH")
    ? charsetLabel(header.split(header[3]!)[17]?.split(/[~^]/)[0] ?? "")
    : undefined;

/** Undefined when `text` begins with no header; MLLP's start block counts as space. */
export function parse(text: string): Hl7File | undefined {
  const before = text.slice(0, text.length - text.trimStart().length);
  if (!/^(?:MSH|FHS|BHS)[^\w\s]/.test(text.slice(before.length, before.length + 4))) {
    return undefined;
  }
  const segments: Segment[] = [];
  // Empty lines count to the end of the one before: a megabyte of them is no segment.
  const lines = /([^\r\n]*)([\r\n]*)/g;
  let separators = separatorsOf("MSH|^~\\&|");
  for (let at = before.length; at < text.length; at = lines.lastIndex) {
    lines.lastIndex = at;
    const [, line = "", end = ""] = lines.exec(text)!;
    // A batch may hold messages of different senders, each with separators of its own.
    if (/^(?:MSH|FHS|BHS)[^\w\s]/.test(line)) separators = separatorsOf(line);
    const parts = line.split(separators.field);
    segments.push({ name: parts[0]!, parts, end, separators });
  }
  return { before, segments };
}

/** The very text that was parsed, put together again from its smallest parts. */
export const encode = ({ before, segments }: Hl7File): string =>
  before +
  segments.map(({ name, parts, end, separators }) =>
    parts.map((part, at) =>
      at === 0 || (at === 1 && HEADERS.has(name))
        ? part
        : compose(decompose(part, separators), separators)
    ).join(separators.field) + end
  ).join("");

/** Repetitions of components of subcomponents, escapes still in them. */
export type Field = string[][][];

export const decompose = (
  field: string,
  { repetition, component, subcomponent }: Separators,
): Field =>
  field.split(repetition).map((one) =>
    one.split(component).map((part) => part.split(subcomponent))
  );

export const compose = (
  field: Field,
  { repetition, component, subcomponent }: Separators,
): string =>
  field.map((one) => one.map((part) => part.join(subcomponent)).join(component)).join(repetition);

/**
 * Bytes given in hexadecimal, in the message's charset. UTF-8 is what they are if they can be, but
 * for the charsets of East Asia, whose bytes may look like it.
 */
function hexText(hex: string, charset: string | undefined): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  const isByByte = charset === undefined || /^(?:utf|windows|iso-8859)-/.test(charset);
  if (!isByByte) return new TextDecoder(charset).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const isUnicode = charset === undefined || charset.startsWith("utf-");
    return new TextDecoder(isUnicode ? "windows-1252" : charset).decode(bytes);
  }
}

/** Takes the escapes off (chapter 2.7). Unknown ones stand for nothing a reader can see. */
export function unescape(text: string, separators: Separators): string {
  const { escape, field, component, subcomponent, repetition, charset } = separators;
  if (!text.includes(escape)) return text;
  const out: string[] = [];
  for (let at = 0; at < text.length;) {
    const open = text.indexOf(escape, at);
    const close = open === -1 ? -1 : text.indexOf(escape, open + 1);
    if (close === -1) {
      out.push(text.slice(at));
      break;
    }
    const code = text.slice(open + 1, close);
    const known: Record<string, string> = {
      F: field,
      S: component,
      T: subcomponent,
      R: repetition,
      E: escape,
      P: "#",
      H: "",
      N: "",
      ".br": "\n",
      ".ce": "\n",
      ".sp": "\n",
    };
    let value = known[code];
    if (value === undefined && /^X(?:[0-9a-f]{2})+$/i.test(code)) {
      value = hexText(code.slice(1), charset);
    }
    if (value === undefined && /^\.(?:sp|in|ti|sk|fi|nf)\s*[+-]?\d*$/.test(code)) {
      value = code.startsWith(".s") ? (code.startsWith(".sp") ? "\n" : " ") : "";
    }
    if (value === undefined && /^[CMZ][\da-z]{2,8}$/i.test(code)) value = "";
    if (value === undefined) {
      // No escape at all: a lone character, as in a path. It is looked at no further.
      out.push(text.slice(at, close));
      at = close;
      continue;
    }
    out.push(text.slice(at, open), value);
    at = close + 1;
  }
  return out.join("");
}

export const escape = (text: string, separators: Separators): string => {
  const { field, component, subcomponent, repetition, escape } = separators;
  const codes = new Map([
    [escape, "E"],
    [field, "F"],
    [component, "S"],
    [subcomponent, "T"],
    [repetition, "R"],
    ["\r", "X0D"],
    ["\n", "X0A"],
  ]);
  return [...text].map((char) => {
    const code = codes.get(char);
    return code === undefined ? char : `${escape}${code}${escape}`;
  }).join("");
};

/** Field `n` as the standard counts, raw: in a header, field 1 is the separator itself. */
export function fieldOf({ name, parts, separators }: Segment, n: number): string {
  if (!HEADERS.has(name)) return parts[n] ?? "";
  return n === 1 ? separators.field : parts[n - 1] ?? "";
}

/** `""` (two quotes) says that a value was deleted: it is no value. */
const plain = (text: string) => text === '""' ? "" : text.trim();

/** One value, escapes taken off; all places count from 1. */
export function valueOf(
  segment: Segment,
  n: number,
  component = 1,
  { repetition = 1, subcomponent = 1 } = {},
): string {
  const { separators } = segment;
  const one = fieldOf(segment, n).split(separators.repetition)[repetition - 1] ?? "";
  const part = one.split(separators.component)[component - 1] ?? "";
  return plain(unescape(part.split(separators.subcomponent)[subcomponent - 1] ?? "", separators));
}

export const repetitionsOf = (segment: Segment, n: number): number =>
  fieldOf(segment, n) === "" ? 0 : fieldOf(segment, n).split(segment.separators.repetition).length;

/** Everything in field `n` as words: separators become spaces. */
export function wordsOfField(segment: Segment, n: number): string {
  const { separators } = segment;
  return decompose(fieldOf(segment, n), separators).flat(2)
    .map((part) => plain(unescape(part, separators))).filter((part) => part !== "").join(" ");
}

export type Message = Segment[];

/** A file's messages: from each MSH to the next. Batch segments and empty lines belong to none. */
export function messagesOf({ segments }: Hl7File): Message[] {
  const messages: Message[] = [];
  for (const segment of segments) {
    // Without a separator it is no header, and the outline counts it as little.
    if (segment.name === "MSH" && segment.parts.length > 1) messages.push([segment]);
    else if (/^[A-Z][A-Z0-9]{2}$/.test(segment.name) && !BATCH.has(segment.name)) {
      messages.at(-1)?.push(segment);
    }
  }
  return messages;
}

/** One line end: a run of them would be walked anew from each. */
const EDGE = /(?:^|[\r\n])(?=(?:MSH|FHS|BHS)[^\w\s]|(?:BTS|FTS)(?![A-Z0-9]))/g;

/** Each message of a file as it came, from its MSH to the next header or trailer, last end off. */
export function messageTextsOf(text: string): string[] {
  const body = text.trimStart();
  const texts: string[] = [];
  let begun: number | undefined;
  const end = (at?: number) => {
    if (begun !== undefined) texts.push(body.slice(begun, at).trimEnd());
    begun = undefined;
  };
  for (const { 0: { length }, index } of body.matchAll(EDGE)) {
    end(index);
    if (body.startsWith("MSH", index + length)) begun = index + length;
  }
  end();
  return texts;
}

const HEADER_CHARS_MAX = 16 * 1024;
const OTHER_START = /[\r\n](?!BTS|FTS)([A-Z][A-Z0-9]{2})(?![A-Z0-9])/y;

const TRAILER = /[\r\n]BTS[^\w\s](\d{1,9})/;

/**
 * What an answer needs of a file, and no more, so that a hostile one costs one walk: the headers,
 * of each message the first of its other segments, and how many a batch says it holds. Undefined as
 * in `parse`, and when a header is endless.
 */
export function outlineOf(text: string, messagesMax: number): Hl7File | undefined | "too-many" {
  const before = text.slice(0, text.length - text.trimStart().length);
  const body = text.slice(before.length);
  if (!/^(?:MSH|FHS|BHS)[^\w\s]/.test(body)) return undefined;
  const starts: number[] = [];
  let edges = 0;
  for (const { 0: { length }, index } of body.matchAll(EDGE)) {
    // A batch around each message, and a file around all: nobody needs more.
    if (++edges > messagesMax * 3 + 2) return "too-many";
    if (!/^[BF]TS/.test(body.slice(index + length, index + length + 3))) starts.push(index);
  }
  const segments: Segment[] = [];
  let messages = 0;
  for (const [at, start] of starts.entries()) {
    const part = body.slice(start, starts[at + 1]).replace(/^[\r\n]/, "");
    const line = part.match(/^[^\r\n]*/)![0];
    if (line.length > HEADER_CHARS_MAX) return undefined;
    const separators = separatorsOf(line);
    const parts = line.split(separators.field);
    segments.push({ name: parts[0]!, parts, end: "\r", separators });
    if (parts[0] !== "MSH") continue;
    messages++;
    const other = firstOtherIn(part, line.length);
    if (other) segments.push({ name: other, parts: [other], end: "\r", separators });
    const trailer = part.match(TRAILER);
    if (trailer) segments.push({ name: "BTS", parts: ["BTS", trailer[1]!], end: "\r", separators });
  }
  return messages > messagesMax ? "too-many" : { before, segments };
}

/** The name of the first line behind `from` that is a segment. */
function firstOtherIn(text: string, from: number): string | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] !== "\r" && text[at] !== "\n") continue;
    OTHER_START.lastIndex = at;
    const found = OTHER_START.exec(text);
    if (found) return found[1];
  }
  return undefined;
}

export const isBatch = ({ segments }: Hl7File) =>
  segments.some(({ name }) => name === "FHS" || name === "BHS");

/** What a header says. */
export const headerOf = (header: Segment) => headerWith(header, valueOf);

export function headerWith(header: Segment, read: typeof valueOf) {
  const value = (n: number, component = 1) => read(header, n, component);
  return {
    sendingApplication: value(3),
    sendingFacility: value(4),
    receivingApplication: value(5),
    receivingFacility: value(6),
    sentAt: value(7),
    type: value(9),
    trigger: value(9, 2),
    structure: value(9, 3),
    controlId: value(10),
    processingId: value(11),
    version: value(12),
    acceptAcknowledgement: value(15),
    applicationAcknowledgement: value(16),
    charset: value(18),
  };
}
export type Header = ReturnType<typeof headerOf>;

/** Table 0211 as the web's standard for encodings names them. */
const CHARSETS: [pattern: RegExp, label: string][] = [
  [/^UNICODE UTF-?16/, "utf-16le"],
  [/UTF-?8|^UNICODE/, "utf-8"],
  [/^(?:ISO[ _]?)?8859[/-](\d{1,2})$/, "iso-8859-"],
  [/^ISO[ _]?(?:IR)?\s?(?:87|159|14)$/, "iso-2022-jp"],
  [/^GB/, "gb18030"],
  [/^KS/, "euc-kr"],
  [/^(?:BIG|CNS)/, "big5"],
  [/^WINDOWS-125\d$/, ""],
  [/^ASCII/, "windows-1252"],
];

/** The label of MSH-18's charset, or undefined when it says nothing usable. */
export function charsetLabel(given: string): string | undefined {
  const name = given.trim().toUpperCase();
  for (const [pattern, label] of CHARSETS) {
    const match = name.match(pattern);
    if (!match) continue;
    const full = label === "iso-8859-" ? label + match[1] : label === "" ? name : label;
    try {
      return new TextDecoder(full).encoding;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** `YYYY[MM[DD…]]` as `YYYY-MM-DD` or as much of it as there is. */
export function dateOf(text: string): string | undefined {
  const match = text.match(/^(\d{4})(?:(\d{2})(?:(\d{2}))?)?/);
  if (!match) return undefined;
  const [, year, month, day] = match;
  if (month === undefined || !/^(?:0[1-9]|1[0-2])$/.test(month)) return year;
  if (day === undefined || !/^(?:0[1-9]|[12]\d|3[01])$/.test(day)) return `${year}-${month}`;
  return `${year}-${month}-${day}`;
}
