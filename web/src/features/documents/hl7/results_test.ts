import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { laboratory } from "../../../../testing/fixtures.ts";
import { decode, parse } from "./parse.ts";
import { resultsOf, summaryOf } from "./results.ts";

const MSH = "MSH|^~\\&|LAB|HARBOUR|||20260105081500||ORU^R01|42|P|2.5";
const results = (...segments: string[]) => resultsOf(parse([MSH, ...segments].join("\r"))[0]!);
const only = (segment: string) => results("OBR|1|||X", segment)[0]!.results[0]!;

describe("results of an HL7 message", () => {
  it("stand under their order, notes with what they follow", () => {
    const groups = resultsOf(parse(decode(laboratory().bytes))[0]!);
    deepEqual(groups.map(({ title, results }) => [title, results.length]), [
      ["Blood count, complete", 5],
      ["Metabolic panel", 3],
    ]);
    const [haemoglobin] = groups[0]!.results;
    equal(haemoglobin?.value, "9.8");
    equal(haemoglobin?.unit, "g/dL");
    equal(haemoglobin?.range, "12.0-16.0");
    equal(haemoglobin?.flag, "L");
    deepEqual(groups[0]!.results[4]!.comments, [
      "Microcytic, hypochromic picture.\nPlease repeat in four weeks.",
    ]);
    equal(groups[1]!.results[2]!.value, "Sample slightly haemolysed & clotted");
  });

  it("know the flags of table 0078, and show others as they came", () => {
    equal(only("OBX|1|NM|K||9|||HH").flag, "HH");
    equal(only("OBX|1|NM|K||9|||>").flag, "HH");
    equal(only("OBX|1|NM|K||9|||QNS~H").flag, "H");
    deepEqual([only("OBX|1|NM|K||9|||QNS").flag, only("OBX|1|NM|K||9|||QNS").otherFlag], [
      undefined,
      "QNS",
    ]);
  });

  it("say coded values in words", () =>
    equal(only("OBX|1|CWE|X||260373001^Detected^SCT").value, "Detected"));
  it("join structured numbers", () => equal(only("OBX|1|SN|X||>^100").value, "> 100"));
  it("keep carets of free text", () => equal(only("OBX|1|TX|X||10^9 cells").value, "10^9 cells"));
  it("put repetitions of text on lines", () =>
    equal(only("OBX|1|FT|X||one~two").value, "one\ntwo"));
  it("do not spill embedded files", () => {
    const result = only("OBX|1|ED|X||^application^pdf^Base64^JVBERi0x");
    deepEqual([result.isEmbedded, result.value], [true, ""]);
  });
  it("show observations without an order", () =>
    equal(results("OBX|1|NM|K||4")[0]?.results.length, 1));
  it("are none in an admission", () => deepEqual(results("PID|1", "PV1|1"), []));

  it("come with who they are about", () => {
    const summary = summaryOf(parse(decode(laboratory().bytes))[0]!);
    equal(summary.patient, "Okafor, Adaeze M");
    equal(summary.identifier, "483920");
    equal(summary.sender, "LAB, Harbour Laboratory");
    equal(summary.type, "ORU^R01");
    deepEqual(summary.bornOn?.date, new Date(1958, 2, 12));
  });
});
