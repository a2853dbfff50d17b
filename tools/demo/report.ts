/** What a demo prints: steps with a tick or a cross, tables, and a count at the end. */

const encoder = new TextEncoder();
export const say = (text = "") => void Deno.stdout.writeSync(encoder.encode(text + "\n"));

export type Report = {
  /** Runs a step; a throw is a cross with its reason, and the story goes on. */
  step<T>(name: string, run: () => Promise<T>): Promise<T | undefined>;
  counts(): { passed: number; failed: number };
};

export function createReport(): Report {
  let passed = 0;
  let failed = 0;
  return {
    async step(name, run) {
      try {
        const result = await run();
        passed++;
        say(`  ✓ ${name}${typeof result === "string" ? `: ${result}` : ""}`);
        return result;
      } catch (error) {
        failed++;
        say(`  ✗ ${name}: ${error instanceof Error ? error.message : error}`);
        return undefined;
      }
    },
    counts: () => ({ passed, failed }),
  };
}

export function table(rows: string[][]): void {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  for (const row of rows) {
    say("  " + row.map((cell, at) => cell.padEnd(widths[at]!)).join("  ").trimEnd());
  }
}

export function expect(condition: unknown, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}
