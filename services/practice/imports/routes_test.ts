/** Imports through HTTP: the whole file or nothing of it, whatever interrupts. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  type Answer,
  brady,
  type Caller,
  openPractice,
  PATIENTS,
  type TestPractice,
} from "../testing.ts";
import * as imports from "./imports.ts";

const IMPORTS = "/api/practice/imports";
const SAMPLES = new URL("../../../../shared/samples/fhir/synthea/", import.meta.url);

describe("imports", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  const clinic = () => {
    const organizationId = newId();
    return { organizationId, call: t.as({ organizationId }) };
  };
  const send = (call: Caller, text: BodyInit, query = "", type = "text/csv") =>
    call("POST", `${IMPORTS}?${query}`, { text, headers: { "content-type": type } });
  const started = async (response: Promise<Response>) => {
    const answer = await response;
    equal(answer.status, 202, await answer.clone().text());
    return await answer.json();
  };
  const finish = async (organizationId: string, importId: string) => {
    while (await imports.registerChunk(t.deps, { importId, organizationId }));
  };
  const countsOf = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const countPatients = async (organizationId: string) => {
    const [row] = await t.service.owner`
      select count(*)::int as n from patients where organization_id = ${organizationId}`;
    return row!.n;
  };

  const csv = [
    "Family;Given;BirthDate;Sex;Identifier;IdentifierSystem;Phone;Email;Street;PostalCode;City;Shoe size",
    'Muster;"Max Erik";31.12.1990;m;1;urn:old;0123456;max@example.org;"Quay 1; left";1234;Bern;43',
    "خالد;ليلى;1984-02-29;f;2;urn:old;;;;;;",
    "Solo;;1950;;3;urn:old;;;;;;38",
  ].join("\r\n");

  it("take a CSV file over, once", async () => {
    const { organizationId, call } = clinic();
    const one = await started(send(call, csv));
    equal(one.status, "running");
    deepEqual(one.notHeld, { "column shoesize": 2 });
    deepEqual(t.sent.at(-1), { queue: "import", data: { importId: one.id, organizationId } });
    await finish(organizationId, one.id);
    const done = await t.get(call, `${IMPORTS}/${one.id}`);
    equal(done.status, "done");
    deepEqual(countsOf(done.counts), { total: 3, registered: 3 });
    const { items: [max] } = await t.get(call, `${PATIENTS}?q=max muster`);
    deepEqual(max.name.given, ["Max", "Erik"]);
    equal(max.birthDate, "1990-12-31");
    deepEqual(max.addresses[0].lines, ["Quay 1; left"]);
    const again = await started(send(call, csv));
    await finish(organizationId, again.id);
    const { counts } = await t.get(call, `${IMPORTS}/${again.id}`);
    deepEqual(countsOf(counts), { total: 3, known: 3 });
    equal(await countPatients(organizationId), 3);
    const { items } = await t.get(call, `${IMPORTS}/${again.id}/rows`);
    deepEqual(items[0], {
      line: 2,
      status: "known",
      errors: [],
      patientId: max.id,
      duplicates: [],
    });
    deepEqual((await t.get(call, IMPORTS)).items.length, 2);
  });

  it("are started once for one Idempotency-Key", async () => {
    const { call } = clinic();
    const headers = { "content-type": "text/csv", "idempotency-key": "the-same" };
    const start = () => call("POST", IMPORTS, { text: csv, headers });
    const first = await started(start());
    deepEqual(await started(start()), first);
    equal((await call("POST", IMPORTS, { text: `${csv}x`, headers })).status, 422);
    equal((await t.get(call, IMPORTS)).items.length, 1);
  });

  it("only report on a dry run", async () => {
    const { organizationId, call } = clinic();
    await t.post(call, PATIENTS, {
      name: { family: "Mustér", given: ["Max"] },
      birthDate: "1990-12-31",
    });
    const broken = `${csv}\r\nBroken;x;1990-02-30;;4;urn:old;;;;;;\r\nToo;few`;
    const one = await started(send(call, broken, "dryRun=true"));
    await finish(organizationId, one.id);
    const { counts, isDryRun } = await t.get(call, `${IMPORTS}/${one.id}`);
    equal(isDryRun, true);
    deepEqual(countsOf(counts), { total: 5, registered: 3, broken: 2, possibleDuplicates: 1 });
    equal(await countPatients(organizationId), 1);
    const rows = async (query: string) =>
      (await t.get(call, `${IMPORTS}/${one.id}/rows?${query}`)).items;
    const [duplicate] = await rows("isDuplicate=true");
    equal(duplicate.line, 2);
    ok(duplicate.duplicates[0].reasons.includes("same birth date"));
    deepEqual(
      (await rows("status=broken")).map(({ line, errors }: Answer) => [line, errors[0].pointer]),
      [
        [5, "/birthDate"],
        [6, ""],
      ],
    );
  });

  it("of a file with broken lines leave nothing, unless those are to be skipped", async () => {
    const { organizationId, call } = clinic();
    const broken = `${csv}\nBroken;x;1990-02-30;;4;urn:old;;;;;;\nTwice;x;;;1;urn:old;;;;;;`;
    const refused = await send(call, broken);
    equal(refused.status, 422);
    const { type, detail, errors } = await refused.json();
    equal(type, "/problems/import-broken");
    equal(detail, "2 of 5 are broken.");
    deepEqual(errors.map(({ pointer }: Answer) => pointer), [
      "/lines/5/birthDate",
      "/lines/6/identifiers/0",
    ]);
    deepEqual((await t.get(call, IMPORTS)).items, []);
    const one = await started(send(call, broken, "skipBroken=true"));
    await finish(organizationId, one.id);
    const { counts } = await t.get(call, `${IMPORTS}/${one.id}`);
    deepEqual(countsOf(counts), { total: 5, registered: 3, broken: 2 });
  });

  it("of a file that means harm are refused, or say what they leave out", async () => {
    const { call } = clinic();
    const fhir = (text: string, query = "dryRun=true") =>
      send(call, text, query, "application/fhir+json");
    const columns = Array.from({ length: 100_000 }, (_, n) => n.toString(2).padStart(17, "0"))
      .map((digits) => digits.replaceAll("0", "a").replaceAll("1", "b"));
    const wide = await send(call, `family;${columns.join(";")}\nA`);
    equal(wide.status, 422);
    equal((await wide.json()).detail, "At most 200 columns.");

    const odd =
      '{"resourceType":"Patient","name":[{"family":"A"}],"constructor":1,"a\\u0000":2,"\\ud800":3}';
    const { id, notHeld } = await started(fhir(odd));
    deepEqual(notHeld, { "Patient.constructor": 1, "Patient.a\ufffd": 1, "Patient.\ufffd": 1 });
    equal((await t.get(call, IMPORTS)).items[0].id, id);

    const fields = Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`f${n}`, n]));
    const many = JSON.stringify({ resourceType: "Patient", name: [{ family: "A" }], ...fields });
    equal((await started(fhir(many))).notHeld["further paths"], 500);

    const half = await fhir('{"resourceType":"Patient","name":[{"family":"a\\ud800"}]}', "");
    equal((await half.json()).errors[0].pointer, "/lines/1/name/family");
  });

  it("leave possible duplicates out when told to", async () => {
    const { organizationId, call } = clinic();
    await t.post(call, PATIENTS, brady);
    const text =
      "family,given,birthdate\nKuhlman,Brady,1970-07-25\nKuhlmann,Brady,1970-07-25\nNew,One,2001-01-01";
    const one = await started(send(call, text, "onDuplicate=skip"));
    await finish(organizationId, one.id);
    const { counts } = await t.get(call, `${IMPORTS}/${one.id}`);
    deepEqual(countsOf(counts), { total: 3, registered: 1, duplicate: 2, possibleDuplicates: 2 });
  });

  it("go on where they were interrupted, and count every row once", async () => {
    const { organizationId, call } = clinic();
    const rows = Array.from({ length: 250 }, (_, n) => `Family${n},G,urn:x,${n}`);
    const text = `family,given,identifiersystem,identifier\n${rows.join("\n")}`;
    const one = await started(send(call, text));
    const data = { importId: one.id, organizationId };
    equal(await imports.registerChunk(t.deps, data), true);
    equal(await countPatients(organizationId), 100);
    // The end of the chunk fails: the audit cannot be written.
    await t.service.owner`revoke execute on function append_audit_events(jsonb) from praxis_app`;
    try {
      const failed = await imports.registerChunk(t.deps, data).catch((error) => error);
      equal(failed.code, "42501");
    } finally {
      await t.service.owner`grant execute on function append_audit_events(jsonb) to praxis_app`;
    }
    equal(await countPatients(organizationId), 100);
    const half = await t.get(call, `${IMPORTS}/${one.id}`);
    deepEqual(countsOf(half.counts), { total: 250, staged: 150, registered: 100 });
    const sent = t.sent.length;
    await t.post(call, `${IMPORTS}/${one.id}/resume`, undefined);
    equal(t.sent.length, sent + 1);
    // Two jobs for one import, as a retry would make them.
    await Promise.all([finish(organizationId, one.id), finish(organizationId, one.id)]);
    const done = await t.get(call, `${IMPORTS}/${one.id}`);
    deepEqual(countsOf(done.counts), { total: 250, registered: 250 });
    equal(await countPatients(organizationId), 250);
    const [left] = await t.service.owner`
      select count(*)::int as n from import_rows where import_id = ${one.id} and patient is not null`;
    equal(left!.n, 0);
  });

  it("take a FHIR bundle over and say what they do not hold", async () => {
    const { organizationId, call } = clinic();
    const bundle = {
      resourceType: "Bundle",
      entry: [
        { resource: { resourceType: "Encounter" } },
        {
          resource: {
            resourceType: "Patient",
            name: [{ family: "Fhir", given: ["Ann"] }],
            gender: "female",
            photo: [{ url: "x" }],
          },
        },
      ],
    };
    const one = await started(send(call, JSON.stringify(bundle), "", "application/fhir+json"));
    deepEqual(one.notHeld, { "Encounter resource": 1, "Patient.photo.url": 1 });
    await finish(organizationId, one.id);
    equal((await t.get(call, `${PATIENTS}?q=ann fhir`)).items.length, 1);
    const bad = { ...bundle, entry: [{ resource: { resourceType: "Patient", name: [{}] } }] };
    equal((await send(call, JSON.stringify(bad), "", "application/fhir+json")).status, 422);
  });

  it("take Synthea's patients over, when they are there", async () => {
    const { organizationId, call } = clinic();
    for (const file of samples()) {
      const bytes = await Deno.readFile(new URL(file, SAMPLES));
      const one = await started(send(call, bytes, "", "application/fhir+json"));
      await finish(organizationId, one.id);
      const { counts } = await t.get(call, `${IMPORTS}/${one.id}`);
      deepEqual(countsOf(counts), { total: 1, registered: 1 }, file);
      const source = JSON.parse(new TextDecoder().decode(bytes)).entry
        .find(({ resource }: Answer) => resource.resourceType === "Patient").resource;
      const { items: [row] } = await t.get(call, `${IMPORTS}/${one.id}/rows`);
      const kept = await t.get(call, `/fhir/R4/Patient/${row.patientId}`);
      deepEqual(
        kept.identifier.map(({ system, value }: Answer) => [system, value]),
        source.identifier.map(({ system, value }: Answer) => [system, value]),
      );
      deepEqual([kept.birthDate, kept.gender], [source.birthDate, source.gender]);
    }
  });

  it("are refused when they cannot be read", async () => {
    const { organizationId, call } = clinic();
    const bad: [BodyInit, string?][] = [
      [""],
      ["family"],
      ["shoe,size\n1,2"],
      ["family,family\na,b"],
      ['"family\na'],
      [new Uint8Array([0xff, 0xfe, 0x00])],
      ["{", "application/fhir+json"],
      ["{}", "application/fhir+json"],
      ["null", "application/fhir+json"],
      ['{"resourceType":"Bundle","entry":7}', "application/fhir+json"],
      ['{"resourceType":"Bundle","entry":[]}', "application/fhir+json"],
    ];
    for (const [body, type] of bad) {
      const response = await send(call, body, "", type);
      equal(response.status, 422, String(body));
      equal((await response.json()).type, "/problems/import-unreadable");
    }
    equal((await send(call, "a", "", "text/plain")).status, 415);
    equal((await send(call, "family\nx", "dryRun=maybe")).status, 422);
    equal((await send(call, new Uint8Array(20 * 1024 * 1024 + 1))).status, 413);
    equal(await countPatients(organizationId), 0);
  });

  it("of ten megabytes with broken lines name them and keep nothing", async () => {
    const { organizationId, call } = clinic();
    const filler = "x".repeat(400);
    const rows = Array.from(
      { length: 25_000 },
      (_, n) =>
        n % 1_000 === 7
          ? `"never closed,${filler}`
          : n % 1_000 === 9
          ? "few"
          : `Family${n},${filler}`,
    );
    const text = `family,given\n${rows.join("\n")}`;
    ok(text.length > 10_000_000);
    const response = await send(call, text);
    equal(response.status, 422);
    const { detail, errors } = await response.json();
    equal(detail, "50 of 25000 are broken.");
    equal(errors[0].pointer, "/lines/9");
    equal(await countPatients(organizationId), 0);
    deepEqual((await t.get(call, IMPORTS)).items, []);
  });
});

/** The samples, which another machine may not have. */
function samples(): string[] {
  try {
    return [...Deno.readDirSync(SAMPLES)].map(({ name }) => name)
      .filter((name) => !name.includes("practitioner"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
