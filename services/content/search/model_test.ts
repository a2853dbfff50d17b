import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { compile, highlight } from "./model.ts";

describe("compile", () => {
  const cases: [q: string, query: string | undefined][] = [
    ["", undefined],
    ['  ?! -- "" ', undefined],
    ["fever ", "('fever')"],
    ["fev", "('fev':*)"],
    ["a", "('a')"],
    ["chest pain", "('chest' & 'pain':*)"],
    ['"chest pain"', "(('chest' <-> 'pain'))"],
    ['"chest pain', "(('chest' <-> 'pain'))"],
    ["cough -asthma", "('cough' & !'asthma')"],
    ["cough or fever ", "('cough') | ('fever')"],
    ["or or", undefined],
    ["nausea/vomiting ", "(('nausea' <-> 'vomiting'))"],
    ["Müller ", "('muller')"],
    ["'); drop -- ", "('drop')"],
    ["a & b | !c :* <-> ", "('a' & 'b' & 'c')"],
  ];
  for (const [q, query] of cases) it(`reads ${q}`, () => equal(compile(q)?.query, query));

  it("takes phrases apart for what every match has among its words", () => {
    const wordsOf = (q: string) => compile(q)!.words;
    equal(wordsOf("a b "), "('a' & 'b')");
    equal(wordsOf('kidney "follow up" -asthma'), "('kidney' & 'follow' & 'up' & !'asthma')");
    equal(wordsOf('a -"b c"'), "('a')");
    equal(wordsOf('-"b c"'), null);
    equal(wordsOf('a or -"b c"'), null);
  });

  it("numbers words and phrases for long texts", () => {
    const { leaves, condition } = compile('a -"b c" or d e-f')!;
    deepEqual(leaves, ["'a'", "('b' <-> 'c')", "'d'", "('e' <-> 'f')"]);
    equal(condition, "(1 & !2) | (3 & 4)");
  });

  it("knows which words stand together in every match", () => {
    const nearby = (q: string) => compile(q)!.nearby;
    equal(nearby('kidney "follow up" -"a b"'), "('follow' & 'up')");
    equal(nearby('"a b" or c-d'), "('a' & 'b') | ('c' & 'd')");
    equal(nearby('"a b" or c'), null);
    equal(nearby('a -"b c"'), null);
  });

  it("takes a phrase that a window may cut for several that overlap", () => {
    const words = Array.from({ length: 31 }, (_, at) => `w${at}`);
    const { leaves, condition } = compile(`-"${words.join(" ")}"`)!;
    equal(condition, "(!(1 & 2 & 3))");
    deepEqual(
      leaves.map((leaf) => [...leaf.matchAll(/w\d+/g)].map(([word]) => word)),
      [words.slice(0, 20), words.slice(10, 30), words.slice(20)],
    );
  });
});

describe("highlight", () => {
  it("marks whole words as they were written, folded or begun", () => {
    deepEqual(highlight("Frau Müller: hypertension.", compile("muller hyper")!), [
      "Frau <mark>Müller</mark>: <mark>hypertension</mark>.",
    ]);
  });
  it("escapes everything else, and what it marks", () => {
    deepEqual(
      highlight(`<img src=x onerror="alert(1)"> & fever</mark>`, compile("fever alert ")!),
      [
        "&#60;img src=x onerror=&#34;<mark>alert</mark>(1)&#34;&#62; &#38; <mark>fever</mark>&#60;/mark&#62;",
      ],
    );
  });
  it("gives three short passages of a long text", () => {
    const text = `${"filler ".repeat(50)}fever ${"filler ".repeat(50)}`.repeat(10);
    const passages = highlight(text, compile("fever")!);
    equal(passages.length, 3);
    for (const passage of passages) equal(passage.length < 250, true);
  });
  it("finds nothing in a text without the words", () => {
    deepEqual(highlight("all is well", compile("fever")!), []);
  });
});
