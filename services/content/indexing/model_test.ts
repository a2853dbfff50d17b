import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fold, vectorOf, vectorsOf, wordsOf } from "./model.ts";

const terms = (text: string) => [...wordsOf(text)].map(({ term }) => term);

describe("fold", () => {
  const cases: [string, string][] = [
    ["Müller", "muller"],
    ["MU\u0308LLER", "muller"],
    ["Größe", "grosse"],
    ["Łukasz", "lukasz"],
    ["Bjørn", "bjorn"],
    ["İzmir", "izmir"],
    ["ﬁbrosis", "fibrosis"],
    ["１２", "12"],
    ["hyper\u00adtension", "hypertension"],
    ["Παπαδόπουλος", "παπαδοπουλοσ"],
    ["ΠΑΠΑΔΟΠΟΥΛΟΣ", "παπαδοπουλοσ"],
    ["Ёлкин", "елкин"],
  ];
  for (const [word, folded] of cases) {
    it(`makes ${word} ${folded}`, () => equal(fold(word), folded));
  }
});

describe("wordsOf", () => {
  it("cuts where people do, not where a parser sees a path or a host", () => {
    deepEqual(terms("nausea/vomiting, report_2024.pdf a@b.org 5.4 DOE^JOHN"), [
      "nausea",
      "vomiting",
      "report",
      "2024",
      "pdf",
      "a",
      "b",
      "org",
      "5",
      "4",
      "doe",
      "john",
    ]);
  });
  it("takes each character of a script without spaces for a word", () => {
    deepEqual(terms("山田^太郎 X線"), ["山", "田", "太", "郎", "x", "線"]);
    deepEqual(terms("ไข้สูง 39"), ["ไ", "ข้", "สู", "ง", "39"]);
  });
  it("knows where each word stands", () => {
    const text = "Ça: Größe 山田";
    for (const { start, end, term } of wordsOf(text)) equal(fold(text.slice(start, end)), term);
  });
});

describe("vectors", () => {
  it("count places from one", () => equal(vectorOf(["a", "b", "a"]), "'a':1,3 'b':2"));
  it("stay under Postgres's megabyte, however many words there are", () => {
    const words = Array.from({ length: 300_000 }, (_, index) => `w${index.toString(36)}`);
    ok(vectorOf(words).length < 3_000_000);
  });
  it("of a long text have every word in the first and true places in the windows", () => {
    const text = `${"filler ".repeat(9_000)}needle point`;
    const vectors = vectorsOf(text);
    equal(vectors.length, 4);
    ok(vectors[0]!.endsWith("'needle':9001 'point':9002"));
    ok(vectors[3]!.endsWith("'needle':1021 'point':1022"));
    ok(vectorsOf(`${"filler ".repeat(20_000)}needle`)[0]!.endsWith("'needle':16383"));
  });
});
