import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { workflowTexts } from "../workflows/texts.ts";
import { insightTexts } from "./texts.ts";

const leaves = (value: object, path = ""): [string, unknown][] =>
  Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "object" ? leaves(inner, `${path}${name}.`) : [[`${path}${name}`, inner]]
  );

for (const [name, texts] of Object.entries({ workflows: workflowTexts, insights: insightTexts })) {
  describe(`texts of ${name}`, () => {
    const english = new Map(leaves(texts.en));
    for (const language of ["fr", "de"] as const) {
      it(`${language} says all that English says, in its own words`, () => {
        const said = leaves(texts[language]);
        deepEqual(said.map(([path]) => path).sort(), [...english.keys()].sort());
        const copied = said.filter(([path, value]) =>
          typeof value === "string" && value.length > 14 && value === english.get(path)
        );
        deepEqual(copied, []);
        for (const [path, value] of said) {
          const words = typeof value === "function" ? value(2, 3) : value;
          equal(typeof words === "string" && words.trim() !== "", true, path);
        }
      });
    }
  });
}
