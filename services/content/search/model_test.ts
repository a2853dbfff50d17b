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

  it("says when there is a phrase", () => {
    equal(compile("a b ")!.hasPhrase, false);
    equal(compile("5.4 ")!.hasPhrase, true);
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
