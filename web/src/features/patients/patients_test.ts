import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  ageOn,
  emptyForm,
  errorsOf,
  formOf,
  inputOf,
  nameable,
  nameOf,
  type Patient,
  searchOf,
} from "./patients.ts";
import { practiceTexts } from "./texts.ts";

const patient: Patient = {
  id: "019b76da-a800-7000-8000-000000000001",
  version: 3,
  status: "active",
  mergedInto: null,
  name: { family: "Kuhlman", given: ["Mary Ann", "Lou"], prefix: ["Dr"], suffix: [] },
  otherNames: [{ use: "maiden", family: "Berg", given: [], prefix: [], suffix: [] }],
  identifiers: [
    { system: "urn:mrn", value: "1", type: "MR" },
    { system: "urn:passport", value: "2", type: null },
  ],
  contacts: [
    { kind: "fax", value: "9", use: null },
    { kind: "phone", value: "+41 1", use: "home" },
    { kind: "phone", value: "+41 2", use: "mobile" },
  ],
  addresses: [{
    use: "home",
    lines: ["Quay 1", "Left"],
    city: "Bern",
    district: "D",
    state: "BE",
    postalCode: "3000",
    country: "CH",
  }],
  languages: [{ code: "fr", isPreferred: true }],
  relatedPersons: [],
  deceased: null,
  maritalStatus: "M",
  birthDate: "1984-02-29",
  sex: "female",
  isConfidential: true,
  createdAt: "2026-01-01T00:00:00Z",
  updatedAt: "2026-01-01T00:00:00Z",
};

describe("a warning of duplicates", () => {
  it("names nobody who is confidential", () => {
    const open = { ...patient, isConfidential: false };
    deepEqual([nameable(patient), nameable(open), nameable(undefined)], [
      undefined,
      open,
      undefined,
    ]);
  });
});

describe("a patient in a form", () => {
  it("comes back whole when nothing is changed", () => {
    const {
      id: _,
      version: _v,
      status: _s,
      mergedInto: _m,
      createdAt: _c,
      updatedAt: _u,
      ...rest
    } = patient;
    const { contacts, ...same } = inputOf(formOf(patient), patient);
    const { contacts: before, ...others } = rest;
    deepEqual(same, others);
    deepEqual(new Set(contacts), new Set(before));
  });

  it("keeps what the form does not show, and changes what it does", () => {
    const input = inputOf(
      { ...formOf(patient), given: "Marie", phone: "+41 3", number: "7", street: "", email: "a@b" },
      patient,
    );
    deepEqual(input.name, { family: "Kuhlman", given: ["Marie"], prefix: ["Dr"], suffix: [] });
    deepEqual(input.identifiers.map(({ value, type }) => [value, type]), [["7", null], [
      "2",
      null,
    ]]);
    deepEqual(input.contacts.map(({ kind, value }) => `${kind} ${value}`), [
      "phone +41 3",
      "email a@b",
      "fax 9",
      "phone +41 2",
    ]);
    deepEqual([input.addresses[0]!.lines, input.addresses[0]!.district], [[], "D"]);
    equal(input.maritalStatus, "M");
    deepEqual(inputOf({ ...formOf(patient), number: "" }, patient).identifiers.length, 1);
  });

  it("is nobody's while it is empty", () => {
    deepEqual([...errorsOf(emptyForm)], ["name"]);
    const input = inputOf({ ...emptyForm, family: " Solo " });
    deepEqual([input.name.family, input.addresses, input.contacts, input.identifiers], [
      "Solo",
      [],
      [],
      [],
    ]);
  });

  for (const date of ["1984-02-29", "1984-02", "1984", ""]) {
    it(`takes “${date}” for a date`, () =>
      deepEqual([...errorsOf({ ...emptyForm, family: "x", birthDate: date })], []));
  }
  for (const date of ["1983-02-29", "1984-13", "29.02.1984", "84"]) {
    it(`does not take “${date}” for a date`, () =>
      deepEqual([...errorsOf({ ...emptyForm, family: "x", birthDate: date })], ["birthDate"]));
  }
});

describe("what is typed into the search", () => {
  const cases: [string, ReturnType<typeof searchOf>][] = [
    ["  ", {}],
    ["kuhlman brady", { q: "kuhlman brady" }],
    ["خالد", { q: "خالد" }],
    ["1984-02-29", { birthDate: "1984-02-29" }],
    ["1984-02", { birthDate: "1984-02" }],
    ["1.2.1984", { birthDate: "1984-02-01" }],
    ["01/02/1984", { birthDate: "1984-02-01" }],
    ["MRN-4711", { identifier: "MRN-4711" }],
    ["urn:mrn|1", { identifier: "urn:mrn|1" }],
  ];
  for (const [typed, asked] of cases) {
    it(`“${typed}”`, () => deepEqual(searchOf(typed), asked));
  }
});

describe("names and ages", () => {
  it("have the family name first, and either may be missing", () => {
    equal(nameOf({ family: "Kuhlman", given: ["Mary", "Ann"] }), "Kuhlman, Mary Ann");
    equal(nameOf({ family: null, given: ["Solo"] }), "Solo");
    equal(nameOf({ family: "Solo", given: [] }), "Solo");
  });

  it("count birthdays, also those of 29 February", () => {
    equal(ageOn("1984-02-29", "2026-02-28"), 41);
    equal(ageOn("1984-02-29", "2026-03-01"), 42);
    equal(ageOn("1984-02", "2026-03-01"), undefined);
    equal(ageOn(null, "2026-03-01"), undefined);
  });
});

describe("texts of patients and calendars", () => {
  const leaves = (value: object, path = ""): [string, unknown][] =>
    Object.entries(value).flatMap(([name, inner]) =>
      typeof inner === "object" ? leaves(inner, `${path}${name}.`) : [[`${path}${name}`, inner]]
    );
  const english = new Map(leaves(practiceTexts.en));
  for (const language of ["fr", "de"] as const) {
    it(`${language} says all that English says, in its own words`, () => {
      const said = leaves(practiceTexts[language]);
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
