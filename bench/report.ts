/** Prints results as a table and as JSON; a claim is a ratio, never a bare figure. */
import { ratioOf, type Result, type Sample, type Spread, spreadOf } from "./measure.ts";

const encoder = new TextEncoder();
export const say = (text = "") => void Deno.stdout.writeSync(encoder.encode(text + "\n"));

const round = (value: number) => value >= 100 ? value.toFixed(0) : value.toPrecision(3);
const show = ({ min, median, max }: Spread) => `${round(min)} / ${round(median)} / ${round(max)}`;

const perSecond = (sample: Sample) => sample.perSecond;
const cpuMicros = (sample: Sample) => sample.cpuMicros;

function table(rows: string[][]): void {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  for (const row of rows) {
    say(
      row.map((cell, at) => at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)).join(
        "  ",
      ),
    );
  }
}

/** `pairs` names which case is divided by which. */
export function report(title: string, results: Result[], pairs: [string, string][]): void {
  const find = (name: string) => results.find((result) => result.name === name)!;
  say(`\n${title} (minimum / median / maximum of ${results[0]!.rounds.length} rounds)`);
  table([
    ["", "per second", "CPU µs each"],
    ...results.map((result) => [
      result.name,
      show(spreadOf(result.rounds.map(perSecond))),
      show(spreadOf(result.rounds.map(cpuMicros))),
    ]),
  ]);
  const ratios = pairs.map(([over, under]) => ({
    ratio: `${over} ÷ ${under}`,
    perSecond: ratioOf(find(over), find(under), perSecond),
    cpu: ratioOf(find(over), find(under), cpuMicros),
  }));
  say();
  table([
    ["ratio", "per second", "CPU"],
    ...ratios.map(({ ratio, perSecond, cpu }) => [ratio, show(perSecond), show(cpu)]),
  ]);
  say(JSON.stringify({
    title,
    at: new Date().toISOString(),
    cases: results.map(({ name, rounds }) => ({
      name,
      perSecond: spreadOf(rounds.map(perSecond)),
      cpuMicros: spreadOf(rounds.map(cpuMicros)),
    })),
    ratios,
  }));
}
