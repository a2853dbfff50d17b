/** Statements of how much of a drug is to be taken, and advice to change it. */

const AMOUNT =
  "\\d+(?:[.,]\\d+)?\\s?(?:mcg|[mµμ]?g|I?U|units?|m[lL]|tablets?|capsules?|puffs?|drops?|sprays?|patch(?:es)?)(?!\\s?\\/\\s?(?:d?[lL]|m[lL]|mmol|min|mol))(?![\\p{L}\\d^])(?:\\s?\\/\\s?(?:kg|day|d|h|hour))*";
const COUNT = "(?:once|twice|thrice|(?:one|two|three|four|five|six|\\d+)(?: times)?|\\d+\\s?[x×])";
const FREQUENCY = [
  `${COUNT}\\s?(?:times\\s)?(?:a|per|each|every)?\\s?(?:day|daily|week|weekly|night|hourly)\\b`,
  "\\b(?:every|each)\\s(?:\\w+\\s)?(?:hours?|days?|morning|evening|night)\\b",
  "\\b(?:o\\.?d|b\\.?i\\.?d|b\\.?d|t\\.?i\\.?d|t\\.?d\\.?s|q\\.?i\\.?d|q\\.?d|prn|p\\.?r\\.?n)\\b\\.?",
  "\\bq\\d{1,2}h\\b",
  "(?<![\\d-])\\d(?:[.,½]\\d)?-\\d-\\d(?:-\\d)?(?![\\d-])",
];
const SHAPES = [AMOUNT, ...FREQUENCY].map((source) => new RegExp(source, "giu"));

/** Words for amounts that no digit stands in. */
const WORDED =
  /\b(?:half|one|two|three|four|another|extra|an?)\s(?:more\s)?(?:tablets?|pills?|capsules?|puffs?|drops?|spoons?\w*)\b/giu;

const plain = (text: string) =>
  text.normalize("NFKC").toLowerCase().replace(/\s|(?<!\d)\.|\.(?!\d)/g, "").replace(/[μ]/g, "µ")
    .replace(/(tablet|capsule|puff|drop|unit|time)s/g, "$1");

/** As written, in order. */
export function dosesOf(text: string): string[] {
  const normal = text.normalize("NFKC");
  return [...SHAPES, WORDED].flatMap((shape) =>
    [...normal.matchAll(shape)].map((match) => match[0].trim())
  );
}

/** Doses that stand nowhere in `given`, word for word but for spaces and points. */
export function foreignDoses(text: string, given: readonly string[]): string[] {
  const all = given.map(plain);
  return dosesOf(text).filter((dose) => {
    const one = plain(dose);
    // `5mg` does not stand in `15mg`.
    return !all.some((source) => {
      for (let at = source.indexOf(one); at >= 0; at = source.indexOf(one, at + 1)) {
        if (!/[\d.,]/.test(source[at - 1] ?? "") || !/^\d/.test(one)) return true;
      }
      return false;
    });
  });
}

const ADVICE =
  /\b(?:stop|start|begin|continue|increase|decrease|reduce|raise|lower|double|halve|skip|discontinue|resume|restart|switch|take)(?:ing|s|ped)?\s(?:taking|using|your|the|this|these|all|to|with|more|less)\b/giu;

/** Advice about a treatment that the clinician has not given. */
export function foreignAdvice(text: string, instruction: string | null): string[] {
  const said = (instruction ?? "").toLowerCase();
  return [...text.matchAll(ADVICE)].map(([words]) => words)
    .filter((words) => !said.includes(words.toLowerCase()));
}
