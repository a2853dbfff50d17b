/** A canary is found in whatever form it was written down, and nothing else is taken for it. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Buffer } from "node:buffer";
import { type Canary, findIn, needlesOf, newWord } from "./canaries.ts";

const canary = (text: string): Canary => ({ region: "eu", what: "title", text, travels: false });

describe("canaries", () => {
  it("are one word each, and never twice the same", () => {
    const word = newWord("eu");
    ok(/^canaryeu[0-9a-f]{16}x7$/.test(word), word);
    notEqual(newWord("eu"), word);
  });

  const text = newWord("eu");
  const needles = needlesOf([canary(text)]);
  const written: [name: string, as: string][] = [
    ["as they are", `the ${text}, said`],
    ["in capitals", text.toUpperCase()],
    ["as bytea", `\\x00${Buffer.from(`a${text}b`).toString("hex")}`],
    ["as Base64 from the first position", Buffer.from(`${text}!`).toString("base64")],
    ["as Base64 from the second", Buffer.from(`a${text}!`).toString("base64")],
    ["as Base64 from the third", Buffer.from(`ab${text}`).toString("base64url")],
    ["as Base64 further inside", Buffer.from(`abcde${text}fg`).toString("base64")],
  ];
  for (const [name, as] of written) {
    it(`are found ${name}`, () => {
      deepEqual(findIn(as, needles, "log"), [{ what: "eu's title", place: "log" }]);
    });
  }

  it("are found once, however often they stand there", () => {
    equal(findIn(`${text} ${text}`, needles, "log").length, 1);
  });

  it("are not found where another one is", () => {
    const other = newWord("eu");
    deepEqual(findIn(`${other} ${Buffer.from(other).toString("base64")}`, needles, "log"), []);
  });

  it("with hyphens are found without", () => {
    const id = crypto.randomUUID();
    equal(findIn(id.replaceAll("-", ""), needlesOf([canary(id)]), "row").length, 1);
  });
});
