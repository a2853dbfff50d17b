/** The words inside each kind of text. */
import type { Kind } from "./kinds.ts";

/** Escape sequences of HL7 v2 that stand for its own delimiters (chapter 2.7). */
const HL7_ESCAPES: Record<string, string> = { F: "|", S: "^", T: "&", R: "~", E: "\\" };

function hl7(text: string): string {
  const start = text.search(/(MSH|FHS|BHS)/);
  const delimiters = new Set(text.slice(start + 3, start + 8));
  const escape = text[start + 6];
  return text.split(/[\r\n]+/).map((segment) => {
    const spaced = [...segment].map((char) =>
      delimiters.has(char) && char !== escape && /[^\w\s]/.test(char) ? " " : char
    ).join("");
    return spaced.replace(
      /\\([FSTRE]|\.br|X0D|X0A|H|N)\\/g,
      (_, code: string) => HL7_ESCAPES[code] ?? " ",
    );
  }).join("\n").replace(/ {2,}/g, " ");
}

const XML_ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function character(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
}

function characters(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,8}));/gi,
    (whole, hex?: string, decimal?: string, name?: string) =>
      hex
        ? character(parseInt(hex, 16))
        : decimal
        ? character(Number(decimal))
        : XML_ENTITIES[name!] ?? whole,
  );
}

const CDATA = "<![CDATA[";

/** Where the markup that begins at `open` ends, or -1. */
function endOfMarkup(text: string, open: number): number {
  const through = (end: string, from: number) => {
    const at = text.indexOf(end, from);
    return at === -1 ? -1 : at + end.length;
  };
  if (text.startsWith("<!--", open)) return through("-->", open + 4);
  if (text.startsWith(CDATA, open)) return through("]]>", open);
  if (text.startsWith("<?", open)) return through("?>", open);
  const end = through(">", open);
  if (!text.startsWith("<!DOCTYPE", open) || !text.slice(open, end).includes("[")) return end;
  const subset = text.indexOf("]", open);
  return subset === -1 ? -1 : through(">", subset);
}

/**
 * What stands between the tags. Entities of a document type are left as they are. Walks once from
 * left to right: a pattern that backtracks would make a hostile file cost its square.
 */
function xml(text: string): string {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("<", at);
    if (open === -1) break;
    found.push(characters(text.slice(at, open)));
    const end = endOfMarkup(text, open);
    if (end === -1) {
      at = open + 1;
      break;
    }
    found.push(text.startsWith(CDATA, open) ? text.slice(open + CDATA.length, end - 3) : " ");
    at = end;
  }
  found.push(characters(text.slice(at)));
  return found.join("").replace(/\s+/g, (space) => space.includes("\n") ? "\n" : " ").trim();
}

/** Every string value, in order. Markup inside (a FHIR narrative) is taken off. */
function json(text: string): string {
  // One resource per line is a common way to export many.
  const roots = parseLines(text);
  const found: string[] = [];
  // A stack of its own: a hostile file may nest deeper than the program's.
  const open: unknown[] = roots.toReversed();
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") {
      // Base64 is no text.
      if (value.length < 1_000 || /\s/.test(value)) {
        found.push(/^\s*</.test(value) ? xml(value) : value);
      }
    } else if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) open.push(value[at]);
    } else if (value !== null && typeof value === "object") {
      for (const inner of Object.values(value).reverse()) open.push(inner);
    }
  }
  return found.join("\n");
}

function parseLines(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length < 2) throw error;
    return lines.map((line) => JSON.parse(line));
  }
}

/** @throws SyntaxError when FHIR is not JSON. */
export function textIn(text: string, kind: Kind): string {
  if (kind === "hl7v2") return hl7(text);
  if (kind === "ccda") return xml(text);
  if (kind === "fhir") return json(text);
  const start = text.trimStart();
  return start.startsWith("<") && /^<[?!a-z]/i.test(start) ? xml(text) : text;
}
