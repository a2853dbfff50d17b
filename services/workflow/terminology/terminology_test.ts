/** A clinic's own codes: taken in as FHIR says them, and what drafts may then say. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { callBody, inputOf, note } from "../assistance/testing.ts";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { termsOf, ValueSetInput } from "./model.ts";

const PATH = "/api/workflow/value-sets";
const SNOMED = "http://snomed.info/sct";
const rare = {
  resourceType: "ValueSet",
  url: "https://clinic.example/fhir/ValueSet/rare",
  version: "2",
  title: "What we see here",
  expansion: {
    contains: [{
      system: SNOMED,
      display: "Group",
      code: "1",
      abstract: true,
      contains: [
        { system: SNOMED, code: "190905008", display: "Cystic fibrosis" },
        {
          system: SNOMED,
          code: "415116008",
          display: "Familial Mediterranean fever",
          designation: [{ value: "Familiäres Mittelmeerfieber" }],
        },
        { system: SNOMED, code: "9", display: "Old", inactive: true },
      ],
    }],
  },
};

describe("value sets", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  it("yield codes that a draft may use while they are in force, and to nobody else", async () => {
    const organizationId = newId();
    const call = t.as(newId(), organizationId);
    const text = "Cystic fibrosis since childhood. No Familiäres Mittelmeerfieber. Asthma.";
    const codes = async (who = call) => {
      const input = inputOf({ facts: [], documents: [note(text)] });
      const body = callBody("problem-candidates", input);
      const answer = await who("POST", "/api/workflow/assistance/calls", { body });
      const { proposal } = await answer.json();
      return proposal.output.candidates.map(({ code }: { code: string }) => code).sort();
    };
    deepEqual(await codes(), ["J45.909"]);
    const kept = await call("POST", PATH, { body: rare });
    equal(kept.status, 201, await kept.clone().text());
    const { id, codes: count } = await kept.json();
    equal(count, 2);
    deepEqual(await codes(), ["190905008", "J45.909"]);
    deepEqual(await codes(t.as(newId(), newId())), ["J45.909"]);
    // The same address again takes its place.
    const first = rare.expansion.contains[0]!.contains[0]!;
    const other = { ...rare, expansion: { contains: [{ ...first, code: "190905009" }] } };
    equal((await call("POST", PATH, { body: other })).status, 201);
    deepEqual(await codes(), ["190905009", "J45.909"]);
    const { items } = await (await call("GET", PATH)).json();
    equal(items.length, 2);
    equal(items.find((one: { id: string }) => one.id === id).retiredAt !== null, true);
    equal((await call("POST", `${PATH}/${items[0].id}/retire`)).status, 200);
    deepEqual(await codes(), ["J45.909"]);
    const rows = await read(
      t.deps.sql,
      { organizationId: newId() },
      (tx) => tx`select code from value_set_codes`,
    );
    equal(rows.length, 0);
  });

  it("are refused where a code says less than it must, or two things", async () => {
    const call = t.as(newId(), newId());
    const listed = (contains: unknown[], more = {}) => ({
      ...rare,
      expansion: { ...more, contains },
    });
    const one = { system: SNOMED, code: "1", display: "One" };
    const refused: Record<string, unknown> = {
      "no display": listed([{ system: SNOMED, code: "1" }]),
      "no system": listed([{ code: "1", display: "One" }]),
      "two meanings": listed([one, { ...one, display: "Two" }]),
      "nothing": listed([]),
      "a page of it": listed([one], { total: 400 }),
      "no expansion": { ...rare, expansion: undefined },
      "a NUL": listed([{ ...one, display: "a\0b" }]),
      "another resource": { ...rare, resourceType: "ConceptMap" },
    };
    for (const [what, body] of Object.entries(refused)) {
      const response = await call("POST", PATH, { body });
      equal(response.status, 422, what);
      await response.body?.cancel();
    }
  });

  it("are read from CodeSystems at every level", () => {
    const { terms, faults } = termsOf(ValueSetInput.parse({
      resourceType: "CodeSystem",
      url: "urn:own",
      concept: [{ code: "a", display: "Any", concept: [{ code: "b", display: "Bee sting" }] }],
    }));
    deepEqual(faults, []);
    deepEqual(terms.map(({ system, code, words }) => [system, code, words]), [
      ["urn:own", "a", ["any"]],
      ["urn:own", "b", ["bee sting"]],
    ]);
  });
});
