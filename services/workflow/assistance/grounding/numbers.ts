/** Numbers in a text, and whether they are the ones that were given. */

export type Quantity = { value: string; unit: string | null; at: number };

const WORDS: Record<string, number> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  hundred: 100,
  thousand: 1000,
  twice: 2,
  double: 2,
  thrice: 3,
  triple: 3,
};

/** `7.0`, `7,0` and `07` are 7; `1,234` stays ambiguous and is kept as it is. */
function normal(digits: string): string {
  const dotted = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits) && !/^0/.test(digits)
    ? digits.replaceAll(",", "")
    : digits.replace(",", ".");
  const [whole = "0", fraction = ""] = dotted.split(".");
  const tail = fraction.replace(/0+$/, "");
  const head = whole.replace(/^0+(?=\d)/, "");
  return tail === "" ? head : `${head}.${tail}`;
}

const UNIT =
  "%|°[CF]|mmol\\/mol|[mµμnp]?mol\\/L|[mµμnk]?g\\/(?:d?L|mL|kg|day|mmol)|[mµμkn]?I?U\\/m?L|m?Eq\\/L|mL\\/min(?:\\/1\\.73 ?m2)?|10\\^?\\d+\\/[µμ]?L|mm ?Hg|kPa|bpm|kg(?:\\/m2)?|mcg|[mµμ]?g|m?L|cm|mm|IU|units?|tablets?|capsules?|puffs?|drops?|years?|months?|weeks?|days?|hours?|minutes?";
const NUMBER = new RegExp(
  `(?<![\\p{L}\\d.,])(\\d+(?:[.,]\\d+)*)(?:[ -]?(${UNIT})(?![\\p{L}\\d]))?`,
  "giu",
);

const unitOf = (unit: string) =>
  unit.toLowerCase().replace(/[μ]/g, "µ").replace(/ /g, "").replace(
    /^(unit|tablet|capsule|puff|drop|year|month|week|day|hour|minute)s$/,
    "$1",
  );

/** Tokens like `[PERSON_1]` hold no number that anybody said. */
export const withoutTokens = (text: string) => text.replace(/\[[A-Z_]+_\d+\]/g, "[]");

export function quantitiesOf(given: string): Quantity[] {
  const text = withoutTokens(given).normalize("NFKC");
  const found: Quantity[] = [...text.matchAll(NUMBER)].map((match) => ({
    value: normal(match[1]!),
    unit: match[2] === undefined ? null : unitOf(match[2]),
    at: match.index,
  }));
  for (const match of text.matchAll(/\p{L}+/gu)) {
    const value = WORDS[match[0].toLowerCase()];
    if (value !== undefined) found.push({ value: String(value), unit: null, at: match.index });
  }
  // Digits within words, as in `B12` or `x3`, count as well.
  for (const match of text.matchAll(/(?<=\p{L})(\d+(?:[.,]\d+)?)/gu)) {
    found.push({ value: normal(match[1]!), unit: null, at: match.index });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** The numbers that were given, each with the units that it was given with. */
export type Given = Map<string, Set<string | null>>;

export function givenIn(texts: readonly string[]): Given {
  const given: Given = new Map();
  for (const text of texts) {
    for (const { value, unit } of quantitiesOf(text)) {
      const units = given.get(value) ?? new Set();
      given.set(value, units.add(unit));
    }
  }
  return given;
}

/** What `text` says in numbers that nobody has given, as it is written there. */
export function foreignNumbers(text: string, given: Given): string[] {
  return quantitiesOf(text).flatMap(({ value, unit }) => {
    const units = given.get(value);
    const written = unit === null ? value : `${value} ${unit}`;
    if (!units) return [written];
    // A number that was given with a unit may not come back with another one.
    return unit === null || units.has(unit) ? [] : [written];
  });
}
