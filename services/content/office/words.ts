/** The text of word-processing, presentation and OpenDocument XML, and what a file says of itself. */
import type { Archive } from "./archive.ts";
import { type Visitor, walk } from "./elements.ts";

/** Text in order, no more of it than is kept. */
export type Text = { add(text: string): void; isFull(): boolean; toString(): string };

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
    toString: () => parts.join("").replace(/[^\S\n\t]+/g, " ").replace(/[ \t]*\n\s*/g, "\n").trim(),
  };
}

/** Elements that hold text, by their names, and what ends or stands for something in it. */
type Grammar = { holds: Set<string>; ends: Record<string, string>; silent: Set<string> };

/**
 * ECMA-376: `w:t` in `w:p` and `a:t` in `a:p`. What was deleted is no text any more, and a fallback
 * says again what stands beside it.
 */
export const OOXML: Grammar = {
  holds: new Set(["t"]),
  ends: { p: "\n", tab: "\t", br: "\n", cr: "\n", tc: "\t", tr: "\n" },
  silent: new Set(["del", "moveFrom", "Fallback"]),
};

/** OpenDocument 1.3: paragraphs and headings hold text and spans of it. */
export const OPEN_DOCUMENT: Grammar = {
  holds: new Set(["p", "h"]),
  ends: { p: "\n", h: "\n", s: " ", tab: "\t", "line-break": "\n", "table-cell": "\t" },
  silent: new Set(["tracked-changes"]),
};

export async function addWords(
  { text }: Archive,
  name: string,
  { holds, ends, silent }: Grammar,
  into: Text,
): Promise<void> {
  let inside = 0;
  let hidden = 0;
  const visitor: Visitor = {
    open(element) {
      if (silent.has(element)) hidden++;
      if (holds.has(element)) inside++;
    },
    text(words) {
      if (inside > 0 && hidden === 0) into.add(words);
    },
    close(element) {
      if (silent.has(element)) hidden--;
      if (holds.has(element)) inside--;
      const end = ends[element];
      if (end !== undefined && hidden === 0) into.add(end);
    },
    isDone: into.isFull,
  };
  await walk(text(name), visitor);
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
