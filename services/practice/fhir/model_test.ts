/** Patients to FHIR and back, on the samples when they are there. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { lostOf } from "../imports/model.ts";
import { PatientInput } from "../patients/model.ts";
import { ForeignPatient, type Json, notHeldOf, toPatientInput } from "./model.ts";

const SAMPLES = new URL("../../../../shared/samples/fhir/synthea/", import.meta.url);

const full = {
  resourceType: "Patient",
  active: true,
  identifier: [
    {
      system: "urn:mrn",
      value: "1",
      type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }] },
    },
    { value: "without a system" },
  ],
  name: [
    { use: "official", family: "محمود", given: ["ليلى", "A"], prefix: ["Dr"], suffix: ["PhD"] },
    { use: "maiden", family: "Ångström" },
  ],
  telecom: [{ system: "phone", value: "1", use: "home" }, { system: "email", value: "a@b.c" }],
  gender: "female",
  birthDate: "1984-02-29",
  deceasedDateTime: "2020-01",
  address: [{
    use: "home",
    line: ["1 Quay", "2nd floor"],
    city: "Brest",
    postalCode: "29200",
    country: "FR",
  }],
  maritalStatus: {
    coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", code: "M" }],
  },
  communication: [{
    language: { coding: [{ system: "urn:ietf:bcp:47", code: "fr-FR" }] },
    preferred: true,
  }],
  contact: [{
    relationship: [{
      coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-RoleCode", code: "GUARD" }],
    }],
    name: { family: "Guard", given: ["Ian"] },
    telecom: [{ system: "phone", value: "2" }],
    period: { start: "2020-01-01", end: "2030-01-01" },
  }],
};

const read = (resource: Json) => PatientInput.parse(toPatientInput(ForeignPatient.parse(resource)));

describe("a patient from FHIR", () => {
  it("comes back whole", () => {
    deepEqual(lostOf(full, read(full)), {});
  });

  it("stays confidential", () => {
    const system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    const confidential = (code: string) => ({ ...full, meta: { security: [{ system, code }] } });
    deepEqual(lostOf(confidential("R"), read(confidential("R"))), {});
    deepEqual(
      ["R", "V", "N"].map((code) => read(confidential(code)).isConfidential),
      [true, true, false],
    );
    equal(read(full).isConfidential, false);
  });

  it("says what does not come back", () => {
    const odd = {
      ...full,
      multipleBirthBoolean: true,
      photo: [{ url: "x" }],
      telecom: [...full.telecom, { system: "phone", value: "3", rank: 1 }],
      extension: [{ url: "urn:race", valueString: "x" }, { url: "urn:race", valueString: "y" }],
    };
    deepEqual(lostOf(odd, read(odd)), {
      "multipleBirthBoolean": 1,
      "photo.url": 1,
      "telecom.rank": 1,
      "extension(urn:race)": 2,
    });
  });

  it("says so of fields that every object has, and of what is nested without end", () => {
    let nested: Json = 1;
    for (let depth = 0; depth < 20_000; depth++) nested = depth % 2 ? [nested] : { a: nested };
    const odd = JSON.parse('{"constructor":1,"__proto__":{"toString":[2,3]}}');
    const lost = lostOf({ ...full, ...odd, nested, extension: [{ url: nested }] }, read(full));
    equal(lost.constructor, 1);
    const paths = Object.keys(lost);
    deepEqual(paths.slice(0, 1), ["constructor"]);
    ok(paths.some((path) => path.startsWith("nested.a.a")));
    deepEqual(lostOf(JSON.parse(`{"__proto__":{"toString":[2,3]}}`), read(full)), {
      "__proto__.toString": 2,
    });
  });

  it("counts a value as often as it is missing", () => {
    deepEqual(notHeldOf({ a: ["x", "x", "y"] }, { a: ["x"] }), { a: 2 });
    deepEqual(notHeldOf({ a: 1 }, { a: 1, b: 2 }), {});
  });

  it("loses of Synthea's patients nothing that the model claims to hold", async () => {
    const lost = new Set<string>();
    let patients = 0;
    for await (const { name } of samples()) {
      const { entry } = JSON.parse(await Deno.readTextFile(new URL(name, SAMPLES)));
      for (const { resource } of entry) {
        if (resource.resourceType !== "Patient") continue;
        patients++;
        for (const path of Object.keys(lostOf(resource, read(resource)))) lost.add(path);
      }
    }
    if (patients === 0) return;
    ok(patients >= 5);
    const notClaimed =
      /^(id|text\.|meta\.|extension|address\.extension|multipleBirth|.*\.(display|text)$|identifier\.type\.)/;
    deepEqual([...lost].filter((path) => !notClaimed.test(path)), []);
  });

  it("is refused when it is something else", () => {
    for (const bad of [{}, { resourceType: "Person" }, { resourceType: "Patient", name: "x" }]) {
      equal(ForeignPatient.safeParse(bad).success, false);
    }
  });
});

/** The samples, which another machine may not have. */
async function* samples() {
  try {
    yield* Deno.readDir(SAMPLES);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
