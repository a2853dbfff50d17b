import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { at, decode, find, momentOf, parse, plain, unescape } from "./parse.ts";

const MSH = "MSH|^~\\&|LAB|HARBOUR|||20260105081500||ORU^R01|42|P|2.5";
const first = (text: string) => parse(text)[0]!;

describe("HL7 v2", () => {
  it("counts the fields of MSH as the standard does", () => {
    const [header] = first(MSH).segments;
    equal(at(header, 1), "|");
    equal(at(header, 2), "^~\\&");
    equal(at(header, 3), "LAB");
    equal(at(header, 9, 2), "R01");
    equal(at(header, 12), "2.5");
  });

  for (
    const [name, end] of Object.entries({
      CR: "\r",
      LF: "\n",
      "CR LF": "\r\n",
      "blank lines": "\r\r\n\n",
    })
  ) {
    it(`ends segments at ${name}`, () => {
      deepEqual(first([MSH, "PID|1", "OBX|1"].join(end)).segments.map(({ name }) => name), [
        "MSH",
        "PID",
        "OBX",
      ]);
    });
  }

  it("takes its separators from MSH", () => {
    const message = first("MSH#*!?%#LAB\rPID#1##7*8!9*10#A%B?F?C");
    const patient = find(message, "PID")!;
    deepEqual(patient.fields[3], [[["7"], ["8"]], [["9"], ["10"]]]);
    deepEqual(patient.fields[4], [[["A", "B#C"]]]);
  });

  it("separates repetitions, components and subcomponents", () => {
    const patient = find(first(`${MSH}\rPID|1||1^^^A&B~2`), "PID")!;
    deepEqual(patient.fields[3], [[["1"], [""], [""], ["A", "B"]], [["2"]]]);
    equal(plain(patient.fields[3]), "1 A B, 2");
  });

  const escapes: Record<string, string> = {
    "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f": "a|b^c&d~e\\f",
    "one\\.br\\two": "one\ntwo",
    "\\H\\loud\\N\\": "loud",
    "\\X0D0A\\x": "\nx",
    "\\XC3A9\\": "é",
    "5 \\ 6": "5 \\ 6",
    "\\Zcustom\\": "\\Zcustom\\",
    "C:\\Files\\new": "C:\\Files\\new",
    "end\\": "end\\",
    "\\.sp2\\x": "\n\nx",
  };
  for (const [given, expected] of Object.entries(escapes)) {
    it(`reads ${JSON.stringify(given)}`, () => equal(unescape(given), expected));
  }

  it("never turns escaped separators into structure", () => {
    const patient = find(first(`${MSH}\rPID|1||a\\S\\b`), "PID")!;
    deepEqual(patient.fields[3], [[["a^b"]]]);
  });

  it("finds several messages, frames and batches", () => {
    equal(parse(`${MSH}\rPID|1\r${MSH}\rPID|2`).length, 2);
    equal(parse(`\v${MSH}\rPID|1\r\x1c\r`).length, 1);
    const batch = parse(`FHS|^~\\&|A\rBHS|^~\\&|A\r${MSH}\rPID|1\r${MSH}\rPID|2\rBTS|2\rFTS|1`);
    equal(batch.length, 2);
    deepEqual(batch[0]!.segments.map(({ name }) => name), ["FHS", "BHS", "MSH", "PID"]);
  });

  it("keeps a line that is no segment with the one before", () => {
    const note = find(first(`${MSH}\rNTE|1||first line\nsecond line\rPID|1`), "NTE")!;
    equal(at(note, 3), "first line\nsecond line");
  });

  for (
    const text of [
      "",
      "\r\n",
      "no message",
      "MSH",
      "MSH|",
      "MSH|^",
      "\ufeffMSH|^~\\&|",
      "PID|1",
      "MSH^~",
    ]
  ) {
    it(`bears ${JSON.stringify(text)}`, () => equal(Array.isArray(parse(text)), true));
  }

  it("stays quick on a field of a million separators", () => {
    const [message] = parse(`${MSH}\rOBX|1|ST|${"^".repeat(1_000_000)}`);
    equal(find(message!, "OBX")!.fields[3]![0]!.length, 1_000_001);
  });

  it("stays quick on a text of ten thousand broken lines", () => {
    const text = `of the report${" and on".repeat(10)}\r`.repeat(10_000);
    const startedAt = performance.now();
    const [message] = parse(`${MSH}\rOBX|1|TX|||Begin\r${text}OBX|2|ST|||end`);
    equal(performance.now() - startedAt < 2_000, true);
    equal(message!.segments.length, 3);
    equal(at(message!.segments[1], 5).split("\n").length, 10_001);
  });

  it("reads UTF-8, and Western characters where it is none", () => {
    equal(decode(new TextEncoder().encode("Müller")), "Müller");
    equal(decode(new Uint8Array([0x4d, 0xfc, 0x6c])), "Mül");
  });

  it("reads times of every length", () => {
    equal(momentOf("1958")?.hasTime, false);
    deepEqual(momentOf("19580312")?.date, new Date(1958, 2, 12));
    deepEqual(momentOf("202601050815")?.date, new Date(2026, 0, 5, 8, 15));
    equal(momentOf("20260105081500.1234+0100")?.date.toISOString(), "2026-01-05T07:15:00.000Z");
    for (const wrong of ["", "yesterday", "20261301", "20260231", "202601050"]) {
      equal(momentOf(wrong), undefined);
    }
  });
});
