/** The words inside plain text, XML and HTML. */

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

/** A text's own words: of XML and HTML what stands between the tags. */
export function wordsIn(text: string): string {
  const start = text.trimStart();
  return start.startsWith("<") && /^<[?!a-z]/i.test(start) ? xml(text) : text;
}
