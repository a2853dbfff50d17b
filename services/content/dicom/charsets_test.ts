import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { decodeText } from "./charsets.ts";

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const name = (text: string, ...sets: string[]) => decodeText(bytes(text), sets, true);

/** The examples of PS3.5, annexes H to K, and one of each single set. */
describe("decodeText", () => {
  const cases: [expected: string, raw: string, ...sets: string[]][] = [
    ["Buc^Jérôme", "Buc^J\xe9r\xf4me", "ISO_IR 100"],
    ["Novák^Řehoř", "Nov\xe1k^\xd8eho\xf8", "ISO_IR 101"],
    ["Ħaż", "\xa1a\xbf", "ISO_IR 109"],
    ["Ķē", "\xd3\xba", "ISO_IR 110"],
    ["Люкceмбypг", "\xbb\xee\xdace\xdc\xd1yp\xd3", "ISO_IR 144"],
    ["قباني^لنزار", "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "ISO_IR 127"],
    ["Διονυσιος", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "ISO_IR 126"],
    ["שרון^דבורה", "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "ISO_IR 138"],
    ["Çavuş", "\xc7avu\xfe", "ISO_IR 148"],
    ["สม", "\xca\xc1", "ISO_IR 166"],
    ["ﾔﾏﾀﾞ^ﾀﾛｳ", "\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ISO_IR 13"],
    ["Wang^XiaoDong=王^小东", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab", "GB18030"],
    ["王", "\xcd\xf5", "GBK"],
    ["Ö", "\xc3\x96", "ISO_IR 192"],
    ["Ö", "\xc3\x96"],
    ["Ö", "\xd6"],
    ["Ö", "\xd6", "iso-ir 100"],
    [
      "Yamada^Tarou=山田^太郎=やまだ^たろう",
      "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
      "",
      "ISO 2022 IR 87",
    ],
    [
      "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
      "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
      "ISO 2022 IR 13",
      "ISO 2022 IR 87",
    ],
    [
      "Hong^Gildong=洪^吉洞=홍^길동",
      "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
      "",
      "ISO 2022 IR 149",
    ],
    ["Zhang^王", "Zhang^\x1b$)A\xcd\xf5", "", "ISO 2022 IR 58"],
    ["丂", "\x1b$(D0\x21\x1b(B", "", "ISO 2022 IR 159"],
    [
      "Дж^Διο^é",
      "\x1b-L\xb4\xd6^\x1b-F\xc4\xe9\xef^\x1b-A\xe9",
      "ISO 2022 IR 6",
      "ISO 2022 IR 144",
      "ISO 2022 IR 126",
      "ISO 2022 IR 100",
    ],
  ];
  for (const [expected, raw, ...sets] of cases) {
    it(`${sets.join("\\") || "undeclared"}: ${expected}`, () =>
      equal(name(raw, ...sets), expected));
  }

  it("begins anew with every component: a set does not last beyond it", () => {
    equal(name("\x1b-F\xc4^\xe9", "ISO 2022 IR 100", "ISO 2022 IR 126"), "Δ^é");
  });

  it("ends on broken escapes and halves of characters", () => {
    for (const raw of ["\x1b", "\x1b$", "\x1b$B", "\x1b$B;", "\xfb", "\x1b$)C\xfb", "\x1b!x"]) {
      name(raw, "", "ISO 2022 IR 87", "ISO 2022 IR 149");
    }
  });
});
