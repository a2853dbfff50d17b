/** HL7 v2 messages taken apart, forgivingly: whatever bytes came, something readable results. */

/** Repetitions of components of subcomponents, unescaped. */
export type Field = string[][][];
export type Segment = {
  name: string;
  /** `fields[n]` is field n as HL7 counts: in MSH, field 1 is the separator itself. */
  fields: Field[];
  raw: string;
};
export type Message = { segments: Segment[] };

type Encoding = {
  field: string;
  component: string;
  repetition: string;
  escape: string;
  subcomponent: string;
};

const USUAL: Encoding = {
  field: "|",
  component: "^",
  repetition: "~",
  escape: "\\",
  subcomponent: "&",
};
/** A file larger than this is cut: nobody reads ten thousand segments. */
export const SEGMENTS_MAX = 20_000;

/** Message and batch headers say which characters separate. */
function encodingOf(header: string): Encoding {
  const field = header[3] ?? USUAL.field;
  const [component, repetition, escape, subcomponent] = header.slice(4).split(field)[0] ?? "";
  return {
    field,
    component: component ?? USUAL.component,
    repetition: repetition ?? USUAL.repetition,
    escape: escape ?? USUAL.escape,
    subcomponent: subcomponent ?? USUAL.subcomponent,
  };
}

/** HL7 v2.5.1 §2.7: what stands between two escape characters. */
function unescapeWord(word: string, encoding: Encoding): string | undefined {
  switch (word) {
    case "F":
      return encoding.field;
    case "S":
      return encoding.component;
    case "T":
      return encoding.subcomponent;
    case "R":
      return encoding.repetition;
    case "E":
      return encoding.escape;
    case "P":
      return "#";
    case "H":
    case "N":
      return "";
    case ".br":
    case ".sp":
    case ".ce":
      return "\n";
    case ".fi":
    case ".nf":
      return "";
  }
  const skip = word.match(/^\.sp\+?(\d{1,2})$/);
  if (skip) return "\n".repeat(Number(skip[1]));
  if (/^\.(in|ti|sk)[+-]?\d{0,3}$/.test(word)) return " ";
  const hex = word.match(/^X((?:[0-9A-Fa-f]{2})+)$/);
  if (hex) {
    const bytes = Uint8Array.from(hex[1]!.match(/../g)!, (pair) => Number.parseInt(pair, 16));
    return printable(decode(bytes));
  }
  return undefined;
}

/** Line breaks stay; other control characters would only confuse. */
const printable = (text: string) => text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, " ");

export function unescape(text: string, encoding: Encoding = USUAL): string {
  if (encoding.escape === "" || !text.includes(encoding.escape)) return text;
  const parts = text.split(encoding.escape);
  let out = parts[0]!;
  for (let at = 1; at < parts.length; at++) {
    const word = parts[at]!;
    const isClosed = at < parts.length - 1;
    const meaning = isClosed ? unescapeWord(word, encoding) : undefined;
    if (meaning === undefined) {
      // No escape sequence after all: the characters mean themselves.
      out += encoding.escape + word;
      continue;
    }
    out += meaning + (parts[++at] ?? "");
  }
  return out;
}

const split = (text: string, by: string) => by === "" ? [text] : text.split(by);

function fieldOf(text: string, encoding: Encoding): Field {
  return split(text, encoding.repetition).map((repetition) =>
    split(repetition, encoding.component).map((component) =>
      split(component, encoding.subcomponent).map((part) => unescape(part, encoding))
    )
  );
}

const isHeader = (name: string) => name === "MSH" || name === "FHS" || name === "BHS";

function segmentOf(line: string, encoding: Encoding): Segment {
  const name = line.slice(0, 3);
  const texts = line.split(encoding.field);
  const fields = texts.map((text) => fieldOf(text, encoding));
  if (!isHeader(name)) return { name, fields, raw: line };
  const literal = (text: string): Field => [[[text]]];
  return {
    name,
    fields: [fields[0]!, literal(encoding.field), literal(texts[1] ?? ""), ...fields.slice(2)],
    raw: line,
  };
}

/** All messages of a file: one, several, or a batch; with CR, LF or both, in MLLP frames or not. */
export function parse(text: string): Message[] {
  // deno-lint-ignore no-control-regex
  const lines = text.replace(/^\ufeff/, "").split(/[\r\n\x0b\x1c]+/);
  const messages: Message[] = [];
  // Taken apart once, when it is whole: a text of thousands of lines must not be read again for each.
  let broken: string[] = [];
  const mend = () => {
    const segments = messages.at(-1)?.segments;
    const before = segments?.at(-1);
    if (before && broken.length > 0) {
      const lineBreak = `${encoding.escape}.br${encoding.escape}`;
      segments![segments!.length - 1] = segmentOf(
        [before.raw, ...broken].join(lineBreak),
        encoding,
      );
    }
    broken = [];
  };
  let encoding = USUAL;
  let count = 0;
  for (const line of lines) {
    if (line.trim() === "") continue;
    if (++count > SEGMENTS_MAX) break;
    const name = line.slice(0, 3);
    if (!/^[A-Z][A-Z0-9]{2}/.test(line)) {
      // A line break inside a text: it belongs to the segment before.
      broken.push(line);
      continue;
    }
    mend();
    if (isHeader(name)) encoding = encodingOf(line);
    const last = messages.at(-1);
    const segment = segmentOf(line, encoding);
    const startsMessage = name === "MSH" || last === undefined;
    if (startsMessage && !(name === "MSH" && last?.segments.every(({ name }) => name !== "MSH"))) {
      messages.push({ segments: [segment] });
    } else last!.segments.push(segment);
  }
  mend();
  return messages;
}

/** UTF-8 when it is UTF-8; otherwise the Western characters that most older senders use. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Component `component` (from 1) of the first repetition of field `field`. */
export function at(segment: Segment | undefined, field: number, component = 1): string {
  return segment?.fields[field]?.[0]?.[component - 1]?.[0] ?? "";
}

/** A field as a person reads it: components by spaces, repetitions by commas. */
export function plain(field: Field | undefined): string {
  return (field ?? [])
    .map((repetition) =>
      repetition.map((parts) => parts.filter(Boolean).join(" ")).filter(Boolean).join(" ")
    )
    .filter(Boolean)
    .join(", ");
}

export const find = (message: Message, name: string): Segment | undefined =>
  message.segments.find((segment) => segment.name === name);

export type Moment = { date: Date; hasTime: boolean };

/** HL7 times: YYYY[MM[DD[HH[MM[SS]]]]][±ZZZZ]; local time when no zone is given. */
export function momentOf(text: string): Moment | undefined {
  const match = text.match(
    /^(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})(\d{2})?(?:\.\d{1,4})?)?([+-]\d{4})?$/,
  );
  if (!match) return undefined;
  const [, year, month = "01", day = "01", hour, minute = "00", second = "00", zone] = match;
  const iso = `${year}-${month}-${day}T${hour ?? "00"}:${minute}:${second}` +
    (hour && zone ? `${zone.slice(0, 3)}:${zone.slice(3)}` : "");
  const date = new Date(iso);
  // A month 13 is refused by Date, a 31 February is moved: neither is a day.
  if (Number.isNaN(date.getTime()) || (!zone && date.getDate() !== Number(day))) return undefined;
  return { date, hasTime: hour !== undefined };
}
