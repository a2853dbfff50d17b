import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "@std/testing/bdd";

const css = readFileSync(new URL("./styles.css", import.meta.url), "utf8");
const design = readFileSync(new URL("../DESIGN.md", import.meta.url), "utf8");

type Tokens = Record<string, string>;

/** The colours of the block that starts with `selector`. */
function tokensOf(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]),
  );
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

/** What stands on what, and how much it must differ: text 4.5, borders and the focus ring 3. */
const pairs: [on: string, under: string, least: number][] = [
  ...["canvas", "surface", "raised", "sunken"].flatMap((under) => [
    ["ink", under, 7] as [string, string, number],
    ["ink-2", under, 4.5] as [string, string, number],
    ["ink-3", under, 4.5] as [string, string, number],
    ["accent", under, 4.5] as [string, string, number],
    ["danger", under, 4.5] as [string, string, number],
    ["good", under, 4.5] as [string, string, number],
    ["focus", under, 3] as [string, string, number],
    ["line-strong", under, 3] as [string, string, number],
  ]),
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-hover", 4.5],
  ["on-accent-soft", "accent-soft", 4.5],
  ["ink-2", "accent-soft", 4.5],
  ["on-danger", "danger", 4.5],
  ["on-mark", "mark", 7],
  ["danger", "danger-soft", 4.5],
  ["caution", "caution-soft", 4.5],
  ["good", "good-soft", 4.5],
  ["ink", "danger-soft", 7],
  ["ink", "caution-soft", 7],
  ["ink", "good-soft", 7],
  ["ink-2", "caution-soft", 4.5],
  ["canvas", "ink", 7],
];

const themes = { light: tokensOf(":root"), dark: tokensOf(':root[data-theme="dark"]') };

describe("colours", () => {
  for (const [theme, tokens] of Object.entries(themes)) {
    for (const [on, under, least] of pairs) {
      it(`${theme}: ${on} on ${under} differs by ${least}`, () => {
        const ratio = contrast(tokens[on]!, tokens[under]!);
        equal(ratio >= least, true, ratio.toFixed(2));
      });
    }
  }

  it("are the same whether the system or a person chose dark", () => {
    deepEqual(tokensOf(':root:not([data-theme="light"])'), themes.dark);
  });

  it("have the contrast that DESIGN.md says", () => {
    const rows = [
      ...design.matchAll(/^\| `([\w-]+)` on `([\w-]+)` +\| +([\d.]+) +\| +([\d.]+) +\|/gm),
    ];
    equal(rows.length >= 12, true);
    for (const [, on, under, light, dark] of rows) {
      const expected = Object.values(themes)
        .map((tokens) => contrast(tokens[on!]!, tokens[under!]!).toFixed(1));
      deepEqual([on, under, light, dark], [on, under, ...expected]);
    }
  });
});
