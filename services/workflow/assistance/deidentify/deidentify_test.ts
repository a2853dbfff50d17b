/** Nothing that is known of a patient is left, and everything comes back. Failure test 23. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { noteAbout, patientNo, secretsOf } from "../testing.ts";
import { findDates, moveDay } from "./dates.ts";
import { createDeidentifier, daysFor, KnownPatient, termsOf } from "./deidentify.ts";
import { findPatterns } from "./patterns.ts";

const open = (patient: KnownPatient, days = -41, names: string[] = []) =>
  createDeidentifier({
    known: termsOf(patient, names),
    birthDate: patient.birthDate ?? null,
    days,
  });

const someone = KnownPatient.parse({
  name: { family: "Müller-O'Brien", given: ["Ann", "Li"] },
  birthDate: "1950-03-02",
  identifiers: [{ value: "MRN-00123-A" }],
  contacts: [{ value: "+49 170 1234567" }, { value: "ann.m@example.org" }],
  addresses: [{ lines: ["High Street 12"], city: "Köln", postalCode: "50667" }],
});

describe("identifiers", () => {
  it("are found however they are written (23)", () => {
    const ways = [
      "Mueller-OBrien",
      "MULLER",
      "M ü l l e r",
      "M\u00FC\u200Bller",
      "Mu\u0308ller",
      "Мuller".replace("М", "M"),
      "O’Brien's",
      "Ann",
      "ANN",
      "Li",
      "2 March 1950",
      "March 2nd, 1950",
      "02.03.1950",
      "3/2/50",
      "2. März 1950",
      "1950-03-02T08:00:00Z",
      "19500302",
      "born in 1950",
      "MRN 00123A",
      "mrn-00123-a",
      "0170/123 45 67",
      "0049 170 1234567",
      "(0170) 1234567",
      "ANN.M@Example.org",
      "Koeln",
      "KÖLN",
      "50667",
      "high  street\n12",
      "High Street",
    ];
    for (const way of ways) {
      const deidentifier = open(someone);
      const text = `Seen: ${way}, well.`;
      const hidden = deidentifier.hide(text);
      ok(!hidden.includes(way), `${way} → ${hidden}`);
      ok(deidentifier.isClean(hidden), way);
      equal(deidentifier.restore(hidden), text, way);
    }
  });

  it("of many patients leave no note, and come back into it (23)", () => {
    let hiddenChars = 0;
    for (let n = 0; n < 150; n++) {
      const patient = patientNo(n);
      const deidentifier = open(patient);
      const hidden = deidentifier.hide(noteAbout(patient, n));
      ok(deidentifier.isClean(hidden), `${n}: ${hidden}`);
      for (const secret of secretsOf(patient)) {
        const word = secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        const left = new RegExp(`(?<![\\p{L}\\d])${word}(?![\\p{L}\\d])`, "iu").test(hidden);
        ok(!left, `${n}: ${secret} in ${hidden}`);
      }
      ok(hidden.includes("152/94") && hidden.includes("HbA1c 7.4 %"), hidden);
      hiddenChars += hidden.length;
    }
    ok(hiddenChars > 0);
  });

  it("leave what is no identifier as it is", () => {
    const text = "Potassium 6.8 mmol/L (3.5–5.1), sodium 138 142 140, BP 120/80, 5 tablets, I10.";
    equal(open(someone).hide(text), text);
  });

  it("of people who are named for it are taken out, too", () => {
    const hidden = open(someone, -41, ["Dr Osgood Pellinore"]).hide("Pellinore saw her.");
    equal(hidden, "[PERSON_1] saw her.");
  });

  it("cannot be smuggled back by a text that looks like ours", () => {
    const deidentifier = open(someone);
    const hidden = deidentifier.hide("Ann wrote [PERSON_1] and [PERSON_7].");
    equal(hidden, "[PERSON_1] wrote (PERSON 1) and (PERSON 7).");
    equal(deidentifier.restore("[PERSON_7] came."), undefined);
    equal(deidentifier.restore("On 1999-01-01."), undefined);
    equal(deidentifier.restore("[DOSE_1]"), undefined);
  });

  it("of anybody are found by their looks", () => {
    const kinds = (text: string) => findPatterns(text).map(({ kind }) => kind);
    deepEqual(kinds("ask a.b@c.example"), ["EMAIL"]);
    deepEqual(kinds("ssn 123-45-6789").includes("ID"), true);
    deepEqual(kinds("card 4111 1111 1111 1111"), ["ID"]);
    deepEqual(kinds("IBAN DE89 3704 0044 0532 0130 00").includes("ID"), true);
    deepEqual(kinds("call +1 (555) 010-2030").includes("PHONE"), true);
    deepEqual(kinds("from 10.1.2.3"), ["ID"]);
    deepEqual(kinds("see Dr. Ignatius Fell today"), ["PERSON"]);
    deepEqual(kinds("she is 94 years old"), ["AGE"]);
    deepEqual(kinds("at https://x.example/a?b"), ["URL"]);
    deepEqual(kinds("potassium 6.8 mmol/L, 12 of 20, 120/80"), []);
  });
});

describe("dates", () => {
  const days = (text: string) => findDates(text).map(({ readings }) => readings[0]);

  it("are read as people write them", () => {
    deepEqual(days("5 tablets 12 March 2024 and 1. Mai 24, déc. 3, 2023, 2024/2/29, 20240229"), [
      "2024-03-12",
      "2024-05-01",
      "2023-12-03",
      "2024-02-29",
      "2024-02-29",
    ]);
    deepEqual(days("on 13/02/2020 and 02/13/2020 and Sept 2021"), [
      "2020-02-13",
      "2020-02-13",
      "2021-09-01",
    ]);
    deepEqual(days("120/80/70 1.2.3.4 7.40 2023-02-30 31.02.2020 12 mg 20"), []);
  });

  it("move together, by as much as only we know, and come back as they were written", async () => {
    const [one, two] = await Promise.all([daysFor("key", "a"), daysFor("key", "b")]);
    notEqual(one, two);
    equal(one, await daysFor("key", "a"));
    notEqual(one, await daysFor("other key", "a"));
    ok(one <= -30 && one > -400);
    const deidentifier = open(someone, -41);
    const text = "From 2 May 2024 to 12.05.2024.";
    const hidden = deidentifier.hide(text);
    const [from, to] = hidden.match(/\d{4}-\d\d-\d\d/g)!;
    equal(moveDay(from!, 10), to);
    equal(deidentifier.restore(hidden), text);
  });
});
