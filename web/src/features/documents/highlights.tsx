/** Highlights of a search: text with marks, never markup. */
import type { ReactNode } from "react";

export type Piece = { text: string; isMarked: boolean };

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Character references become characters; whatever else has an ampersand stays as it is. */
const unescape = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (all, dec, hex, name) => {
      if (name) return NAMED[name.toLowerCase()] ?? all;
      const code = dec ? Number.parseInt(dec, 10) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );

/** Knows <mark> and </mark> only: any other tag is text like all text. */
export function piecesOf(highlight: string): Piece[] {
  const pieces: Piece[] = [];
  let isMarked = false;
  for (const part of highlight.split(/(<\/?mark>)/)) {
    if (part === "<mark>") isMarked = true;
    else if (part === "</mark>") isMarked = false;
    else if (part !== "") pieces.push({ text: unescape(part), isMarked });
  }
  return pieces;
}

export function Highlight({ text }: { text: string }): ReactNode {
  return piecesOf(text).map((piece, at) =>
    piece.isMarked ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>
  );
}
