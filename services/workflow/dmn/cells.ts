/**
 * Cells that are only constants, comparisons and ranges, which nearly all are. They mean what FEEL
 * says and need no parser; everything else goes to feelin, which reads a cell anew at every test.
 */

/** Undefined where a value that is no number is compared with one. */
export type Test = (value: unknown) => boolean | undefined;

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const STRING = String.raw`"[^"\\]*"`;
const TERM = new RegExp(
  String.raw`\s*(?:(?<op><=|>=|<|>)\s*(?<than>${NUMBER})` +
    String
      .raw`|(?<open>[[(\]])\s*(?<low>${NUMBER})\s*\.\.\s*(?<high>${NUMBER})\s*(?<close>[\])[])` +
    String
      .raw`|(?<number>${NUMBER})|(?<string>${STRING})|(?<boolean>true|false)(?![\w(]))\s*(?:,|$)`,
  "y",
);
const CONSTANT = new RegExp(String.raw`^\s*(?:${NUMBER}|${STRING}|true|false|null)\s*$`);

const compare: Record<string, (a: number, b: number) => boolean> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const ordered = (check: (value: number) => boolean): Test => (value) =>
  typeof value === "number" ? check(value) : value === null ? false : undefined;

function testOf(groups: Record<string, string | undefined>): Test {
  const { op, than, open, low, high, close, number, string } = groups;
  if (op !== undefined) {
    const [check, limit] = [compare[op]!, Number(than)];
    return ordered((value) => check(value, limit));
  }
  if (open !== undefined) {
    const above = compare[open === "[" ? ">=" : ">"]!;
    const below = compare[close === "]" ? "<=" : "<"]!;
    const [from, to] = [Number(low), Number(high)];
    return ordered((value) => above(value, from) && below(value, to));
  }
  const constant = number !== undefined
    ? Number(number)
    : string !== undefined
    ? string.slice(1, -1)
    : groups.boolean === "true";
  return (value) => value === constant;
}

/** The test that a simple cell is; undefined for one that needs the whole language. */
export function compileCell(text: string): Test | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "-") return () => true;
  const tests: Test[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < trimmed.length) {
    const groups = TERM.exec(trimmed)?.groups;
    if (!groups) return undefined;
    tests.push(testOf(groups));
  }
  if (trimmed.endsWith(",")) return undefined;
  return (value) => {
    const results = tests.map((test) => test(value));
    return results.includes(true) || (results.includes(false) ? false : undefined);
  };
}

/** The value that an expression is; undefined for one that needs the whole language. */
export function compileConstant(text: string): { value: unknown } | undefined {
  if (!CONSTANT.test(text)) return undefined;
  // In these forms FEEL and JSON are written alike, but for leading zeros.
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
