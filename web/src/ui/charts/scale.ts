/** Where values stand in a chart: steps that people count in, from nothing to the largest. */

const STEPS = [1, 2, 5, 10];
/** Of durations, in milliseconds: seconds, minutes, hours, days, weeks. */
const SPANS_MS = [
  1 / 60,
  1 / 12,
  1 / 4,
  1,
  5,
  15,
  30,
  60,
  120,
  360,
  720,
  1_440,
  2_880,
  7_200,
  10_080,
  20_160,
  43_200,
  129_600,
  525_600,
].map((minutes) => minutes * 60_000);

/** Marks from 0 up to at least `max`, at most `count` of them beside 0. */
export function ticksOf(max: number, kind: "number" | "duration", count = 4): number[] {
  if (!(max > 0)) return [0];
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const plain = STEPS.map((step) => step * power).find((step) => step >= rough) ?? 10 * power;
  const step = kind === "number"
    ? Math.max(1, plain)
    : SPANS_MS.find((span) => span >= rough) ?? plain;
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, at) => at * step);
}

/** Runs of values with nothing missing between them, by their places. */
export function stretchesOf(values: readonly (number | null)[]): number[][] {
  const stretches: number[][] = [];
  let last: number[] | undefined;
  for (const [at, value] of values.entries()) {
    if (value === null) last = undefined;
    else if (last) last.push(at);
    else stretches.push(last = [at]);
  }
  return stretches;
}
