/** Text in a form in which two ways to write the same name are equal, with the way back. */

/** `text` holds letters and digits only; `at[n]` is where its nth character comes from. */
export type Folded = { text: string; starts: number[]; ends: number[] };

/** Letters that Unicode does not take apart. */
const PLAIN: Record<string, string> = {
  ß: "ss",
  ø: "o",
  œ: "oe",
  æ: "ae",
  đ: "d",
  ð: "d",
  ł: "l",
  þ: "th",
  ı: "i",
  ə: "e",
};
/** Letters of other alphabets that look the same, as far as names are smuggled with them. */
const LOOKALIKES: Record<string, string> = {
  а: "a",
  е: "e",
  о: "o",
  р: "p",
  с: "c",
  х: "x",
  у: "y",
  і: "i",
  ј: "j",
  ѕ: "s",
  α: "a",
  ο: "o",
  ν: "v",
  ι: "i",
};

const isWord = (char: string) => /[\p{L}\p{N}]/u.test(char);
const isInvisible = (char: string) => /[\p{Cf}\p{M}]/u.test(char);

/**
 * @param gap what stands for anything between words: a space keeps words apart, nothing lets
 * `J o n e s` be found as `Jones`.
 */
export function fold(text: string, gap: " " | ""): Folded {
  const folded: Folded = { text: "", starts: [], ends: [] };
  const parts: string[] = [];
  const hasLatin = /[a-z]/i.test(text);
  const add = (chars: string, start: number, end: number) => {
    for (const char of chars) {
      parts.push(char);
      folded.starts.push(start);
      folded.ends.push(end);
    }
  };
  let at = 0;
  for (const char of text) {
    const end = at + char.length;
    if (/^[A-Za-z0-9]$/.test(char)) {
      add(char.toLowerCase(), at, end);
      at = end;
      continue;
    }
    if (isInvisible(char)) {
      // A mark belongs to the letter before it: both go together.
      if (folded.ends.length > 0) folded.ends[folded.ends.length - 1] = end;
    } else if (isWord(char)) {
      const base = char.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      for (const one of base) {
        const plain = PLAIN[one] ?? (hasLatin ? LOOKALIKES[one] : undefined) ?? one;
        // What does not fold to single units must not shift the way back.
        if (isWord(plain)) { for (const unit of plain) add(unit, at, end); }
      }
    } else if (gap !== "" && parts.length > 0 && parts.at(-1) !== gap) add(gap, at, end);
    at = end;
  }
  folded.text = parts.join("");
  if (folded.text.length !== parts.length) {
    // Characters beyond the basic plane take two units in a string.
    const [starts, ends] = [folded.starts, folded.ends];
    folded.starts = parts.flatMap((part, n) => Array.from(part.split(""), () => starts[n]!));
    folded.ends = parts.flatMap((part, n) => Array.from(part.split(""), () => ends[n]!));
  }
  return folded;
}

/** A term folded, with both ways to write an umlaut: `Müller` is `muller` and `mueller`. */
export function variantsOf(term: string, gap: " " | ""): string[] {
  const plain = fold(term, gap).text.trim();
  const spelled = fold(
    term.normalize("NFC").replace(/ä/gi, "ae").replace(/ö/gi, "oe").replace(/ü/gi, "ue"),
    gap,
  ).text.trim();
  const short = plain.replace(/([aou])e/g, "$1");
  return [...new Set([plain, spelled, short.length >= 4 ? short : plain])]
    .filter((one) => one !== "");
}
