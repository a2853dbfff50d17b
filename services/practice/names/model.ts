/** Makes names comparable: any script, any order, with or without accents. */
import type { HumanName } from "../patients/model.ts";

/** Letters that Unicode does not take apart into a letter and a mark. */
const LETTERS: Record<string, string> = {
  "ß": "ss",
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "ł": "l",
  "đ": "d",
  "ð": "d",
  "þ": "th",
  "ı": "i",
  "ħ": "h",
};
/** Beyond this a key adds no precision, and an index entry has a limit in bytes. */
const KEY_LENGTH_MAX = 200;

/** Lower case, without marks and punctuation, single spaces: "O’Néill-Łoś" is "o neill los". */
export function comparable(text: string): string {
  return text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "")
    .replace(/[’'ʼ`]/g, "")
    .replace(/[ßæœøłđðþıħ]/g, (letter) => LETTERS[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, " ").trim().normalize("NFC");
}

const keyOf = (...parts: string[]) => {
  const key = parts.map(comparable).filter((part) => part !== "").join(" ");
  return key === "" ? undefined : ` ${[...key].slice(0, KEY_LENGTH_MAX).join("").trimEnd()}`;
};

/** What a patient with these names is found by: family first and given first. */
export function keysOf(names: readonly Pick<HumanName, "family" | "given">[]): string[] {
  const keys = names.flatMap(({ family, given }) => [
    keyOf(family ?? "", ...given),
    keyOf(...given, family ?? ""),
  ]);
  return [...new Set(keys.filter((key) => key !== undefined))];
}
