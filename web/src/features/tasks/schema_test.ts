import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { dataOf, faultsOf, fieldsOf, labelOf, type Typed, typedOf } from "./schema.ts";

const schema = {
  type: "object",
  required: ["spokeWith", "readBack"],
  properties: {
    spokeWith: { type: "string", minLength: 2, maxLength: 20 },
    readBack: { type: "boolean", description: "Was it repeated?" },
    systolic: { type: "integer", minimum: 30, maximum: 300 },
    on: { type: "string", format: "date" },
    site: { enum: ["left", "right"], title: "Which side" },
    signs: { type: "array", items: { enum: ["pain", "fever"] } },
    notes: { type: "string", maxLength: 2_000 },
    more: { type: "object" },
  },
};
const faults = (typed: Typed) =>
  Object.fromEntries([...faultsOf(schema, typed)].map(([name, { kind }]) => [name, kind]));
const fine = { spokeWith: "Ada", readBack: "no" };

describe("a task's form", () => {
  it("shows what somebody else has answered, so that it is sent as it was", () => {
    const fields = fieldsOf(schema);
    const data = {
      spokeWith: "Ada",
      readBack: false,
      systolic: 120,
      on: "2026-11-23",
      site: "left",
      signs: ["pain"],
      notes: "calm",
      more: { by: ["phone"] },
    };
    deepEqual(dataOf(fields, typedOf(fields, data)), data);
    deepEqual(typedOf(fields, { unknown: 1 }), {});
  });

  it("has a field for everything that the schema names", () => {
    deepEqual(fieldsOf(schema).map(({ name, kind }) => [name, kind]), [
      ["spokeWith", "text"],
      ["readBack", "boolean"],
      ["systolic", "number"],
      ["on", "date"],
      ["site", "choice"],
      ["signs", "choices"],
      ["notes", "long"],
      ["more", "json"],
    ]);
    deepEqual(
      fieldsOf(schema).slice(0, 2).map(({ label, hint, isRequired }) => [label, hint, isRequired]),
      [["Spoke with", undefined, true], ["Read back", "Was it repeated?", true]],
    );
    equal(labelOf("not-reached"), "Not reached");
  });

  it("asks first for what is required, in its order", () => {
    const properties = { a: { type: "string" }, b: { type: "string" }, c: { type: "string" } };
    deepEqual(fieldsOf({ properties, required: ["c", "a"] }).map(({ name }) => name), [
      "c",
      "a",
      "b",
    ]);
  });

  it("sends what was typed in the types that are wanted, and nothing for what was not", () => {
    const typed = { ...fine, systolic: "128", signs: ["pain"], more: '{"a":1}', notes: "  " };
    deepEqual(dataOf(fieldsOf(schema), typed), {
      spokeWith: "Ada",
      readBack: false,
      systolic: 128,
      signs: ["pain"],
      more: { a: 1 },
    });
  });

  it("says of each field what is wrong, a boolean not answered included", () => {
    deepEqual(faults(fine), {});
    deepEqual(faults({}), { spokeWith: "missing", readBack: "missing" });
    deepEqual(
      faults({ ...fine, spokeWith: "A", systolic: "12,5", on: "2026-02-30", more: "{" }),
      { spokeWith: "tooShort", systolic: "notInteger", on: "notDate", more: "notJson" },
    );
    deepEqual(faults({ ...fine, systolic: "high", site: "up" }), {
      systolic: "notInteger",
      site: "notOffered",
    });
    deepEqual(faultsOf(schema, { ...fine, systolic: "400" }).get("systolic"), {
      kind: "tooLarge",
      limit: 300,
    });
  });

  for (const odd of [null, "intake-form", 7, [], { type: "object" }, { properties: { a: 1 } }]) {
    it(`has no field when it is ${JSON.stringify(odd)}`, () => deepEqual(fieldsOf(odd), []));
  }

  it("leaves a schema that cannot be used, and every pattern, to the service", () => {
    const broken = { properties: { a: { type: "string", $ref: "https://elsewhere.example/x" } } };
    equal(faultsOf(broken, { a: "x" }).size, 0);
    // Tried here, it would not come to an end.
    const exploding = { properties: { a: { type: "string", pattern: "^(a+)+$" } } };
    equal(faultsOf(exploding, { a: `${"a".repeat(60)}!` }).size, 0);
  });
});
