/** Comma separated values (RFC 4180), forgiving about what follows a broken line. */

export type CsvLine = { line: number; fields: string[] } | { line: number; broken: string };

/** A quote that nobody closed must not swallow the rest of the file. */
const FIELD_LENGTH_MAX = 4_000;

/** The delimiter that the first line has most of. */
export function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  const count = (delimiter: string) => first.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, one) => count(one) > count(best) ? one : best);
}

/**
 * Reads `text` line by line; a quoted field may hold line ends. After a broken line reading goes
 * on with the next one. Lines are numbered from 1; empty ones are left out.
 */
export function* readCsv(text: string, delimiter: string): Generator<CsvLine, undefined> {
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const start = { at, line };
    const fields: string[] = [];
    let broken: string | undefined;
    let isEnd = false;
    while (!isEnd) {
      if (text[at] === '"') {
        const field = quoted(at + 1);
        if (typeof field === "string") {
          broken = field;
          break;
        }
        fields.push(field.value);
        at = field.next;
      } else {
        const from = at;
        while (at < text.length && text[at] !== delimiter && !isLineEnd(at)) at++;
        fields.push(text.slice(from, at));
      }
      if (text[at] === delimiter) at++;
      else isEnd = true;
    }
    if (broken !== undefined) {
      at = start.at;
      while (at < text.length && !isLineEnd(at)) at++;
      line = start.line;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    line++;
    if (broken !== undefined) yield { line: start.line, broken };
    else if (fields.some((field) => field.trim() !== "")) yield { line: start.line, fields };
  }

  function isLineEnd(index: number): boolean {
    return text[index] === "\n" || text[index] === "\r";
  }

  function quoted(from: number): { value: string; next: number } | string {
    let value = "";
    for (let index = from;; index++) {
      if (index >= text.length) return "A quote is opened and not closed.";
      if (index - from > FIELD_LENGTH_MAX) return "A field is too long, or a quote not closed.";
      if (text[index] !== '"') {
        if (text[index] === "\n") line++;
        value += text[index];
      } else if (text[index + 1] === '"') {
        value += '"';
        index++;
      } else {
        const next = index + 1;
        const isClosed = next >= text.length || text[next] === delimiter || isLineEnd(next);
        return isClosed ? { value, next } : "Something follows a closing quote.";
      }
    }
  }
}
