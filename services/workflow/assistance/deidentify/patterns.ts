/** Finds what looks like an identifier of anybody. */
import type { Span, SpanKind } from "./patient.ts";

const TITLE = "(?:Dr|Prof|Mr|Mrs|Ms|Miss|Mx|Sr|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Señora?)\\.?";
const NAME = "\\p{Lu}[\\p{L}\\p{M}'’-]+";
const STREET =
  "(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|place|square|terrace|close|crescent|highway|parkway|circle|trail)";

const patterns: [SpanKind, RegExp][] = [
  ["EMAIL", /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu],
  ["URL", /\b(?:https?|ftp):\/\/[^\s<>"')]+|\bwww\.[^\s<>"')]+/giu],
  [
    "URL",
    /(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|biz|io|co|uk|de|fr|it|es|eu|ch|at|us)\b(?:\/\S*)?/giu,
  ],
  ["ID", /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g],
  ["ID", /(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)/g],
  ["ID", /(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)/g],
  [
    "ID",
    /\b(?:MRN|NHS|SSN|ID|PID|case|chart|record|insurance|policy|passport)(?: ?(?:no|nr|number|id))?\.?\s*[:#]?\s*(?=[\w-]*\d)[\w-]{4,}/giu,
  ],
  ["ID", /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g],
  ["PHONE", /(?<![\p{L}\d])\+\d{1,3}[ .(/-]*\d(?:[ .()/-]*\d){5,13}(?!\d)/gu],
  ["PHONE", /(?<![\p{L}\d.])\(?0\d{1,4}\)?[ ./-]*\d(?:[ ./-]?\d){4,9}(?![\d.])/gu],
  ["PHONE", /(?<![\p{L}\d])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/gu],
  ["PHONE", /\b(?:phone|tel|mobile|cell|fax|call)\.?:?\s*\+?[\d(][\d ().\/-]{5,16}\d/giu],
  ["PERSON", new RegExp(`(?<!\\p{L})${TITLE}\\s+${NAME}(?:\\s+${NAME}){0,2}`, "gu")],
  [
    "PERSON",
    new RegExp(
      `(?<=\\b(?:patient|name|wife|husband|mother|father|daughter|son|partner|sister|brother|nurse|signed|by|contact)(?: is| name)?:?\\s{1,3})${NAME}(?:\\s+${NAME}){1,2}`,
      "gu",
    ),
  ],
  ["PLACE", new RegExp(`\\b\\d{1,5}[a-z]?,?\\s+(?:${NAME}\\s+){1,4}${STREET}\\b\\.?`, "giu")],
  [
    "PLACE",
    new RegExp(
      `(?<!\\p{L})${NAME}(?:straße|strasse|str\\.|weg|platz|allee|gasse)\\s+\\d{1,4}\\s?[a-z]?\\b`,
      "gu",
    ),
  ],
  ["PLACE", /\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b/g],
  ["PLACE", /(?<=\b[A-Z]{2}\s{1,3})\d{5}(?:-\d{4})?\b/g],
  ["AGE", /(?<!\d)(?:9\d|1[0-2]\d)(?=[\s-]*(?:years?|yrs?|y\/?o|jahre|ans)\b)/giu],
];

export function findPatterns(text: string): Span[] {
  return patterns.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      kind,
    }))
  );
}
