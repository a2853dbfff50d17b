import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { readPreferences } from "../features/preferences/preferences.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { createFormat, languages } from "./format.ts";
import { fr } from "./fr.ts";

const leaves = (value: object, path = ""): [string, unknown][] =>
  Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "object" && inner !== null
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, inner] as [string, unknown]]
  );
const keys = (value: object) => leaves(value).map(([path]) => path).sort();

describe("languages", () => {
  for (const [language, texts] of Object.entries({ fr, de })) {
    it(`${language} says all that English says`, () => deepEqual(keys(texts), keys(en)));

    it(`${language} is written by somebody, not copied`, () => {
      const english = new Map(leaves(en));
      const long = leaves(texts).filter(([path, value]) =>
        typeof value === "string" && value.length > 14 && value === english.get(path)
      );
      deepEqual(long, []);
    });
  }

  it("no text is empty, and every function gives one", () => {
    for (const texts of [en, fr, de]) {
      for (const [path, value] of leaves(texts)) {
        const said = typeof value === "function" ? value(2, 3) : value;
        equal(typeof said === "string" && said.trim() !== "", true, path);
      }
    }
  });

  it("plurals follow the language", () => {
    equal(en.nav.unread(0), "0 unread");
    equal(fr.upload.title(0), "0 fichier à classer");
    equal(de.upload.title(0), "0 Dateien abzulegen");
    equal(de.upload.title(1), "1 Datei abzulegen");
  });
});

describe("formats", () => {
  const noon = new Date(2026, 0, 5, 12).getTime();
  const format = (language: "en" | "fr" | "de") => createFormat(language, () => noon);

  it("dates are written as the language writes them", () => {
    const day = new Date(2026, 0, 5);
    deepEqual(languages.map((language) => format(language).day(day)), [
      "5 January 2026",
      "5 janvier 2026",
      "5. Januar 2026",
    ]);
  });

  it("sizes have a unit that suits them", () => {
    equal(format("en").size(1), "1 byte");
    equal(format("en").size(1_536), "1.5 kB");
    equal(format("de").size(1_536), "1,5 kB");
    equal(format("en").size(200 * 1024 * 1024), "210 MB");
  });

  it("durations are told in the largest unit of which there is one", () => {
    equal(format("en").duration(90 * 60_000), "1.5 hours");
    equal(format("de").duration(0), "0 Sekunden");
    equal(format("fr").duration(36 * 86_400_000), "36\u00a0jours");
  });

  it("days are counted by midnights", () => {
    equal(format("en").daysAgo(new Date(2026, 0, 5, 0, 1)), 0);
    equal(format("en").daysAgo(new Date(2026, 0, 4, 23, 59)), 1);
  });

  it("spans are told in the largest unit that says something", () => {
    equal(format("en").relative(new Date(noon + 3 * 86_400_000)), "in 3 days");
    equal(format("fr").relative(new Date(noon - 86_400_000)), "hier");
    equal(format("de").relative(new Date(noon + 5 * 60_000)), "in 5 Minuten");
  });
});

describe("preferences", () => {
  it("are what was stored, or what the browser speaks", () => {
    const defaults = { theme: "system", density: "comfortable", language: "fr" };
    deepEqual(readPreferences(null, ["it-IT", "fr-CH", "de"]), defaults);
    deepEqual(readPreferences('{"theme":"dark","density":"compact","language":"de"}', ["en"]), {
      theme: "dark",
      density: "compact",
      language: "de",
    });
  });
  for (const stored of ["", "{", "null", "42", '"x"', '{"theme":"<script>","language":7}']) {
    it(`bear ${JSON.stringify(stored)}`, () => {
      deepEqual(readPreferences(stored, ["xx"]), {
        theme: "system",
        density: "comfortable",
        language: "en",
      });
    });
  }
});
