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

type Name = Pick<HumanName, "family" | "given">;

/** What a patient is found by: one key for each name, the chief one, and one for the other order. */
export type Key = { key: string; isChief: boolean };

export function keysOf(names: readonly Name[]): Key[] {
  const keys = new Map<string, Key>();
  const add = (key: string | undefined, isChief: boolean) => {
    if (key !== undefined && (isChief || !keys.has(key))) keys.set(key, { key, isChief });
  };
  for (const { family, given } of names) add(keyOf(family ?? "", ...given), true);
  for (const { family, given } of names) add(keyOf(...given, family ?? ""), false);
  return [...keys.values()];
}
