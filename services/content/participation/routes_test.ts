/** Releases, shares and preparations that sagas order: once for each key, and taken back as asked. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { fixtures } from "../fixtures.ts";
import { file, openTestContent, type TestContent, testUser } from "../testing.ts";

const DOCUMENTS = "/api/content/documents";
const OWN = "/api/content/me/documents";

describe("content's part in sagas", () => {
  let content: TestContent;
  before(async () => {
    content = await openTestContent();
  });
  after(() => content[Symbol.asyncDispose]());

  async function order(path: string, key: string, body: unknown, from = "workflow") {
    const response = await content.app.request(`/internal${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        ...asService(from),
        "content-type": "application/json",
        "idempotency-key": key,
      },
    });
    const text = await response.text();
    return response.status === 204 ? 204 : `${response.status} ${JSON.parse(text).type}`;
  }
  const as = (user: ReturnType<typeof testUser>, method: string, path: string, body?: unknown) =>
    content.app.request(path, {
      method,
      headers: {
        ...content.service.headersOf(user),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  async function clinic() {
    const physician = testUser();
    const { organizationId } = physician;
    const patient = testUser({ organizationId, permissions: [] });
    const patientId = newId();
    const bytes = fixtures.textNote();
    const { id } = await file(content, physician, bytes, { fields: { patientId } });
    await content.ingestAll();
    const release = {
      organizationId,
      patientId,
      userIds: [patient.userId],
      releasedBy: physician.userId,
    };
    return { physician, patient, organizationId, patientId, id, bytes, release };
  }
  const idsOf = async (response: Response) =>
    ((await response.json()).items as { documentId: string }[]).map(({ documentId }) => documentId);

  it("releases a document to its patient, who reads it, and nobody else does", async () => {
    const { patient, organizationId, id, bytes, release } = await clinic();
    equal((await as(patient, "GET", `${OWN}/${id}/content`)).status, 404);
    const key = newId();
    equal(await order(`/documents/${id}/release`, key, release), 204);
    equal(await order(`/documents/${id}/release`, key, release), 204);
    deepEqual(await idsOf(await as(patient, "GET", OWN)), [id]);
    equal((await as(patient, "GET", `${DOCUMENTS}/${id}`)).status, 403);
    const others = testUser({ organizationId, permissions: [] });
    equal((await as(others, "GET", `${OWN}/${id}/content`)).status, 404);
    const elsewhere = testUser({ userId: patient.userId, permissions: [] });
    equal((await as(elsewhere, "GET", `${OWN}/${id}/content`)).status, 404);
    const read = await as(patient, "GET", `${OWN}/${id}/content`);
    equal(read.status, 200);
    deepEqual(new Uint8Array(await read.arrayBuffer()), bytes);
    const [audited] = await content.service.owner`
      select actor_id from audit_events
      where organization_id = ${organizationId} and action = 'document.content_read'`;
    equal(audited!.actorId, patient.userId);
  });

  it("withdraws what was not read, and no more what was", async () => {
    const { physician, patient, organizationId, id, release } = await clinic();
    const first = newId();
    equal(await order(`/documents/${id}/release`, first, release), 204);
    const undo = { organizationId, undoOf: first };
    equal(await order(`/documents/${id}/withdraw`, newId(), undo), 204);
    equal(await order(`/documents/${id}/withdraw`, newId(), undo), 204);
    deepEqual(await idsOf(await as(patient, "GET", OWN)), []);
    const second = newId();
    equal(await order(`/documents/${id}/release`, second, release), 204);
    await (await as(patient, "GET", `${OWN}/${id}/content`)).body?.cancel();
    const late = { organizationId, undoOf: second };
    equal(
      await order(`/documents/${id}/withdraw`, newId(), late),
      "409 /problems/release-read",
    );
    const { items } = await (await as(physician, "GET", `${DOCUMENTS}/${id}/shares`)).json();
    equal(typeof items[0].firstReadAt, "string");
    const revoked = await as(physician, "DELETE", `${DOCUMENTS}/${id}/shares/${items[0].id}`);
    equal(revoked.status, 409);
    deepEqual(await idsOf(await as(patient, "GET", OWN)), [id]);
  });

  it("lets a release do nothing that arrives after it was withdrawn", async () => {
    const { patient, organizationId, id, release } = await clinic();
    const key = newId();
    equal(await order(`/documents/${id}/withdraw`, newId(), { organizationId, undoOf: key }), 204);
    equal(await order(`/documents/${id}/release`, key, release), 204);
    deepEqual(await idsOf(await as(patient, "GET", OWN)), []);
  });

  it("releases the present version to who had an older one, or had it for a time", async () => {
    const { physician, patient, organizationId, id, release } = await clinic();
    const shares = `${DOCUMENTS}/${id}/shares`;
    const versions = async () =>
      (await (await as(patient, "GET", OWN)).json()).items
        .map(({ version }: { version: number }) => version);
    const body = { userId: patient.userId, expiresAt: "2020-01-01T00:00:00Z" };
    equal((await as(physician, "POST", shares, body)).status, 201);
    equal((await as(physician, "POST", shares, body)).status, 201, "the first has expired");
    equal(await order(`/documents/${id}/release`, newId(), release), 204);
    deepEqual(await versions(), [1]);
    await (await as(patient, "GET", `${OWN}/${id}/content`)).body?.cancel();

    await content.service.owner`
      insert into document_versions
      select (jsonb_populate_record(v, '{"version":2}')).* from document_versions v
      where document_id = ${id}`;
    await content.service.owner`update documents set version = 2 where id = ${id}`;
    const key = newId();
    equal(await order(`/documents/${id}/release`, key, release), 204);
    deepEqual(await versions(), [2]);
    const undo = { organizationId, undoOf: key };
    equal(await order(`/documents/${id}/withdraw`, newId(), undo), 204);
    deepEqual(await versions(), [1], "what was read stays");
  });

  it("releases nobody's document, nor one that is another patient's", async () => {
    const { id, release } = await clinic();
    const another = { ...release, patientId: newId() };
    const stranger = { ...release, organizationId: newId() };
    const path = `/documents/${id}/release`;
    equal(await order(path, newId(), another), "409 /problems/not-this-patients");
    equal(await order(path, newId(), stranger), "404 /problems/document-not-found");
    equal(await order(path, newId(), release, "practice"), "403 /problems/not-permitted");
    equal(await order(path, newId(), { ...release, userIds: [] }), "422 /problems/invalid-request");
  });

  it("ends what is shared with a member, and gives back just that", async () => {
    const { physician, organizationId, id } = await clinic();
    const member = testUser({ organizationId, permissions: [] });
    const shares = `${DOCUMENTS}/${id}/shares`;
    const shared = await as(physician, "POST", shares, { userId: member.userId });
    equal(shared.status, 201);
    equal((await as(physician, "POST", shares, { userId: member.userId })).status, 409);
    const key = newId();
    const who = { organizationId, userId: member.userId };
    equal(await order("/shares/revoke", key, who), 204);
    deepEqual(await idsOf(await as(member, "GET", OWN)), []);
    equal(await order("/shares/restore", newId(), { ...who, undoOf: key }), 204);
    deepEqual(await idsOf(await as(member, "GET", OWN)), [id]);
    const { id: shareId } = await shared.json();
    equal((await as(physician, "DELETE", `${shares}/${shareId}`)).status, 204);
    equal((await as(physician, "DELETE", `${shares}/${shareId}`)).status, 404);
    equal(await order("/shares/restore", newId(), { ...who, undoOf: key }), 204);
    deepEqual(await idsOf(await as(member, "GET", OWN)), []);
  });

  it("stops at the date that a share ends", async () => {
    const { physician, organizationId, id } = await clinic();
    const member = testUser({ organizationId, permissions: [] });
    const body = { userId: member.userId, expiresAt: "2020-01-01T00:00:00Z" };
    equal((await as(physician, "POST", `${DOCUMENTS}/${id}/shares`, body)).status, 201);
    equal((await as(member, "GET", `${OWN}/${id}/content`)).status, 404);
    deepEqual(await idsOf(await as(member, "GET", OWN)), []);
  });

  it("prepares a clinic and clears it, and leaves others alone", async () => {
    const [owner, other] = [testUser(), testUser()];
    const names = async (user: ReturnType<typeof testUser>) =>
      (await (await as(user, "GET", "/api/content/categories")).json()).items.length;
    const path = `/organizations/${owner.organizationId}`;
    const key = newId();
    equal(await order(`${path}/prepare`, key, {}), 204);
    deepEqual([await names(owner), await names(other)], [7, 0]);
    equal(await order(`${path}/clear`, newId(), { undoOf: key }), 204);
    equal(await names(owner), 0);
  });

  it("shows no share and no category of another organization, whatever the query says", async () => {
    const { physician, organizationId, id } = await clinic();
    await as(physician, "POST", `${DOCUMENTS}/${id}/shares`, { userId: newId() });
    await order(`/organizations/${organizationId}/prepare`, newId(), {});
    const counts = async (scope: string) =>
      await content.deps.sql.begin(async (tx) => {
        await tx`select set_config('app.organization_id', ${scope}, true)`;
        const [row] = await tx`
          select (select count(*)::int from document_shares) as shares,
                 (select count(*)::int from document_categories) as categories`;
        return [row!.shares, row!.categories];
      });
    deepEqual(await counts(organizationId), [1, 7]);
    deepEqual(await counts(newId()), [0, 0]);
  });

  it("files a letter once for each key, in its author's name", async () => {
    const author = testUser();
    const { organizationId, userId } = author;
    const letter = {
      organizationId,
      title: "To: Cardiology",
      text: "Dear colleague, would you see this patient?",
      category: "letter",
      patientId: newId(),
      createdBy: userId,
    };
    const ask = async (key: string, body: unknown, from = "workflow") =>
      await content.app.request("/internal/letters", {
        method: "POST",
        body: JSON.stringify(body),
        headers: {
          ...asService(from),
          "content-type": "application/json",
          "idempotency-key": key,
        },
      });
    const key = newId();
    const { documentId } = await (await ask(key, letter)).json();
    equal((await (await ask(key, letter)).json()).documentId, documentId);
    equal((await ask(key, { ...letter, text: "Something else" })).status, 422);
    equal((await ask(newId(), letter, "practice")).status, 403);
    equal((await ask(newId(), { ...letter, text: "a\0b" })).status, 422);
    const read = await as(author, "GET", `${DOCUMENTS}/${documentId}/content`);
    equal(await read.text(), letter.text);
    const shown = await (await as(author, "GET", `${DOCUMENTS}/${documentId}`)).json();
    deepEqual([shown.title, shown.patientId, shown.kind], [letter.title, letter.patientId, "text"]);
    equal((await as(testUser(), "GET", `${DOCUMENTS}/${documentId}`)).status, 404);
  });
});
