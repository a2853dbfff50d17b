/** JSON laid out for reading, in which every value stays as its author wrote it. */

const INDENT = "  ";
/** Deeper than this the indents would be all that there is. */
const INDENTS_MAX = 100;

/**
 * New lines and indents only: reading it as values would write 1.50 as 1.5, which says something
 * else in FHIR, cut long numbers, and drop a name that stands twice. What is no JSON stays as it is.
 */
export function laidOut(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  const line = () => `\n${INDENT.repeat(Math.min(depth, INDENTS_MAX))}`;
  return text.trim().replace(
    /"(?:[^"\\]|\\.)*"|([{[])\s*([}\]])|[{[]|[}\]]|,|:|\s+/g,
    (part, open?: string, close?: string) => {
      if (open) return `${open}${close}`;
      switch (part[0]) {
        case "{":
        case "[":
          depth++;
          return part + line();
        case "}":
        case "]":
          depth--;
          return line() + part;
        case ",":
          return part + line();
        case ":":
          return ": ";
        default:
          return part[0] === '"' ? part : "";
      }
    },
  );
}
