/** Patients through HTTP: registered, found, changed, and refused when they cannot be. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Answer, brady, openPractice, PATIENTS, type TestPractice } from "../testing.ts";

describe("patients", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  const clinic = () => t.as({ organizationId: newId() });
  const find = async (call: ReturnType<typeof clinic>, query: Record<string, string>) =>
    (await t.get(call, `${PATIENTS}?${new URLSearchParams(query)}`)).items as Answer[];

  it("are registered, read, recorded and told of", async () => {
    const organizationId = newId();
    const call = t.as({ organizationId });
    const response = await call("POST", PATIENTS, { body: brady });
    equal(response.status, 201);
    const patient = await response.json();
    equal(response.headers.get("location"), `${PATIENTS}/${patient.id}`);
    equal(response.headers.get("etag"), '"1"');
    deepEqual(patient.identifiers, [{ system: "urn:mrn", value: "1", type: null }]);
    deepEqual(patient.name, { family: "Kuhlman", given: ["Brady"], prefix: [], suffix: [] });
    deepEqual(patient.possibleDuplicates, []);
    const { possibleDuplicates: _, ...same } = patient;
    deepEqual(await t.get(call, `${PATIENTS}/${patient.id}`), same);
    const audit = await t.service.owner`
      select action from audit_events where organization_id = ${organizationId} order by seq`;
    deepEqual(audit.map(({ action }) => action), ["patient.registered", "patient.read"]);
    const [fact] = await t.service.owner`
      select event from outbox_events where organization_id = ${organizationId}`;
    equal(fact!.event.type, "patient.registered");
    deepEqual(fact!.event.data, { patientId: patient.id, version: 1 });
  });

  it("are registered once for one Idempotency-Key", async () => {
    const call = clinic();
    const headers = { "idempotency-key": "the-same" };
    const first = await (await call("POST", PATIENTS, { body: brady, headers })).json();
    // A key belongs to a user, and `clinic` calls as one.
    const again = await (await call("POST", PATIENTS, { body: brady, headers })).json();
    deepEqual(again, first);
    const other = { ...brady, sex: "other" };
    equal((await call("POST", PATIENTS, { body: other, headers })).status, 422);
  });

  it("are found by name in any order, beginnings, sound, part, identifier and birth date", async () => {
    const call = clinic();
    const names = [
      ["Kuhlman", "Brady"],
      ["Kühlmann", "Anna Maria"],
      ["O’Néill", "Seán"],
      ["الخوارزمي", "محمد"],
      ["Иванова", "Мария"],
      ["山田", "太郎"],
      ["X", "Y"],
      ["Ó Briain", "Áine"],
    ];
    for (const [n, [family, given]] of names.entries()) {
      await t.post(call, PATIENTS, {
        identifiers: [{ system: "urn:mrn", value: `M${n}` }],
        name: { family, given: [given] },
        birthDate: `197${n}-02-03`,
        sex: "female",
      });
    }
    const families = async (query: Record<string, string>) =>
      (await find(call, query)).map(({ name }) => name.family);
    deepEqual(await families({ q: "Kuhlman" }), ["Kuhlman", "Kühlmann"]);
    deepEqual(await families({ q: "brady kuhl" }), ["Kuhlman"]);
    deepEqual(await families({ q: "kuhl brad" }), ["Kuhlman"]);
    deepEqual(await families({ q: "mar kuhlm" }), ["Kühlmann"]);
    deepEqual(await families({ q: "Koolman" }), ["Kuhlman", "Kühlmann"].sort());
    deepEqual(await families({ q: "shaun o'neal" }), ["O’Néill"]);
    deepEqual(await families({ q: "obrian" }), ["Ó Briain"]);
    deepEqual(await families({ q: "oneill" }), ["O’Néill"]);
    deepEqual(await families({ q: "sean o'neill" }), ["O’Néill"]);
    deepEqual(await families({ q: "خوارزم" }), ["الخوارزمي"]);
    deepEqual(await families({ q: "мария" }), ["Иванова"]);
    deepEqual(await families({ q: "太郎" }), ["山田"]);
    deepEqual(await families({ q: "x" }), ["X"]);
    deepEqual(await families({ q: "uhlma" }), ["Kuhlman", "Kühlmann"]);
    deepEqual(await families({ identifier: "M2" }), ["O’Néill"]);
    deepEqual(await families({ identifier: "urn:mrn|M2" }), ["O’Néill"]);
    deepEqual(await families({ identifier: "urn:other|M2" }), []);
    deepEqual(await families({ birthDate: "1973-02-03" }), ["الخوارزمي"]);
    deepEqual(await families({ q: "kuhlman", birthDate: "1971" }), ["Kühlmann"]);
    deepEqual(await families({ q: "kuhlman", birthDate: "1972-02-03" }), []);
    for (const q of ["%", "_", "\\", "!!!", "' or 1=1", "zzzzzz"]) {
      deepEqual(await families({ q }), [], q);
    }
    equal((await families({})).length, names.length);
  });

  it("of another clinic, and confidential ones by name, are not found", async () => {
    const call = clinic();
    const value = newId();
    const secret = await t.post(call, PATIENTS, {
      ...brady,
      identifiers: [{ system: "urn:mrn", value }],
      isConfidential: true,
    });
    deepEqual(await find(call, { q: "kuhlman" }), []);
    deepEqual(await find(call, { birthDate: brady.birthDate }), []);
    deepEqual(await find(call, {}), []);
    deepEqual((await find(call, { identifier: value })).map(({ id }) => id), [secret.id]);
    for (const query of [{ identifier: value }, { q: "kuhlman" }, {}]) {
      deepEqual(await find(clinic(), query), []);
    }
  });

  it("are named by their ids, as many as an organization has of them", async () => {
    const call = clinic();
    const one = await t.post(call, PATIENTS, brady);
    const two = await t.post(call, PATIENTS, { name: { family: "Two" }, isConfidential: true });
    const theirs = await t.post(clinic(), PATIENTS, { name: { family: "Theirs" } });
    const ids = [two.id, theirs.id, one.id, newId(), one.id].join(",");
    deepEqual((await find(call, { ids })).map(({ id }) => id), [one.id, two.id].sort());
    const first = await t.get(call, `${PATIENTS}?ids=${ids}&limit=1`);
    const second = await t.get(call, `${PATIENTS}?ids=${ids}&limit=1&cursor=${first.nextCursor}`);
    deepEqual(
      [...first.items, ...second.items].map(({ id }) => id).sort(),
      [one.id, two.id].sort(),
    );
    const many = Array.from({ length: 101 }, newId).join(",");
    for (const bad of ["", "x", `${one.id},`, many]) {
      equal((await call("GET", `${PATIENTS}?ids=${bad}`)).status, 422, bad);
    }
  });

  it("are listed and searched a page at a time", async () => {
    const call = clinic();
    for (let n = 0; n < 7; n++) {
      await t.post(call, PATIENTS, { name: { family: "Page", given: [`N${n}`] } });
    }
    for (const query of ["", "q=page&"]) {
      const seen: string[] = [];
      let cursor = "";
      do {
        const page = await t.get(call, `${PATIENTS}?${query}limit=3${cursor}`);
        ok(page.items.length <= 3);
        seen.push(...page.items.map(({ id }: Answer) => id));
        cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : "";
      } while (cursor);
      equal(new Set(seen).size, 7, query);
      equal(seen.length, 7, query);
    }
  });

  it("warn of those who might be the same, with score and reasons", async () => {
    const call = clinic();
    const first = await t.post(call, PATIENTS, brady);
    const alike = {
      name: { family: "Kulhman", given: ["Brady"] },
      birthDate: "1970-07-25",
      sex: "male",
    };
    const { items } = await t.post(call, "/api/practice/duplicates", alike);
    equal(items.length, 1);
    const { possibleDuplicates: [warning] } = await t.post(call, PATIENTS, alike);
    equal(warning.patientId, first.id);
    ok(warning.score >= 70, `${warning.score}`);
    deepEqual(warning.reasons, [
      "similar family name",
      "same given name",
      "same birth date",
      "same sex",
    ]);
    const stranger = { name: { family: "Smith", given: ["Anne"] }, birthDate: "1999-01-01" };
    deepEqual((await t.post(call, PATIENTS, stranger)).possibleDuplicates, []);
  });

  it("have identifiers that nobody else has", async () => {
    const call = clinic();
    await t.post(call, PATIENTS, brady);
    const again = await call("POST", PATIENTS, { body: { ...brady, name: { family: "Else" } } });
    equal(again.status, 409);
    equal((await again.json()).type, "/problems/identifier-taken");
    deepEqual(await find(call, { q: "else" }), []);
    equal((await clinic()("POST", PATIENTS, { body: brady })).status, 201);
  });

  it("are changed in the version that was read", async () => {
    const call = clinic();
    const { id } = await t.post(call, PATIENTS, brady);
    const path = `${PATIENTS}/${id}`;
    const body = { ...brady, name: { family: "Changed", given: ["Brady"] } };
    const put = (headers: Record<string, string>) => call("PUT", path, { body, headers });
    equal((await put({})).status, 428);
    equal((await put({ "if-match": '"7"' })).status, 412);
    const changed = await put({ "if-match": '"1"' });
    equal(changed.status, 200);
    equal(changed.headers.get("etag"), '"2"');
    equal((await put({ "if-match": '"1"' })).status, 412);
    equal((await find(call, { q: "changed" })).length, 1);
    equal((await find(call, { q: "kuhlman" })).length, 0);
  });

  it("are refused with a reason when they cannot be", async () => {
    const call = clinic();
    const pointersOf = async (body: unknown) => {
      const response = await call("POST", PATIENTS, { body });
      equal(response.status, 422, JSON.stringify(body).slice(0, 80));
      const { errors } = await response.json();
      return errors.map(({ pointer }: Answer) => pointer);
    };
    const name = { family: "Bad", given: ["Input"] };
    for (
      const birthDate of [
        "1900-02-29",
        "2023-02-29",
        "2024-13-01",
        "1990-04-31",
        "x",
        "",
        "2999",
        "1066-10-14",
        "2026-01-08",
      ]
    ) {
      deepEqual(await pointersOf({ name, birthDate }), ["/birthDate"], birthDate);
    }
    const identifier = { system: "urn:x", value: "1" };
    deepEqual(await pointersOf({ name, identifiers: [identifier, identifier] }), [
      "/identifiers/1",
    ]);
    deepEqual(await pointersOf({ name: {} }), ["/name"]);
    deepEqual(await pointersOf({ name: { family: "x".repeat(501) } }), ["/name/family"]);
    deepEqual(await pointersOf({ name: { family: "a\0b" } }), ["/name/family"]);
    deepEqual(await pointersOf({ name: { family: "a\u202eb" } }), ["/name/family"]);
    deepEqual(await pointersOf({ name, nickname: "x" }), ["/nickname"]);
    deepEqual(await pointersOf({ name, deceased: { on: "1900" }, birthDate: "1990-01-01" }), [
      "/deceased/on",
    ]);
    equal((await call("POST", PATIENTS, { body: { name: { family: "\ud800" } } })).status, 422);
    deepEqual(await find(call, {}), []);
  });

  it("take the rare things that are true", async () => {
    const call = clinic();
    const bodies = [
      { name: { family: "A" }, birthDate: "2024-02-29" },
      { name: { family: "م".repeat(500), given: ["ليلى"] }, birthDate: "2000" },
      { name: { given: ["Suharto"] }, birthDate: "1921-06", deceased: { on: null } },
    ];
    for (const body of bodies) {
      const { id } = await t.post(call, PATIENTS, body);
      const patient = await t.get(call, `${PATIENTS}/${id}`);
      equal(patient.birthDate, body.birthDate);
      equal(patient.name.family, body.name.family ?? null);
    }
  });
});
