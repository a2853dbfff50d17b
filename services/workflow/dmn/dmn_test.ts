/** Decision tables by the standard: hit policies, XML, and cells that are tested without a parser. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import * as feel from "feelin";
import { compileCell, compileConstant } from "./cells.ts";
import { evaluateDecision } from "./evaluate.ts";
import { Model, type Table } from "./model.ts";
import { readDmn } from "./read.ts";
import { writeDmn } from "./write.ts";

function table(more: Partial<Table>): Model {
  return Model.parse({
    name: "pressure",
    inputs: [{ name: "systolic", type: "number" }],
    decisions: [{
      name: "class",
      needs: ["systolic"],
      logic: {
        kind: "table",
        inputs: [{ expression: "systolic", type: "number" }],
        outputs: [{ type: "string" }],
        rules: [
          { when: [">= 180"], then: ['"crisis"'] },
          { when: [">= 140"], then: ['"high"'] },
          { when: ["< 90"], then: ['"low"'] },
        ],
        ...more,
      },
    }],
  });
}
const evaluate = (model: Model, systolic: unknown) =>
  evaluateDecision(model, "class", { systolic });

describe("a decision table", () => {
  it("follows its hit policy", () => {
    const of = (hitPolicy: Table["hitPolicy"], more: Partial<Table> = {}) =>
      evaluate(table({ hitPolicy, ...more }), 190);
    deepEqual(of("FIRST").value, "crisis");
    deepEqual(of("RULE ORDER").value, ["crisis", "high"]);
    deepEqual(of("COLLECT").value, ["crisis", "high"]);
    deepEqual(of("COLLECT", { aggregation: "COUNT" }).value, 2);
    const priorities = { outputs: [{ type: "string", allowed: '"high", "crisis"' }] };
    deepEqual(of("PRIORITY", priorities).value, "high");
    deepEqual(of("OUTPUT ORDER", priorities).value, ["high", "crisis"]);
    for (const policy of ["UNIQUE", "ANY"] as const) {
      deepEqual([of(policy).value, of(policy).warnings.length], [null, 1], policy);
    }
  });

  it("takes no text for a number, and no null for a low value (14)", () => {
    const model = table({ hitPolicy: "FIRST" });
    equal(evaluate(model, 89).value, "low");
    deepEqual(evaluate(model, null), { value: null, warnings: [] });
    equal(evaluate(model, "85").warnings.length, 1);
    // feelin alone says yes to a text that is compared with a number.
    equal(compileCell(">=18")!("a"), undefined);
  });

  it("has defaults, collects numbers, and needs no knowledge of what it is not asked", () => {
    equal(evaluate(table({ outputs: [{ default: '"normal"' }] }), 120).value, "normal");
    const sums = table({
      hitPolicy: "COLLECT",
      aggregation: "SUM",
      outputs: [{ type: "number" }],
      rules: [{ when: [">1"], then: ["2"] }, { when: [">2"], then: ["systolic / 4"] }],
    });
    equal(evaluate(sums, 10).value, 4.5);
    equal(evaluateDecision(sums, "nothing", {}).warnings.length, 1);
  });
});

describe("a simple cell", () => {
  it("means what FEEL says", () => {
    const cells = [
      "-",
      "",
      "5",
      "-5.5",
      ">= 5",
      "<5",
      "> -1",
      "<=0.5",
      "[1..5]",
      "(1..5)",
      "]1..5[",
      "[1..5)",
      '"a"',
      '"a","b"',
      "true",
      "false",
      "1,2, 3",
      "<1,>3",
      '"x y"',
      "[1..2],5",
    ];
    const values = [0, 1, 5, -5.5, 0.5, 3, "a", "b", "x y", true, false];
    for (const cell of cells) {
      const test = compileCell(cell);
      for (const value of values) {
        const isOrder = /[<>.]/.test(cell.replace(/-?\d+\.\d/g, ""));
        if (isOrder && typeof value !== "number") continue;
        const expected = cell === "" ? true : feel.unaryTest(cell, { "?": value }).value;
        equal(test!(value), expected === true, `${cell} of ${JSON.stringify(value)}`);
      }
    }
  });

  it("is nothing that needs more of the language", () => {
    for (
      const cell of [
        "null",
        "not(5)",
        "x",
        "> x",
        '"a\\"b"',
        "5 + 5",
        "1,",
        "? > 5",
        'date("x")',
        "trueish",
      ]
    ) equal(compileCell(cell), undefined, cell);
    deepEqual(compileConstant(' "a" '), { value: "a" });
    deepEqual(compileConstant("-1.5"), { value: -1.5 });
    equal(compileConstant("007"), undefined);
    equal(compileConstant("x"), undefined);
  });
});

const XML = `<?xml version="1.0"?>
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/" name="A &amp; B" namespace="urn:x">
  <dmn:inputData id="i" name="Full age"><dmn:variable typeRef="feel:number"/></dmn:inputData>
  <dmn:decision id="d" name="Class"><dmn:variable typeRef="string"/>
    <dmn:informationRequirement><dmn:requiredInput href="#i"/></dmn:informationRequirement>
    <dmn:context>
      <dmn:contextEntry><dmn:variable name="limit"/><dmn:literalExpression><dmn:text>65</dmn:text></dmn:literalExpression></dmn:contextEntry>
      <dmn:contextEntry><dmn:conditional>
        <dmn:if><dmn:literalExpression><dmn:text>Full age &lt; limit</dmn:text></dmn:literalExpression></dmn:if>
        <dmn:then><dmn:literalExpression><dmn:text><![CDATA["adult"]]></dmn:text></dmn:literalExpression></dmn:then>
        <dmn:else><dmn:literalExpression><dmn:text>"senior"</dmn:text></dmn:literalExpression></dmn:else>
      </dmn:conditional></dmn:contextEntry>
    </dmn:context>
  </dmn:decision>
</dmn:definitions>`;

describe("DMN XML", () => {
  it("is read, whatever its prefixes, and written so that it is read again", () => {
    const model = readDmn(XML);
    equal(model.name, "A & B");
    equal(evaluateDecision(model, "Class", { "Full age": 64 }).value, "adult");
    equal(evaluateDecision(model, "Class", { "Full age": 65 }).value, "senior");
    deepEqual(readDmn(writeDmn(model)), model);
    const odd = table({ rules: [{ when: ["< 5"], then: ['"<&\'>"'], note: "a & b" }] });
    deepEqual(readDmn(writeDmn(odd)), odd);
  });

  it("is refused with entities, other roots, and what is not evaluated here", () => {
    const bomb = `<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`;
    const refused: Record<string, string> = {
      "entities": XML.replace("<dmn:definitions", `${bomb}<dmn:definitions`),
      "an outer file": `<!DOCTYPE d SYSTEM "file:///etc/passwd">${XML}`,
      "no XML": "hello",
      "no end": XML.slice(0, 300),
      "depth": "<a>".repeat(5_000) + "</a>".repeat(5_000),
      "length": `<definitions>${" ".repeat(600_000)}</definitions>`,
      "another root": "<html/>",
      "two roots": `${XML}${XML.slice(21)}`,
      "nothing to decide": `<definitions name="x"/>`,
      "Java": XML.replaceAll(
        /<dmn:context>[\s\S]*<\/dmn:context>/g,
        `<dmn:functionDefinition kind="Java"/>`,
      ),
      "an unknown box": XML.replaceAll("dmn:context>", "dmn:mystery>"),
      "NUL": XML.replace("65", "&#0;\0"),
    };
    for (const [what, xml] of Object.entries(refused)) throws(() => readDmn(xml), what);
  });
});
