import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { read } from "../ingestion/parser.ts";
import { answersTo, batchAnswer } from "./acknowledgement.ts";
import { charsetOfMessage, decodeAs, encodeAs } from "./charsets.ts";
import {
  charsetLabel,
  encode,
  type Hl7File,
  messagesOf,
  messageTextsOf,
  outlineOf,
  parse,
  unescape,
  valueOf,
} from "./grammar.ts";
import { readHl7 } from "./reading.ts";
import { type MessageSummary, summariesOf } from "./summary.ts";

const message = (...segments: string[]) => segments.join("\r") + "\r";
const HEAD = "MSH|^~\\&|LAB|HARBOUR|PRAXIS|CLINIC|20260105120000||ADT^A01^ADT_A01|C1|P|2.5.1";
const file = (text: string): Hl7File => parse(text) ?? Promise.reject as never;
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("parse and encode", () => {
  const texts: [name: string, text: string][] = [
    ["CR", message(HEAD, "PID|1||A~B^^^X&1.2&ISO")],
    ["CRLF and empty lines", `${HEAD}\r\n\r\nPID|1\r\n`],
    ["LF without an end", `${HEAD}\nPID|1||`],
    ["a byte order mark", `\ufeff${HEAD}\rPID|1\r`],
    ["MLLP's frame", `\u000b${HEAD}\rPID|1\r\u001c\r`],
    ["other separators", "MSH$%*/!$LAB\rPID$1$$a%b!c*d/S/e\r"],
    [
      "a batch with two kinds of separators",
      `FHS|^~\\&\rBHS|^~\\&\r${HEAD}\rMSH#*~\\&#B\rPID#a*b\rBTS|2\rFTS|1\r`,
    ],
    ["lines that are no segments", `${HEAD}\rOBX|1|TX|||first\rsecond line|x\r`],
    ["a header alone", "MSH|"],
    ["runs of line ends", `${HEAD}\r\n\n\r\rPID|1\n\n`],
  ];
  for (const [name, text] of texts) {
    it(`bring back ${name}`, () => equal(encode(file(text)), text));
  }

  it("take no other text for a message", () => {
    for (const text of ["", "MSHA", "PID|1", "hello", "\ufeff"]) equal(parse(text), undefined);
  });

  it("bring back every real message, byte by byte", async () => {
    const folder = new URL("../../../../shared/samples/hl7v2", import.meta.url).pathname;
    for await (const path of filesBelow(folder)) {
      const bytes = await Deno.readFile(path);
      const charset = charsetOfMessage(bytes);
      deepEqual(encodeAs(encode(file(decodeAs(bytes, charset))), charset), bytes, path);
    }
  });
});

/** None when the samples are not there. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  if (!await Deno.stat(folder).then(() => true, () => false)) return;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesBelow(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

describe("a batch", () => {
  const texts = [`${HEAD}\rPID|1`, `${HEAD.replace("|C1|", "|C2|")}\rPID|2`];
  const batch = (between: string) =>
    `\ufeffBHS|^~\\&|A\r${texts.join(between)}\r${between}BTS|2\rFTS|1\r`;

  it("is cut into its messages as they came, and outlined with what it announces", () => {
    deepEqual(messageTextsOf(batch("\r\n")), texts);
    deepEqual(messageTextsOf(batch("\rBTS|1\rBHS|^~\\&\r")), texts);
    deepEqual(messageTextsOf("BHS|^~\\&\rBTS|0\r"), []);
    const outline = outlineOf(batch("\r"), 2);
    ok(outline && outline !== "too-many");
    deepEqual(outline.segments.map(({ name }) => name), ["BHS", "MSH", "PID", "MSH", "PID", "BTS"]);
    equal(outlineOf(batch("\r"), 1), "too-many");
  });

  it("with ten million line ends is walked once, and is few segments", () => {
    const text = batch("\r".repeat(5_000_000));
    deepEqual(messageTextsOf(text), texts);
    const outline = outlineOf(text, 2);
    ok(outline && outline !== "too-many");
    deepEqual([messagesOf(outline).length, file(text).segments.length], [2, 7]);
  });

  it("with trailers for each message is none of too many, with more it is", () => {
    const one = `BHS|^~\\&\r${HEAD}\rPID|1\rBTS|1\r`;
    const whole = (trailers: number) =>
      `FHS|^~\\&\r${one.repeat(10)}${"FTS|10\r".repeat(trailers)}`;
    ok(outlineOf(whole(1), 10) !== "too-many");
    equal(outlineOf(whole(2), 10), "too-many");
    equal(outlineOf(`${one}${"BTS\r".repeat(2_000_000)}`, 1_000), "too-many");
  });
});

describe("unescape", () => {
  const separators = file(HEAD).segments[0]!.separators;
  const cases: [text: string, plain: string][] = [
    ["a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"],
    ["line\\.br\\next", "line\nnext"],
    ["\\X0D0A\\", "\r\n"],
    ["\\H\\loud\\N\\", "loud"],
    ["C:\\path\\file", "C:\\path\\file"],
    ["open\\", "open\\"],
    ["\\.sp2\\x\\.in+4\\y", "\nxy"],
    ["\\ZMINE\\after", "after"],
  ];
  for (const [text, plain] of cases) {
    it(`reads ${text}`, () => equal(unescape(text, separators), plain));
  }
  it("reads bytes in the charset that the message says", () => {
    for (
      const [charset, text, plain] of [
        ["8859/1", "M\\XFC\\ller", "Müller"],
        ["8859/2", "Dvo\\XF8E1\\k", "Dvořák"],
        ["8859/1", "M\\XC3BC\\ller", "Müller"],
        ["UNICODE UTF-8", "M\\XC3BC\\ller", "Müller"],
        ["", "M\\XFC\\ller", "Müller"],
        ["GB 18030-2000", "\\XC3BC\\", "眉"],
      ]
    ) {
      const [header] = file(`${HEAD}||||||${charset}`).segments;
      equal(header!.separators.charset !== undefined, charset !== "");
      equal(unescape(text!, header!.separators), plain, `${charset} ${text}`);
    }
  });
});

describe("charsets", () => {
  it("are known by the names of table 0211", () => {
    deepEqual(
      ["8859/1", "8859/2", "8859/15", "UNICODE UTF-8", "ISO IR87", "GB 18030-2000", "BIG-5", "x"]
        .map(charsetLabel),
      [
        "windows-1252",
        "iso-8859-2",
        "iso-8859-15",
        "utf-8",
        "iso-2022-jp",
        "gb18030",
        "big5",
        undefined,
      ],
    );
  });

  it("are believed when the bytes do not show otherwise", () => {
    const head = `${HEAD}||||||8859/2`;
    const nowak = latin1(message(head, "PID|1||||Nowak\xb3"));
    equal(charsetOfMessage(nowak), "iso-8859-2");
    ok(decodeAs(nowak, "iso-8859-2").includes("Nowakł"));
    const lying = new TextEncoder().encode(message(head, "PID|1||||Müller"));
    equal(charsetOfMessage(lying), "utf-8");
    const wide = latin1([...message(HEAD, "PID|1||||Nowak")].map((char) => `${char}\0`).join(""));
    equal(charsetOfMessage(wide), "utf-16le");
    deepEqual(encodeAs(decodeAs(wide, "utf-16le"), "utf-16le"), wide);
    const broken = Uint8Array.from([...Array(4).fill([...lying]).flat(), 0xff]);
    equal(charsetOfMessage(broken), "utf-8");
    equal(decodeAs(broken, "utf-8").endsWith("\ufffd"), true);
  });
});

describe("summariesOf", () => {
  const onlyOf = (text: string): MessageSummary => {
    const [summary, ...others] = summariesOf(messagesOf(file(text))[0]!, 1);
    equal(others.length, 0);
    return summary!;
  };

  it("finds patient, visit, order, observations and notes", () => {
    const { patient, visit, orders, observations } = onlyOf(message(
      HEAD,
      "PID|1||4711^^^HARB&1.2.3&ISO^MR~99^^^NAT^NI||Lindqvist&van^Maja^Eva||19840217|F",
      "PV1|1|I|WARD^2^B||||77^Strange^Stephen||||||||||||V-9",
      "ORC|RE|P1|F1",
      "OBR|1|||24331-1^Lipid panel^LN|||20260105080000",
      "OBX|1|NM|2093-3^Cholesterol^LN||5.4|mmol/L|<5.0|H|||F",
      "NTE|1||Fasting\\T\\fed",
      "OBX|2|ED|^Scan||^TEXT^^Base64^AAAA",
    ));
    deepEqual(patient, {
      identifiers: [
        { value: "4711", system: "urn:oid:1.2.3" },
        { value: "99", system: "NAT" },
      ],
      family: "Lindqvist",
      given: ["Maja", "Eva"],
      birthDate: "1984-02-17",
      sex: "female",
    });
    deepEqual([visit!.number, visit!.location, visit!.attending], [
      "V-9",
      "WARD 2 B",
      "Strange, Stephen",
    ]);
    deepEqual([orders[0]!.placer, orders[0]!.filler, orders[0]!.text], ["P1", "F1", "Lipid panel"]);
    deepEqual(
      observations.map((
        { order, text, value, units, notes },
      ) => [order, text, value, units, notes]),
      [[0, "Cholesterol", "5.4", "mmol/L", "Fasting&fed"], [0, "Scan", "TEXT", "", ""]],
    );
  });

  it("takes a deleted value for none", () => {
    const text = message(HEAD, 'PID|1||""||""^""');
    deepEqual(onlyOf(text).patient, { identifiers: [] });
    equal(valueOf(messagesOf(file(text))[0]![1]!, 99, 3), "");
  });

  it("begins anew with each patient of a message", () => {
    const [one] = messagesOf(file(message(
      HEAD,
      "PID|1||77^^^H||Hopper^Grace",
      "PV1|1|I|||||||||||||||||V-1",
      "OBR|1|P1",
      "OBX|1|NM|a||1",
      "PID|2||123^^^H||Other^Olga",
      "NTE|1||Of neither's results",
      "OBX|1|NM|b||2",
      "OBR|1|P2",
      "OBX|2|NM|c||3",
    )));
    deepEqual(
      summariesOf(one!, 4).map((
        { place, group, patient, visit, orders, observations, notes },
      ) => ({
        place,
        group,
        family: patient?.family,
        visit: visit?.number,
        orders: orders.map(({ placer }) => placer),
        observations: observations.map(({ code, order, notes }) => [code, order, notes]),
        notes,
      })),
      [
        {
          place: 4,
          group: 1,
          family: "Hopper",
          visit: "V-1",
          orders: ["P1"],
          observations: [["a", 0, ""]],
          notes: [],
        },
        {
          place: 4,
          group: 2,
          family: "Other",
          visit: undefined,
          orders: ["P2"],
          observations: [["b", null, ""], ["c", 0, ""]],
          notes: ["Of neither's results"],
        },
      ],
    );
  });
});

describe("readHl7", () => {
  const personsIn = async (...segments: string[]) => {
    const parts = await readHl7(new TextEncoder().encode(message(...segments)));
    return "text" in parts && [parts.seen?.family, parts.isOfSeveral, parts.persons?.length];
  };
  const pid = (family: string) => `PID|1||1^^^A||${family}^X`;

  it("names the patient of a file only when it is one", async () => {
    const two = (other: string) => personsIn(HEAD, pid("Ada"), HEAD, pid(other));
    deepEqual(await two("Ada"), ["Ada", undefined, undefined]);
    deepEqual(await two("Bo"), [undefined, true, 2]);
    const read = (...segments: string[]) => personsIn(HEAD, ...segments);
    deepEqual(await read(pid("Ada"), pid("Bo")), [undefined, true, 2], "in one message");
    // Who says nothing hides nobody, however many of these there are.
    const nobody = Array.from({ length: 50 }, (_, at) => `PID|1|||||||${at % 2 ? "F" : "M"}`);
    deepEqual(await read(...nobody, pid("Ada")), ["Ada", undefined, undefined]);
    deepEqual(await read(...nobody, pid("Ada"), pid("Bo")), [undefined, true, 2]);
    const many = Array.from({ length: 30 }, (_, at) => pid(`Ada${at}`));
    deepEqual(await read(...many), [undefined, true, undefined]);
  });
  it("names those of refused messages, and of none, as well: their text is filed too", async () => {
    const batch = (...segments: string[]) => personsIn("BHS|^~\\&|A", ...segments, "BTS|1");
    const refused = HEAD.replace("|C1|P|", "|C2|X|");
    deepEqual(await batch(HEAD, pid("Ada"), refused, pid("Bo")), [undefined, true, 2]);
    deepEqual(await batch(pid("Bo"), HEAD, pid("Ada")), [undefined, true, 2]);
    deepEqual(await batch(HEAD, pid("Ada"), refused, pid("Ada")), ["Ada", undefined, undefined]);
  });
  it("names those of the files that it carries, and reads these", async () => {
    const cda = (family: string) =>
      `<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><id root="1.2" extension="1"/><patient><name><given>X</given><family>${family}</family></name></patient></patientRole></recordTarget><component><structuredBody><component><section><title>Polymyalgia</title></section></component></structuredBody></component></ClinicalDocument>`;
    const fhir = (family: string) =>
      JSON.stringify({
        resourceType: "Patient",
        identifier: [{ system: "urn:oid:1.2", value: "1" }],
        name: [{ family, given: ["X"] }],
      });
    const own = (family: string) => `PID|1||1^^^&1.2&ISO||${family}^X`;
    const base64 = (text: string) => new TextEncoder().encode(text).toBase64();
    const hex = (text: string) => new TextEncoder().encode(text).toHex();
    const ways: [name: string, obx: (family: string) => string][] = [
      ["C-CDA in base64", (family) => `OBX|1|ED|x||^TEXT^XML^Base64^${base64(cda(family))}`],
      ["C-CDA in hexadecimal", (family) => `OBX|1|ED|x||^TEXT^XML^Hex^${hex(cda(family))}`],
      ["C-CDA as it is", (family) => `OBX|1|ED|x||^TEXT^XML^A^${cda(family)}`],
      ["FHIR", (family) => `OBX|1|ED|x||^Application^JSON^Base64^${base64(fhir(family))}`],
      [
        "HL7 v2, as a second value",
        (family) =>
          `OBX|1|ED|x||^A^B^Base64^QUJD~^A^B^Base64^${base64(message(HEAD, own(family)))}`,
      ],
      ["under another type", (family) => `OBX|1|TX|x||${base64(cda(family) + " ".repeat(800))}`],
    ];
    for (const [name, obx] of ways) {
      deepEqual(await personsIn(HEAD, own("Ada"), obx("Ada")), ["Ada", undefined, undefined], name);
      deepEqual(await personsIn(HEAD, own("Ada"), obx("Bo")), [undefined, true, 2], name);
      deepEqual(await personsIn(HEAD, obx("Bo")), ["Bo", undefined, undefined], name);
    }
    const parts = await readHl7(new TextEncoder().encode(message(HEAD, ways[0]![1]("Ada"))));
    ok("text" in parts && parts.text.includes("Polymyalgia"), JSON.stringify(parts));
    const note = "OBX|1|ED|x^Letter||^TEXT^^^plain\\T\\simple words~^TEXT^^A^others, 2^3";
    const words = await readHl7(new TextEncoder().encode(message(HEAD, note)));
    ok("text" in words);
    deepEqual(words.text.split("\n").slice(1), [
      "OBX 1 ED x Letter TEXT TEXT A",
      "plain&simple words",
      "others, 2^3",
    ]);
    const inner = base64(message(HEAD, own("Ada"), ways[0]![1]("Bo")));
    const deep = await readHl7(
      new TextEncoder().encode(message(HEAD, `OBX|1|ED|x||^A^B^Base64^${inner}`)),
    );
    ok("text" in deep);
    deepEqual([deep.seen?.family, deep.cut], ["Ada", ["text"]], "one deep, and says so");
    const notes = await readHl7(
      new TextEncoder().encode(
        message(HEAD, `OBX|1|ED|x||${Array(150).fill("^TEXT^^A^word").join("~")}`),
      ),
    );
    ok("text" in notes);
    deepEqual([notes.cut, notes.text.match(/word/g)?.length], [["text"], 100]);
    const many = base64(message(HEAD, ...Array.from({ length: 30 }, (_, at) => own(`Ada${at}`))));
    deepEqual(
      await personsIn(HEAD, own("Ada"), `OBX|1|ED|x||^A^B^Base64^${many}`),
      [undefined, true, undefined],
    );
  });
  it("keeps long text of a script without spaces, and no file written in letters", async () => {
    const chinese = "患者主诉头痛".repeat(200);
    const base64 = "QUJD".repeat(400);
    const parts = await readHl7(
      new TextEncoder().encode(message(HEAD, `OBX|1|TX|a||${chinese}`, `OBX|2|TX|b||${base64}`)),
    );
    ok("text" in parts);
    deepEqual([parts.text.includes(chinese), parts.text.includes(base64)], [true, false]);
  });
  it("says that the patient is cut only when more is said than is kept", async () => {
    const cutOf = async (number: string) => {
      const text = message(HEAD, `PID|1||${number}^^^HARB&1.2.3&ISO^MR||Ada^X`);
      const reading = await read("hl7v2", new TextEncoder().encode(text));
      return reading.status === "ready" && reading.cut;
    };
    deepEqual([await cutOf("4711"), await cutOf("4".repeat(300))], [undefined, ["patient"]]);
  });
  it("says when there is no message", async () =>
    ok("reason" in await readHl7(new TextEncoder().encode("BHS|^~\\&\rBTS|0\r"))));
  it("reads the fixture", async () => {
    const parts = await readHl7(fixtures.hl7Oru());
    ok("text" in parts && parts.text.includes("Fasting sample& repeated"), JSON.stringify(parts));
  });
});

describe("answersTo", () => {
  const at = new Date("2026-01-05T12:00:01Z");
  const answer = (...segments: string[]) => {
    const { code, text } = answersTo(file(message(...segments)), () => "NEW", at)[0]!;
    return { code, text };
  };

  it("accepts, with sender and receiver in each other's place", () => {
    deepEqual(answer(HEAD, "EVN|A01"), {
      code: "AA",
      text:
        "MSH|^~\\&|PRAXIS|CLINIC|LAB|HARBOUR|20260105120001+0000||ACK^A01^ACK|NEW|P|2.5.1\rMSA|AA|C1\r",
    });
  });

  it("keeps the sender's separators, version and charset", () => {
    const { text } = answer("MSH#*~\\&#A#B#C#D###ORU*R01#7#T#2.3######8859/1", "PID#1");
    equal(text, "MSH#*~\\&#C#D#A#B#20260105120001+0000##ACK*R01#NEW#T#2.3######8859/1\rMSA#AA#7\r");
  });

  it("refuses what it cannot know, and says why", () => {
    const refused: [header: string, code: string, why: string][] = [
      [HEAD.replace("ADT^A01^ADT_A01", ""), "AR", "200"],
      [HEAD.replace("|C1|", "||"), "AR", "101"],
      [HEAD.replace("|P|", "|X|"), "AR", "202"],
      [HEAD.replace("2.5.1", "3.0"), "AR", "203"],
    ];
    for (const [header, code, why] of refused) {
      const made = answer(header, "EVN|A01");
      equal(made.code, code, header);
      ok(made.text!.includes(`MSA|${code}`) && made.text!.includes(`${why}^`), made.text!);
    }
    equal(answer(HEAD).code, "AE");
  });

  it("answers in enhanced mode as MSH-15 and MSH-16 ask", () => {
    const cases: [accept: string, application: string, code: string | null][] = [
      ["AL", "", "CA"],
      ["AL", "AL", "CA"],
      ["SU", "NE", "CA"],
      ["NE", "AL", "AA"],
      ["ER", "AL", "AA"],
      ["NE", "NE", null],
      ["ER", "ER", null],
    ];
    for (const [accept, application, code] of cases) {
      const { text } = answer(`${HEAD}|||${accept}|${application}`, "EVN|A01");
      equal(text?.match(/MSA\|(..)/)?.[1] ?? null, code, `${accept} ${application}`);
    }
    equal(answer(`${HEAD}|||ER|NE`).code, "CE");
  });

  it("answers a batch with one batch", () => {
    const batch = file(message(
      "FHS|^~\\&|A|B|C|D||||f1|F9",
      "BHS|^~\\&|A|B|C|D||||b1|B9",
      HEAD,
      "EVN|A01",
      HEAD.replace("|C1|", "|C2|"),
      "EVN|A01",
      "BTS|2",
      "FTS|1",
    ));
    const answers = answersTo(batch, () => "NEW", at);
    const { code, text } = batchAnswer(batch, answers, () => "NEW", at);
    equal(code, "AA");
    deepEqual(text.trim().split("\r").map((line) => line.slice(0, 9)), [
      "FHS|^~\\&|",
      "BHS|^~\\&|",
      "MSH|^~\\&|",
      "MSA|AA|C1",
      "MSH|^~\\&|",
      "MSA|AA|C2",
      "BTS|2",
      "FTS|1",
    ]);
  });
});
