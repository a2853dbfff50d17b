import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createService } from "@praxis/shared/http";
import { transaction } from "@praxis/shared/postgres";
import { expectGates } from "@praxis/shared/testing";
import { newId } from "@praxis/shared/id";
import { file, openTestContent, type TestContent, testUser, type User } from "../testing.ts";
import { saveInstance } from "./dicom.ts";
import type { DicomSummary } from "./model.ts";
import { markChecked } from "../ingestion/store.ts";
import { readDicom } from "./reading.ts";
import { createRenderer } from "./renderings.ts";
import { dicomRoutes } from "./routes.ts";
import { dicomFile, grey, type Item, person } from "./testing.ts";

const picture = (item: Item = person()) =>
  dicomFile([...item, ...grey([0, 64, 128, 255], { rows: 2, columns: 2 })]);
const replacing = (changes: Record<number, string>): Item =>
  person().map(([tag, vr, value]) => [tag, vr, changes[tag] ?? value]);

describe("dicom", () => {
  let content: TestContent;
  let app: ReturnType<typeof createService>;
  before(async () => {
    content = await openTestContent();
    app = createService({
      name: "content",
      features: [dicomRoutes(content.deps)],
      identify: content.service.identify,
    });
  });
  after(() => content[Symbol.asyncDispose]());

  const get = (user: User, path: string) =>
    app.request(path, { headers: content.service.headersOf(user) });

  /** Files `bytes` and keeps its instance, as ingestion does. */
  async function filed(user: User, bytes: Uint8Array<ArrayBuffer>, fields = {}): Promise<string> {
    const { id } = await file(content, user, bytes, { name: "ct.dcm", fields });
    const parts = await readDicom(bytes);
    ok("text" in parts);
    const key = { organizationId: user.organizationId, documentId: id, version: 1 };
    const summary = parts.structure as unknown as DicomSummary;
    // Twice: a job may run again.
    for (let run = 0; run < 2; run++) {
      await transaction(
        content.deps.sql,
        { organizationId: user.organizationId },
        async (tx) => {
          await saveInstance(tx, key, summary);
          await markChecked(tx, key.organizationId, [key]);
        },
      );
    }
    return id;
  }

  it("keeps every gate", async () => {
    const id = await filed(testUser(), picture());
    const tried = await expectGates({
      app,
      service: content.service,
      foreign: () => ({ id, frame: "1", study: "2.25.10" }),
    });
    equal(tried, 3);
  });

  it("lists studies, newest first, in pages, for one patient or all", async () => {
    const user = testUser();
    const patientId = newId();
    await filed(user, picture());
    await filed(
      user,
      picture(replacing({ 0x00080018: "2.25.31", 0x0020000e: "2.25.21", 0x00080060: "SR" })),
    );
    await filed(
      user,
      picture(replacing({ 0x00080018: "2.25.32", 0x0020000d: "2.25.11", 0x00080020: "20270101" })),
      { patientId },
    );
    const list = async (query: string) =>
      await (await get(user, `/api/content/dicom/studies?${query}`)).json();
    const { items } = await list("");
    deepEqual(
      items.map((study: Record<string, unknown>) => [
        study["studyInstanceUid"],
        study["studyDate"],
        study["modalities"],
        study["seriesCount"],
        study["instanceCount"],
      ]),
      [["2.25.11", "2027-01-01", ["CT"], 1, 1], ["2.25.10", "2026-01-05", ["CT", "SR"], 2, 2]],
    );
    const page = await list("limit=1");
    equal(page.items[0].studyInstanceUid, "2.25.11");
    const next = await list(`limit=1&cursor=${page.nextCursor}`);
    deepEqual([next.items[0].studyInstanceUid, next.nextCursor], ["2.25.10", null]);
    const chart = await list(`patientId=${patientId}`);
    deepEqual(chart.items.map((study: { studyInstanceUid: string }) => study.studyInstanceUid), [
      "2.25.11",
    ]);
    const study = await (await get(user, "/api/content/dicom/studies/2.25.10")).json();
    deepEqual(study.series.map((series: { modality: string }) => series.modality), ["CT", "SR"]);
    deepEqual(study.series[0].instances[0].isDecodable, true);
    equal((await get(testUser(), "/api/content/dicom/studies/2.25.10")).status, 404);
  });

  it("tells a chart of a study what its own documents say, and nothing that lies in quarantine", async () => {
    const [user, patientId, otherId] = [testUser(), newId(), newId()];
    // Read in this order: the first says whose chart it is, the second is a stranger's.
    const files: [Record<number, string>, string][] = [
      [{ 0x0020000d: "2.25.77" }, patientId],
      [{
        0x00100010: "Evil^Other",
        0x00100020: "666",
        0x00100030: "19010101",
        0x00081030: "STRANGER",
        0x0008103e: "STRANGER",
        0x00080050: "S-1",
        0x00080020: "20300101",
      }, patientId],
      [{ 0x00080018: "2.25.41", 0x00081030: "Own" }, patientId],
      [{ 0x00080018: "2.25.42", 0x00081030: "Other", 0x00080050: "O-1" }, otherId],
    ];
    for (const [at, [changes, filedFor]] of files.entries()) {
      await file(content, user, picture(replacing(changes)), {
        name: `${at}.dcm`,
        fields: { patientId: filedFor },
      });
      await content.ingestAll();
    }
    const headers = content.service.headersOf(user);
    const ask = async (path: string) => {
      const response = await content.app.request(`/api/content/dicom/studies${path}`, { headers });
      return [response.status, await response.text()] as const;
    };
    const chart = JSON.parse((await ask(`?patientId=${patientId}`))[1]);
    deepEqual(
      chart.items.map((study: Record<string, unknown>) => [
        study["studyInstanceUid"],
        study["studyDate"],
        study["description"],
        study["instanceCount"],
      ]),
      [["2.25.77", "2026-01-05", "Thorax nativ", 1], ["2.25.10", "2026-01-05", "Own", 1]],
    );
    const shown = JSON.parse((await ask(`/2.25.10?patientId=${patientId}`))[1]);
    deepEqual(
      [shown.description, shown.accessionNumber === "O-1", shown.series[0].instances.length],
      ["Own", false, 1],
    );
    const all = JSON.parse((await ask("/2.25.10"))[1]);
    deepEqual([all.description, all.instanceCount], ["Other", 2]);
    for (const path of ["", "/2.25.10", `?patientId=${patientId}`]) {
      equal((await ask(path))[1].includes("STRANGER"), false, path);
    }
    equal((await ask(`/2.25.10?patientId=${newId()}`))[0], 404);
    equal((await ask("/2.25.10?patient=1"))[0], 422);
  });

  it("does not take a damaged file for its patient's without looking at its header", async () => {
    const [user, patientId] = [testUser(), newId()];
    const stranger = replacing({
      0x00100010: "Evil^Other",
      0x00100020: "666",
      0x00100030: "19010101",
    });
    const filedFor = async (bytes: Uint8Array<ArrayBuffer>) => {
      const { id } = await file(content, user, bytes, { fields: { patientId } });
      await content.ingestAll();
      return id as string;
    };
    const whole = await filedFor(picture());
    const own = await filedFor(picture().slice(0, -2));
    const other = await filedFor(picture(stranger).slice(0, -2));
    const headers = content.service.headersOf(user);
    const ask = async (path: string) =>
      await (await content.app.request(`/api/content/${path}`, { headers })).json();
    const { status, quarantined, seenPatient } = await ask(`documents/${other}`);
    deepEqual([status, quarantined, seenPatient.family], ["failed", true, "Evil"]);
    const chart = await ask(`documents?patientId=${patientId}`);
    deepEqual(chart.items.map(({ id }: { id: string }) => id), [own, whole]);
    const found = async (query: string) => {
      const { items } = await ask(`search?${query}`);
      return items.map(({ document }: { document: { id: string } }) => document.id).sort();
    };
    deepEqual(await found(`q=novak&patientId=${patientId}`), [whole, own].sort());
    deepEqual(await found("q=evil"), [other]);
    deepEqual(await found(`q=evil&patientId=${patientId}`), []);
  });

  it("lists a study of two days once, on its last, and pages through all", async () => {
    const user = testUser();
    const study = (uid: string, date: string, instance: string) =>
      filed(
        user,
        picture(
          replacing({ 0x0020000d: uid, 0x00080020: date, 0x00080018: instance }),
        ),
      );
    await study("2.25.50", "20260101", "2.25.61");
    await study("2.25.50", "20260103", "2.25.62");
    await study("2.25.51", "20260102", "2.25.63");
    await study("2.25.52", "", "2.25.64");
    const found: string[] = [];
    for (let cursor = ""; found.length < 9;) {
      const page = await (await get(user, `/api/content/dicom/studies?limit=1${cursor}`)).json();
      for (const { studyInstanceUid, studyDate } of page.items) {
        found.push(`${studyInstanceUid} ${studyDate}`);
      }
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    deepEqual(found, ["2.25.50 2026-01-03", "2.25.51 2026-01-02", "2.25.52 null"]);
  });

  it("shows a frame in the window asked for, and records it", async () => {
    const user = testUser();
    const id = await filed(user, picture());
    const path = `/api/content/documents/${id}/frames/1/rendered`;
    const response = await get(user, `${path}?windowCenter=64&windowWidth=1`);
    equal(response.status, 200);
    equal(response.headers.get("content-type"), "image/png");
    const { default: sharp } = await import("sharp");
    const pixels = await sharp(await response.arrayBuffer()).extractChannel(0).raw().toBuffer();
    deepEqual([...pixels], [0, 255, 255, 255]);
    const [recorded] = await content.service.owner`
      select action, details from audit_events
      where organization_id = ${user.organizationId} order by seq desc limit 1`;
    deepEqual([recorded?.["action"], recorded?.["details"]["frame"]], ["document.frame_read", 1]);
    for (const other of ["0", "2", "x", "1e3", "99999999999"]) {
      const missing = await get(user, `/api/content/documents/${id}/frames/${other}/rendered`);
      equal(missing.status, 404, other);
    }
    equal((await get(user, `${path}?windowCenter=5`)).status, 422);
  });

  it("knows the study of a file that was uploaded, once it is read", async () => {
    const user = testUser();
    const { id } = await file(content, user, picture(), { name: "upload.dcm" });
    await content.ingestAll();
    const headers = content.service.headersOf(user);
    const { items } = await (await content.app.request("/api/content/dicom/studies", { headers }))
      .json();
    deepEqual(items.map((study: { description: string }) => study.description), ["Thorax nativ"]);
    const frame = await content.app.request(`/api/content/documents/${id}/frames/1/rendered`, {
      headers,
    });
    equal(frame.status, 200);
    await frame.body?.cancel();
  });

  it("gives a drawing up when its time is over", async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, picture());
    const drawn = await createRenderer({ timeoutMs: 1 })("a clinic", { path, frame: 1 });
    await Deno.remove(path);
    equal(drawn.status, "broken");
  });

  it("draws a frame once, however often it is asked for, within its memory", async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, picture());
    const drawFrame = createRenderer();
    const first = await drawFrame("a clinic", { path, frame: 1 });
    const poor = await createRenderer({ memoryMiB: 1 })("a clinic", { path, frame: 1 });
    await Deno.remove(path);
    equal(first.status, "rendered");
    equal(poor.status, "broken");
    equal(await drawFrame("a clinic", { path, frame: 1 }), first);
    // Nothing is left to draw another from.
    const other = await drawFrame("a clinic", { path, frame: 2 });
    equal(other.status, "broken");
    const forgetful = createRenderer({ cacheMiB: 0 });
    equal((await forgetful("a clinic", { path, frame: 1 })).status, "broken");
  });

  it("answers 406, and where the original is, to what cannot be drawn", async () => {
    const user = testUser();
    const fragments = { fragments: [new Uint8Array(), new Uint8Array(8)] };
    const bytes = dicomFile([...person(), ...grey(fragments)], {
      syntax: "1.2.840.10008.1.2.4.102",
    });
    const id = await filed(user, bytes);
    const response = await get(user, `/api/content/documents/${id}/frames/1/rendered`);
    equal(response.status, 406);
    match((await response.json()).detail, new RegExp(`/api/content/documents/${id}/content`));
  });

  it("shows no row of another organization, whatever the query says", async () => {
    const owner = testUser();
    await filed(owner, picture());
    const counts = async (organizationId: string) =>
      await content.service.deps.sql.begin(async (tx) => {
        await tx`select set_config('app.organization_id', ${organizationId}, true)`;
        const [row] = await tx`
          select count(*)::int as instances from dicom_instances`;
        return { ...row };
      });
    deepEqual(await counts(owner.organizationId), { instances: 1 });
    deepEqual(await counts(newId()), { instances: 0 });
  });
});
