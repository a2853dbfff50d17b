/** The text of word-processing, presentation and OpenDocument XML, and what a file says of itself. */
import type { Archive } from "./archive.ts";
import { type Visitor, walk } from "./elements.ts";

/** Text in order, no more of it than is kept. */
export type Text = { add(text: string): void; isFull(): boolean; toString(): string };

/** Without blank lines, and without blanks around the others. */
export const trimLines = (text: string): string =>
  text.split("\n").map((line) => line.trim()).filter((line) => line !== "").join("\n");

export function createText(charsMax: number): Text {
  const parts: string[] = [];
  let chars = 0;
  return {
    add(text) {
      if (chars > charsMax) return;
      parts.push(text);
      chars += text.length;
    },
    isFull: () => chars > charsMax,
    toString: () => trimLines(parts.join("").replace(/[^\S\n\t]+/g, " ")),
  };
}

/** Elements that hold text, by their names, and what ends or stands for something in it. */
type Grammar = {
  holds: Set<string>;
  ends: Record<string, string>;
  /** Its end takes the place of its last paragraph's: a row is a line. */
  cell: string;
  silent: Set<string>;
};

/**
 * ECMA-376: `w:t` in `w:p` and `a:t` in `a:p`. What was deleted is no text any more, and a fallback
 * says again what stands beside it.
 */
export const OOXML: Grammar = {
  holds: new Set(["t"]),
  ends: { p: "\n", tab: "\t", br: "\n", cr: "\n", tc: "\t", tr: "\n" },
  cell: "tc",
  silent: new Set(["del", "moveFrom", "Fallback"]),
};

/** OpenDocument 1.3: paragraphs and headings hold text and spans of it. */
export const OPEN_DOCUMENT: Grammar = {
  holds: new Set(["p", "h"]),
  ends: {
    p: "\n",
    h: "\n",
    s: " ",
    tab: "\t",
    "line-break": "\n",
    "table-cell": "\t",
    "table-row": "\n",
  },
  cell: "table-cell",
  silent: new Set(["tracked-changes"]),
};

export async function addWords(
  { text }: Archive,
  name: string,
  { holds, ends, cell, silent }: Grammar,
  into: Text,
): Promise<void> {
  let inside = 0;
  let hidden = 0;
  /** The end of a line, until it is known that no cell ends there. */
  let held = "";
  const say = (words: string) => {
    if (held !== "") into.add(held);
    held = "";
    if (words !== "") into.add(words);
  };
  const visitor: Visitor = {
    open(element) {
      say("");
      if (silent.has(element)) hidden++;
      if (holds.has(element)) inside++;
    },
    text(words) {
      if (inside > 0 && hidden === 0) say(words);
    },
    close(element) {
      if (silent.has(element)) hidden--;
      if (holds.has(element)) inside--;
      const end = ends[element];
      if (element === cell) held = "";
      say("");
      if (end === undefined || hidden > 0) return;
      if (end === "\n") held = end;
      else say(end);
    },
    isDone: into.isFull,
  };
  await walk(text(name), visitor);
  say("");
}

export type About = { title?: string; author?: string; language?: string };

const PROPERTIES: Record<string, keyof About> = {
  title: "title",
  creator: "author",
  "initial-creator": "author",
  language: "language",
};

/** Dublin Core, as both families write it: `docProps/core.xml` and `meta.xml`. */
export async function aboutOf({ text }: Archive, name: string): Promise<About> {
  const about: About = {};
  let open: keyof About | undefined;
  await walk(text(name), {
    open(element) {
      open = PROPERTIES[element];
    },
    text(words) {
      if (open && words.trim() !== "") about[open] = ((about[open] ?? "") + words).slice(0, 500);
    },
    close() {
      open = undefined;
    },
  });
  return about;
}
